//! What is sent, under exactly the names of the wire.
//!
//! A field that was not set is not sent; an empty text is never sent for "unset".

use serde::{Deserialize, Serialize, Serializer};

use super::ids::{AccountId, E164, Iccid};
use super::words::{Classification, MessageType, NumberType};

/// Buys one number. The record of an open purchase holds it, in the same spelling.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionRequest {
    /// What kind of number.
    pub number_type: NumberType,
    /// Who writes to whom.
    pub message_type: MessageType,
    /// Whether it takes part in messaging.
    pub message_enabled: bool,
    /// Whether it takes part in calls.
    pub voice_enabled: bool,
    /// Whether it carries data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_enabled: Option<bool>,
    /// The route of its messages: `MRID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_route_id: Option<String>,
    /// The route of its calls: `CRID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_route_id: Option<String>,
    /// The area code to try first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_code: Option<String>,
    /// The zip code to fall back on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip_code: Option<String>,
    /// The physical SIM to use.
    #[serde(rename = "ICCID", skip_serializing_if = "Option::is_none")]
    pub iccid: Option<Iccid>,
    /// What is booked: `Sms-Only`, `Data-Only`, `Sms+Data` or `Sms+Data+Voice`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_type: Option<String>,
    /// The account that buys, where the credentials see several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The subscriber to tie it to: `TSUID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_subscriber_id: Option<String>,
}

impl ProvisionRequest {
    /// A request with nothing but what every request has.
    #[must_use]
    pub fn new(
        number_type: NumberType,
        message_type: MessageType,
        message_enabled: bool,
        voice_enabled: bool,
    ) -> Self {
        Self {
            number_type,
            message_type,
            message_enabled,
            voice_enabled,
            data_enabled: None,
            message_route_id: None,
            voice_route_id: None,
            area_code: None,
            zip_code: None,
            iccid: None,
            product_type: None,
            account_id: None,
            assigned_subscriber_id: None,
        }
    }
}

/// Changes one number. Only what changes is set.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRequest {
    /// The number to change.
    pub number: E164,
    /// Whether it takes part in messaging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_enabled: Option<bool>,
    /// Whether it takes part in calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_enabled: Option<bool>,
    /// Who writes to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
    /// What kind of number; see [`NumberType::classification`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// The route of its messages.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub message_route_id: Change<String>,
    /// The route of its calls.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub voice_route_id: Change<String>,
    /// The subscriber to tie it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_subscriber_id: Option<String>,
    /// The SIM to use; `Iccid` here, `ICCID` in a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iccid: Option<Iccid>,
    /// What is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_type: Option<String>,
}

impl UpdateRequest {
    /// A request that changes nothing about `number` yet.
    #[must_use]
    pub fn new(number: E164) -> Self {
        Self {
            number,
            message_enabled: None,
            voice_enabled: None,
            message_type: None,
            classification: None,
            message_route_id: Change::Keep,
            voice_route_id: Change::Keep,
            assigned_subscriber_id: None,
            iccid: None,
            product_type: None,
        }
    }

    /// Whether it would change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::new(self.number.clone())
    }
}

/// What becomes of a value that can also be taken away.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Change<T> {
    /// Not sent: it stays.
    #[default]
    Keep,
    /// Sent as null: it is taken away.
    Clear,
    /// Sent: it is replaced.
    Set(T),
}

impl<T> Change<T> {
    /// Whether nothing is sent.
    #[must_use]
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Whether the value is taken away.
    #[must_use]
    pub const fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }

    /// The value that is sent, if one is.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

/// What is done with a number as a whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StatusChange {
    /// Brings a parked number back.
    Activate,
    /// Ends the number; can be undone for 30 days by reactivating.
    Cancel,
    /// Suspends the number; it and its SIM stay.
    Park,
    /// Gives the number another SIM. Uses up one of its swaps.
    SwapSim {
        /// The new SIM; without one the API chooses, an eSIM presumably.
        iccid: Option<Iccid>,
    },
}

impl StatusChange {
    /// The word in requests.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Cancel => "cancel",
            Self::Park => "park",
            Self::SwapSim { .. } => "swap-sim",
        }
    }
}

/// The body of a change of status.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StatusRequest<'a> {
    pub(super) status_change: &'static str,
    /// `MM/DD/YYYY`.
    pub(super) effective_date: &'a str,
    pub(super) phone_numbers: Vec<StatusItem<'a>>,
}

/// One number of a change of status.
#[derive(Debug, Serialize)]
pub(super) struct StatusItem<'a> {
    #[serde(rename = "Number")]
    number: &'a E164,
    #[serde(rename = "ICCID", skip_serializing_if = "Option::is_none")]
    iccid: Option<&'a Iccid>,
}

impl<'a> StatusRequest<'a> {
    pub(super) fn new(
        change: &'a StatusChange,
        numbers: &'a [E164],
        effective_date: &'a str,
    ) -> Self {
        let iccid = match change {
            StatusChange::SwapSim { iccid } => iccid.as_ref(),
            _ => None,
        };
        Self {
            status_change: change.as_str(),
            effective_date,
            phone_numbers: numbers
                .iter()
                .map(|number| StatusItem { number, iccid })
                .collect(),
        }
    }
}

/// The body of a reactivation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReactivateRequest<'a> {
    pub(super) phone_number: &'a E164,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<&'a AccountId>,
}

/// The body of a token call. Not `Debug`: it holds the secret.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TokenRequest<'a> {
    pub(super) account_key: &'a str,
    pub(super) account_secret: &'a str,
    /// The schema calls it optional; the service refuses to do without.
    pub(super) api_endpoint: &'a str,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number() -> E164 {
        E164::parse("+18016025346").expect("valid")
    }

    #[test]
    fn the_seeds_request_word_for_word() {
        let request = ProvisionRequest {
            data_enabled: Some(true),
            message_route_id: Some("MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a".into()),
            voice_route_id: Some("CRID-4dec6beb-3985-444b-8c06-8baa70dc145".into()),
            area_code: Some("201".into()),
            zip_code: Some("84043".into()),
            iccid: Iccid::parse("8901240397190195850").ok(),
            ..ProvisionRequest::new(NumberType::Iot, MessageType::P2p, true, false)
        };
        let seed = json!({
            "NumberType": "iot",
            "MessageType": "p2p",
            "MessageEnabled": true,
            "VoiceEnabled": false,
            "DataEnabled": true,
            "MessageRouteId": "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a",
            "VoiceRouteId": "CRID-4dec6beb-3985-444b-8c06-8baa70dc145",
            "AreaCode": "201",
            "ZipCode": "84043",
            "ICCID": "8901240397190195850"
        });
        assert_eq!(json!(request), seed);
    }

    #[test]
    fn later_fields_are_sent_when_set_only() {
        let bare = ProvisionRequest::new(NumberType::Mvno, MessageType::A2p, true, false);
        assert_eq!(
            json!(bare),
            json!({"NumberType": "mvno", "MessageType": "a2p", "MessageEnabled": true, "VoiceEnabled": false})
        );
        let full = ProvisionRequest {
            product_type: Some("Sms+Data".into()),
            account_id: AccountId::parse("AID-1").ok(),
            assigned_subscriber_id: Some("TSUID-1".into()),
            ..bare
        };
        let sent = json!(full);
        assert_eq!(sent["ProductType"], "Sms+Data");
        assert_eq!(sent["AccountId"], "AID-1");
        assert_eq!(sent["AssignedSubscriberId"], "TSUID-1");
    }

    #[test]
    fn an_update_sends_what_changes() {
        let nothing = UpdateRequest::new(number());
        assert!(nothing.is_empty());
        assert_eq!(json!(nothing), json!({"Number": "+18016025346"}));
        let update = UpdateRequest {
            message_enabled: Some(false),
            classification: NumberType::Iot.classification(),
            message_route_id: Change::Clear,
            voice_route_id: Change::Set("CRID-1".into()),
            iccid: Iccid::parse("8901240397190195850F").ok(),
            ..nothing
        };
        assert!(!update.is_empty());
        assert_eq!(
            json!(update),
            json!({
                "Number": "+18016025346", "MessageEnabled": false, "Classification": "IoT",
                "MessageRouteId": null, "VoiceRouteId": "CRID-1", "Iccid": "8901240397190195850"
            })
        );
    }

    #[test]
    fn a_change_of_status_names_the_sim_only_when_swapping() {
        let numbers = [number()];
        let iccid = Iccid::parse("8901240397190195850").ok();
        let swap = StatusChange::SwapSim { iccid };
        assert_eq!(
            json!(StatusRequest::new(&swap, &numbers, "11/23/2026")),
            json!({
                "StatusChange": "swap-sim", "EffectiveDate": "11/23/2026",
                "PhoneNumbers": [{"Number": "+18016025346", "ICCID": "8901240397190195850"}]
            })
        );
        assert_eq!(
            json!(StatusRequest::new(
                &StatusChange::Park,
                &numbers,
                "11/23/2026"
            ))["PhoneNumbers"],
            json!([{"Number": "+18016025346"}])
        );
    }
}
