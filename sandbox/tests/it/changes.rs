//! Changes of status that fail for one number, take their time, or are not seen at once.

use std::time::Duration;

use joonto_sandbox::{Lag, Sandbox};
use serde_json::{Value, json};

use crate::client::*;

const DAY: &str = "01/01/2020";

async fn status(client: &Client, number: &str) -> Value {
    client.details(number).await.1["Status"].clone()
}

async fn poll(client: &Client, response: &Value) -> Value {
    let id = response["OrderId"].as_str().unwrap();
    client.get(ORDER, &[("OrderId", id)]).await.1
}

async fn pending(lag: Lag) -> (Sandbox, Client, String) {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    sandbox.switch(|switches| switches.status_pending = Some(lag));
    (sandbox, client, number)
}

#[tokio::test]
async fn one_item_of_a_joint_response_failed() {
    let (sandbox, client) = fresh().await;
    let mut numbers = Vec::new();
    for _ in 0..4 {
        numbers.push(client.buy_number().await);
    }
    let refused = numbers[2].clone();
    sandbox.switch(|switches| {
        let items = &mut switches.failed_items;
        items.insert(refused.clone(), "Carrier refused".into())
    });
    let items: Vec<_> = numbers.iter().map(|n| json!({ "Number": n })).collect();
    let body = json!({ "StatusChange": "cancel", "EffectiveDate": DAY, "PhoneNumbers": items });
    let (_, response) = client.post(STATUS, body).await;
    assert_eq!(response["OrderStatus"], "Complete");
    let failed =
        json!({ "Number": refused, "Status": "Failed", "StatusMessage": "Carrier refused" });
    assert_eq!(response["Numbers"][2], failed);
    assert_eq!(response["Numbers"][3]["Status"], "Success");
    assert_eq!(sandbox.ledger().owned(client.key()), [refused.as_str()]);

    let (_, response) = client.change("cancel", &refused, DAY).await;
    assert_eq!(response["Numbers"], json!([failed]), "alone as well");
    assert_eq!(sandbox.ledger().changes_of("cancel").len(), 3);
    sandbox.switch(|switches| switches.failed_items.clear());
    let (_, response) = client.change("cancel", &refused, DAY).await;
    assert_eq!(response["Numbers"], json!([{ "Number": refused }]));
    assert!(sandbox.ledger().owned(client.key()).is_empty());
}

#[tokio::test]
async fn a_cancel_pends_and_completes() {
    let (sandbox, client, number) = pending(Lag::Reads(2)).await;
    let (_, response) = client.change("cancel", &number, DAY).await;
    assert_eq!(response["OrderStatus"], "Pending");
    assert_eq!(response["Numbers"], json!([{ "Number": number }]));
    for word in ["Pending", "Pending", "Complete"] {
        assert_eq!(status(&client, &number).await, "Active");
        assert_eq!(poll(&client, &response).await["OrderStatus"], word);
    }
    assert_eq!(status(&client, &number).await, "Cancelled");
    assert_eq!(sandbox.ledger().changes_of("cancel").len(), 1);
    assert_eq!(poll(&client, &response).await["OrderStatus"], "Complete");
}

#[tokio::test]
async fn a_cancel_completes_after_a_while_though_nobody_asks() {
    let (sandbox, client, number) = pending(Lag::Time(Duration::from_secs(6))).await;
    let (_, response) = client.change("cancel", &number, DAY).await;
    sandbox.clock().advance(Duration::from_secs(5));
    assert_eq!(poll(&client, &response).await["OrderStatus"], "Pending");
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(status(&client, &number).await, "Cancelled");
    assert_eq!(poll(&client, &response).await["OrderStatus"], "Complete");
}

#[tokio::test]
async fn a_cancel_pends_and_fails() {
    let (sandbox, client, number) = pending(Lag::Reads(1)).await;
    sandbox.switch(|switches| switches.status_ends_in_error = Some("not today".into()));
    let (_, response) = client.change("cancel", &number, DAY).await;
    assert_eq!(poll(&client, &response).await["OrderStatus"], "Pending");
    let failed = poll(&client, &response).await;
    assert_eq!(failed["OrderStatus"], "Error");
    assert_eq!(failed["OrderStatusMessage"], "not today");
    assert_eq!(status(&client, &number).await, "Active");

    // By hand, with another word.
    sandbox.switch(|switches| {
        switches.status_pending = Some(Lag::Reads(u32::MAX));
        switches.failed_word = "Failed".into();
    });
    let (_, response) = client.change("park", &number, DAY).await;
    assert!(sandbox.fail_order(response["OrderId"].as_str().unwrap(), "by hand"));
    assert_eq!(poll(&client, &response).await["OrderStatus"], "Failed");
    sandbox.switch(|switches| switches.status_ends_in_error = None);
    let (_, response) = client.change("park", &number, DAY).await;
    assert!(sandbox.complete_order(response["OrderId"].as_str().unwrap()));
    assert_eq!(status(&client, &number).await, "Parked");
}

#[tokio::test]
async fn reads_show_a_cancelled_number_as_active_for_a_while() {
    let (sandbox, client) = fresh().await;
    let sim = "8901240397190195850";
    let order = with(ordinary(), "ICCID", sim);
    let (_, bought) = client.post(PROVISION, order.clone()).await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    sandbox.switch(|switches| switches.status_lag = Some(Lag::Time(Duration::from_secs(20))));
    client.change("cancel", number, DAY).await;
    let by_sim = async || client.get(DETAILS, &[("ICCID", sim)]).await;
    let live = async || {
        let (_, listed) = client.get(INVENTORY, &[("Filter", "Active")]).await;
        listed["TotalResults"].clone()
    };
    assert_eq!(status(&client, number).await, "Active");
    assert_eq!(by_sim().await.1["Number"], number);
    assert_eq!(live().await, 1);
    assert!(sandbox.ledger().owned(client.key()).is_empty());
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(status(&client, number).await, "Cancelled");
    assert_envelope(&by_sim().await, 404);
    assert_eq!(live().await, 0);
}
