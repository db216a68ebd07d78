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

impl ProvisionRequest {
    /// Whether the number can be what this request bought, as far as the record tells.
    ///
    /// A number is excluded only where the request sets a value and the record shows another. The
    /// area excludes nothing: it is a preference, and records do not return it.
    #[must_use]
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
mod tests {
    use serde_json::json;

    use super::*;

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
    fn a_number_is_excluded_only_where_both_sides_say_something_else() {
        let plain = ProvisionRequest::new(NumberType::Iot, MessageType::P2p, false, false);
        let shown = NumberRecord {
            classification: Some("IoT".into()),
            message_type_word: Some("P2P".into()),
            message_enabled: Some(false),
            assigned_subscriber_id: Some("TSUID-b".into()),
            iccid_text: Some("8901240397190195850F".into()),
            product_type: Some("Sms-Only".into()),
            ..NumberRecord::default()
        };
        assert!(
            plain.admits(&shown),
            "what was not asked for excludes nothing"
        );
        assert!(plain.admits(&NumberRecord::default()));
        let excluded: [fn(&mut ProvisionRequest); 6] = [
            |r| r.number_type = NumberType::Voip,
            |r| r.message_type = MessageType::A2p,
            |r| r.message_enabled = true,
            |r| r.assigned_subscriber_id = Some("TSUID-a".into()),
            |r| r.product_type = Some("Data-Only".into()),
            |r| r.iccid = Iccid::parse("8901240397190195868").ok(),
        ];
        for (at, change) in excluded.into_iter().enumerate() {
            let mut request = plain.clone();
            change(&mut request);
            assert!(!request.admits(&shown), "{at}");
        }
        let admitted: [fn(&mut ProvisionRequest); 4] = [
            |r| r.area_code = Some("415".into()),
            |r| r.zip_code = Some("94103".into()),
            |r| r.iccid = Iccid::parse("890124039719019585").ok(),
            |r| r.product_type = Some("sms-only".into()),
        ];
        for (at, change) in admitted.into_iter().enumerate() {
            let mut request = plain.clone();
            change(&mut request);
            assert!(request.admits(&shown), "{at}");
        }
    }

    /// The records of version 1 hold requests in the same spelling.
    #[test]
    fn a_request_is_read_as_it_is_written() {
        let request = ProvisionRequest {
            iccid: Iccid::parse("8901240397190195850").ok(),
            area_code: Some("415".into()),
            ..ProvisionRequest::new(NumberType::Iot, MessageType::P2p, true, false)
        };
        let text = serde_json::to_string(&request).expect("JSON");
        assert!(text.contains(r#""ICCID":"8901240397190195850""#), "{text}");
        assert_eq!(
            serde_json::from_str::<ProvisionRequest>(&text).ok(),
            Some(request)
        );
        let old = r#"{"NumberType":"mvno","MessageType":"a2p","MessageEnabled":true,"VoiceEnabled":false,
            "DataEnabled":true,"ZipCode":"84043","AccountId":"AID-1"}"#;
        let old: ProvisionRequest = serde_json::from_str(old).expect("version 1");
        assert_eq!(old.zip_code.as_deref(), Some("84043"));
    }
}
