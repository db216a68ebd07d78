//! Whether a number can be what a request bought.

use super::answers::NumberRecord;
use super::requests::ProvisionRequest;

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
    use super::*;
    use crate::joonto::{Iccid, MessageType, NumberType};

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
