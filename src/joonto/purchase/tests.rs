//! One order is one order, whatever the network does.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::super::secret::Secret;
use super::*;
use crate::context::{Canceller, Context, Interrupted};
use crate::joonto::client::{Credentials, Settings};
use crate::joonto::testing::{
    Does, ScriptedServer, TOKENS, VirtualClock, context, limited, ok, seconds, status, until,
};
use crate::joonto::transport::HttpTransport;
use crate::joonto::{BaseUrl, MessageType, NumberType};

const PROVISION: &str = "/v1.0/numbers/provision";
const BOUGHT: &str =
    r#"{"OrderId": "JNUOID-1", "OrderStatus": "Complete", "PhoneNumberAssigned": "+18016025346"}"#;

fn request() -> ProvisionRequest {
    ProvisionRequest::new(NumberType::Iot, MessageType::P2p, true, false)
}

/// Settings with a ready-made token, for a server that may not be there.
fn settings_at(port: u16) -> Settings {
    Settings {
        base_url: BaseUrl::parse(&format!("http://127.0.0.1:{port}"), false).expect("loopback"),
        credentials: Credentials::Token(Secret::new("ready-token")),
        max_requests_per_minute: 0,
        max_retries: 4,
        user_agent: String::new(),
        proxy: None,
    }
}

async fn buy(client: &Client, clock: &VirtualClock) -> Purchase {
    buy_while(client, &context(clock)).await.expect("admitted")
}

async fn buy_while(client: &Client, context: &Context) -> Result<Purchase, Error> {
    let mut order = client.order_number(&request())?;
    loop {
        let admission = order.admit(context).await?;
        match order.send(admission).await {
            PaidOutcome::Retry(_) => {}
            sent => return Ok(Purchase::of(sent)),
        }
    }
}

/// Buys from a server that responds to the first purchase with `first` and to any other with a
/// number.
async fn buy_from(first: impl Fn() -> Does + Send + Sync + 'static) -> (Purchase, ScriptedServer) {
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::start(
        &clock,
        move |seen| if seen.nth == 0 { first() } else { ok(BOUGHT) },
    )
    .await;
    let purchase = buy(&server.client(&clock), &clock).await;
    (purchase, server)
}

fn number(purchase: &Purchase) -> &str {
    match purchase {
        Purchase::Accepted(receipt) => receipt.number.as_ref().expect("a number").as_str(),
        other => panic!("{other:?}"),
    }
}

fn refusal(purchase: Purchase) -> Error {
    match purchase {
        Purchase::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

fn is_unconfirmed(purchase: &Purchase) -> bool {
    matches!(purchase, Purchase::Unconfirmed(_))
}

#[tokio::test]
async fn what_is_sent() {
    let (purchase, server) = buy_from(|| ok(BOUGHT)).await;
    assert_eq!(number(&purchase), "+18016025346");
    let token = &server.seen_at(TOKENS)[0];
    let body: Value = serde_json::from_str(&token.body).expect("JSON");
    let endpoint = server.settings().base_url.endpoint(PROVISION);
    assert_eq!(
        body,
        json!({"AccountKey": "DID-5d1f0c1e", "AccountSecret": "canary-account-secret", "ApiEndpoint": endpoint})
    );
    assert!(!token.headers.contains_key("authorization"));
    let purchase = &server.seen_at(PROVISION)[0];
    assert_eq!(purchase.method, "POST");
    assert_eq!(purchase.headers["authorization"], "Bearer token-0");
    assert_eq!(purchase.headers["content-type"], "application/json");
    assert_eq!(purchase.headers["user-agent"], "joonto-test/1");
    assert_eq!(
        serde_json::from_str::<Value>(&purchase.body).expect("JSON"),
        json!(request())
    );
}

#[tokio::test]
async fn every_purchase_has_its_own_connection() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |_| ok(BOUGHT)).await;
    let client = server.client(&clock);
    for _ in 0..3 {
        number(&buy(&client, &clock).await);
    }
    // One for the token, one for each purchase.
    assert_eq!(server.connections(), 4);
    assert_eq!(server.seen_at(TOKENS).len(), 1);
}

#[tokio::test]
async fn an_unconfirmed_purchase_is_never_sent_again() {
    let mut faults: Vec<(String, Box<dyn Fn() -> Does + Send + Sync>)> = Vec::new();
    for code in [
        402, 405, 408, 409, 410, 415, 422, 423, 425, 499, 500, 502, 503, 504, 520,
    ] {
        faults.push((code.to_string(), Box::new(move || status(code, "{}"))));
        let headers = || vec![("Retry-After", "1".to_owned())];
        faults.push((
            format!("{code}, retry"),
            Box::new(move || Does::FromResponse(code, headers(), vec![])),
        ));
    }
    for code in [301, 302, 303, 307, 308] {
        let headers = || vec![("Location", PROVISION.to_owned())];
        faults.push((
            code.to_string(),
            Box::new(move || Does::FromResponse(code, headers(), vec![])),
        ));
    }
    let cut = format!("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{BOUGHT}");
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{}\r\n",
        &BOUGHT[..64]
    );
    let (cut, chunked) = (cut.into_bytes(), chunked.into_bytes());
    faults.push(("close".into(), Box::new(|| Does::Close)));
    faults.push((
        "no HTTP".into(),
        Box::new(|| Does::Raw(b"SSH-2.0\r\n".to_vec())),
    ));
    faults.push(("cut off".into(), Box::new(move || Does::Raw(cut.clone()))));
    faults.push((
        "chunks without end".into(),
        Box::new(move || Does::Raw(chunked.clone())),
    ));
    faults.push(("HTML".into(), Box::new(|| ok("<html>canary page</html>"))));
    faults.push((
        "HTML 502".into(),
        Box::new(|| status(502, "<html>canary page</html>")),
    ));
    for code in [400, 404] {
        let page = move || status(code, "<html>canary page</html>");
        faults.push((format!("HTML {code}"), Box::new(page)));
        faults.push((format!("empty {code}"), Box::new(move || status(code, ""))));
    }
    let nothing = r#"{"OrderStatus": "Complete", "ErrorMessage": null}"#;
    faults.push(("no number or order".into(), Box::new(move || ok(nothing))));
    let message = r#"{"OrderStatus": "Error", "ErrorMessage": "No reply in time"}"#;
    faults.push(("a message alone".into(), Box::new(move || ok(message))));
    faults.push(("empty".into(), Box::new(|| ok(""))));
    faults.push(("null".into(), Box::new(|| ok("null"))));
    faults.push(("list".into(), Box::new(|| ok("[]"))));
    faults.push((
        "no UTF-8".into(),
        Box::new(|| Does::FromResponse(200, vec![], b"{\"OrderId\": \"\xff\"}".to_vec())),
    ));
    faults.push((
        "oversized".into(),
        Box::new(|| ok(&format!("{{\"x\": \"{}\"}}", "y".repeat(2 << 20)))),
    ));
    for (name, fault) in faults {
        let (purchase, server) = buy_from(fault).await;
        assert!(is_unconfirmed(&purchase), "{name}: {purchase:?}");
        assert_eq!(server.seen_at(PROVISION).len(), 1, "{name}");
        let text = format!("{purchase:?}");
        assert!(!text.contains("canary"), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_400_or_404_with_the_apis_json_is_a_refusal() {
    for code in [400, 404] {
        let (purchase, server) =
            buy_from(move || status(code, r#"{"Message": "MessageRouteId is required"}"#)).await;
        let error = refusal(purchase);
        assert!(error.is_refused_with(code), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!(
                "buying a number (POST {PROVISION}) was refused: HTTP {code}: MessageRouteId is required"
            )
        );
        assert_eq!(server.seen_at(PROVISION).len(), 1);
    }
}

#[tokio::test]
async fn a_late_401_403_or_429_may_follow_a_purchase() {
    for code in [401, 403, 429] {
        let clock = VirtualClock::new();
        let release = Arc::new(Notify::new());
        let server = ScriptedServer::start(&clock, {
            let release = release.clone();
            move |_| Does::After(release.clone(), Box::new(status(code, "")))
        })
        .await;
        let client = server.client(&clock);
        let buying = tokio::spawn({
            let clock = clock.clone();
            async move { buy(&client, &clock).await }
        });
        until(|| server.seen_at(PROVISION).len() == 1).await;
        // By the network's own time: no clock of ours moves it.
        tokio::time::sleep(super::super::QUICK + Duration::from_millis(100)).await;
        release.notify_one();
        let purchase = buying.await.expect("no panic");
        assert!(is_unconfirmed(&purchase), "{code}: {purchase:?}");
        assert_eq!(server.seen_at(PROVISION).len(), 1);
    }
}

#[tokio::test]
async fn a_response_is_classified_once() {
    for (body, expected) in [
        (BOUGHT, "Accepted"),
        (r#"{"OrderId": "J", "OrderStatus": "Pending"}"#, "Accepted"),
        (r#"{"OrderId": "J"}"#, "AskOrder"),
        (r#"{"OrderId": "J", "OrderStatus": "Complete"}"#, "Accepted"),
        (
            r#"{"OrderId": "J", "OrderStatus": "Pending", "PhoneNumberAssigned": "+18016025346"}"#,
            "Accepted",
        ),
        (r#"{"OrderId": "J", "OrderStatus": "Failed"}"#, "AskOrder"),
        (
            r#"{"OrderId": "J", "OrderStatus": "Error", "PhoneNumberAssigned": "+18016025346"}"#,
            "AskOrder",
        ),
        (r#"{"PhoneNumberAssigned": "+18016025346"}"#, "Accepted"),
        (r#"{"PhoneNumberAssigned": "n/a 801"}"#, "Unconfirmed"),
        (r#"{"PhoneNumberId": "NID-1"}"#, "Unconfirmed"),
        (
            r#"{"OrderStatus": "Error", "PhoneNumberAssigned": "+18016025346"}"#,
            "Unconfirmed",
        ),
    ] {
        let (purchase, _server) = buy_from(move || ok(body)).await;
        let name = format!("{purchase:?}");
        assert!(name.starts_with(expected), "{body}: {name}");
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_purchase_sent_once_more() {
    for code in [401, 403] {
        let (purchase, server) = buy_from(move || status(code, "")).await;
        number(&purchase);
        let purchases = server.seen_at(PROVISION);
        assert_eq!(purchases.len(), 2);
        assert_eq!(purchases[1].headers["authorization"], "Bearer token-1");
        assert_eq!(server.seen_at(TOKENS).len(), 2);

        let clock = VirtualClock::rushing();
        let server = ScriptedServer::start(&clock, move |_| status(code, "")).await;
        let error = refusal(buy(&server.client(&clock), &clock).await);
        let Problem::TokenRefused(_, endpoint) = error.problem() else {
            panic!("{error:?}");
        };
        assert!(endpoint.ends_with(PROVISION));
        assert_eq!(server.seen_at(PROVISION).len(), 2);
    }
}

#[tokio::test]
async fn a_ready_token_has_no_second_try() {
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::start(&clock, |_| {
        status(403, r#"{"Message": "no: canary-token"}"#)
    })
    .await;
    let mut settings = server.settings();
    settings.credentials = Credentials::Token(Secret::new("canary-token"));
    let client = Client::new(settings, Arc::new(clock.clone()));
    let error = refusal(buy(&client, &clock).await).to_string();
    assert!(
        error.contains(PROVISION) && error.contains("account key and secret"),
        "{error}"
    );
    assert!(!error.contains("canary"), "{error}");
    assert_eq!(
        server.seen_at(PROVISION)[0].headers["authorization"],
        "Bearer canary-token"
    );
    assert_eq!(
        (
            server.seen_at(PROVISION).len(),
            server.seen_at(TOKENS).len()
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn the_request_limit_is_waited_for() {
    let date = "Mon, 23 Nov 2026 04:00:02 GMT";
    for (header, least, most) in [
        ("2", 2, 4),
        (date, 2, 5),
        ("0", 0, 2),
        ("86400", 60, 70),
        ("-1", 4, 9),
        ("soon", 4, 9),
    ] {
        let (purchase, server) = buy_from(move || limited(header)).await;
        number(&purchase);
        let purchases = server.seen_at(PROVISION);
        assert_eq!(purchases.len(), 2, "{header}");
        let waited = purchases[1].at;
        assert!(
            waited >= seconds(least) && waited <= seconds(most),
            "{header}: {waited:?}"
        );
    }
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::start(&clock, |_| limited("1")).await;
    let error = refusal(buy(&server.client(&clock), &clock).await);
    assert!(matches!(error.problem(), Problem::Limited(_)), "{error:?}");
    assert_eq!(
        server.seen_at(PROVISION).len(),
        5,
        "as often as max_retries says"
    );
}

#[tokio::test]
async fn one_429_holds_all_twenty_in_flight() {
    let clock = VirtualClock::new();
    let release = Arc::new(Notify::new());
    let server = ScriptedServer::start(&clock, {
        let release = release.clone();
        move |seen| match seen.nth {
            0 => limited("2"),
            1..=20 => Does::After(release.clone(), Box::new(ok(BOUGHT))),
            _ => ok(BOUGHT),
        }
    })
    .await;
    let client = server.client(&clock);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..21 {
        let (client, clock) = (client.clone(), clock.clone());
        tasks.spawn(async move {
            for _ in 0..2 {
                number(&buy(&client, &clock).await);
            }
        });
    }
    until(|| server.seen_at(PROVISION).len() == 21 && clock.sleepers() == 1).await;
    release.notify_waiters();
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.advance(seconds(1));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        server.seen_at(PROVISION).len(),
        21,
        "nobody before the time"
    );
    clock.advance(seconds(2));
    while let Some(task) = tasks.join_next().await {
        task.expect("no panic");
    }
    let purchases = server.seen_at(PROVISION);
    assert_eq!(purchases.len(), 43);
    assert!(purchases[21..].iter().all(|seen| seen.at >= seconds(2)));
}

#[tokio::test]
async fn a_connection_that_was_not_made_is_tried_again() {
    let clock = VirtualClock::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let mut settings = settings_at(port);
    settings.max_retries = 1;
    let client = Client::new(settings, Arc::new(clock.clone()));
    let buying = tokio::spawn({
        let clock = clock.clone();
        async move { buy(&client, &clock).await }
    });
    until(|| clock.sleepers() == 1).await;
    let server = ScriptedServer::at(port, &clock, |_| ok(BOUGHT)).await;
    clock.advance(seconds(2));
    number(&buying.await.expect("no panic"));
    assert_eq!((server.seen().len(), server.connections()), (1, 1));
}

#[tokio::test]
async fn without_a_connection_nothing_is_bought() {
    let clock = VirtualClock::rushing();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let client = Client::new(settings_at(port), Arc::new(clock.clone()));
    let error = refusal(buy(&client, &clock).await);
    assert!(error.is_not_connected(), "{error:?}");
    assert!(error.to_string().contains("Connection refused"), "{error}");
    assert!(clock.elapsed() >= seconds(15), "1 + 2 + 4 + 8");
}

#[tokio::test]
async fn a_stop_ends_the_waits_before_a_purchase() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |_| limited("30")).await;
    let canceller = Canceller::new();
    let stoppable = Context::new(Arc::new(clock.clone()), canceller.signal());
    let client = server.client(&clock);
    let buying = tokio::spawn({
        let (client, stoppable) = (client.clone(), stoppable.clone());
        async move { buy_while(&client, &stoppable).await }
    });
    until(|| clock.sleepers() == 1).await;
    canceller.stop();
    for result in [
        buying.await.expect("no panic"),
        buy_while(&client, &stoppable).await,
    ] {
        let error = result.expect_err("stopped");
        assert_eq!(error.interrupted(), Some(Interrupted::Stopped));
    }
    assert_eq!(server.seen_at(PROVISION).len(), 1);
}

#[tokio::test]
async fn a_purchase_under_way_is_awaited_whoever_says_stop() {
    let clock = VirtualClock::new();
    let release = Arc::new(Notify::new());
    let server = ScriptedServer::start(&clock, {
        let release = release.clone();
        move |_| Does::After(release.clone(), Box::new(ok(BOUGHT)))
    })
    .await;
    let canceller = Canceller::new();
    let context = Context::new(Arc::new(clock.clone()), canceller.signal()).within(seconds(60));
    let client = server.client(&clock);
    let buying = tokio::spawn(async move { buy_while(&client, &context).await });
    until(|| server.seen_at(PROVISION).len() == 1).await;
    canceller.stop();
    clock.advance(seconds(600));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!buying.is_finished());
    release.notify_one();
    let purchase = buying.await.expect("no panic").expect("admitted");
    number(&purchase);
}

#[tokio::test]
async fn a_response_that_never_ends_is_unconfirmed() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{".to_vec();
    for does in ["nothing", "head only"] {
        let clock = VirtualClock::new();
        let head = head.clone();
        let server = ScriptedServer::start(&clock, move |_| match does {
            "nothing" => Does::Nothing,
            _ => Does::Stall(head.clone()),
        })
        .await;
        let settings = server.settings();
        let mut transport = HttpTransport::new(&settings.base_url, "", None);
        transport.set_time_limit(Duration::from_millis(300));
        let client = Client::over(Box::new(transport), settings, Arc::new(clock.clone()));
        let purchase = buy(&client, &clock).await;
        assert!(is_unconfirmed(&purchase), "{does}: {purchase:?}");
        let text = format!("{purchase:?}");
        assert!(text.contains("timed out"), "{does}: {text}");
        assert_eq!(server.seen_at(PROVISION).len(), 1);
    }
}
