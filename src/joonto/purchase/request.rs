//! What a purchase asks for, under exactly the names of the wire, and which numbers it admits.
//!
//! A field that was not set is not sent; an empty text is never sent for "unset".

use serde::{Deserialize, Serialize};

use super::super::number::NumberRecord;
use super::super::types::{AccountId, Iccid, MessageType, NumberType};

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

impl ProvisionRequest {
    /// Whether the number can be what this request bought, as far as the record tells.
    ///
    /// A number is excluded only where the request sets a value and the record shows another. The
    /// area excludes nothing: it is a preference, and records do not return it.
    pub fn admits(&self, record: &NumberRecord) -> bool {
        fn agrees<T: PartialEq>(set: Option<T>, shown: Option<T>) -> bool {
            match (set, shown) {
                (Some(set), Some(shown)) => set == shown,
                _ => true,
            }
        }
        // Some reads spell an id in an older form, which compares with nothing.
        fn same_id(set: Option<&String>, shown: Option<&String>, prefix: &str) -> bool {
            agrees(set, shown.filter(|shown| shown.starts_with(prefix)))
        }
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        agrees(Some(self.number_type), record.number_type())
            && agrees(Some(self.message_type), record.message_type())
            && agrees(Some(self.message_enabled), record.message_enabled)
            && agrees(Some(self.voice_enabled), record.voice_enabled)
            && same_id(
                self.message_route_id.as_ref(),
                record.message_route_id.value(),
                "MRID-",
            )
            && same_id(
                self.voice_route_id.as_ref(),
                record.voice_route_id.value(),
                "CRID-",
            )
            && same_id(
                self.assigned_subscriber_id.as_ref(),
                record.assigned_subscriber_id.as_ref(),
                "TSUID-",
            )
            && agrees(lower(&self.product_type), lower(&record.product_type))
            && match (&self.iccid, record.iccid()) {
                (Some(set), Some(shown)) => set.same_sim(&shown),
                _ => true,
            }
    }
}

#[cfg(test)]
mod tests;
