//! The documented responses, and what faults F12, F13, F32 and F33 make of them.

use super::*;

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

fn read<A: FromResponse>(text: &str) -> A {
    try_read(text).expect("a response")
}

fn try_read<A: FromResponse>(text: &str) -> Option<A> {
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
