//! `joonto_number_data_limit`: how much data a number may use.

mod amounts;
mod model;

use crate::joonto::{DataLimit, DataSetting, E164, LimitFound, Renewal, ReturnedLimit};
use crate::provider::call::{Call, CallResult};
use crate::provider::diagnostics::{data, objects};
use crate::provider::keyed::{KeyedResource, NUMBER_IDENTITY};
use crate::provider::validators::given;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Attr, Diagnostic, Diagnostics};

use amounts::{DEFAULT_UNIT, SPEEDS, UNITS};
use model::RenewalModel;

pub(super) use model::{DataLimitModel, period_type, renewal, renewal_day, value};

impl KeyedResource for DataLimitModel {
    const TYPE_NAME: &'static str = "joonto_number_data_limit";

    const IDENTITY: IdentitySchema = NUMBER_IDENTITY;

    const STAYS: Option<&'static str> =
        Some("The number keeps the limits and the renewal that were set last.");

    fn name(&self) -> String {
        match self.phone_number.as_str() {
            Some(number) => format!("the data limit of {number}"),
            None => "the data limit".to_owned(),
        }
    }

    fn keyed(key: &str) -> Result<Self, &'static str> {
        let number = E164::parse(key).map_err(|_| "is no phone number in E.164 form")?;
        Ok(Self {
            phone_number: number.as_str().into(),
            ..Self::default()
        })
    }

    fn validate(&self, diagnostics: &mut Diagnostics) {
        self.refuse_unordered(diagnostics);
    }

    fn plan(&mut self, prior: Option<&Self>, config: &Self, diagnostics: &mut Diagnostics) {
        // Not the unit in the state: without a unit in the configuration, values are in MB. `""`
        // means the same, and Terraform wants it to stay.
        if config.value_unit.is_null() {
            self.value_unit = DEFAULT_UNIT.into();
        }
        if prior.is_some_and(|prior| prior.throttle_speed != self.throttle_speed) {
            self.throttle_speed_reported = Attr::Unknown;
        }
        let before = prior.map(|prior| &prior.value_unit);
        let unit = ("value_unit", before, &self.value_unit);
        objects::warn_of_unknown_word(unit, &UNITS, diagnostics);
        let before = prior.map(|prior| &prior.throttle_speed);
        let speed = ("throttle_speed", before, &self.throttle_speed);
        objects::warn_of_unknown_word(speed, &SPEEDS, diagnostics);
        if prior.is_some_and(|prior| !prior.renewal.is_null()) && self.renewal.is_null() {
            diagnostics.push(data::renewal_stays(&self.name()));
        }
    }

    async fn create(mut self, call: &Call<'_, Self>) -> CallResult<Self> {
        let renewal = self.renewal.known().map(RenewalModel::expand);
        send(&self, Some(self.expand()), renewal, call).await?;
        self.throttle_speed_reported = Attr::Null;
        Ok(self)
    }

    async fn read(self, is_import: bool, call: &Call<'_, Self>) -> CallResult<Option<Self>> {
        let number = self.number()?;
        match call.data.cache.data_limit(&number, &call.context).await? {
            LimitFound::Limit(limit) => Ok(Some(self.flatten(&limit, is_import))),
            LimitFound::Nothing(_) if is_import => Ok(None),
            // It says nothing of whether the number is gone: that is for the number's own read.
            LimitFound::Nothing(why) => {
                call.warn_with(data::nothing_returned(number.as_str(), why.as_deref()));
                Ok(Some(self))
            }
        }
    }

    async fn update(mut self, prior: &Self, call: &Call<'_, Self>) -> CallResult<Self> {
        let limit = self.expand();
        let limit = (limit != prior.expand()).then_some(limit);
        let renewal = self.renewal.known().map(RenewalModel::expand);
        let renewal = renewal.filter(|_| self.renewal != prior.renewal);
        send(&self, limit, renewal, call).await?;
        if self.throttle_speed_reported.is_unknown() {
            self.throttle_speed_reported = Attr::Null;
        }
        Ok(self)
    }
}

/// Sets what is to be set of the number.
async fn send(
    planned: &DataLimitModel,
    limit: Option<DataLimit>,
    renewal: Option<Renewal>,
    call: &Call<'_, DataLimitModel>,
) -> CallResult<()> {
    let number = planned.number()?;
    let limit = limit.map(DataSetting::Limit);
    for setting in limit.into_iter().chain(renewal.map(DataSetting::Renewal)) {
        call.data
            .cache
            .set_data(&setting, &number, &call.context)
            .await?;
    }
    Ok(())
}

impl DataLimitModel {
    fn number(&self) -> Result<E164, Diagnostic> {
        let number = self.phone_number.as_str().unwrap_or_default();
        E164::parse(number).map_err(|_| data::without_number())
    }

    /// What is sent. In MB where all values are whole megabytes.
    fn expand(&self) -> DataLimit {
        let unit = self.unit();
        let values = [&self.notify_value, &self.throttle_value, &self.limit_value];
        let values = values.map(|value| value.known().and_then(amounts::count));
        let (unit, [notify_value, throttle_value, limit_value]) =
            amounts::in_megabytes(unit, values);
        let speed = self.throttle_speed.as_str().filter(|word| !word.is_empty());
        DataLimit {
            value_unit: Some(unit.to_owned()),
            notify_value,
            throttle_value,
            throttle_speed: speed.map(str::to_owned),
            limit_value,
        }
    }

    /// The state after a read: what is set stays as it is written, if the API returns as much.
    fn flatten(mut self, returned: &ReturnedLimit, is_import: bool) -> Self {
        let unit = self.unit().to_owned();
        // A response without a unit has that of the request.
        let sent_unit = self.expand().value_unit;
        let returned_unit = returned.value_unit.clone().or(sent_unit);
        let returned_unit = returned_unit.unwrap_or_else(|| unit.clone());
        let values = [
            (&mut self.notify_value, &returned.notify_value),
            (&mut self.throttle_value, &returned.throttle_value),
            (&mut self.limit_value, &returned.limit_value),
        ];
        // What the configuration leaves out stays as it is, and is not looked at. What the
        // response leaves out is no difference.
        let mut managed: Vec<_> = values
            .into_iter()
            .filter(|(kept, returned)| returned.is_present() && (is_import || !kept.is_null()))
            .map(|(kept, returned)| (kept, returned.value().copied()))
            .collect();
        let is_same = managed.iter().all(|(kept, returned)| {
            let kept = kept.known().and_then(amounts::count);
            amounts::is_same((kept, &unit), (*returned, &returned_unit))
        });
        if !is_same {
            let convert = |value: Option<u32>| match value {
                Some(value) => amounts::convert(value, &returned_unit, &unit).map(Some),
                None => Some(None),
            };
            let converted = managed.iter().map(|(_, value)| convert(*value));
            let converted: Option<Vec<_>> = converted.collect();
            let shown = match converted.filter(|_| !is_import) {
                Some(converted) => converted,
                None => {
                    self.value_unit = returned_unit.as_str().into();
                    managed.iter().map(|(_, value)| *value).collect()
                }
            };
            for ((kept, _), shown) in managed.iter_mut().zip(shown) {
                **kept = shown.map(|value| i64::from(value).into()).into();
            }
        }
        if is_import || !matches!(self.throttle_speed.as_str(), None | Some("")) {
            let kept = self.throttle_speed.as_str();
            if let Some(speed) = amounts::changed_speed(kept, &returned.throttle_speed) {
                self.throttle_speed = speed.map(str::to_owned).into();
            }
        }
        if returned.throttle_speed.is_present() {
            self.throttle_speed_reported = returned.throttle_speed.value().cloned().into();
        }
        self
    }

    fn unit(&self) -> &str {
        given(&self.value_unit).unwrap_or(DEFAULT_UNIT)
    }
}

#[cfg(test)]
mod tests;
