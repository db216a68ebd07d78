//! The documented answers, and what faults F12, F13, F32 and F33 make of them.

use super::*;
use crate::joonto::{OrderClass, Receipt};

const SEED: &str = r#"{
  "OrderDate": "2025-10-29T12:36:19.338438+00:00",
  "OrderId": "JNUOID-76ba71a8-d7a6-4489-b695-1ad363b8d596",
  "OrderStatus": "Complete",
  "PhoneNumberAssigned": "+18016025346",
  "PhoneNumberId": "NID-8bdf915a-ef65-46c9-8c66-96c98d42d9ca",
  "QRCode": "https://quickchart.io/qr?text=LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN",
  "ZipCode": "84603",
  "ErrorMessage": null,
  "SubscriberId": "TSUID-ac59a1f8-36b6-42cc-b124-c2aa29f7e3d2"
}"#;

fn read<A: Answer>(text: &str) -> A {
    try_read(text).expect("an answer")
}

fn try_read<A: Answer>(text: &str) -> Option<A> {
    A::read(&Json::read(text.as_bytes()).expect("JSON"))
}

#[test]
fn the_seeds_response() {
    let receipt: Receipt = read(SEED);
    assert_eq!(receipt.number, E164::parse("+18016025346").ok());
    assert_eq!(receipt.class(), OrderClass::Done);
    assert_eq!(receipt.assigned_zip_code.as_deref(), Some("84603"));
    assert_eq!(receipt.error_message, None);
    assert_eq!(receipt.iccid, None);
    let qr_code = receipt.qr_code.expect("returned");
    assert!(qr_code.expose().contains("LPA:1$"));
    assert!(!format!("{:?}", read::<Receipt>(SEED)).contains("LPA"));
    let shouted: Receipt = read(&SEED.to_uppercase().replace("NULL", "null"));
    assert!(shouted.order_id.is_some() && shouted.qr_code.is_some());
}

#[test]
fn a_receipt_is_written_without_secrets_and_read_again() {
    let receipt: Receipt = read(SEED);
    let text = serde_json::to_string(&receipt).expect("JSON");
    assert!(
        !text.contains("LPA") && !text.contains("quickchart"),
        "{text}"
    );
    let again: Receipt = serde_json::from_str(&text).expect("a receipt");
    assert_eq!(
        again,
        Receipt {
            qr_code: None,
            ..receipt
        }
    );
}

#[test]
fn wrong_types_cost_only_themselves() {
    let receipt: Receipt = read(
        r#"{"OrderId": 17, "OrderStatus": ["Complete"], "PhoneNumberAssigned": {"Number": "+1"},
            "PhoneNumberId": "NID-1", "QRCode": false, "ZipCode": 84603, "ErrorMessage": "NULL"}"#,
    );
    assert_eq!(receipt.order_id, None, "an order's id is a string");
    assert_eq!(receipt.order_status, None);
    assert_eq!(receipt.number, None);
    assert_eq!(receipt.phone_number_id.as_deref(), Some("NID-1"));
    assert_eq!(receipt.assigned_zip_code.as_deref(), Some("84603"));
    assert_eq!((receipt.qr_code, receipt.error_message), (None, None));
    for body in ["null", "[]", "7", r#""text""#] {
        assert_eq!(try_read::<Receipt>(body), None, "{body}");
    }
    assert_eq!(read::<Receipt>("{}"), Receipt::default());
    let receipt: Receipt = read(r#"{"PhoneNumberAssigned": 18016025346}"#);
    assert_eq!(receipt.number, E164::parse("+18016025346").ok());
}

#[test]
fn the_link_has_three_names() {
    for name in ["QRCode", "QrCode", "QrActivationLink", "qrcode"] {
        let receipt: Receipt = read(&format!(r#"{{"{name}": "link"}}"#));
        assert_eq!(receipt.qr_code, Some(Secret::new("link")), "{name}");
    }
}

#[test]
fn orders() {
    let order: Order = read(
        r#"{"OrderDate": "2026-11-23T00:12:08.89", "OrderId": "JNUOID-1", "OrderStatus": "Error", "OrderStatusMessage": "8A",
            "OrderType": "portin", "PhoneNumbersOrdered": [{"Number": "12025550143"}, {"Number": null}, null]}"#,
    );
    assert_eq!(order.class(), OrderClass::Failed);
    assert_eq!(order.status_message.as_deref(), Some("8A"));
    assert_eq!(order.numbers, [E164::parse("+12025550143").expect("valid")]);
    assert!(
        read::<Order>(r#"{"PhoneNumbersOrdered": {"Number": "+12025550143"}}"#)
            .numbers
            .is_empty()
    );
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
    assert_eq!(details.message_route_id, Told::Empty);
    assert_eq!(details.voice_route_id, Told::Nothing);
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

#[test]
fn writes() {
    let update: UpdateAnswer = read(
        r#"{"Number": "+12025550143", "Tnid": null, "UpdateOrderId": "JNUOID-5", "UpdateOrderStatus": "Failed",
            "MessageType": "p2p", "Classification": "MVNO", "VoiceRouteId": "CRID-6"}"#,
    );
    assert_eq!(update.order_class(), OrderClass::Failed);
    assert_eq!(
        update.echo.voice_route_id.value().map(String::as_str),
        Some("CRID-6")
    );
    assert!(!update.echo.message_route_id.is_told());

    for list in ["Numbers", "NumbersChange", "NumbersChanged"] {
        let status: StatusAnswer = read(&format!(
            r#"{{"OrderId": "JNUOID-8", "OrderStatus": "Complete", "{list}": [{{"Number": "+12025550143", "QrCode": "x", "ChargeFee": 2.25}}]}}"#
        ));
        assert_eq!(status.numbers.len(), 1, "{list}");
        assert_eq!(status.numbers[0].qr_code, Some(Secret::new("x")));
        assert_eq!(status.order_class(), OrderClass::Done);
    }

    let back: ReactivateAnswer = read(
        r#"{"PhoneNumber": "+12025550143", "AccountId": "AID-9", "Status": "Success", "StatusMessage": null}"#,
    );
    assert_eq!(back.status.as_deref(), Some("Success"));
    assert_eq!(back.account_id, AccountId::parse("AID-9").ok());
}
