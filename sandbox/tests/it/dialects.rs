//! Habits that go through all responses, and who becomes a new number's subscriber: behaviours 40 and 41.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn b40_subscribers_of_new_numbers() {
    let (sandbox, client) = fresh().await;
    let (one, two) = (client.buy().await, client.buy().await);
    assert!(one["SubscriberId"].as_str().unwrap().starts_with("TSUID-"));
    assert_ne!(
        one["SubscriberId"], two["SubscriberId"],
        "a fresh one each time"
    );
    let asked = "TSUID-3a5c7e91-0b2d-4f68-9ace-1b3d5f7092a4";
    let request = with(ordinary(), "AssignedSubscriberId", asked);
    assert_eq!(
        client.post(PROVISION, request.clone()).await.1["SubscriberId"],
        asked
    );
    sandbox.switch(|switches| switches.responses_other_subscriber = true);
    let (_, response) = client.post(PROVISION, request).await;
    assert_ne!(response["SubscriberId"], asked);
    assert!(
        response["SubscriberId"]
            .as_str()
            .unwrap()
            .starts_with("TSUID-")
    );
}

#[tokio::test]
async fn b41_key_case_and_simultaneous_purchases() {
    let (sandbox, client) = fresh().await;
    let documented = keys(&client.buy().await)
        .iter()
        .map(|key| key.to_lowercase())
        .collect::<Vec<_>>();
    sandbox.switch(|switches| switches.random_key_case = true);
    client.token(PROVISION).await;
    let (_, response) = client.post(PROVISION, ordinary()).await;
    let mut spelt = keys(&response)
        .iter()
        .map(|key| key.to_lowercase())
        .collect::<Vec<_>>();
    spelt.sort();
    assert_eq!(spelt, documented);
    assert!(response.get("PhoneNumberAssigned").is_none(), "{response}");
    sandbox.switch(|switches| switches.random_key_case = false);

    let client = std::sync::Arc::new(client);
    let mut buyers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        buyers.spawn(async move { client.buy_number().await });
    }
    let bought: std::collections::BTreeSet<_> = buyers.join_all().await.into_iter().collect();
    assert_eq!(bought.len(), 20, "no number is sold twice");
    assert_eq!(
        sandbox.ledger().purchases().len(),
        22,
        "one entry per commit"
    );
    assert_eq!(sandbox.ledger().owned(client.key()).len(), 22);
}

#[tokio::test]
async fn b41_other_dialects() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    for path in [DETAILS, INVENTORY, PROVISION] {
        client.token(path).await;
    }
    sandbox.switch(|switches| switches.numbers_without_plus = true);
    assert_eq!(client.details(&number).await.1["Number"], number[1..]);
    let (_, inventory) = client.get(INVENTORY, &[]).await;
    assert_eq!(inventory["PhoneNumbers"][0]["Number"], number[1..]);
    sandbox.switch(|switches| switches.blank_for_null = true);
    assert_eq!(client.details(&number).await.1["VoiceRouteId"], "");
    sandbox.switch(|switches| switches.wrapped_responses = true);
    let (_, wrapped) = client.details(&number).await;
    assert_eq!(
        (&wrapped["Successful"], &wrapped["Data"]["Number"]),
        (&json!(true), &json!(number[1..]))
    );
    let refused = client
        .post(PROVISION, with(ordinary(), "NumberType", "fax"))
        .await;
    assert_envelope(&refused, 400);
}
