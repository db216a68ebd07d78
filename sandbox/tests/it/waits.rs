//! Requests that wait, and what strikes when the wait is over.

use std::time::{Duration, Instant};

use joonto_sandbox::{Fault, FaultKind, Sandbox};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::*;
use crate::wire::{self, Ending};

const A_MOMENT: Duration = Duration::from_millis(300);

fn bought(sandbox: &Sandbox) -> usize {
    sandbox.ledger().purchases().len()
}

/// Sends a purchase and returns once the sandbox has it.
async fn send(sandbox: &Sandbox, client: &Client) -> TcpStream {
    let before = sandbox.ledger().requests_to(PROVISION).len();
    let mut stream = wire::connect(client).await;
    let request = wire::request(client, PROVISION, &ordinary()).await;
    stream.write_all(&request).await.unwrap();
    while sandbox.ledger().requests_to(PROVISION).len() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stream
}

#[tokio::test]
async fn statuses_come_late_on_either_side_of_the_commit() {
    let (sandbox, client) = fresh().await;
    let mut commits = 0;
    for status in [
        400, 401, 403, 404, 408, 409, 422, 425, 429, 499, 500, 502, 503, 504,
    ] {
        for after in [false, true] {
            let kind = FaultKind::late(Duration::from_millis(60), FaultKind::status(status));
            let aim = Fault::on(PROVISION);
            sandbox.fault(if after {
                aim.after_commit(kind)
            } else {
                aim.before_commit(kind)
            });
            let start = Instant::now();
            let sent = client.post(PROVISION, ordinary());
            assert_envelope(&sent.await, status);
            assert!(start.elapsed() >= Duration::from_millis(60));
            commits += usize::from(after);
            assert_eq!(bought(&sandbox), commits);
        }
    }
    let ledger = sandbox.ledger();
    let first = ledger.requests_to(PROVISION)[0];
    assert_eq!(first.fault.as_deref(), Some("late status 400"));
}

#[tokio::test]
async fn a_late_401_may_be_a_true_one() {
    let (sandbox, client) = fresh().await;
    let kind = FaultKind::late(Duration::from_millis(60), FaultKind::ExpireToken);
    sandbox.fault(Fault::on(PROVISION).before_commit(kind));
    client.refused(PROVISION, ordinary(), 401).await;
    client.refused(PROVISION, ordinary(), 401).await;
    client.forget_tokens();
    client.buy().await;
}

#[tokio::test]
async fn a_stranger_buys_while_a_request_is_held() {
    let (sandbox, client) = fresh().await;
    let key = client.key().to_owned();
    // Before the commit: the request is carried out once it is released.
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::Hold));
    let mut held = send(&sandbox, &client).await;
    let stranger = sandbox.buy_elsewhere(&key).unwrap().number;
    assert_eq!(sandbox.ledger().owned(&key), [stranger.as_str()]);
    sandbox.release();
    let seen = wire::watch(&mut held, A_MOMENT).await;
    assert!(seen.text().starts_with("HTTP/1.1 200"), "{}", seen.text());
    assert_eq!(bought(&sandbox), 2);

    // After the commit: both are there while it is held.
    sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    let mut held = send(&sandbox, &client).await;
    sandbox.buy_elsewhere(&key).unwrap();
    assert_eq!(bought(&sandbox), 4);
    sandbox.release();
    let seen = wire::watch(&mut held, A_MOMENT).await;
    assert!(seen.text().starts_with("HTTP/1.1 200"), "{}", seen.text());

    // Stalled, and refused in the end: only the stranger has bought.
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::held(FaultKind::status(502))));
    let mut held = send(&sandbox, &client).await;
    sandbox.buy_elsewhere(&key).unwrap();
    assert_eq!(bought(&sandbox), 5);
    sandbox.release();
    let seen = wire::watch(&mut held, A_MOMENT).await;
    assert!(seen.text().starts_with("HTTP/1.1 502"), "{}", seen.text());
    assert_eq!(bought(&sandbox), 5);

    // Stalled, then committed and cut.
    let cut = FaultKind::CommitLate(Duration::ZERO);
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::held(cut)));
    let mut held = send(&sandbox, &client).await;
    assert_eq!(bought(&sandbox), 5);
    sandbox.release();
    let seen = wire::watch(&mut held, A_MOMENT).await;
    assert_eq!((seen.text().as_str(), seen.ending), ("", Ending::Closed));
    assert_eq!(bought(&sandbox), 6);
}

#[tokio::test]
async fn a_client_that_leaves_while_it_is_held_has_bought_nothing() {
    let (sandbox, client) = fresh().await;
    let kinds = [
        FaultKind::Hold,
        FaultKind::held(FaultKind::status(502)),
        FaultKind::held(FaultKind::CommitLate(Duration::ZERO)),
    ];
    for kind in kinds {
        sandbox.fault(Fault::on(PROVISION).before_commit(kind));
        drop(send(&sandbox, &client).await);
        tokio::time::sleep(A_MOMENT).await;
        sandbox.release();
        tokio::time::sleep(A_MOMENT).await;
        assert_eq!(bought(&sandbox), 0);
    }
}

#[tokio::test]
async fn the_ledger_tells_what_was_begun_after_a_lost_response() {
    let (sandbox, client) = fresh().await;
    client.buy().await;
    sandbox.fault(Fault::on(PROVISION).before_commit(FaultKind::held(FaultKind::status(502))));
    sandbox.fault(Fault::on(PROVISION).nth(2).after_commit(FaultKind::Hold));
    let mut lost = send(&sandbox, &client).await;
    let left = send(&sandbox, &client).await;
    let ledger = sandbox.ledger();
    let posts = ledger.requests_to(PROVISION);
    assert!(posts[0].ended.is_some() && posts[0].ended_at.is_some());
    assert_eq!((posts[1].ended, posts[2].ended), (None, None));
    assert!(ledger.begun_after(PROVISION, posts[1]).is_empty());

    drop(left);
    tokio::time::sleep(A_MOMENT).await;
    sandbox.release();
    let seen = wire::watch(&mut lost, A_MOMENT).await;
    assert!(seen.text().starts_with("HTTP/1.1 502"), "{}", seen.text());
    client.buy().await;

    let ledger = sandbox.ledger();
    let posts = ledger.requests_to(PROVISION);
    let commits: Vec<_> = posts
        .iter()
        .map(|post| ledger.purchase_of(post.id).is_some())
        .collect();
    assert_eq!(commits, [true, false, true, true]);
    assert_eq!((posts[1].status, posts[1].client_left), (Some(502), false));
    assert_eq!((posts[2].status, posts[2].client_left), (None, true));
    assert!(posts[2].arrived > posts[1].arrived, "two at once");
    assert!(posts[2].ended < posts[1].ended, "the client left first");
    let begun = ledger.begun_after(PROVISION, posts[1]);
    assert_eq!(begun, [posts[3]]);
    assert_eq!(ledger.begun_after(PROVISION, posts[0]), posts[1..]);
}
