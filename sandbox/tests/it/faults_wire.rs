//! Faults of the connection: F1 to F4, F11, F15, F27, F31.

use std::time::{Duration, Instant};

use joonto_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use crate::client::*;
use crate::wire::{self, Ending, Seen};

const A_MOMENT: Duration = Duration::from_millis(300);

async fn provision(client: &Client) -> Seen {
    wire::post(client, PROVISION, ordinary(), A_MOMENT).await
}

fn bought(sandbox: &Sandbox) -> usize {
    let ledger = sandbox.ledger();
    let key = sandbox.credentials().account_key;
    assert_eq!(
        ledger.purchases().len(),
        ledger.owned(&key).len(),
        "commits = numbers"
    );
    ledger.purchases().len()
}

/// How many purchases were sent, and how many committed.
fn sent_and_bought(sandbox: &Sandbox) -> (usize, usize) {
    (
        sandbox.ledger().requests_to(PROVISION).len(),
        bought(sandbox),
    )
}

#[tokio::test]
async fn f01_connection_refused() {
    let (sandbox, client) = fresh().await;
    let address = client.url("").strip_prefix("http://").unwrap().to_owned();
    sandbox.listen(false).await;
    let refused = tokio::net::TcpStream::connect(&address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    sandbox.listen(true).await;
    client.buy().await;
    assert_eq!(sent_and_bought(&sandbox), (1, 1));
}

#[tokio::test]
async fn f02_close_or_reset_before_commit() {
    let (sandbox, client) = fresh().await;
    for (kind, ending) in [
        (FaultKind::Drop, Ending::Closed),
        (FaultKind::Reset, Ending::Reset),
        (FaultKind::HalfClose, Ending::Closed),
    ] {
        sandbox.fault(Fault::on(PROVISION).before_commit(kind));
        let seen = provision(&client).await;
        assert_eq!((seen.text().as_str(), seen.ending), ("", ending));
    }
    assert_eq!(sent_and_bought(&sandbox), (3, 0));
}

#[tokio::test]
async fn f03_commit_then_drop() {
    let (sandbox, client) = fresh().await;
    for (kind, ending) in [
        (FaultKind::Drop, Ending::Closed),
        (FaultKind::Reset, Ending::Reset),
    ] {
        sandbox.fault(Fault::on(PROVISION).after_commit(kind));
        let seen = provision(&client).await;
        assert_eq!((seen.text().as_str(), seen.ending), ("", ending));
    }
    assert_eq!(sent_and_bought(&sandbox), (2, 2));
    let ledger = sandbox.ledger();
    let entry = ledger.requests_to(PROVISION)[0];
    assert_eq!((entry.status, entry.fault.as_deref()), (None, Some("Drop")));
    assert_eq!(entry.placement, Some(joonto_sandbox::Placement::After));
}

#[tokio::test]
async fn f04_responds_later_than_the_client_waits() {
    let (sandbox, client) = fresh().await;
    for (after, expected) in [(false, 0), (true, 1)] {
        let aim = Fault::on(PROVISION);
        let late = FaultKind::Delay(Duration::from_millis(600));
        sandbox.fault(if after {
            aim.after_commit(late)
        } else {
            aim.before_commit(late)
        });
        // The client gives up after 300 ms and closes.
        assert_eq!(provision(&client).await.ending, Ending::Silent);
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(bought(&sandbox), expected);
    }
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::Delay(Duration::from_millis(100))));
    client.buy().await;
    assert_eq!(bought(&sandbox), 2, "whoever waits is served");
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Hang));
    assert_eq!(provision(&client).await.ending, Ending::Silent);
    assert_eq!(bought(&sandbox), 3);
}

#[tokio::test]
async fn f04_a_purchase_made_after_its_client_was_sent_away() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::CommitLate(A_MOMENT)));
    let seen = provision(&client).await;
    assert_eq!((seen.text().as_str(), seen.ending), ("", Ending::Closed));
    assert_eq!(bought(&sandbox), 0, "not yet");
    tokio::time::sleep(A_MOMENT * 3).await;
    assert_eq!(bought(&sandbox), 1);
}

#[tokio::test]
async fn f11_truncated_responses() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Truncate));
    let seen = provision(&client).await;
    assert_eq!(seen.ending, Ending::Closed);
    assert!(seen.text().starts_with("HTTP/1.1 200"));
    assert!(!seen.body().is_empty() && seen.body().len() < seen.promised_length());

    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::ChunkedWithoutEnd));
    let seen = provision(&client).await;
    assert_eq!(seen.ending, Ending::Closed);
    assert!(seen.text().contains("transfer-encoding: chunked"));
    assert!(seen.body().ends_with("}\r\n") && !seen.body().contains("\r\n0\r\n"));
    assert_eq!(bought(&sandbox), 2);
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Truncate));
    assert!(
        client.try_post(PROVISION, ordinary()).await.is_err(),
        "an HTTP client sees a broken body"
    );
}

#[tokio::test]
async fn f15_slow_and_oversized_bodies() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Drip(Duration::from_millis(2))));
    let start = Instant::now();
    let seen = provision(&client).await;
    assert_eq!(seen.body().len(), seen.promised_length());
    assert!(
        start.elapsed() > Duration::from_millis(2) * seen.body().len() as u32 / 2,
        "it took its time"
    );

    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::HeadersOnly));
    let seen = provision(&client).await;
    assert_eq!((seen.body().as_str(), seen.ending), ("", Ending::Silent));
    assert!(seen.promised_length() > 0);

    sandbox.fault(Fault::on(INVENTORY).after_commit(FaultKind::Oversized(8)));
    let token = client.token(INVENTORY).await;
    let response = client.get_with(INVENTORY, &token).await;
    assert!(response.bytes().await.unwrap().len() > 8 * 1024 * 1024);
    assert_eq!(bought(&sandbox), 2);
}

#[tokio::test]
async fn f27_a_response_held_until_released() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    let mut stream = wire::connect(&client).await;
    stream
        .write_all(&wire::request(&client, PROVISION, &ordinary()).await)
        .await
        .unwrap();
    assert_eq!(
        wire::watch(&mut stream, A_MOMENT).await.ending,
        Ending::Silent
    );
    assert_eq!(
        bought(&sandbox),
        1,
        "committed; whoever asked can be killed now"
    );
    sandbox.release();
    assert!(
        wire::watch(&mut stream, A_MOMENT)
            .await
            .text()
            .starts_with("HTTP/1.1 200")
    );
}

#[tokio::test]
async fn f31_a_kept_connection_dies_as_it_is_used_again() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(
        Fault::on(INVENTORY)
            .method("GET")
            .after_commit(FaultKind::StaleConnection),
    );
    let token = client.token(INVENTORY).await;
    let purchase = wire::request(&client, PROVISION, &ordinary()).await;
    let mut stream = wire::connect(&client).await;
    let read = format!(
        "GET {INVENTORY} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(read.as_bytes()).await.unwrap();
    let seen = wire::watch(&mut stream, A_MOMENT).await;
    assert!(
        seen.text().starts_with("HTTP/1.1 200") && seen.ending == Ending::Silent,
        "kept open"
    );
    stream.write_all(&purchase).await.unwrap();
    let seen = wire::watch(&mut stream, A_MOMENT).await;
    assert_eq!((seen.text().as_str(), seen.ending), ("", Ending::Reset));
    assert_eq!(sent_and_bought(&sandbox), (0, 0));
    assert_ne!(client.buy().await, Value::Null, "a new connection is fine");
}

#[tokio::test]
#[should_panic(expected = "no operation is where this fault waits")]
async fn a_fault_that_could_never_strike_is_refused() {
    let (sandbox, _client) = fresh().await;
    sandbox.fault(Fault::on("/v1.0/numbers/provison").before_commit(FaultKind::Drop));
}
