//! Tokens as the API hands them out: shared, renewed in time, and final when refused.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use time::macros::datetime;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::super::client::Client;
use super::super::error::Problem;
use super::super::testing::{
    Does, KEY, SECRET, ScriptedServer, TOKENS, VirtualClock, context, ok, seconds, status, token,
    until,
};
use super::super::{E164, Error, Lookup, Order, OrderId};
use super::*;

const ORDER: &str = "/v1.0/numbers/order";
const DONE: &str = r#"{"OrderId": "JNUOID-1", "OrderStatus": "Complete"}"#;

async fn ask(client: &Client, clock: &VirtualClock) -> Result<Order, Error> {
    let id = OrderId::parse("JNUOID-1").expect("valid");
    client.order(&id, &context(clock)).await
}

/// Asks twenty times at once.
fn ask_twenty(client: &Client, clock: &VirtualClock) -> JoinSet<Result<Order, Error>> {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (client, clock) = (client.clone(), clock.clone());
        tasks.spawn(async move { ask(&client, &clock).await });
    }
    tasks
}

async fn all_succeed(mut tasks: JoinSet<Result<Order, Error>>) {
    while let Some(result) = tasks.join_next().await {
        result.expect("no panic").expect("answered");
    }
}

#[tokio::test]
async fn twenty_callers_share_one_token() {
    let clock = VirtualClock::new();
    let release = Arc::new(Notify::new());
    let server = ScriptedServer::bare(&clock, {
        let release = release.clone();
        move |seen| match seen.path.as_str() {
            TOKENS => Does::After(release.clone(), Box::new(token("t"))),
            _ => ok(DONE),
        }
    })
    .await;
    let client = server.client(&clock);
    let tasks = ask_twenty(&client, &clock);
    until(|| server.seen().len() == 1).await;
    release.notify_one();
    all_succeed(tasks).await;
    assert_eq!(server.seen_at(TOKENS).len(), 1);
    assert_eq!(server.seen_at(ORDER).len(), 20);
}

#[tokio::test]
async fn twenty_callers_share_what_cannot_be_kept() {
    let expired = r#"{"token": "t", "tokenExpiry": "01/01/2001 01:01:01 AM"}"#;
    for (code, body) in [(200, expired), (500, "")] {
        let clock = VirtualClock::new();
        let release = Arc::new(Notify::new());
        let server = ScriptedServer::bare(&clock, {
            let release = release.clone();
            move |seen| match seen.path.as_str() {
                TOKENS => Does::After(release.clone(), Box::new(status(code, body))),
                _ => ok(DONE),
            }
        })
        .await;
        let mut settings = server.settings();
        settings.max_retries = 0;
        let client = Client::new(settings, Arc::new(clock.clone()));
        let mut tasks = ask_twenty(&client, &clock);
        until(|| server.seen().len() == 1).await;
        release.notify_one();
        while let Some(result) = tasks.join_next().await {
            assert_eq!(result.expect("no panic").is_ok(), code == 200);
        }
        assert_eq!(server.seen_at(TOKENS).len(), 1, "{code}");
    }
}

#[tokio::test]
async fn twenty_refused_callers_share_one_renewal() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| {
        match seen.headers["authorization"].as_str() {
            "Bearer token-0" => status(401, ""),
            _ => ok(DONE),
        }
    })
    .await;
    let client = server.client(&clock);
    all_succeed(ask_twenty(&client, &clock)).await;
    assert_eq!(server.seen_at(TOKENS).len(), 2);
}

#[tokio::test]
async fn a_wrapped_token_is_unwrapped() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::bare(&clock, |seen| match seen.path.as_str() {
        TOKENS => ok(r#"{"Successful": true, "Data": {"token": "t", "successful": true}}"#),
        _ => ok(DONE),
    })
    .await;
    let client = server.client(&clock);
    all_succeed(ask_twenty(&client, &clock)).await;
}

#[tokio::test]
async fn refused_credentials_are_final_and_shared() {
    for (code, body) in [
        (
            200,
            format!(r#"{{"token": "", "successful": true, "error": "bad {SECRET}"}}"#),
        ),
        (
            200,
            format!(r#"{{"token": "canary-token", "successful": false, "error": "bad {KEY}"}}"#),
        ),
        (
            401,
            format!(r#"{{"StatusCode": 401, "Message": "bad {SECRET}"}}"#),
        ),
        (400, String::new()),
        (403, String::new()),
        (404, String::new()),
    ] {
        let clock = VirtualClock::new();
        let server = ScriptedServer::bare(&clock, move |_| status(code, &body)).await;
        let client = server.client(&clock);
        let mut tasks = ask_twenty(&client, &clock);
        while let Some(result) = tasks.join_next().await {
            let error = result.expect("no panic").expect_err("refused");
            assert!(
                matches!(error.problem(), Problem::CredentialsRefused(..)),
                "{error:?}"
            );
            let text = format!("{error} {error:?}");
            assert!(
                text.contains(ORDER) && !text.contains("canary") && !text.contains(KEY),
                "{text}"
            );
        }
        assert_eq!(server.seen().len(), 1, "one is enough to know");
        clock.advance(seconds(61));
        ask(&client, &clock).await.expect_err("still refused");
        assert_eq!(server.seen().len(), 2, "but not for ever");
    }
}

#[tokio::test]
async fn a_failing_token_call_is_repeated() {
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::bare(&clock, |seen| match (seen.path.as_str(), seen.nth) {
        (TOKENS, 0) => status(500, ""),
        (TOKENS, 1) => Does::Close,
        (TOKENS, 2) => ok("<html>"),
        (TOKENS, 3) => status(429, ""),
        (TOKENS, _) => token("t"),
        _ => ok(DONE),
    })
    .await;
    ask(&server.client(&clock), &clock).await.expect("answered");
    assert_eq!(server.seen_at(TOKENS).len(), 5);
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let clock = VirtualClock::new();
    // A wrong clock here does no harm: five minutes are five minutes.
    let five_minutes = |_: &_| {
        let date = vec![("Date", "Fri, 02 May 2025 18:31:13 GMT".to_owned())];
        let body =
            br#"{"token": "t", "successful": true, "tokenExpiry": "05/02/2025 06:36:13 PM"}"#;
        Does::FromResponse(200, date, body.to_vec())
    };
    let server = ScriptedServer::bare(&clock, move |seen| match seen.path.as_str() {
        TOKENS => five_minutes(seen),
        _ => ok(DONE),
    })
    .await;
    let client = server.client(&clock);
    for (at, fetched) in [(0, 1), (269, 1), (271, 2), (500, 2), (542, 3)] {
        clock.advance(seconds(at) - clock.elapsed());
        ask(&client, &clock).await.expect("answered");
        assert_eq!(server.seen_at(TOKENS).len(), fetched, "after {at} s");
    }
}

#[tokio::test]
async fn an_expiry_already_past_is_the_apis_business() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::bare(&clock, |seen| match seen.path.as_str() {
        TOKENS => ok(r#"{"token": "t", "tokenExpiry": "01/01/2001 01:01:01 AM"}"#),
        _ => ok(DONE),
    })
    .await;
    let client = server.client(&clock);
    ask(&client, &clock).await.expect("answered");
    assert_eq!(
        (server.seen_at(TOKENS).len(), server.seen_at(ORDER).len()),
        (1, 1)
    );
    ask(&client, &clock).await.expect("answered");
    assert_eq!(server.seen_at(TOKENS).len(), 2);
}

#[tokio::test]
async fn a_token_that_grows_stale_in_the_queue_is_renewed() {
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::start(&clock, |_| ok(DONE)).await;
    let mut settings = server.settings();
    settings.max_requests_per_minute = 2;
    let client = Client::new(settings, Arc::new(clock.clone()));
    ask(&client, &clock).await.expect("answered");
    ask(&client, &clock).await.expect("answered");
    let orders = server.seen_at(ORDER);
    assert_eq!(orders[1].headers["authorization"], "Bearer token-1");
    assert!(orders[1].at >= seconds(60));
    assert_eq!(server.seen_at(TOKENS).len(), 2);
}

#[tokio::test]
async fn each_endpoint_has_its_own_token() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |_| ok(r#"{"Number": "+18016025346"}"#)).await;
    let client = server.client(&clock);
    ask(&client, &clock).await.expect("answered");
    let lookup = Lookup::Number(E164::parse("+18016025346").expect("valid"));
    client
        .details(&lookup, &context(&clock))
        .await
        .expect("answered");
    let asked_for: Vec<Value> = server
        .seen_at(TOKENS)
        .iter()
        .map(|seen| serde_json::from_str::<Value>(&seen.body).expect("JSON")["ApiEndpoint"].clone())
        .collect();
    let base_url = server.settings().base_url;
    assert_eq!(
        asked_for,
        [base_url.endpoint(ORDER), base_url.endpoint("/v1.0/numbers")]
    );
}

fn life(secret: &str, expiry: Option<&str>) -> Duration {
    let asked_at = Instant::now();
    let server_time = datetime!(2025-05-02 18:31:13 UTC);
    let token = Token::new(Secret::new(secret), expiry, server_time, asked_at);
    token.use_until - asked_at
}

fn jwt(seconds: i64) -> String {
    let claims = format!(r#"{{"exp": {seconds}}}"#);
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
}

#[test]
fn a_vendors_sample_tells_the_same_time_twice() {
    assert_eq!(
        parse_expiry("05/02/2025 06:36:13 PM"),
        OffsetDateTime::from_unix_timestamp(1_746_210_973).ok()
    );
    assert_eq!(
        parse_expiry("11/23/2026 12:15:00 AM"),
        Some(datetime!(2026-11-23 00:15 UTC))
    );
    assert_eq!(
        parse_expiry("5/2/2025 6:36:13 pm"),
        Some(datetime!(2025-05-02 18:36:13 UTC))
    );
    assert_eq!(parse_expiry("2025-05-02T18:36:13Z"), None);
}

#[test]
fn how_long_a_token_is_used() {
    // Five minutes, less 30 s; the JWT counts before the text.
    assert_eq!(
        life(&jwt(1_746_210_973), Some("05/02/2025 07:00:00 PM")),
        seconds(270)
    );
    assert_eq!(life("opaque", Some("05/02/2025 06:36:13 PM")), seconds(270));
    // Short lives lose a fifth.
    assert_eq!(life("opaque", Some("05/02/2025 06:31:23 PM")), seconds(8));
    assert_eq!(life("opaque", None), seconds(48));
    assert_eq!(life("opaque", Some("garbage")), seconds(48));
    assert_eq!(life("opaque", Some("05/02/2025 06:00:00 PM")), seconds(0));
    assert_eq!(life(&jwt(i64::MAX), None), seconds(48), "no such year");
    assert_eq!(
        life(&jwt(253_402_300_799), None),
        seconds(3570),
        "kept for an hour at most"
    );
}
