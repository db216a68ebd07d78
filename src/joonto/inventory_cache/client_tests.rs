//! A fleet over the real client, as a server sees it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::testing::{Seen, Server, VirtualClock, ok, status, waits};
use super::super::words::NumberClass;
use super::testing::e164;
use super::{Age, Fleet, Found, Source, StatusChange, StatusChanged};

const PER_PAGE: u32 = 10;
const TOTAL: u32 = 25;

fn item(n: u32) -> Value {
    json!({"Number": e164(n).as_str(), "Status": "Active", "ProductType": "Sms-Only"})
}

fn page(seen: &Seen) -> Value {
    let page = seen
        .query
        .split('&')
        .find_map(|pair| pair.strip_prefix("PageNumber="))
        .expect("a page");
    let first = (page.parse::<u32>().expect("digits") - 1) * PER_PAGE;
    let items: Vec<_> = (first..TOTAL.min(first + PER_PAGE)).map(item).collect();
    json!({"AccountId": "AID-1", "TotalResults": TOTAL, "PhoneNumbers": items})
}

async fn start(clock: &VirtualClock) -> Server {
    Server::start(clock, |seen| match seen.path.as_str() {
        "/v1.0/numbers/inventory" => ok(&page(seen).to_string()),
        "/v1.0/numbers/status" => {
            let asked: Value = serde_json::from_str(&seen.body).expect("JSON");
            let answer = json!({
                "OrderId": "JNUOID-1",
                "OrderStatus": "Complete",
                "Numbers": asked["PhoneNumbers"],
            });
            ok(&answer.to_string())
        }
        "/v1.0/numbers" if seen.query.contains("5550003") => {
            ok(r#"{"Number": "+12015550003", "Status": "Cancelled"}"#)
        }
        _ => status(404, ""),
    })
    .await
}

#[tokio::test]
async fn requests_as_they_are_sent() {
    let clock = VirtualClock::rushing();
    let server = start(&clock).await;
    let fleet = Fleet::new(server.client(&clock), Arc::new(clock.clone()), false);
    let reads: Vec<_> = (0..TOTAL)
        .map(|n| {
            let (fleet, clock) = (fleet.clone(), clock.clone());
            tokio::spawn(async move { fleet.number(&e164(n), &waits(&clock)).await })
        })
        .collect();
    for read in reads {
        let found = read.await.expect("no panic").expect("readable");
        assert!(matches!(found, Found::Record(_, Source::Inventory)));
    }
    assert_eq!(server.seen().len(), 4, "three pages and a token");

    let cancels: Vec<_> = (3..6)
        .map(|n| {
            let (fleet, clock) = (fleet.clone(), clock.clone());
            tokio::spawn(async move {
                let change = StatusChange::Cancel;
                fleet.change_status(&change, &e164(n), &waits(&clock)).await
            })
        })
        .collect();
    for cancel in cancels {
        let changed = cancel.await.expect("no panic").expect("answered");
        assert!(matches!(changed, StatusChanged::Answered(answer) if answer.numbers.len() == 1));
    }
    assert_eq!(server.seen().len(), 6, "one request and a token");

    let found = fleet.number(&e164(3), &waits(&clock)).await;
    assert!(matches!(
        found.expect("readable"),
        Found::Record(record, Source::Details) if record.class() == NumberClass::Gone
    ));
    let found = fleet.number(&e164(4), &waits(&clock)).await;
    assert_eq!(found.expect("readable"), Found::Missing);

    let inventory = fleet.inventory(Age::Now, 20, &waits(&clock)).await;
    assert_eq!(inventory.expect("readable").numbers.len(), 25);
}
