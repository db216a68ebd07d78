//! Subscribers beyond behaviour 39: transfer, the distributor's list, and what nobody knows of them.

use joonto_sandbox::{SubscriberList, WrongSource};
use serde_json::{Value, json};

use crate::client::*;

const CREATE: &str = "/v1.0/subscribers/create";
const UPDATE_SUBSCRIBER: &str = "/v1.0/subscribers/update";
const TRANSFER: &str = "/v1.0/subscribers/transfer";
const LIST: &str = "/v1.0/distributor/subscribers";
const BRANCH: &str = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";

fn somebody(account_id: &str, email: &str) -> Value {
    json!({
        "Name": "Ada", "Email": email, "PhoneNumbers": [], "Role": "Subscriber",
        "Password": "canary", "AccountId": account_id,
    })
}

#[tokio::test]
async fn a_subscriber_is_transferred_from_the_account_it_is_in() {
    let (sandbox, client) = fresh().await;
    let home = sandbox.credentials().account_id;
    let (_, created) = client.post(CREATE, somebody(&home, "a@example.com")).await;
    let id = &created["SubscriberId"];
    let to = |from: &str, to: &str| json!({ "SubscriberId": id, "FromAccountId": from, "ToAccountId": to });
    client.refused(TRANSFER, to(&home, "AID-none"), 400).await;
    let (status, moved) = client.post(TRANSFER, to(&home, BRANCH)).await;
    assert_eq!(
        (status, &moved["Account"]["AccountId"]),
        (200, &json!(BRANCH))
    );
    // It is no longer there.
    client.refused(TRANSFER, to(&home, BRANCH), 400).await;
    sandbox.switch(|s| s.transfer_from_wrong_account = WrongSource::NothingDone);
    let (_, stayed) = client.post(TRANSFER, to("AID-x", &home)).await;
    assert_eq!(stayed["Account"]["AccountId"], BRANCH);
    sandbox.switch(|s| s.transfer_from_wrong_account = WrongSource::Ignored);
    let (_, back) = client.post(TRANSFER, to("AID-x", &home)).await;
    assert_eq!(back["Account"]["AccountId"], home);
    sandbox.switch(|s| s.subscriber_account_hidden = true);
    let (_, hidden) = client.post(TRANSFER, to(&home, BRANCH)).await;
    assert_eq!(hidden["Account"], Value::Null);
}

#[tokio::test]
async fn the_list_has_pages_of_ten_and_tells_no_account() {
    let (sandbox, client) = fresh().await;
    let home = sandbox.credentials().account_id;
    for index in 0..12 {
        let one = somebody(&home, &format!("{index}@example.com"));
        assert_eq!(client.post(CREATE, one).await.0, 200);
    }
    let page = async |query: &[(&str, &str)]| client.get(LIST, query).await.1;
    let first = page(&[]).await;
    assert_eq!(
        keys(&first),
        ["PageNumber", "Subscribers", "TotalSubscribers"]
    );
    assert_eq!(first["Subscribers"].as_array().map(Vec::len), Some(10));
    assert_eq!(first["TotalSubscribers"], 12);
    assert_eq!(
        keys(&first["Subscribers"][0]),
        [
            "Account",
            "Email",
            "Name",
            "PhoneNumbers",
            "Role",
            "SubscriberId",
            "Subscriptions"
        ]
    );
    assert_eq!(first["Subscribers"][0]["Account"], Value::Null);
    let second = page(&[("PageNumber", "2")]).await;
    assert_eq!(second["Subscribers"].as_array().map(Vec::len), Some(2));
    sandbox.switch(|s| {
        s.subscriber_page_limit = Some(5);
        s.subscriber_list_tells_account = true;
    });
    let capped = page(&[("TotalPerPage", "100")]).await;
    assert_eq!(capped["Subscribers"].as_array().map(Vec::len), Some(5));
    assert_eq!(capped["Subscribers"][0]["Account"]["AccountId"], home);
    let others = Client::other(&sandbox).get(LIST, &[]).await;
    assert_eq!(others.1["TotalSubscribers"], 0);
    for (list, status) in [
        (SubscriberList::Forbidden, 403),
        (SubscriberList::Missing, 404),
        (SubscriberList::Empty, 200),
    ] {
        sandbox.switch(|s| s.subscriber_list = list);
        assert_eq!(client.get(LIST, &[]).await.0, status, "{list:?}");
    }
}

#[tokio::test]
async fn an_update_may_extend_the_numbers_and_a_taken_email_be_409() {
    let (sandbox, client) = fresh().await;
    let home = sandbox.credentials().account_id;
    let (_, created) = client.post(CREATE, somebody(&home, "a@example.com")).await;
    let numbers =
        |number: &str| json!({ "SubscriberId": created["SubscriberId"], "PhoneNumbers": [number] });
    client
        .post(UPDATE_SUBSCRIBER, numbers("+12025550143"))
        .await;
    let (_, replaced) = client
        .post(UPDATE_SUBSCRIBER, numbers("+12025550144"))
        .await;
    assert_eq!(replaced["PhoneNumbers"], json!(["+12025550144"]));
    sandbox.switch(|s| {
        s.subscriber_numbers_extend = true;
        s.email_taken_is_409 = true;
    });
    let (_, extended) = client
        .post(UPDATE_SUBSCRIBER, numbers("+12025550143"))
        .await;
    assert_eq!(
        extended["PhoneNumbers"],
        json!(["+12025550143", "+12025550144"])
    );
    let taken = somebody(&home, "A@EXAMPLE.COM");
    client.refused(CREATE, taken, 409).await;
}

#[tokio::test]
async fn a_purchase_for_nobody_makes_a_subscriber_without_a_name() {
    let (sandbox, client) = fresh().await;
    let (_, bought) = client.post(PROVISION, ordinary()).await;
    let (_, list) = client.get(LIST, &[]).await;
    let placeholder = &list["Subscribers"][0];
    assert_eq!(placeholder["SubscriberId"], bought["SubscriberId"]);
    assert_eq!(placeholder["Name"], "");
    assert_eq!(
        placeholder["PhoneNumbers"],
        json!([bought["PhoneNumberAssigned"]])
    );
    sandbox.switch(|s| s.placeholder_subscribers = false);
    client.post(PROVISION, ordinary()).await;
    let (_, list) = client.get(LIST, &[]).await;
    assert_eq!(list["TotalSubscribers"], 1);
}
