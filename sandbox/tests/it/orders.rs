//! Orders: behaviours 10, 15 and 16.

use serde_json::{Value, json};

use crate::client::*;

async fn poll(client: &Client, order: &Value) -> (u16, Value) {
    client
        .get(ORDER, &[("OrderId", order.as_str().unwrap())])
        .await
}

#[tokio::test]
async fn b10_a_number_works_once_its_order_is_complete() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| {
        switches.pending_forever = true;
        switches.pending_shows_number = true;
    });
    let response = client.buy().await;
    let number = response["PhoneNumberAssigned"].as_str().unwrap();
    assert_envelope(&client.details(number).await, 404);
    client
        .refused(UPDATE, json!({ "Number": number }), 404)
        .await;
    assert_envelope(&client.change("park", number, "01/01/2020").await, 404);
    assert!(sandbox.complete_order(response["OrderId"].as_str().unwrap()));
    assert_eq!(client.details(number).await.0, 200);
    assert_eq!(
        client.post(UPDATE, json!({ "Number": number })).await.0,
        200
    );
    assert_eq!(client.change("park", number, "01/01/2020").await.0, 200);
}

#[tokio::test]
async fn b15_pending_orders() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| {
        switches.pending_polls = Some(2);
        switches.pending_word = "Carrier Review".into();
        switches.order_missing_polls = 1;
    });
    let response = client.buy().await;
    assert_eq!(response["OrderStatus"], "Carrier Review");
    for key in [
        "PhoneNumberAssigned",
        "PhoneNumberId",
        "QRCode",
        "ZipCode",
        "SubscriberId",
        "ErrorMessage",
    ] {
        assert_eq!(response[key], Value::Null, "{key}");
    }
    assert_eq!(sandbox.ledger().purchases().len(), 1, "it is paid for");
    assert!(
        sandbox.ledger().owned(client.key()).is_empty(),
        "and not delivered"
    );
    assert_envelope(&poll(&client, &response["OrderId"]).await, 404);
    for _ in 0..2 {
        let (_, order) = poll(&client, &response["OrderId"]).await;
        assert_eq!(
            (&order["OrderStatus"], &order["PhoneNumbersOrdered"]),
            (&json!("Carrier Review"), &json!([]))
        );
    }
    let (_, order) = poll(&client, &response["OrderId"]).await;
    assert_eq!(order["OrderStatus"], "Complete");
    let number = order["PhoneNumbersOrdered"][0]["Number"].as_str().unwrap();
    assert_eq!(client.details(number).await.0, 200);
    assert_eq!(sandbox.ledger().owned(client.key()), [number]);

    sandbox.switch(|switches| {
        switches.pending_polls = Some(0);
        switches.pending_ends_in_error = Some("no luck".into());
        switches.pending_shows_number = true;
        switches.order_missing_polls = 0;
    });
    let response = client.buy().await;
    assert!(response["PhoneNumberAssigned"].is_string());
    let (_, order) = poll(&client, &response["OrderId"]).await;
    assert_eq!(
        (&order["OrderStatus"], &order["OrderStatusMessage"]),
        (&json!("Error"), &json!("no luck"))
    );
    assert_eq!(
        sandbox.ledger().purchases().len(),
        1,
        "what failed cost nothing"
    );

    sandbox.switch(|switches| switches.pending_forever = true);
    let response = client.buy().await;
    for _ in 0..5 {
        assert_eq!(
            poll(&client, &response["OrderId"]).await.1["OrderStatus"],
            "Carrier Review"
        );
    }
    assert!(sandbox.fail_order(response["OrderId"].as_str().unwrap(), "in the end"));
    assert_eq!(
        poll(&client, &response["OrderId"]).await.1["OrderStatusMessage"],
        "in the end"
    );
}

#[tokio::test]
async fn b16_what_an_order_tells() {
    let (sandbox, client) = fresh().await;
    let response = client.buy().await;
    let (_, order) = poll(&client, &response["OrderId"]).await;
    assert_eq!(
        keys(&order),
        [
            "OrderDate",
            "OrderId",
            "OrderStatus",
            "OrderStatusMessage",
            "OrderType",
            "PhoneNumbersOrdered"
        ]
    );
    assert_eq!(
        order["PhoneNumbersOrdered"],
        json!([{ "Number": response["PhoneNumberAssigned"] }])
    );
    let date = order["OrderDate"].as_str().unwrap();
    assert!(
        !date.ends_with('Z') && !date.contains('+'),
        "{date} has no zone"
    );

    let number = response["PhoneNumberAssigned"].as_str().unwrap();
    let (_, update) = client.post(UPDATE, json!({ "Number": number })).await;
    assert_eq!(
        poll(&client, &update["UpdateOrderId"]).await.1["OrderStatus"],
        "Complete"
    );
    let (_, park) = client.change("park", number, "01/01/2020").await;
    assert_eq!(
        poll(&client, &park["OrderId"]).await.1["OrderStatus"],
        "Complete"
    );
    assert_envelope(&poll(&Client::other(&sandbox), &park["OrderId"]).await, 404);
    assert_envelope(&client.get(ORDER, &[]).await, 400);
}
