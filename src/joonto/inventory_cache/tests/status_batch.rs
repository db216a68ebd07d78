//! Changes of status, as the API sees them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::context::{Canceller, Clock, Context, Interrupted};
use crate::joonto::error::Error;
use crate::joonto::inventory_cache::testing::{Asked, Fails, Script, TRIP, e164};
use crate::joonto::inventory_cache::{Found, InventoryCache, StatusChanged};
use crate::joonto::status::StatusChange;
use crate::joonto::types::{E164, NumberClass};

type ChangeResult = Result<StatusChanged, Error>;

fn start(
    cache: &InventoryCache,
    change: StatusChange,
    n: u32,
    context: Context,
) -> JoinHandle<ChangeResult> {
    let cache = cache.clone();
    tokio::spawn(async move { cache.change_status(&change, &e164(n), &context).await })
}

fn cancel_all(
    script: &Script,
    cache: &InventoryCache,
    count: u32,
) -> Vec<JoinHandle<ChangeResult>> {
    (0..count)
        .map(|n| start(cache, StatusChange::Cancel, n, script.context()))
        .collect()
}

async fn ends(tasks: Vec<JoinHandle<ChangeResult>>) -> Vec<ChangeResult> {
    let mut ends = Vec::new();
    for task in tasks {
        ends.push(task.await.expect("no panic"));
    }
    ends
}

fn changes(script: &Script) -> Vec<Vec<E164>> {
    let of_status = |asked: &Asked| match asked {
        Asked::Status(_, numbers) => Some(numbers.clone()),
        _ => None,
    };
    script
        .account()
        .asked
        .iter()
        .filter_map(of_status)
        .collect()
}

#[tokio::test]
async fn those_in_flight_together_share_a_request() {
    let script = Script::new(20, 10);
    let cache = script.cache();
    let mut tasks = cancel_all(&script, &cache, 10);
    tasks.push(start(&cache, StatusChange::Park, 15, script.context()));
    for (n, end) in ends(tasks).await.into_iter().enumerate() {
        let Ok(StatusChanged::Response(response)) = end else {
            panic!("{n}: {end:?}");
        };
        assert_eq!(response.numbers.len(), 1, "each its own");
    }
    let sizes: Vec<_> = changes(&script).iter().map(Vec::len).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 11);
    assert_eq!(sizes.len(), 2);
    let mut account = script.account();
    assert_eq!(
        account.find(&e164(4)).expect("there").class(),
        NumberClass::Gone
    );
    assert_eq!(
        account.find(&e164(15)).expect("there").class(),
        NumberClass::Held
    );
    assert!(account.changes.values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_crowd_is_sent_a_hundred_at_a_time() {
    let script = Script::new(120, 10);
    let tasks = cancel_all(&script, &script.cache(), 120);
    assert!(ends(tasks).await.iter().all(Result::is_ok));
    let sizes: Vec<_> = changes(&script).iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 20]);
}

/// Ten at a time, and between a response and the next request Terraform writes its state, one
/// object after the other.
#[tokio::test]
async fn two_hundred_destroyed_as_terraform_does() {
    for pace in [1, 10, 40, 200] {
        let script = Script::new(200, 100);
        let cache = script.cache();
        let began = script.clock.now();
        let next = Arc::new(tokio::sync::Mutex::new(0..200));
        let workers: Vec<_> = (0..10)
            .map(|_| {
                let (script, cache, next) = (script.clone(), cache.clone(), next.clone());
                tokio::spawn(async move {
                    // Nothing is written before the first ten.
                    let mut write = Duration::ZERO;
                    loop {
                        let n = {
                            let mut next = next.lock().await;
                            script.clock.sleep(write).await;
                            write = Duration::from_millis(pace);
                            let Some(n) = next.next() else { return };
                            n
                        };
                        let context = script.context();
                        let change = StatusChange::Cancel;
                        let end = cache.change_status(&change, &e164(n), &context).await;
                        end.expect("cancelled");
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.expect("no panic");
        }
        assert!(script.account().changes.values().all(|times| *times == 1));
        assert_eq!(script.account().changes.len(), 200);
        let (details, pages, requests) = script.counts();
        assert_eq!((details, pages), (0, 0));
        assert!(requests <= 26, "{requests} at {pace} ms each");
        // What Terraform and the requests take themselves, and hardly a wait between them.
        let took = script.clock.now() - began;
        let itself = Duration::from_millis(pace) * 200 + TRIP * 26;
        let waited = took.saturating_sub(itself);
        assert!(
            waited < Duration::from_millis(700),
            "{waited:?} at {pace} ms each"
        );
    }
}

#[tokio::test]
async fn one_left_out_is_read_and_then_asked_for_alone() {
    let script = Script::new(10, 10);
    script.account().status_fault = Box::new(|asked, response| {
        if let Asked::Status(_, numbers) = asked
            && numbers.len() > 1
        {
            // One was changed nevertheless, the other was not.
            response.numbers.retain(|returned| {
                returned.number != Some(e164(3)) && returned.number != Some(e164(4))
            });
        }
        None
    });
    let undone = script.clone();
    let cache = script.cache();
    let tasks = cancel_all(&script, &cache, 6);
    script.clock.sleep(TRIP * 5 / 4).await;
    undone.account().find(&e164(4)).expect("there").status = Some("Active".to_owned());
    let ends = ends(tasks).await;
    assert!(matches!(&ends[0], Ok(StatusChanged::Response(_))));
    assert!(
        matches!(&ends[3], Ok(StatusChanged::Seen(record)) if record.class() == NumberClass::Gone)
    );
    assert!(matches!(&ends[4], Ok(StatusChanged::Response(_))));
    let sizes: Vec<_> = changes(&script).iter().map(Vec::len).collect();
    assert_eq!(sizes, [6, 1]);
    assert_eq!(changes(&script)[1], [e164(4)]);
    // An API that leaves numbers out is not asked for several again.
    ends_ok(&script, &cache, 7..10).await;
    assert_eq!(changes(&script).len(), 5);
}

async fn ends_ok(script: &Script, cache: &InventoryCache, numbers: std::ops::Range<u32>) {
    let tasks = numbers
        .map(|n| start(cache, StatusChange::Cancel, n, script.context()))
        .collect();
    assert!(ends(tasks).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_pending_order_without_numbers_is_not_placed_twice() {
    let script = Script::new(10, 10);
    script.account().status_fault = Box::new(|_, response| {
        response.order_status = Some("Pending".to_owned());
        response.numbers.clear();
        None
    });
    ends_ok(&script, &script.cache(), 0..6).await;
    assert_eq!(script.counts(), (0, 0, 1));
}

#[tokio::test]
async fn a_joint_refusal_is_followed_by_one_each() {
    let script = Script::new(10, 10);
    script.account().status_fault = Box::new(|asked, _| match asked {
        Asked::Status(_, numbers) if numbers.contains(&e164(2)) => Some(Fails::With(404)),
        _ => None,
    });
    let cache = script.cache();
    for (n, end) in ends(cancel_all(&script, &cache, 6))
        .await
        .iter()
        .enumerate()
    {
        match n {
            2 => assert!(end.as_ref().is_err_and(Error::is_not_found)),
            _ => assert!(matches!(end, Ok(StatusChanged::Response(_))), "{n}"),
        }
    }
    assert_eq!(changes(&script).len(), 7);
    // It was for one number's sake: others still go together.
    ends_ok(&script, &cache, 7..10).await;
    assert_eq!(changes(&script).len(), 8);
}

#[tokio::test]
async fn an_api_that_takes_one_number_each_is_asked_for_several_twice() {
    let script = Script::new(30, 10);
    script.account().status_fault = Box::new(|asked, _| match asked {
        Asked::Status(_, numbers) if numbers.len() > 1 => Some(Fails::With(400)),
        _ => None,
    });
    let cache = script.cache();
    for first in [0, 10, 20] {
        ends_ok(&script, &cache, first..first + 10).await;
    }
    let joint = changes(&script)
        .iter()
        .filter(|numbers| numbers.len() > 1)
        .count();
    assert_eq!((joint, changes(&script).len()), (2, 32));
}

#[tokio::test]
async fn doubt_is_shared_and_nothing_is_sent_again() {
    let script = Script::new(10, 10);
    script.account().status_fault = Box::new(|_, _| Some(Fails::Silently));
    let ends = ends(cancel_all(&script, &script.cache(), 6)).await;
    assert!(
        ends.iter()
            .all(|end| end.as_ref().is_err_and(Error::is_unconfirmed))
    );
    assert_eq!(script.counts(), (0, 0, 1));
}

#[tokio::test]
async fn sims_are_swapped_one_by_one() {
    let script = Script::new(3, 10);
    let cache = script.cache();
    let swap = || StatusChange::SwapSim { iccid: None };
    let tasks = (0..3).map(|n| start(&cache, swap(), n, script.context()));
    ends(tasks.collect()).await;
    assert_eq!(changes(&script).len(), 3);
}

#[tokio::test]
async fn stopped_before_it_is_sent_it_is_not_sent() {
    let script = Script::new(10, 10);
    let cache = script.cache();
    let canceller = Canceller::new();
    let context = Context::new(Arc::new(script.clock.clone()), canceller.signal());
    let stopped = start(&cache, StatusChange::Cancel, 1, context.clone());
    let dropped = start(&cache, StatusChange::Cancel, 2, script.context());
    let stays = start(&cache, StatusChange::Cancel, 3, script.context());
    script.clock.sleep(Duration::from_millis(5)).await;
    canceller.stop();
    dropped.abort();
    let end = stopped.await.expect("no panic").expect_err("stopped");
    assert_eq!(end.interrupted(), Some(Interrupted::Stopped));
    assert!(stays.await.expect("no panic").is_ok());
    assert_eq!(changes(&script), [[e164(3)]]);
    // And when nobody is left, nothing is.
    let alone = start(&cache, StatusChange::Cancel, 4, script.context());
    script.clock.sleep(Duration::from_millis(5)).await;
    alone.abort();
    script.clock.sleep(TRIP * 3).await;
    assert_eq!(changes(&script).len(), 1);
}

#[tokio::test]
async fn stopped_after_it_is_sent_the_response_is_awaited() {
    let script = Script::new(10, 10);
    let cache = script.cache();
    let canceller = Canceller::new();
    let tasks: Vec<_> = (0..2)
        .map(|n| {
            let context = Context::new(Arc::new(script.clock.clone()), canceller.signal());
            start(&cache, StatusChange::Cancel, n, context)
        })
        .chain([start(&cache, StatusChange::Cancel, 2, script.context())])
        .collect();
    script.clock.sleep(TRIP).await;
    assert_eq!(changes(&script).len(), 1);
    canceller.stop();
    for end in ends(tasks).await {
        assert!(matches!(end, Ok(StatusChanged::Response(_))), "{end:?}");
    }
}

#[tokio::test]
async fn a_request_nobody_wants_any_more_need_not_go_out() {
    let script = Script::new(10, 10);
    let client = script.client();
    let cache = InventoryCache::new(&client, false);
    let canceller = Canceller::new();
    let tasks: Vec<_> = (0..2)
        .map(|n| {
            let context = Context::new(Arc::new(script.clock.clone()), canceller.signal());
            start(&cache, StatusChange::Cancel, n, context)
        })
        .collect();
    // It is gathered by then, and waits for the request limit.
    client.inner.limiter.pause(TRIP * 10);
    script.clock.sleep(TRIP * 3 / 4).await;
    canceller.stop();
    for end in ends(tasks).await {
        assert!(end.is_err_and(|error| error.interrupted().is_some()));
    }
    script.clock.sleep(TRIP * 20).await;
    assert!(changes(&script).is_empty());
}

#[tokio::test]
async fn a_read_after_a_change_sees_it() {
    let script = Script::new(50, 10);
    let cache = script.cache();
    let context = script.context();
    for n in 0..50 {
        cache.number(&e164(n), &context).await.expect("readable");
    }
    ends_ok(&script, &cache, 3..6).await;
    for n in 3..6 {
        let found = cache.number(&e164(n), &context).await.expect("readable");
        assert!(matches!(found, Found::Record(record, _) if record.class() == NumberClass::Gone));
    }
}
