//! What the API returns: bodies of every kind, and the header that says how long to wait.

use serde_json::json;
use terraform_provider_joonto::joonto::fuzzing;

use crate::{Allowance, Seed};

pub(crate) const ALLOWANCE: Allowance = Allowance {
    fixed: 16 << 10,
    // A body of `[[],[],` and so on holds a list for every third byte, and is read some twenty times.
    per_byte: 1 << 10,
};

pub(crate) fn run(input: &[u8]) {
    fuzzing::read_response(input);
    if let Ok(header) = std::str::from_utf8(input) {
        fuzzing::read_retry_after(header);
    }
}

pub(crate) fn seeds() -> Vec<Seed> {
    let order = json!({
        "OrderDate": "2025-10-29T12:36:19+00:00", "OrderId": "JNUOID-1", "OrderStatus": "Complete",
    });
    let number = json!({
        "Number": "+18016025346", "TNID": "TNID-1", "OrderId": "TNOID-1", "NumberType": "Mobile",
        "Classification": "MVNO", "MessageType": "p2p", "MessageEnabled": true,
        "VoiceEnabled": "false", "MessageRouteId": "MRID-1", "VoiceRouteId": null,
        "Status": "Active", "AssignedSubscriberId": "TSUID-1", "Iccid": "8901240397190195850F",
        "QrActivationLink": "https://quickchart.io/qr?text=LPA:1$smdp.example.com$4A-11",
        "SwapsRemaining": "2", "ProductType": "Sms+Data",
    });
    let route = json!({
        "RouteId": "MRID-1", "MessageRouteId": "MRID-1", "VoiceRouteId": "CRID-1",
        "AccountId": "AID-1", "RouteName": "a route", "Port": 5060,
    });
    let bodies = [
        (
            "order",
            with(
                &order,
                &json!({"PhoneNumbersOrdered": [{"Number": "+18016025346"}]}),
            ),
        ),
        (
            "purchase",
            with(
                &order,
                &json!({
                    "PhoneNumberAssigned": "+18016025346", "PhoneNumberId": "NID-1", "ZipCode": "84603",
                    "QRCode": "https://quickchart.io/qr?text=LPA:1$smdp.example.com$4A-11",
                    "ICCID": "8901240397190195850", "ErrorMessage": null, "SubscriberId": "TSUID-1",
                }),
            ),
        ),
        ("wrapped", json!({"Successful": true, "data": order})),
        ("details", number.clone()),
        (
            "inventory",
            json!({
                "AccountId": "AID-1", "TotalResults": 2, "PageNumber": 1,
                "PhoneNumbers": [number, {"Number": 5}],
            }),
        ),
        (
            "update",
            json!({"UpdateOrderId": "JNUOID-2", "UpdateOrderStatus": "Pending"}),
        ),
        (
            "status",
            json!({
                "OrderId": "JNUOID-3", "OrderStatus": "Complete", "ChangeType": "Cancel",
                "NumbersChange": [{"OriginalNumber": "+18016025346", "QrCode": "https://x.example"}],
            }),
        ),
        (
            "areas",
            json!({
                "ResultsTotal": 1,
                "AvailableNumberAreas": [{"AreaCode": "201", "Zipcode": "07001", "NGP": "ngp"}],
            }),
        ),
        ("route", route.clone()),
        ("routes", json!({"TotalRoutes": 1, "Results": [route]})),
        // The middle of the token says when it expires, and whose it is.
        (
            "token",
            json!({
                "successful": true, "tokenExpiry": "10/29/2025 12:36:19",
                "token": "e30.eyJleHAiOjE3NDYyMTA5NzMsIm5hbWVpZCI6IkRJRC0xIn0.c2ln",
            }),
        ),
        (
            "problem",
            json!({
                "Title": "Invalid", "Detail": "see errors", "TransactionLogId": 17,
                "Errors": {"$.AreaCode": ["too long", "not digits"], "Other": "a secret"},
            }),
        ),
    ];
    let mut seeds: Vec<Seed> = bodies
        .into_iter()
        .map(|(name, body)| (name, body.to_string().into_bytes()))
        .collect();
    seeds.push(("seconds", b"120".to_vec()));
    seeds.push(("date", b"Wed, 29 Oct 2025 12:36:19 GMT".to_vec()));
    seeds.push(("html", b"<html><h1>502 Bad Gateway</h1></html>".to_vec()));
    seeds
}

fn with(one: &serde_json::Value, other: &serde_json::Value) -> serde_json::Value {
    let entries = [one, other]
        .into_iter()
        .filter_map(|value| value.as_object());
    let entries = entries
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()));
    serde_json::Value::Object(entries.collect())
}
