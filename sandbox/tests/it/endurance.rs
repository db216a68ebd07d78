//! Big fleets, restarts, and many clients at once under random faults.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use joonto_sandbox::{Chaos, Options, Placement, PurchaseState};
use serde_json::json;

use crate::client::*;
use crate::port_in::submitted;

#[tokio::test]
async fn five_thousand_numbers_are_paged_without_strain() {
    let start = Instant::now();
    let (sandbox, client) = started(Options {
        fleet: 5_000,
        ..Options::default()
    })
    .await;
    let mut seen = BTreeSet::new();
    for page in 1..=50 {
        let (_, response) = client
            .get(INVENTORY, &[("PageNumber", &page.to_string())])
            .await;
        assert_eq!(response["TotalResults"], 5_000);
        for item in response["PhoneNumbers"].as_array().unwrap() {
            seen.insert(item["Number"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen.len(), 5_000);
    let fictional = |number: &String| number.len() == 12 && number[5..].starts_with("55501");
    assert!(seen.iter().all(fictional), "all from 555-01xx");
    let areas: BTreeSet<_> = seen.iter().map(|number| &number[2..5]).collect();
    assert_eq!(areas.len(), 50, "a hundred of each area");
    assert_eq!(sandbox.ledger().requests_to(INVENTORY).len(), 50);
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn state_survives_restarts() {
    let directory = tempfile::tempdir().unwrap();
    let options = || Options {
        state: Some(directory.path().join("state.json")),
        fleet: 2,
        ..Options::default()
    };
    let (sandbox, client) = started(options()).await;
    let number = client.buy_number().await;
    let cancelled = client.buy_number().await;
    client.change("cancel", &cancelled, "01/01/2020").await;
    sandbox.switch(|switches| switches.pending_forever = true);
    let order = client.buy().await["OrderId"].as_str().unwrap().to_owned();
    let port_in = submitted(&client).await;
    sandbox
        .clock()
        .advance(Duration::from_secs(10 * 24 * 60 * 60));
    let (before, clock) = (sandbox.ledger(), sandbox.clock().now());
    sandbox.shutdown().await;

    let (sandbox, client) = started(options()).await;
    let after = sandbox.ledger();
    assert_eq!(
        (&after.orders, &after.changes, &after.numbers),
        (&before.orders, &before.changes, &before.numbers)
    );
    assert_eq!(after.requests, before.requests);
    assert_eq!(after.port_ins, before.port_ins);
    assert!(
        sandbox
            .port_in(&port_in)
            .has_account_number("canary-number")
    );
    assert_eq!(
        after.owned(client.key()).len(),
        3,
        "the fleet is not seeded twice"
    );
    assert!(sandbox.clock().now() >= clock);
    assert_eq!(client.details(&number).await.1["Status"], "Active");
    assert_eq!(client.details(&cancelled).await.1["Status"], "Cancelled");
    assert_eq!(
        client.get(ORDER, &[("OrderId", &order)]).await.1["OrderStatus"],
        "Pending"
    );
    assert!(sandbox.complete_order(&order));
    assert!(
        !before
            .owned(client.key())
            .contains(&client.buy_number().await),
        "ids and stock go on"
    );
    assert_eq!(
        sandbox.ledger().requests.last().unwrap().id as usize,
        sandbox.ledger().requests.len()
    );

    // Without an orderly end, what was returned a moment ago is kept too.
    let late = client.buy_number().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(sandbox);
    let (_sandbox, client) = started(options()).await;
    assert_eq!(client.details(&late).await.0, 200);
    std::fs::write(directory.path().join("state.json"), "{}").unwrap();
    assert!(
        joonto_sandbox::Sandbox::start(options()).await.is_err(),
        "a foreign file is not overwritten"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "the seed of a random test is printed")]
async fn commits_are_numbers_under_fifty_clients_and_random_faults() {
    let seed = std::env::var("SANDBOX_CHAOS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| {
            let now = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap();
            u64::from(now.subsec_nanos())
        });
    println!("replay with SANDBOX_CHAOS_SEED={seed}");
    let (sandbox, client) = fresh().await;
    client.token(PROVISION).await;
    let client = Arc::new(client);
    sandbox.chaos(Some(Chaos::of_everything(seed, PROVISION, 60)));
    let mut clients = tokio::task::JoinSet::new();
    for place in 0..50 {
        let client = Arc::clone(&client);
        clients.spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..10 {
                // Some give up early, as a client with a time-out does.
                let limit = Duration::from_millis(if place % 2 == 0 { 300 } else { 10_000 });
                let sent =
                    tokio::time::timeout(limit, client.try_post(PROVISION, ordinary())).await;
                if let Ok(Ok((200, response))) = sent
                    && let Some(number) = response["PhoneNumberAssigned"].as_str()
                {
                    seen.push(number.to_owned());
                }
            }
            seen
        });
    }
    let seen: Vec<_> = clients.join_all().await.into_iter().flatten().collect();
    sandbox.chaos(None);
    // Requests that were on their way when their client left have been served or dropped by now.
    tokio::time::sleep(Duration::from_millis(1_000)).await;

    let ledger = sandbox.ledger();
    let owned = ledger.owned(client.key());
    assert_eq!(ledger.purchases().len(), owned.len(), "commits = numbers");
    assert!(
        ledger
            .orders
            .iter()
            .all(|order| order.state == PurchaseState::Complete)
    );
    let numbers: BTreeSet<_> = ledger.orders.iter().map(|order| &order.number).collect();
    let orders: BTreeSet<_> = ledger.orders.iter().map(|order| &order.order_id).collect();
    let requests: BTreeSet<_> = ledger.orders.iter().map(|order| order.request).collect();
    assert_eq!(
        (numbers.len(), orders.len(), requests.len()),
        (owned.len(), owned.len(), owned.len()),
        "each once"
    );
    assert!(
        seen.iter().all(|number| owned.contains(number)),
        "what a client was promised is there"
    );
    assert!(ledger.violations().is_empty());

    let posts = ledger.requests_to(PROVISION);
    let lets_through = |fault: &str| ["Delay", "StaleConnection"].contains(&fault);
    for post in &posts {
        let committed = requests.contains(&post.id);
        match (post.placement, post.fault.as_deref()) {
            (None, _) | (Some(Placement::After), _) => assert!(committed, "{post:?}"),
            (Some(Placement::Before), Some(fault)) if !lets_through(fault) => {
                assert!(!committed, "{post:?}");
            }
            _ => {}
        }
    }
    assert!(
        posts
            .iter()
            .any(|post| post.placement == Some(Placement::Before))
    );
    assert!(
        posts
            .iter()
            .any(|post| post.placement == Some(Placement::After))
    );
    let (_, listed) = client.get(INVENTORY, &[]).await;
    assert_eq!(listed["TotalResults"], json!(owned.len()));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_numbers_and_ids() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let (sandbox, client) = started(Options {
            seed,
            ..Options::default()
        })
        .await;
        sandbox.clock().stop();
        sandbox
            .clock()
            .set(time::macros::datetime!(2026-11-23 04:00:00 UTC));
        runs.push((client.buy().await, client.buy().await));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}
