//! Faults of what is read, and of other writes: F19 to F26, F28 to F30, F33, F34.

use std::time::Duration;

use joonto_sandbox::{Fault, FaultKind, Lag, NumberStatus, Options};
use serde_json::{Value, json};

use crate::client::*;

async fn listed(client: &Client) -> Vec<String> {
    let (status, response) = client
        .get(INVENTORY, &[("PageNumber", "1"), ("Filter", "All")])
        .await;
    assert_eq!(status, 200, "{response}");
    let items = response["PhoneNumbers"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["Number"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn f19_the_inventory_lags() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.inventory_lag = Some(Lag::Reads(2)));
    let number = client.buy_number().await;
    assert_eq!(
        client.details(&number).await.0,
        200,
        "details know it at once"
    );
    assert!(listed(&client).await.is_empty());
    assert!(listed(&client).await.is_empty());
    assert_eq!(listed(&client).await, [number.as_str()]);
    sandbox.switch(|switches| switches.inventory_lag = Some(Lag::Time(Duration::from_secs(20))));
    let second = client.buy_number().await;
    assert_eq!(listed(&client).await, [number.as_str()]);
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(listed(&client).await, [number, second]);
}

#[tokio::test]
async fn f20_two_equal_new_numbers() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.inventory_twins = true);
    let number = client.buy_number().await;
    let (_, response) = client.get(INVENTORY, &[]).await;
    let items = response["PhoneNumbers"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert!(items.iter().any(|item| item["Number"] == number.as_str()));
    let same = |key: &str| items[0][key] == items[1][key];
    assert!(
        [
            "Classification",
            "MessageType",
            "Iccid",
            "ProductType",
            "Status"
        ]
        .into_iter()
        .all(same)
    );
    assert_ne!(items[0]["Number"], items[1]["Number"]);
    assert_eq!(
        sandbox.ledger().purchases().len(),
        1,
        "nobody bought the twin"
    );
}

#[tokio::test]
async fn f21_an_inventory_that_cannot_be_trusted() {
    let (sandbox, client) = started(Options {
        fleet: 5,
        page_size: 2,
        ..Options::default()
    })
    .await;
    sandbox
        .buy_elsewhere(&sandbox.second_account().account_key)
        .unwrap();
    let page = async |page: &str| client.get(INVENTORY, &[("PageNumber", page)]).await;
    sandbox.switch(|switches| switches.inventory_of_other_account = true);
    let (_, foreign) = page("1").await;
    assert_eq!(foreign["AccountId"], sandbox.second_account().account_id);
    assert_eq!(foreign["TotalResults"], 1);
    sandbox.switch(|switches| {
        switches.inventory_of_other_account = false;
        switches.total_off_by = -3;
    });
    assert_eq!(page("1").await.1["TotalResults"], 2);
    sandbox.switch(|switches| switches.page_ignored = true);
    assert_eq!(
        page("1").await.1["PhoneNumbers"],
        page("3").await.1["PhoneNumbers"]
    );
    sandbox.fault(
        Fault::on(INVENTORY)
            .query("PageNumber=2")
            .always()
            .before_commit(FaultKind::status(500)),
    );
    assert_eq!(
        (page("1").await.0, page("2").await.0, page("2").await.0),
        (200, 500, 500)
    );
}

#[tokio::test]
async fn f22_404_for_every_number() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    sandbox.switch(|switches| switches.numbers_invisible = true);
    assert_envelope(&client.details(&number).await, 404);
    assert!(listed(&client).await.is_empty());
    assert_envelope(
        &client.change("cancel", &number, &day(&sandbox, 0)).await,
        404,
    );
    assert_eq!(
        sandbox.ledger().owned(client.key()),
        [number.as_str()],
        "it is still there"
    );
    sandbox.switch(|switches| switches.numbers_invisible = false);
    assert_eq!(client.details(&number).await.0, 200);
}

#[tokio::test]
async fn f23_unknown_words_and_other_numbers() {
    let (sandbox, client) = fresh().await;
    let (number, other) = (client.buy_number().await, client.buy_number().await);
    assert!(sandbox.edit(&number, |number| number.status =
        NumberStatus::Other("Hibernating".into())));
    assert_eq!(client.details(&number).await.1["Status"], "Hibernating");
    sandbox.switch(|switches| switches.status_null = true);
    assert_eq!(client.details(&number).await.1["Status"], Value::Null);
    sandbox.switch(|switches| switches.details_response_other_number = true);
    assert_eq!(client.details(&number).await.1["Number"], other);
}

#[tokio::test]
async fn f24_an_order_pending_past_the_timeout() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.pending_forever = true);
    let order = client.buy().await["OrderId"].as_str().unwrap().to_owned();
    let poll = async || client.get(ORDER, &[("OrderId", &order)]).await.1["OrderStatus"].clone();
    sandbox.clock().advance(Duration::from_secs(3600));
    client.forget_tokens();
    assert_eq!(poll().await, "Pending");
    assert!(sandbox.complete_order(&order));
    assert!(!sandbox.complete_order(&order), "once");
    assert_eq!(poll().await, "Complete");
    assert_eq!(listed(&client).await.len(), 1);
}

#[tokio::test]
async fn f25_an_order_that_fails_after_pending() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| {
        switches.pending_polls = Some(1);
        switches.pending_ends_in_error = Some("8A-NO_NUMBER".into());
    });
    let order = client.buy().await["OrderId"].as_str().unwrap().to_owned();
    let poll = async || client.get(ORDER, &[("OrderId", &order)]).await.1;
    assert_eq!(poll().await["OrderStatus"], "Pending");
    let failed = poll().await;
    assert_eq!(
        (&failed["OrderStatus"], &failed["OrderStatusMessage"]),
        (&json!("Error"), &json!("8A-NO_NUMBER"))
    );
    let ledger = sandbox.ledger();
    assert_eq!(
        (
            ledger.requests_to(PROVISION).len(),
            ledger.purchases().len()
        ),
        (1, 0)
    );
    assert!(ledger.owned(client.key()).is_empty());
}

#[tokio::test]
async fn f26_order_reads_fail_while_polling() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.pending_polls = Some(0));
    let order = client.buy().await["OrderId"].as_str().unwrap().to_owned();
    let poll = async || client.get(ORDER, &[("OrderId", &order)]).await;
    sandbox.fault(Fault::on(ORDER).before_commit(FaultKind::status(500)));
    sandbox.fault(Fault::on(ORDER).nth(2).before_commit(FaultKind::Drop));
    assert_envelope(&poll().await, 500);
    let token = client.token(ORDER).await;
    let broken = client
        .http()
        .get(client.url(ORDER))
        .query(&[("OrderId", &order)])
        .bearer_auth(token)
        .send()
        .await;
    assert!(broken.is_err());
    assert_eq!(poll().await.1["OrderStatus"], "Complete");
}

#[tokio::test]
async fn f28_cancel_and_its_faults() {
    let (sandbox, client) = fresh().await;
    let (one, two, three) = (
        client.buy_number().await,
        client.buy_number().await,
        client.buy_number().await,
    );
    let cancel = |number: &str| json!({ "StatusChange": "cancel", "EffectiveDate": day(&sandbox, 0), "PhoneNumbers": [{ "Number": number }] });
    sandbox.fault(Fault::on(STATUS).after_commit(FaultKind::Drop));
    assert!(client.try_post(STATUS, cancel(&one)).await.is_err());
    assert_eq!(client.details(&one).await.1["Status"], "Cancelled");
    sandbox.fault(Fault::on(STATUS).before_commit(FaultKind::status(404)));
    client.refused(STATUS, cancel(&two), 404).await;
    assert_eq!(client.details(&two).await.1["Status"], "Active");
    sandbox.switch(|switches| switches.cancelled_is_gone = true);
    sandbox.fault(Fault::on(STATUS).after_commit(FaultKind::status(500)));
    client.refused(STATUS, cancel(&three), 500).await;
    assert_envelope(&client.details(&three).await, 404);
    assert_eq!(sandbox.ledger().changes_of("cancel").len(), 2);
    assert!(sandbox.vanish(&two));
    client.refused(STATUS, cancel(&two), 404).await;
}

#[tokio::test]
async fn f29_swap_sim_then_drop() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let (_, before) = client.details(&number).await;
    sandbox.fault(Fault::on(STATUS).after_commit(FaultKind::Drop));
    let swap = json!({
        "StatusChange": "swap-sim", "EffectiveDate": day(&sandbox, 0), "PhoneNumbers": [{ "Number": number }],
    });
    assert!(client.try_post(STATUS, swap).await.is_err());
    let (_, after) = client.details(&number).await;
    assert_ne!(after["Iccid"], before["Iccid"]);
    assert_eq!(after["SwapsRemaining"], 1);
    assert_eq!(sandbox.ledger().changes_of("swap-sim").len(), 1);
}

#[tokio::test]
async fn f30_route_create_and_update_then_drop() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let route = json!({ "RouteName": "r", "MessageUrl": "https://example.com/r", "MessageUrlMethod": "POST" });
    sandbox.fault(
        Fault::on("/v1.0/message/routes")
            .method("POST")
            .after_commit(FaultKind::Drop),
    );
    assert!(
        client
            .try_post("/v1.0/message/routes", route)
            .await
            .is_err()
    );
    let (_, list) = client.get("/v1.0/account/message/routes", &[]).await;
    let same = |item: &&Value| item["RouteName"] == "r";
    assert_eq!(
        list["Results"]
            .as_array()
            .unwrap()
            .iter()
            .filter(same)
            .count(),
        1
    );

    sandbox.fault(Fault::on(UPDATE).after_commit(FaultKind::Drop));
    sandbox.switch(|switches| switches.update_lag = Some(Lag::Reads(1)));
    assert!(
        client
            .try_post(UPDATE, json!({ "Number": number, "VoiceEnabled": true }))
            .await
            .is_err()
    );
    assert_eq!(
        client.details(&number).await.1["VoiceEnabled"],
        false,
        "one read still shows the old value"
    );
    assert_eq!(client.details(&number).await.1["VoiceEnabled"], true);
    sandbox.switch(|switches| switches.update_lag = Some(Lag::Time(Duration::from_secs(600))));
    client
        .post(UPDATE, json!({ "Number": number, "VoiceEnabled": false }))
        .await;
    assert_eq!(client.details(&number).await.1["VoiceEnabled"], true);
    sandbox.clock().advance(Duration::from_secs(600));
    client.forget_tokens();
    assert_eq!(client.details(&number).await.1["VoiceEnabled"], false);
}

#[tokio::test]
async fn f33_bodies_that_are_hard_to_read() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let token = client.token(DETAILS).await;
    let read = async |kind| {
        sandbox.fault(Fault::on(DETAILS).after_commit(kind));
        let path = format!("{DETAILS}?Number={}", number.replace('+', "%2B"));
        let response = client.get_with(&path, &token).await;
        response.bytes().await.unwrap().to_vec()
    };
    let marked = read(FaultKind::ByteOrderMark).await;
    assert!(marked.starts_with(&[0xef, 0xbb, 0xbf]));
    assert_eq!(
        serde_json::from_slice::<Value>(&marked[3..]).unwrap()["Number"],
        number
    );
    assert!(String::from_utf8(read(FaultKind::InvalidUtf8).await).is_err());
}

#[tokio::test]
async fn f34_canaries() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    sandbox.edit(&number, |number| {
        number.port_out_pin = "canary-pin".into();
        number.activation_code = Some("LPA:1$canary.example.com$CANARY".into());
    });
    let (_, inventory) = client.get(INVENTORY, &[]).await;
    assert_eq!(inventory["PhoneNumbers"][0]["PortOutPin"], "canary-pin");
    assert!(
        client.details(&number).await.1["QrActivationLink"]
            .as_str()
            .unwrap()
            .contains("canary.example.com")
    );
    sandbox.fault(Fault::on(TOKENS).after_commit(FaultKind::set("token", "canary-token")));
    let body = client.token_body(UPDATE);
    let (_, response) = finish(client.ask_token(&body).await).await;
    assert_eq!(response["token"], "canary-token");
    let route = json!({
        "RouteName": "r", "MessageUrl": "https://example.com/r", "MessageUrlMethod": "POST",
        "MessagePasswordToken": "canary-password",
    });
    assert_eq!(
        client.post("/v1.0/message/routes", route).await.1["MessagePasswordToken"],
        "canary-password"
    );
    let ledger = serde_json::to_string(&sandbox.ledger()).unwrap();
    assert!(
        !ledger.contains("canary") && !ledger.contains("sandbox-secret"),
        "the ledger keeps no secret"
    );
}
