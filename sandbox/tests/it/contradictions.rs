//! Responses that name something other than what was asked for.

use std::time::Duration;

use joonto_sandbox::{Fault, FaultKind, Sandbox, StoredNumber};
use serde_json::Value;

use crate::client::*;

fn bought(sandbox: &Sandbox) -> Vec<String> {
    let ledger = sandbox.ledger();
    let purchases = ledger.purchases().into_iter();
    purchases.map(|order| order.number.clone()).collect()
}

#[tokio::test]
async fn equal_orders_are_taken_for_one() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.merge_equal_orders = Some(Duration::from_secs(10)));
    let first = client.buy().await;
    let other = client.post(PROVISION, with(ordinary(), "AreaCode", "303"));
    assert_ne!(other.await.1["OrderId"], first["OrderId"]);
    sandbox.clock().advance(Duration::from_secs(9));
    assert_eq!(client.buy().await, first, "the same order and number");
    assert_eq!(bought(&sandbox).len(), 2);
    // The first one counts, not the last one that was merged.
    sandbox.clock().advance(Duration::from_secs(1));
    assert_ne!(client.buy().await["OrderId"], first["OrderId"]);
    let stranger = Client::other(&sandbox).buy().await;
    assert_ne!(stranger["OrderId"], client.buy().await["OrderId"]);
    assert_eq!(bought(&sandbox).len(), 4);
    sandbox.switch(|switches| switches.merge_equal_orders = None);
    client.buy().await;
    assert_eq!(bought(&sandbox).len(), 5);
    assert_eq!(sandbox.ledger().requests_to(PROVISION).len(), 7);
}

#[tokio::test]
async fn a_response_names_a_number_that_is_owned() {
    let (sandbox, client) = fresh().await;
    let owned = client.buy_number().await;
    sandbox.switch(|switches| switches.names_number = Some(owned.clone()));
    let second = client.buy().await;
    assert_eq!(second["PhoneNumberAssigned"], owned);
    assert_eq!(bought(&sandbox).len(), 2);
    let order = second["OrderId"].as_str().unwrap();
    let (_, read) = client.get(ORDER, &[("OrderId", order)]).await;
    assert_eq!(
        read["PhoneNumbersOrdered"][0]["Number"],
        bought(&sandbox)[1]
    );
    assert_ne!(client.buy_number().await, owned, "once");
}

#[tokio::test]
async fn an_order_responds_for_another_order() {
    let (sandbox, client) = fresh().await;
    Client::other(&sandbox).buy().await;
    sandbox.switch(|switches| {
        switches.pending_polls = Some(1);
        switches.order_names_first_order = true;
    });
    let orders = [client.buy().await, client.buy().await, client.buy().await];
    let poll = async |place: usize| {
        let id = orders[place]["OrderId"].as_str().unwrap();
        client.get(ORDER, &[("OrderId", id)]).await.1
    };
    let first = &orders[0]["OrderId"];
    assert_eq!(&poll(2).await["OrderId"], first);
    let read = poll(1).await;
    assert_eq!(&read["OrderId"], first);
    assert_eq!(read["OrderStatus"], "Complete", "both polls were of it");
    sandbox.switch(|switches| switches.order_names_first_order = false);
    assert_eq!(poll(2).await["OrderStatus"], "Pending");
    let read = poll(2).await;
    assert_eq!(read["OrderId"], orders[2]["OrderId"]);
    assert_ne!(read["PhoneNumbersOrdered"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_response_that_tells_only_an_error() {
    let (sandbox, client) = fresh().await;
    let only_error = || FaultKind::only_error("No reply from the network in time");
    for (fault, commits) in [
        (Fault::on(PROVISION).before_commit(only_error()), 0),
        (Fault::on(PROVISION).after_commit(only_error()), 1),
    ] {
        sandbox.fault(fault);
        let response = client.buy().await;
        for (key, value) in response.as_object().unwrap() {
            assert_eq!(value.is_null(), key != "ErrorMessage", "{key}");
        }
        assert_eq!(bought(&sandbox).len(), commits);
    }
    assert_eq!(keys(&client.buy().await).len(), 9, "the keys are the same");
}

#[tokio::test]
async fn a_response_says_failed_and_the_order_does_not() {
    let (sandbox, client) = fresh().await;
    let failed = || {
        let kind = FaultKind::failed_order("Failed", "8A-NO_NUMBER");
        sandbox.fault(Fault::on(PROVISION).after_commit(kind));
    };
    let buy = async || {
        let response = client.buy().await;
        assert_eq!(response["OrderStatus"], "Failed");
        assert!(response["PhoneNumberAssigned"].is_null());
        response["OrderId"].as_str().unwrap().to_owned()
    };
    let poll = async |order: &str| client.get(ORDER, &[("OrderId", order)]).await;

    failed();
    let order = buy().await;
    let (_, read) = poll(&order).await;
    assert_eq!(read["OrderStatus"], "Complete");
    assert_eq!(
        read["PhoneNumbersOrdered"][0]["Number"],
        bought(&sandbox)[0]
    );

    failed();
    sandbox.switch(|switches| switches.pending_polls = Some(1));
    let order = buy().await;
    assert_eq!(poll(&order).await.1["OrderStatus"], "Pending");
    assert_eq!(poll(&order).await.1["OrderStatus"], "Complete");

    failed();
    sandbox.switch(|switches| {
        switches.pending_polls = None;
        switches.order_missing_polls = 1;
    });
    let order = buy().await;
    assert_envelope(&poll(&order).await, 404);
    assert_eq!(poll(&order).await.0, 200);

    // The order says so too, with the same word.
    sandbox.switch(|switches| {
        switches.order_missing_polls = 0;
        switches.fail_orders = Some("8A-NO_NUMBER".into());
        switches.failed_word = "Failed".into();
    });
    assert_eq!(poll(&buy().await).await.1["OrderStatus"], "Failed");
    assert_eq!(bought(&sandbox).len(), 3);
}

#[tokio::test]
async fn an_order_completes_by_itself() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.pending_time = Some(Duration::from_secs(150)));
    let response = client.buy().await;
    assert_eq!(response["OrderStatus"], "Pending");
    sandbox.clock().advance(Duration::from_secs(149));
    assert!(sandbox.ledger().owned(client.key()).is_empty());
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(sandbox.ledger().owned(client.key()), bought(&sandbox));
}

#[tokio::test]
async fn a_stranger_buys_what_a_test_needs() {
    let (sandbox, client) = fresh().await;
    let key = client.key();
    let plain = sandbox
        .buy_elsewhere_with(key, StoredNumber::make_plain)
        .unwrap();
    let sim = "8901240397190195850";
    let other = sandbox.buy_elsewhere_in(key, "646", |number| {
        number.iccid = Some(sim.into());
        number.bought -= time::Duration::days(2);
        number.number = "+10000000000".into();
    });
    let other = other.unwrap().number;
    assert!(other.starts_with("+1646"));
    let (_, details) = client.details(&plain.number).await;
    assert_eq!(details["Classification"], "IoT");
    assert_eq!(details["MessageEnabled"], false);
    let (_, by_sim) = client.get(DETAILS, &[("ICCID", sim)]).await;
    assert_eq!(by_sim["Number"], other.as_str());
    assert_eq!(bought(&sandbox), [plain.number, other]);
}
