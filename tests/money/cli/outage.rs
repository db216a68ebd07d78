//! Purchases fail while reads work: the run stops at once, and a line resolves it.

use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};

use super::{
    PROVISION, Scene, Scenes, assert_errors, count, errors, full, line, nothing, stored, warnings,
};

/// How many numbers are wanted, and how many purchases are under way at once.
const WANTED: usize = 16;
const AT_ONCE: usize = 4;

/// The first purchase that the outage meets.
const FIRST_LOST: u64 = 5;

// C03
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_an_outage_of_purchases_none_begins_after_the_first_lost_response() {
    let mut scenes = Scenes::default();
    scenes.add("nothing is committed", outage(|_| false));
    scenes.add("every second one is committed", outage(|nth| nth % 2 == 0));
    scenes.play().await;
}

/// Strangers buy meanwhile, so that each search ends early, and nobody's number may be taken.
async fn outage(is_committed: impl Fn(u64) -> bool + Send + 'static) -> Result<()> {
    let mut scene = Scene::new(&count(WANTED)).await?;
    for nth in FIRST_LOST..FIRST_LOST + WANTED as u64 {
        let lost = FaultKind::late(Duration::from_millis(300), FaultKind::status(502));
        let at = Fault::on(PROVISION).nth(nth);
        scene.sandbox.fault(match is_committed(nth) {
            true => at.after_commit(lost),
            false => at.before_commit(lost),
        });
    }
    let strangers: Vec<String> = (0..AT_ONCE).map(|_| scene.stranger()).collect();
    let parallelism = format!("-parallelism={AT_ONCE}");
    let first = scene.project.apply_with(&[&parallelism]).await?;
    scene.sandbox.clear_faults();

    let ledger = scene.sandbox.ledger();
    let posts = ledger.requests_to(PROVISION);
    let lost: Vec<_> = posts.iter().filter(|p| p.status == Some(502)).collect();
    let returned = posts.len() - lost.len();
    assert_eq!(returned, FIRST_LOST as usize - 1);
    assert!((1..=AT_ONCE).contains(&lost.len()), "{lost:#?}");
    assert!(
        ledger.begun_after(PROVISION, lost[0]).is_empty(),
        "{posts:#?}"
    );
    let unconfirmed = errors(&first).iter().filter(|c| **c == "JN110").count();
    let stopped = errors(&first).iter().filter(|c| **c == "JN105").count();
    assert_eq!(unconfirmed, lost.len(), "{first}");
    assert_eq!(stopped, WANTED - posts.len(), "{first}");
    assert_eq!(first.errors().count(), unconfirmed + stopped, "{first}");
    let error = full(&first);
    for stranger in &strangers {
        assert!(error.says(stranger), "a candidate: {first}");
    }
    let kept = stored(&scene.project)?;
    assert_eq!(kept.len(), returned);
    let committed: Vec<String> = scene
        .ours()
        .into_iter()
        .filter(|number| !kept.contains(number))
        .collect();
    for number in &committed {
        assert!(error.says(number), "a candidate: {first}");
    }

    let second = scene.project.apply().await?;
    assert_errors(&second, &vec!["JN111"; lost.len()]);
    let error = full(&second);
    assert_eq!(stored(&scene.project)?.len(), WANTED - lost.len());
    assert_eq!(scene.posts(), WANTED, "the rest is bought");

    let resolved = match committed.is_empty() {
        true => nothing(error),
        false => line(error, &committed),
    };
    let third = scene.paste(&resolved).await?.ok()?;
    assert_eq!(
        warnings(&third).iter().filter(|c| **c == "JN121").count(),
        committed.len(),
        "{third}"
    );
    let again = scene.paste(&resolved).await?.quiet();
    assert!(again.is_ok(), "it may stay set: {again:?}");
    assert_eq!(scene.posts(), WANTED + lost.len() - committed.len());
    assert_eq!(scene.ours().len(), WANTED);
    scene.assert_settled().await?;
    for stranger in &strangers {
        scene.assert_untouched(stranger);
    }
    scene.end().await
}

// C50
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_orders_that_are_taken_for_one_are_stored_once() -> Result<()> {
    let mut scene = Scene::new(&count(4)).await?;
    scene
        .sandbox
        .switch(|s| s.merge_equal_orders = Some(Duration::from_secs(10)));
    for _ in 0..4 {
        scene.stranger();
    }
    let first = scene.project.apply().await?;
    let bought = scene.ours();
    assert_eq!(bought.len(), 1);
    assert_eq!(stored(&scene.project)?, bought);
    assert_eq!(first.errors().count(), 3, "{first}");
    let unconfirmed = errors(&first).iter().filter(|c| **c == "JN110").count();
    assert_eq!(scene.posts(), 1 + unconfirmed, "{first}");
    assert!(unconfirmed > 0);
    assert!(
        first
            .errors()
            .any(|e| e.code() == "JN110" && e.says(&bought[0])),
        "the repeated number is named: {first}"
    );

    scene.sandbox.switch(|s| s.merge_equal_orders = None);
    let resolved = nothing(full(&first));
    scene.paste(&resolved).await?.ok()?;
    assert_eq!(scene.ours().len(), 4);
    scene.assert_settled().await?;
    scene.end().await
}
