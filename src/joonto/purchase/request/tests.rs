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
