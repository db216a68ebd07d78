//! The readers of what the API sends, for `fuzz/` alone: in the house only a response to a request
//! reaches them, and a fuzzer makes a hundred thousand responses a second.

use time::OffsetDateTime;

use super::api_error::VendorMessage;
use super::availability;
use super::lenient_json::{FromResponse, Json};
use super::retry;
use super::routes;
use super::token::TokenResponse;
use super::{
    InventoryPage, NumberRecord, Order, PaidOutcome, Purchase, Receipt, StatusResponse,
    UpdateResponse, activation_code, jwt,
};

/// Reads a body as every kind of response, and as the body of an error.
pub fn read_response(body: &[u8]) {
    if let Some(json) = Json::read(body) {
        read_purchases(&json);
        read_records(&json);
        let _ = StatusResponse::read(&json).map(|response| response.order_class());
        let _ = availability::Page::read(&json);
        routes::fuzzing::read(&json);
        if let Some(token) = TokenResponse::read(&json).and_then(|response| response.token) {
            let _ = (
                jwt::expiry(token.expose()),
                jwt::name_identifier(token.expose()),
            );
        }
    }
    assert_presentable(&VendorMessage::read(Some(body), &["secret"]));
}

/// Reads the headers that say how long to wait.
pub fn read_retry_after(header: &str) {
    let now = OffsetDateTime::UNIX_EPOCH;
    let wait = retry::retry_after(header, None, now);
    assert!(wait.is_none_or(|wait| wait.as_secs() <= 61), "{wait:?}");
}

fn read_purchases(json: &Json) {
    if let Some(receipt) = Receipt::read(json) {
        let link = receipt.qr_code.as_ref();
        let _ = link.map(|link| activation_code(link.expose()));
        // What reaches the record of a purchase can be read back.
        let written = serde_json::to_vec(&receipt).unwrap_or_default();
        assert!(serde_json::from_slice::<Receipt>(&written).is_ok());
        let _ = Purchase::of(PaidOutcome::Response(receipt));
    }
    let _ = Order::read(json).map(|order| order.class());
    let _ = UpdateResponse::read(json).map(|response| response.order_class());
}

fn read_records(json: &Json) {
    let page = InventoryPage::read(json).unwrap_or_default();
    for record in NumberRecord::read(json).iter().chain(&page.numbers) {
        let _ = (record.number_type(), record.message_type());
        let _ = (record.iccid(), record.class());
    }
}

/// Whatever the API says ends up in an error text: one line, not long, without secrets.
fn assert_presentable(message: &VendorMessage) {
    let text = message.text().unwrap_or_default();
    assert!(text.chars().count() <= 301, "too long: {}", text.len());
    assert!(!text.contains("secret"), "a secret in an error");
    assert!(!text.chars().any(char::is_control), "more than a line");
}
