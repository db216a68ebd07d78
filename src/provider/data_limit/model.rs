//! What Terraform keeps of a data limit.

use super::amounts;
use crate::joonto::Renewal;
use crate::provider::diagnostics::data;
use crate::provider::keyed::PENDING;
use crate::provider::validators::{self, Validity, valid_if};
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostics};

crate::model! {
    /// Limits of the data that a number uses. Without one, the API stops a data number at 20 MB.
    ///
    /// Numbers with equal limits are set together, and limits of many numbers are read together,
    /// up to 100 in a request. The API never removes a limit: destroying this resource leaves it.
    /// A change takes effect at the API's next usage event or billing cycle, so the next refresh
    /// may still show the old values.
    pub(crate) struct DataLimitModel {
        /// Number in international form (E.164), such as `+18016025346`. A change replaces this
        /// resource, not the number.
        phone_number: String => required(), missing(PENDING), validator(validators::phone_number),
            replaces();
        /// Usage at which data stops, or costs extra, depending on the plan: a whole number, in
        /// `value_unit`.
        limit_value: Number => required(), validator(value);
        /// Unit of the three values: `KB`, `MB`, `GB` or `TB`, powers of 1,024. Defaults to `MB`.
        value_unit: String => optional_computed();
        /// Usage at which the API notifies. Less than `throttle_value` and `limit_value`. If
        /// unset, it stays as it is.
        notify_value: Number => optional(), validator(value);
        /// Usage from which on data is slow. Less than `limit_value`. If unset, it stays as it is.
        throttle_value: Number => optional(), validator(value);
        /// Speed from `throttle_value` on: `64-kbps`, `128-kbps`, `256-kbps`, `512-kbps`,
        /// `1-mbps`, `5-mbps`, `20-mbps`, `50-mbps` or `100-mbps`. If unset, it stays as it is.
        throttle_speed: String => optional();
        /// Speed as the API returns it, such as `thr1024kbps`. Null until the first refresh.
        throttle_speed_reported: String => computed();
    }
    blocks {
        renewal: RenewalModel;
    }
}

crate::model! {
    /// When the usage restarts from zero. The API never returns this: the state holds what was set last.
    /// Removing the block leaves it as it is.
    pub(crate) struct RenewalModel {
        /// Whether the usage restarts from zero with each period.
        auto_renew: bool => required();
        /// Period: `M` (month) or `W` (week).
        period_type: String => required(), validator(period_type);
        /// Day on which a period begins: 1 to 31 for `M`, 1 to 7 for `W`.
        renewal_day: Number => required(), validator(value);
        /// How many months or weeks a period has. If unset, the API decides, usually on 1.
        period_value: Number => optional(), validator(value);
    }
    blocks {}
}

/// A whole number that the API takes.
pub(in crate::provider) fn value(number: &Number) -> Validity {
    let max = amounts::MAX;
    valid_if(
        amounts::count(number).is_some(),
        &format!("The value is not a whole number from 1 to {max}."),
    )
}

/// A period that the API knows.
pub(in crate::provider) fn period_type(text: &str) -> Validity {
    validators::one_of(&["M", "W"], text)
}

/// Refuses a day that its period does not have.
pub(in crate::provider) fn renewal_day(
    period_type: &Attr<String>,
    renewal_day: &Attr<Number>,
    diagnostics: &mut Diagnostics,
) {
    let days = match period_type.as_str() {
        Some("M") => 31,
        Some("W") => 7,
        _ => return,
    };
    let day = renewal_day.known().and_then(amounts::count);
    if day.is_some_and(|day| day > days) {
        diagnostics.push(data::no_such_day(days));
    }
}

impl DataLimitModel {
    /// Refuses values that do not ascend, as far as they are known.
    pub(super) fn refuse_unordered(&self, diagnostics: &mut Diagnostics) {
        let value = |attribute: &Attr<Number>| attribute.known().and_then(amounts::count);
        let values = [
            ("notify_value", value(&self.notify_value)),
            ("throttle_value", value(&self.throttle_value)),
            ("limit_value", value(&self.limit_value)),
        ];
        let known: Vec<_> = values
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        for pair in known.windows(2) {
            if let [(lower, less), (upper, more)] = pair
                && less >= more
            {
                diagnostics.push(data::not_ascending(lower, upper));
            }
        }
        if let Some(renewal) = self.renewal.known() {
            renewal_day(&renewal.period_type, &renewal.renewal_day, diagnostics);
        }
    }
}

impl RenewalModel {
    /// What is sent.
    pub(super) fn expand(&self) -> Renewal {
        renewal(
            &self.auto_renew,
            &self.period_type,
            &self.renewal_day,
            &self.period_value,
        )
    }
}

/// What is sent of a renewal's arguments.
pub(in crate::provider) fn renewal(
    auto_renew: &Attr<bool>,
    period_type: &Attr<String>,
    renewal_day: &Attr<Number>,
    period_value: &Attr<Number>,
) -> Renewal {
    Renewal {
        auto_renew: auto_renew.known().copied().unwrap_or_default(),
        period_type: period_type.as_str().unwrap_or_default().to_owned(),
        renewal_day: renewal_day
            .known()
            .and_then(amounts::count)
            .unwrap_or_default(),
        period_value: period_value.known().and_then(amounts::count),
    }
}
