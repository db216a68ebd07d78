//! Responses that name something other than what was asked for.

use std::time::Duration;

use joonto_sandbox::Sandbox;
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
    sandbox.switch(|switches| switches.answers_number = Some(owned.clone()));
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
        switches.order_answers_first_order = true;
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
    sandbox.switch(|switches| switches.order_answers_first_order = false);
    assert_eq!(poll(2).await["OrderStatus"], "Pending");
    let read = poll(2).await;
    assert_eq!(read["OrderId"], orders[2]["OrderId"]);
    assert_ne!(read["PhoneNumbersOrdered"], Value::Array(Vec::new()));
}
