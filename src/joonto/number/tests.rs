//! The documented responses, and what faults F12, F13, F32 and F33 make of them.

use super::*;

use crate::joonto::InventoryPage;

fn read<A: FromResponse>(text: &str) -> A {
    try_read(text).expect("a response")
}

fn try_read<A: FromResponse>(text: &str) -> Option<A> {
    A::read(&Json::read(text.as_bytes()).expect("JSON"))
}

#[test]
fn details_and_inventory_tell_the_same_number_differently() {
    let details: NumberRecord = read(
        r#"{"Number": "+12025550143", "TNID": "TNID-1", "OrderId": "TNOID-1", "NumberType": "Mobile", "MessageEnabled": true,
            "MessageRouteId": "", "VoiceEnabled": "false", "Classification": "IOT", "MessageType": "A2P", "Status": "Active",
            "Iccid": "8901240000000000019F", "QrActivationLink": "https://x", "SwapsRemaining": "2"}"#,
    );
    assert_eq!(details.number_type(), Some(NumberType::Iot));
    assert_eq!(details.message_type(), Some(MessageType::A2p));
    assert_eq!(
        (details.message_enabled, details.voice_enabled),
        (Some(true), Some(false))
    );
    assert_eq!(details.message_route_id, Field::Null);
    assert_eq!(details.voice_route_id, Field::Absent);
    assert_eq!(
        details.iccid().expect("valid").digits(),
        "8901240000000000019"
    );
    assert_eq!(details.class(), NumberClass::Live);
    assert_eq!(details.swaps_remaining, Some(2));

    let page: InventoryPage = read(
        r#"{"AccountId": "AID-1", "TotalResults": 3, "PageNumber": 1, "Filter": "All", "PhoneNumbers": [
            {"Number": "+12025550143", "Tnid": "TNID-2", "NumberType": "VoIP", "Classification": null, "PortOutPin": "canary"}, "?"]}"#,
    );
    assert_eq!(page.numbers.len(), 2);
    assert_eq!(page.numbers[0].number_type(), Some(NumberType::Voip));
    assert_eq!(page.numbers[0].number_id.as_deref(), Some("TNID-2"));
    assert_eq!(page.numbers[1], NumberRecord::default());
    assert!(!format!("{page:?}").contains("canary"));
}

#[test]
fn an_inventory_without_a_list_says_nothing() {
    assert_eq!(try_read::<InventoryPage>("{}"), None);
    assert_eq!(try_read::<InventoryPage>(r#"{"PhoneNumbers": {}}"#), None);
    assert!(
        read::<InventoryPage>(r#"{"PhoneNumbers": null, "TotalResults": 0}"#)
            .numbers
            .is_empty()
    );
    assert_eq!(try_read::<NumberRecord>("{}"), None);
    assert_eq!(try_read::<NumberRecord>(r#"{"Unrelated": 1}"#), None);
}
