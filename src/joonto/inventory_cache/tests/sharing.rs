//! Reads that wait for each other, and what becomes of the others when one gives up.

use std::sync::Arc;

use super::reads::{class, refresh};
use crate::context::{Canceller, Clock, Context};
use crate::joonto::inventory_cache::testing::{Fails, Script, TRIP, e164};

#[tokio::test]
async fn one_who_gives_up_leaves_the_walk_to_the_next() {
    let script = Script::new(100, 10);
    let cache = script.cache();
    let canceller = Canceller::new();
    let mut tasks = Vec::new();
    for n in 0..10 {
        let (cache, script) = (cache.clone(), script.clone());
        let stopped = Context::new(Arc::new(script.clock.clone()), canceller.signal());
        tasks.push(tokio::spawn(async move {
            let context = if n < 3 { stopped } else { script.context() };
            cache.number(&e164(95 - n), &context).await
        }));
    }
    // In the midst of the walk, some are stopped and some are dropped.
    script.clock.sleep(TRIP * 5 / 2).await;
    canceller.stop();
    for task in &tasks[3..6] {
        task.abort();
    }
    for (n, task) in tasks.into_iter().enumerate() {
        match (n, task.await) {
            (0..3, Ok(Err(error))) => assert!(error.interrupted().is_some()),
            (3..6, Err(dropped)) => assert!(dropped.is_cancelled()),
            (6.., Ok(Ok(found))) => assert!(class(&found).is_some()),
            other => panic!("{other:?}"),
        }
    }
    let (details, pages, _) = script.counts();
    assert_eq!(details, 0);
    assert!(pages <= 12, "{pages}: no more than a page lost to each");
}

#[tokio::test]
async fn the_walk_ends_when_nobody_waits_any_more() {
    let script = Script::new(100, 10);
    let cache = script.cache();
    refresh(&script, &cache, 0..25, 10).await;
    assert_eq!(script.counts(), (0, 3, 0));
}

#[tokio::test]
async fn reads_of_one_number_share_a_request_whoever_gives_up() {
    let script = Script::new(1, 100);
    script.account().page_fault = Box::new(|_, _| Some(Fails::With(405)));
    let cache = script.cache();
    let mut tasks = Vec::new();
    for _ in 0..5 {
        let (cache, script) = (cache.clone(), script.clone());
        tasks.push(tokio::spawn(async move {
            cache.number(&e164(0), &script.context()).await
        }));
    }
    script.clock.sleep(TRIP * 3 / 2).await;
    assert_eq!(script.counts(), (1, 1, 0));
    // The one who asks goes: one of the others asks again.
    tasks.remove(0).abort();
    tasks.remove(0).abort();
    for task in tasks {
        let found = task.await.expect("no panic").expect("readable");
        assert!(class(&found).is_some());
    }
    let (details, ..) = script.counts();
    assert!((1..=3).contains(&details), "{details}");
}

#[tokio::test]
async fn an_error_of_details_reaches_all_who_asked() {
    let script = Script::new(50, 10);
    script.account().page_fault = Box::new(|_, _| Some(Fails::With(400)));
    script.account().details_fault = Box::new(|_, _| Some(Fails::With(405)));
    let cache = script.cache();
    let context = script.context();
    let (one, two) = (e164(1), e164(1));
    let (one, two) = tokio::join!(cache.number(&one, &context), cache.number(&two, &context));
    assert_eq!(one.expect_err("refused").status(), Some(405));
    assert_eq!(two.expect_err("refused").status(), Some(405));
    assert_eq!(script.counts(), (1, 1, 0));
}
