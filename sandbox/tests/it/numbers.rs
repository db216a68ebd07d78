//! Buying: behaviours 8 to 14, and what a request may hold, 38.

use joonto_sandbox::{Fault, FaultKind, Options, Profile};
use serde_json::{Value, json};

use crate::client::*;

const NINE_KEYS: [&str; 9] = [
    "ErrorMessage",
    "OrderDate",
    "OrderId",
    "OrderStatus",
    "PhoneNumberAssigned",
    "PhoneNumberId",
    "QRCode",
    "SubscriberId",
    "ZipCode",
];

#[tokio::test]
async fn b08_the_seeds_request_on_a_fresh_sandbox() {
    let (sandbox, client) = fresh().await;
    let (status, response) = client.post(PROVISION, seed_request()).await;
    assert_eq!(status, 200, "{response}");
    assert_eq!(keys(&response), NINE_KEYS);
    assert!(
        response["PhoneNumberAssigned"]
            .as_str()
            .unwrap()
            .starts_with("+1801")
    );
    assert_eq!(response["ZipCode"], "84603");
    assert_eq!(response["OrderStatus"], "Complete");
    assert_eq!(response["ErrorMessage"], Value::Null);
    assert!(response["OrderId"].as_str().unwrap().starts_with("JNUOID-"));
    assert!(
        response["PhoneNumberId"]
            .as_str()
            .unwrap()
            .starts_with("NID-")
    );
    assert!(
        response["SubscriberId"]
            .as_str()
            .unwrap()
            .starts_with("TSUID-")
    );
    assert!(response["OrderDate"].as_str().unwrap().ends_with("+00:00"));
    let ledger = sandbox.ledger();
    assert_eq!(ledger.purchases().len(), 1);
    assert_eq!(ledger.purchases()[0].order_id, response["OrderId"]);
    assert_eq!(
        json!(ledger.owned(client.key())),
        json!([response["PhoneNumberAssigned"]])
    );
    assert!(ledger.violations().is_empty());
}

#[tokio::test]
async fn b09_areas_and_zips() {
    let (sandbox, client) = fresh().await;
    let request = with(ordinary(), "ZipCode", "20001");
    let (_, response) = client.post(PROVISION, request).await;
    assert!(
        response["PhoneNumberAssigned"]
            .as_str()
            .unwrap()
            .starts_with("+1202555")
    );
    assert_eq!(response["ZipCode"], "20002", "a zip of its own choosing");
    for area in [Value::Null, json!("")] {
        let (status, response) = client
            .post(PROVISION, with(ordinary(), "AreaCode", area))
            .await;
        assert_eq!(
            (status, &response["OrderStatus"]),
            (200, &json!("Complete")),
            "a number from anywhere"
        );
    }
    sandbox.stock("202", 0);
    let (status, response) = client.post(PROVISION, ordinary()).await;
    assert_eq!((status, &response["OrderStatus"]), (200, &json!("Error")));
    assert_eq!(sandbox.ledger().purchases().len(), 3);
}

#[tokio::test]
async fn b11_impossible_pairs() {
    let (sandbox, client) = fresh().await;
    for (number_type, message_type) in [("iot", "a2p"), ("voip", "p2p")] {
        let request = with(
            with(ordinary(), "NumberType", number_type),
            "MessageType",
            message_type,
        );
        let response = client.post(PROVISION, request).await;
        assert_envelope(&response, 400);
        let message = response.1["Message"].as_str().unwrap();
        assert!(
            message.contains("NumberType") && message.contains("MessageType"),
            "{message}"
        );
    }
    assert!(sandbox.ledger().orders.is_empty());
    assert!(
        sandbox.ledger().violations().is_empty(),
        "the fields are right, the pair is not"
    );
}

#[tokio::test]
async fn b12_profiles() {
    let (sandbox, client) = fresh().await;
    let voip = with(with(ordinary(), "NumberType", "voip"), "MessageType", "a2p");
    let plain = with(ordinary(), "ProductType", Value::Null);
    assert_eq!(client.post(PROVISION, voip.clone()).await.0, 200);
    assert_eq!(client.post(PROVISION, plain.clone()).await.0, 200);

    sandbox.switch(|switches| switches.message_route_required = true);
    let response = client.post(PROVISION, plain.clone()).await;
    assert_envelope(&response, 400);
    assert_eq!(response.1["Message"], "MessageRouteId is required");
    sandbox.switch(|switches| {
        switches.message_route_required = false;
        switches.account_id_required = true;
    });
    client.refused(PROVISION, plain.clone(), 400).await;
    let own = with(plain.clone(), "AccountId", sandbox.credentials().account_id);
    assert_eq!(client.post(PROVISION, own).await.0, 200);
    let foreign = with(
        plain.clone(),
        "AccountId",
        sandbox.second_account().account_id,
    );
    let response = client.post(PROVISION, foreign).await;
    assert_envelope(&response, 400);
    assert_eq!(response.1["Message"], "Invalid AccountId");

    let (sandbox, client) = started(Options {
        profile: Profile::Current,
        ..Options::default()
    })
    .await;
    client.refused(PROVISION, voip, 400).await;
    client.refused(PROVISION, plain, 400).await;
    let (_, response) = client
        .post(PROVISION, with(seed_request(), "ProductType", "Data-Only"))
        .await;
    assert_eq!(keys(&response).len(), 10);
    assert_eq!(response["ICCID"], "8901240397190195850");
    sandbox.switch(|switches| switches.responses_other_iccid = true);
    let (_, response) = client
        .post(PROVISION, with(seed_request(), "ProductType", "Data-Only"))
        .await;
    assert_ne!(response["ICCID"], "8901240397190195850");
}

#[tokio::test]
async fn b13_routes_must_be_the_callers() {
    let (sandbox, client) = fresh().await;
    for key in ["MessageRouteId", "VoiceRouteId"] {
        let response = client
            .post(PROVISION, with(ordinary(), key, "MRID-unknown"))
            .await;
        assert_envelope(&response, 400);
    }
    let other = Client::other(&sandbox);
    other.refused(PROVISION, seed_request(), 400).await;
    assert!(sandbox.ledger().orders.is_empty());
}

#[tokio::test]
async fn b14_failed_orders() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.fail_orders = Some("Phone number already in use".into()));
    let (status, response) = client.post(PROVISION, ordinary()).await;
    assert_eq!(status, 200);
    assert_eq!(keys(&response), NINE_KEYS);
    assert_eq!(
        (&response["OrderStatus"], &response["ErrorMessage"]),
        (&json!("Error"), &json!("Phone number already in use"))
    );
    for key in [
        "PhoneNumberAssigned",
        "PhoneNumberId",
        "QRCode",
        "ZipCode",
        "SubscriberId",
    ] {
        assert_eq!(response[key], Value::Null);
    }
    let (_, order) = client
        .get(ORDER, &[("OrderId", response["OrderId"].as_str().unwrap())])
        .await;
    assert_eq!(order["OrderStatus"], "Error");
    assert_eq!(order["OrderStatusMessage"], "Phone number already in use");
    sandbox.switch(|switches| switches.failed_order_is_400 = true);
    client.refused(PROVISION, ordinary(), 400).await;
    assert!(sandbox.ledger().orders.is_empty());
}

#[tokio::test]
async fn b38_requests_outside_the_contract() {
    let (sandbox, client) = fresh().await;
    let wrong = [
        ("NumberType", json!("mobile")),
        ("NumberType", json!("MVNO")),
        ("MessageType", json!("sms")),
        ("MessageEnabled", json!("true")),
        ("VoiceEnabled", Value::Null),
        ("DataEnabled", json!(1)),
        ("MessageRouteId", json!("")),
        ("AreaCode", json!(202)),
        ("AreaCode", json!("102")),
        ("ZipCode", json!("2000")),
        ("ICCID", json!("123")),
        ("ProductType", json!("sms+data")),
        ("AccountId", json!(["AID-1"])),
    ];
    let count = wrong.len();
    for (key, value) in wrong {
        let response = client
            .post(PROVISION, with(ordinary(), key, value.clone()))
            .await;
        assert_envelope(&response, 400);
        assert!(
            response.1["Message"].as_str().unwrap().contains(key),
            "{key} = {value}: {}",
            response.1
        );
    }
    assert_eq!(sandbox.ledger().violations().len(), count);
    let (status, _) = client
        .post(PROVISION, with(ordinary(), "Colour", "blue"))
        .await;
    assert_eq!(status, 200, "unknown keys are ignored");
    assert_eq!(
        sandbox.ledger().violations().len(),
        count + 1,
        "but not forgotten"
    );
    let response = client
        .post(
            REACTIVATE,
            json!({ "PhoneNumber": "+12025550100", "Colour": "blue" }),
        )
        .await;
    assert_envelope(&response, 400);

    let token = client.token(PROVISION).await;
    let send = |label: &'static str, body: &'static str| {
        let request = client
            .http()
            .post(client.url(PROVISION))
            .bearer_auth(&token);
        request.header("content-type", label).body(body).send()
    };
    assert_envelope(&finish(send("text/plain", "{}").await.unwrap()).await, 400);
    assert_envelope(
        &finish(send("application/json", "[]").await.unwrap()).await,
        400,
    );
    assert_envelope(
        &finish(send("application/json", "{").await.unwrap()).await,
        400,
    );
    assert_eq!(sandbox.ledger().purchases().len(), 1);
}

#[tokio::test]
async fn b38_a_fault_or_a_bad_token_hides_no_violation() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::status(503)));
    client
        .refused(PROVISION, with(ordinary(), "AreaCode", 202), 503)
        .await;
    let wrong = json!({ "NumberType": "mvno" });
    let request = client
        .http()
        .post(client.url(PROVISION))
        .bearer_auth("nonsense")
        .json(&wrong);
    assert_envelope(&finish(request.send().await.unwrap()).await, 401);
    let ledger = sandbox.ledger();
    assert_eq!(ledger.violations().len(), 2);
    assert_eq!(
        ledger.violations()[0].violations,
        ["AreaCode must be of type string"]
    );
    assert_eq!(
        ledger.violations()[1].violations.len(),
        3,
        "each missing field is named"
    );
    let verdict = std::panic::catch_unwind(|| ledger.assert_within_contract());
    assert!(verdict.is_err(), "the ledger fails the test that sent them");
}
