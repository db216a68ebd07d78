//! Faults of the response: F5 to F10, F12 to F14, F16 to F18, F32.

use std::time::Duration;

use joonto_sandbox::{EmptyIds, ErrorShape, Fault, FaultKind, Sandbox, StatedExpiry};
use reqwest::Response;
use serde_json::{Value, json};

use crate::client::*;

async fn send(client: &Client) -> Response {
    let token = client.token(PROVISION).await;
    client
        .http()
        .post(client.url(PROVISION))
        .bearer_auth(token)
        .json(&ordinary())
        .send()
        .await
        .unwrap()
}

fn bought(sandbox: &Sandbox) -> usize {
    sandbox.ledger().purchases().len()
}

#[tokio::test]
async fn f05_server_errors_on_either_side_of_the_commit() {
    let (sandbox, client) = fresh().await;
    let mut commits = 0;
    for status in [408, 500, 502, 503, 504, 520] {
        for after in [false, true] {
            for header in [None, Some("3")] {
                let kind = match header {
                    None => FaultKind::status(status),
                    Some(header) => FaultKind::status_retry_after(status, header),
                };
                let aim = Fault::on(PROVISION);
                sandbox.fault(if after {
                    aim.after_commit(kind)
                } else {
                    aim.before_commit(kind)
                });
                let response = send(&client).await;
                assert_eq!(
                    response
                        .headers()
                        .get("retry-after")
                        .map(|value| value.to_str().unwrap()),
                    header
                );
                assert_envelope(&finish(response).await, status);
                commits += usize::from(after);
                assert_eq!(bought(&sandbox), commits);
            }
        }
    }
}

#[tokio::test]
async fn every_status_can_be_returned() {
    let (sandbox, client) = fresh().await;
    for status in [100, 103, 199, 201, 204, 304, 451, 599] {
        sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::status(status)));
        let limit = Duration::from_millis(500);
        let seen = crate::wire::post(&client, PROVISION, ordinary(), limit).await;
        assert!(
            seen.text().starts_with(&format!("HTTP/1.1 {status} ")),
            "{}",
            seen.text()
        );
    }
    assert_eq!(bought(&sandbox), 0);
}

#[tokio::test]
async fn f06_429_without_a_word() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::status(429)));
    let response = send(&client).await;
    assert!(response.headers().get("retry-after").is_none());
    assert_envelope(&finish(response).await, 429);
    assert_eq!(bought(&sandbox), 0);
    client.buy().await;
    assert_eq!(bought(&sandbox), 1);
}

#[tokio::test]
async fn f07_429_with_every_kind_of_retry_after() {
    let (sandbox, client) = fresh().await;
    for header in [
        "2",
        "Mon, 23 Nov 2026 04:15:00 GMT",
        "0",
        "-5",
        "soon",
        "86400",
    ] {
        sandbox
            .fault(Fault::on(PROVISION).before_commit(FaultKind::status_retry_after(429, header)));
        let response = send(&client).await;
        assert_eq!(
            (
                response.status().as_u16(),
                &response.headers()["retry-after"]
            ),
            (429, &header.parse().unwrap())
        );
    }
    assert_eq!(bought(&sandbox), 0);
}

#[tokio::test]
async fn f08_429_after_commit() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::status(429)));
    assert_envelope(&finish(send(&client).await).await, 429);
    assert_eq!(bought(&sandbox), 1, "whoever repeats this buys twice");
}

#[tokio::test]
async fn f09_refusals() {
    let (sandbox, client) = fresh().await;
    for status in [400, 404, 405, 409, 415, 422] {
        sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::status(status)));
        assert_envelope(&finish(send(&client).await).await, status);
    }
    assert_eq!(
        (
            sandbox.ledger().requests_to(PROVISION).len(),
            bought(&sandbox)
        ),
        (6, 0)
    );
    assert!(sandbox.ledger().violations().is_empty());
}

#[tokio::test]
async fn f10_redirects_to_itself() {
    let (sandbox, client) = fresh().await;
    for status in [307, 308] {
        sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::RedirectToSelf { status }));
        let response = send(&client).await;
        assert_eq!(response.status(), status);
        assert_eq!(
            response.headers()["location"].to_str().unwrap(),
            client.url(PROVISION)
        );
    }
    assert_eq!(bought(&sandbox), 0);
}

#[tokio::test]
async fn f12_wrong_types() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::WrongTypes));
    let (status, response) = finish(send(&client).await).await;
    assert_eq!(status, 200);
    assert!(response["PhoneNumberAssigned"].is_object());
    assert!(response["OrderId"].is_u64());
    sandbox.fault(Fault::on(DETAILS).after_commit(FaultKind::WrongTypes));
    let number = sandbox.ledger().owned(client.key())[0].clone();
    let (_, response) = client.details(&number).await;
    assert_eq!(response["MessageEnabled"], "true");
    sandbox.fault(Fault::on(INVENTORY).after_commit(FaultKind::WrongTypes));
    assert!(client.get(INVENTORY, &[]).await.1["PhoneNumbers"].is_object());
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::NullBody));
    assert_eq!(finish(send(&client).await).await, (200, Value::Null));
    assert_eq!(bought(&sandbox), 2);
}

#[tokio::test]
async fn f13_empty_ids() {
    let (sandbox, client) = fresh().await;
    let mut responses = Vec::new();
    for how in [EmptyIds::Blank, EmptyIds::Missing, EmptyIds::Null] {
        sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::EmptyIds(how)));
        responses.push(finish(send(&client).await).await.1);
    }
    assert_eq!(
        (&responses[0]["OrderId"], &responses[0]["OrderStatus"]),
        (&json!(""), &json!("Complete"))
    );
    assert_eq!(
        keys(&responses[1]),
        ["ErrorMessage", "OrderDate", "OrderStatus", "ZipCode"]
    );
    assert_eq!(keys(&responses[2]).len(), 9);
    assert!(
        responses[2]
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_null)
    );
    sandbox.fault(
        Fault::on(PROVISION).after_commit(FaultKind::set("PhoneNumberAssigned", Value::Null)),
    );
    let (_, response) = finish(send(&client).await).await;
    assert!(response["PhoneNumberAssigned"].is_null() && response["OrderId"].is_string());
    assert_eq!(bought(&sandbox), 4);
}

#[tokio::test]
async fn f14_pages_and_nothing() {
    let (sandbox, client) = fresh().await;
    for (status, shape) in [
        (200, ErrorShape::Html),
        (502, ErrorShape::Html),
        (200, ErrorShape::Empty),
    ] {
        sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::status_as(status, shape)));
        let response = send(&client).await;
        assert_eq!(response.status(), status);
        let text = response.text().await.unwrap();
        assert_eq!(text.is_empty(), shape == ErrorShape::Empty);
        assert_eq!(
            text.starts_with("<!DOCTYPE html>"),
            shape == ErrorShape::Html
        );
    }
    let page = FaultKind::Body {
        status: 200,
        content_type: "text/html".into(),
        text: "<p>hello".into(),
    };
    sandbox.fault(Fault::on(PROVISION).after_commit(page));
    assert_eq!(send(&client).await.text().await.unwrap(), "<p>hello");
    assert_eq!(bought(&sandbox), 4);
}

#[tokio::test]
async fn f16_tokens_rejected_once_and_always() {
    let (sandbox, client) = fresh().await;
    for status in [401, 403] {
        sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::status(status)));
        assert_envelope(&finish(send(&client).await).await, status);
        client.buy().await;
    }
    assert_eq!(bought(&sandbox), 2);
    sandbox.fault(
        Fault::on(PROVISION)
            .always()
            .before_commit(FaultKind::status(401)),
    );
    for _ in 0..3 {
        assert_envelope(&finish(send(&client).await).await, 401);
    }
    sandbox.clear_faults();
    client.buy().await;
    assert_eq!(bought(&sandbox), 3);
}

#[tokio::test]
async fn f17_token_calls_that_fail() {
    let (sandbox, client) = fresh().await;
    let ask = async || {
        let body = client.token_body(INVENTORY);
        finish(client.ask_token(&body).await).await
    };
    sandbox.fault(
        Fault::on(TOKENS)
            .times(2)
            .before_commit(FaultKind::status(500)),
    );
    assert_envelope(&ask().await, 500);
    assert_envelope(&ask().await, 500);
    sandbox.fault(Fault::on(TOKENS).before_commit(FaultKind::Delay(Duration::from_millis(50))));
    assert_eq!(ask().await.0, 200);
    sandbox.fault(Fault::on(TOKENS).after_commit(FaultKind::set("successful", false)));
    assert_eq!(ask().await.1["successful"], false);
    sandbox.fault(Fault::on(TOKENS).after_commit(FaultKind::set("token", "")));
    assert_eq!(ask().await.1["token"], "");
    for shape in [StatedExpiry::Unreadable, StatedExpiry::Past] {
        sandbox.switch(|switches| switches.stated_expiry = shape);
        let token = ask().await.1["token"].as_str().unwrap().to_owned();
        let read = client.get_with(INVENTORY, &token).await;
        assert_eq!(read.status(), 200, "{shape:?} still works");
    }
}

#[tokio::test]
async fn f18_a_token_expires_on_the_way() {
    let (sandbox, client) = fresh().await;
    client.token(INVENTORY).await;
    sandbox.fault(Fault::on(INVENTORY).before_commit(FaultKind::ExpireToken));
    assert_envelope(&client.get(INVENTORY, &[]).await, 401);
    assert_envelope(&client.get(INVENTORY, &[]).await, 401);
    client.forget_tokens();
    assert_eq!(client.get(INVENTORY, &[]).await.0, 200);

    let client = std::sync::Arc::new(client);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        callers.spawn(async move { client.get(INVENTORY, &[]).await.0 });
    }
    assert_eq!(callers.join_all().await, [200; 20]);
}

#[tokio::test]
async fn f32_error_bodies_in_other_shapes() {
    let (sandbox, client) = fresh().await;
    let response = async |shape| {
        sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::status_as(400, shape)));
        let response = send(&client).await;
        assert_eq!(response.status(), 400);
        let label = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        (label, response.text().await.unwrap())
    };
    let (label, text) = response(ErrorShape::Problem).await;
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(label, "application/problem+json");
    assert_eq!(
        keys(&problem),
        ["Detail", "Errors", "Status", "Title", "TraceId", "Type"]
    );
    let (label, text) = response(ErrorShape::PlainText).await;
    assert!(label == "text/plain" && serde_json::from_str::<Value>(&text).is_err());
    let (label, text) = response(ErrorShape::EnvelopeAsText).await;
    assert_eq!(
        (
            label.as_str(),
            serde_json::from_str::<Value>(&text).unwrap()["StatusCode"].clone()
        ),
        ("text/plain", json!(400))
    );
    assert_eq!(bought(&sandbox), 0);
}
