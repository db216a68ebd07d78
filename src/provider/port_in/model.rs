//! What Terraform keeps of a port-in, and which of it an update sends.

use std::time::Duration;

use crate::joonto::{Iccid, PortInFields, PortInState};
use crate::provider::call;
use crate::provider::validators::{self, Validity, given, valid_if};
use crate::terraform::Attr;
use crate::terraform::value::Number;

/// The types of number that the API's description lists for a submit.
pub(super) const TYPES: [&str; 2] = ["mvno", "iot"];

crate::model! {
    /// A port-in: it brings a number from another carrier into the account.
    ///
    /// A port-in takes days and costs a fee, and a complete one cannot be undone. The apply that
    /// creates it submits the order, once, and returns; each refresh follows the order. Arguments can
    /// change while the order is open: the next apply updates the order, which then waits for the
    /// losing carrier again. Destroying an open port-in cancels its order. Destroying a complete one
    /// leaves the number in the account.
    pub(crate) struct PortInModel {
        /// Number to bring along, in international form (E.164), such as `+12025550177`. Another
        /// number is another port-in.
        phone_number: String => required(), replaces(), validator(validators::phone_number);
        /// Name of the carrier that has the number.
        current_carrier_name: String => required(), validator(validators::filled);
        /// Account number at that carrier, never stored in plan or state. Needed to submit. Needs
        /// `current_account_number_wo_version`, and Terraform 1.11 or later.
        current_account_number_wo: String => optional(), sensitive(), write_only();
        /// Version of `current_account_number_wo`. Another number sends it again.
        current_account_number_wo_version: Number => optional();
        /// Password or PIN (personal identification number) of the account at that carrier, never stored in plan or state. Needed to
        /// submit. Needs `current_account_password_wo_version`, and Terraform 1.11 or later.
        current_account_password_wo: String => optional(), sensitive(), write_only();
        /// Version of `current_account_password_wo`. Another number sends it again.
        current_account_password_wo_version: Number => optional();
        /// Name of the subscriber at that carrier, who signed the letter that allows the port-in.
        subscriber_name: String => optional();
        /// SIM (subscriber identity module) that the number goes to, by its ICCID (integrated circuit
        /// card identifier). Needed for a physical SIM.
        iccid: String => optional(), validator(validators::unset_or(validators::iccid));
        /// Type of the number afterwards: `mvno` or `iot`. Other words are sent with a warning.
        target_number_type: String => optional();
        /// Day on which the number should move, as `YYYY-MM-DD`. Sent in an update after the submit.
        port_in_date: String => optional(), validator(validators::unset_or(date));
        /// Whether the create waits until the order is complete, refused or cancelled, as long as
        /// `timeouts.create` allows. Defaults to false. An order takes days.
        wait_for_completion: bool => optional();

        /// Id of the order, `JNUOID-...`.
        order_id: String => computed();
        /// State of the order: `Pending` (waits for the losing carrier), `InProgress` (accepted and
        /// dated), `ResolutionRequired` (refused, and can be corrected), `Complete` or `Cancelled`.
        /// Another word of the API is shown as it is, and means an open order.
        status: String => computed();
        /// What the losing carrier says of a refusal. Words that may repeat a secret are left out.
        status_message: String => computed();
        /// What to correct after a refusal, or that arguments have to be sent again. Null if there is
        /// nothing to do.
        resolution_required: String => computed();
    }
    blocks {
        billing_address: BillingAddress;
        timeouts: CreateTimeout;
    }
}

crate::model! {
    /// Billing address at the carrier that has the number. Required.
    pub(crate) struct BillingAddress {
        /// First line of the street address.
        street1: String => required(), validator(validators::filled);
        /// Second line of the street address.
        street2: String => optional();
        /// City.
        city: String => required(), validator(validators::filled);
        /// State, such as `UT`.
        state: String => required(), validator(validators::filled);
        /// Zip code.
        zip: String => required(), validator(validators::filled);
    }
    blocks {}
}

crate::model! {
    /// Time limits, as durations such as `90s` or `1h30m`.
    pub(crate) struct CreateTimeout {
        /// Limit for waiting if `wait_for_completion` is true. Defaults to `20m`. When it is over, the
        /// create succeeds with a warning.
        create: String => optional(), validator(validators::duration);
    }
    blocks {}
}

/// How `resolution_required` begins where arguments in state were never sent.
pub(super) const UNSENT: &str = "Not all arguments were sent to the API. Apply to send them again.";

/// The fields of the API that are plain texts.
const TEXTS: [(&str, Argument<String>); 3] = [
    ("CurrentCarrierName", |model| &model.current_carrier_name),
    ("SubscriberName", |model| &model.subscriber_name),
    ("TargetPortinClassification", |model| {
        &model.target_number_type
    }),
];

/// An argument of a port-in.
type Argument<T> = fn(&PortInModel) -> &Attr<T>;

/// A secret that is never stored, and its version.
pub(super) struct SecretArgument {
    /// Its field of the API.
    field: &'static str,
    /// The argument.
    pub(super) name: &'static str,
    /// Its value, in a configuration.
    pub(super) of: Argument<String>,
    /// Its version.
    pub(super) version: Argument<Number>,
}

/// The secrets of the account at the losing carrier.
pub(super) const SECRETS: [SecretArgument; 2] = [
    SecretArgument {
        field: "CurrentAccountNumber",
        name: "current_account_number_wo",
        of: |model| &model.current_account_number_wo,
        version: |model| &model.current_account_number_wo_version,
    },
    SecretArgument {
        field: "CurrentAccountPassword",
        name: "current_account_password_wo",
        of: |model| &model.current_account_password_wo,
        version: |model| &model.current_account_password_wo_version,
    },
];

/// Whether a text is not set. `""` is unset, and an unknown one may be anything.
pub(super) fn is_unset(text: &Attr<String>) -> bool {
    text.is_null() || text.as_str() == Some("")
}

fn date(text: &str) -> Validity {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let is_date = time::Date::parse(text, format).is_ok();
    valid_if(is_date, "The value is not a date such as \"2027-01-31\".")
}

impl PortInModel {
    /// Where the order is, as far as the state says. None is an open order.
    pub(super) fn state(&self) -> Option<PortInState> {
        PortInState::of(self.status.as_str()?)
    }

    /// Whether the order is over.
    pub(super) fn is_final(&self) -> bool {
        self.state().is_some_and(PortInState::is_final)
    }

    /// Whether its order was cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.state() == Some(PortInState::Cancelled)
    }

    /// The optional arguments that `prior` has and this one has not: no request takes them back.
    pub(super) fn gone(&self, prior: &Self) -> Vec<&'static str> {
        let optional: [(&str, Argument<String>); 4] = [
            ("subscriber_name", |model| &model.subscriber_name),
            ("iccid", |model| &model.iccid),
            ("target_number_type", |model| &model.target_number_type),
            ("port_in_date", |model| &model.port_in_date),
        ];
        let gone = optional
            .into_iter()
            .filter(|(_, of)| given(of(prior)).is_some() && is_unset(of(self)));
        gone.map(|(name, _)| name).collect()
    }

    /// Whether it was imported, so that nothing is known of what was submitted.
    pub(super) fn is_bare(&self) -> bool {
        self.current_carrier_name.is_null()
    }

    /// How long the create may take.
    pub(super) fn create_timeout(&self) -> Duration {
        let timeouts = self.timeouts.known();
        call::limit(timeouts.and_then(|timeouts| timeouts.create.as_str()), 20)
    }

    /// This object as the API knows it: none if some of it was never sent.
    pub(super) fn sent(&self) -> Option<&Self> {
        (!self.is_unsent()).then_some(self)
    }

    /// Whether an update failed whose arguments are in state.
    pub(super) fn is_unsent(&self) -> bool {
        let note = self.resolution_required.as_str();
        note.is_some_and(|note| note.starts_with(UNSENT))
    }

    /// What to send: everything, or what differs from `prior`, but for the day. Secrets stand in
    /// `config` alone. None while something is unknown.
    pub(super) fn changed(&self, prior: Option<&Self>, config: &Self) -> Option<PortInFields> {
        let mut fields = PortInFields::default();
        for (name, of) in TEXTS {
            if of(self).is_unknown() {
                return None;
            }
            let before = prior.and_then(|prior| given(of(prior)));
            if let Some(text) = given(of(self)).filter(|text| Some(*text) != before) {
                fields.set(name, text);
            }
        }
        if self.iccid.is_unknown() || self.port_in_date.is_unknown() {
            return None;
        }
        let sim = |model: &Self| given(&model.iccid).and_then(|text| Iccid::parse(text).ok());
        if let Some(iccid) = sim(self)
            && prior
                .and_then(sim)
                .is_none_or(|before| !before.same_sim(&iccid))
        {
            fields.set("ICCID", iccid.digits());
        }
        for secret in &SECRETS {
            let version = (secret.version)(self);
            let is_new = prior.is_none_or(|prior| (secret.version)(prior) != version);
            let value = (secret.of)(config);
            if version.is_unknown() || (is_new && value.is_unknown()) {
                return None;
            }
            if let Some(value) = given(value).filter(|_| is_new && version.is_known()) {
                fields.set_secret(secret.field, value);
            }
        }
        if let Some(address) = self.billing_address.known() {
            let parts = address.parts();
            if parts.iter().any(|(_, part)| part.is_unknown()) {
                return None;
            }
            let before = prior.and_then(|prior| prior.billing_address.known());
            let before = before.map(BillingAddress::parts);
            let is_new = |nth: usize| {
                let before = before.as_ref().and_then(|before| given(before[nth].1));
                before != given(parts[nth].1)
            };
            if (0..parts.len()).any(is_new) {
                // A part that is gone is sent as blank.
                let sent = |nth: usize| match given(parts[nth].1) {
                    None if is_new(nth) => Some((parts[nth].0, "")),
                    part => Some((parts[nth].0, part?)),
                };
                fields.set_address((0..parts.len()).filter_map(sent));
            }
        }
        Some(fields)
    }

    /// The day to send, if it differs from `prior`.
    pub(super) fn changed_date(&self, prior: Option<&Self>) -> Option<&str> {
        let before = prior.and_then(|prior| given(&prior.port_in_date));
        given(&self.port_in_date).filter(|day| Some(*day) != before)
    }
}

impl BillingAddress {
    /// Its parts, by the names of the API.
    pub(super) fn parts(&self) -> [(&'static str, &Attr<String>); 5] {
        [
            ("Street1", &self.street1),
            ("Street2", &self.street2),
            ("City", &self.city),
            ("State", &self.state),
            ("Zip", &self.zip),
        ]
    }
}

#[cfg(test)]
mod tests;
