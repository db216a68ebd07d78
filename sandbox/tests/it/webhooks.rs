//! Webhooks: the five operations, by the letter of their models, and their switches.

use joonto_sandbox::WebhookSecrets;
use serde_json::{Value, json};

use crate::client::*;

const CREATE: &str = "/v1.0/webhook/create";
const UPDATE: &str = "/v1.0/webhook/update";
const DELETE: &str = "/v1.0/webhook/delete";
const GET: &str = "/v1.0/webhook";
const LIST: &str = "/v1.0/account/webhooks";
/// An account of the same distributor, beside the default one.
const BRANCH: &str = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";

fn webhook() -> Value {
    json!({
        "AccountId": BRANCH, "WebhookUrl": "https://hooks.example.com", "Method": "POST", "DataFormat": "json",
        "AuthenticationType": "Token", "AuthenticationUsername": "", "AuthenticationToken": "canary",
        "SubscribedEvents": "Order_Update, New_Sms",
    })
}

fn named(created: &Value) -> Value {
    json!({ "WebhookId": created["WebhookId"] })
}

#[tokio::test]
async fn webhooks_live_in_their_account() {
    let (sandbox, client) = fresh().await;
    let (status, created) = client.post(CREATE, webhook()).await;
    assert_eq!(status, 200, "{created}");
    let expected = [
        "AccountId",
        "Active",
        "AuthenticationPassword",
        "AuthenticationToken",
        "AuthenticationType",
        "AuthenticationUsername",
        "DataFormat",
        "Method",
        "SubscribedEvents",
        "WebhookId",
        "WebhookUrl",
    ];
    assert_eq!(keys(&created), expected);
    assert_eq!(created["AuthenticationToken"], "canary");
    let id = created["WebhookId"].as_str().unwrap();
    let get = async |query: &[(&str, &str)]| client.get(GET, query).await;
    assert_eq!(get(&[("WebhookId", id)]).await, (200, created.clone()));
    let in_branch = [("WebhookId", id), ("AccountId", BRANCH)];
    assert_eq!(get(&in_branch).await, (200, created.clone()));
    let own = &sandbox.credentials().account_id;
    assert_envelope(&get(&[("WebhookId", id), ("AccountId", own)]).await, 404);
    assert_envelope(&get(&[]).await, 400);
    let (_, listed) = client.get(LIST, &[("AccountId", BRANCH)]).await;
    assert_eq!(listed, json!([created]));
    let (_, listed) = client.get(LIST, &[]).await;
    assert_eq!(
        listed.as_array().map(Vec::len),
        Some(1),
        "the first one: {listed}"
    );
    let other = Client::other(&sandbox);
    assert_envelope(&other.get(GET, &[("WebhookId", id)]).await, 404);

    // Unsent fields stay.
    let update = with(named(&created), "Method", "PUT");
    let (_, updated) = client.post(UPDATE, update).await;
    assert_eq!(updated, with(created.clone(), "Method", "PUT"));
    let (_, deleted) = client.post(DELETE, named(&created)).await;
    assert_eq!(deleted, with(named(&created), "WebhookStatus", "Deleted"));
    assert_envelope(&client.post(DELETE, named(&created)).await, 404);
    assert!(sandbox.ledger().violations().is_empty());
}

#[tokio::test]
async fn webhooks_keep_to_their_models() {
    let (_sandbox, client) = fresh().await;
    let (_, created) = client.post(CREATE, webhook()).await;
    for (key, value) in [
        ("Active", json!(true)),
        ("WebhookUrl", json!("")),
        ("WebhookUrl", json!("http://hooks.example.com")),
        ("WebhookUrl", json!(format!("https://{}", "x".repeat(248)))),
        ("Method", json!("GET")),
        ("DataFormat", json!("JSON")),
        ("AuthenticationType", json!("Bearer")),
        ("SubscribedEvents", json!(["New_Sms"])),
        ("SubscribedEvents", json!("x".repeat(256))),
        ("AccountId", json!("AID-1")),
    ] {
        let body = with(webhook(), key, value);
        client.refused(CREATE, body, 400).await;
    }
    let token = with(named(&created), "AuthenticationType", "Token");
    client.refused(UPDATE, token, 400).await;
    client
        .refused(UPDATE, json!({ "Method": "PUT" }), 400)
        .await;
}

#[tokio::test]
async fn webhooks_have_switches() {
    let (sandbox, client) = fresh().await;
    let (_, created) = client.post(CREATE, webhook()).await;
    let id = created["WebhookId"].as_str().unwrap();
    for (secrets, shown) in [
        (WebhookSecrets::Masked, json!("********")),
        (WebhookSecrets::Null, Value::Null),
    ] {
        sandbox.switch(|switches| switches.webhook_secrets = secrets);
        let (_, read) = client.get(GET, &[("WebhookId", id)]).await;
        assert_eq!(read["AuthenticationToken"], shown);
        assert_eq!(read["AuthenticationUsername"], "");
    }
    sandbox.switch(|switches| {
        switches.webhook_http_allowed = true;
        switches.webhook_bearer_on_create = true;
        switches.webhook_update_forgets = true;
        switches.webhook_deleted_word = "Removed".into();
    });
    client.refused(CREATE, webhook(), 400).await;
    let plain = with(webhook(), "WebhookUrl", "http://hooks.example.com");
    let bearer = with(plain, "AuthenticationType", "Bearer");
    assert_eq!(client.post(CREATE, bearer).await.0, 200);
    let (_, updated) = client
        .post(UPDATE, with(named(&created), "Method", "PUT"))
        .await;
    assert_eq!(
        (&updated["Method"], &updated["Active"]),
        (&json!("PUT"), &json!(true))
    );
    assert_eq!(updated["WebhookUrl"], Value::Null);

    sandbox.switch(|switches| switches.webhook_get_needs_account = true);
    assert_envelope(&client.get(GET, &[("WebhookId", id)]).await, 404);
    let asked = with(named(&created), "AccountId", BRANCH);
    let (_, deleted) = client.post(DELETE, asked).await;
    assert_eq!(deleted["WebhookStatus"], "Removed");
}
