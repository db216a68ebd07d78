//! What takes the provider a whole minute, all at once.

use std::fs;
use std::time::Duration;

use harness::{Result, Run};
use joonto_sandbox::{Fault, FaultKind};

use super::{
    APPLY, PROVISION, Scene, Scenes, assert_errors, assert_warnings, count, errors, full, line,
    place, records, stored, until,
};

// C06, C10, C23 b
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_seen_within_a_minute_stays_open_and_what_is_bought_is_stored() {
    let mut scenes = Scenes::default();
    scenes.add("the order pends longer than the search", pends_longer());
    scenes.add("the record cannot be updated", not_updated());
    scenes.play().await;
}

async fn pends_longer() -> Result<()> {
    let mut scene = Scene::new(&count(1)).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let running = scene.project.start(APPLY)?;
    until(|| scene.posts() == 1).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    running.interrupt()?;
    let lost = running.wait().await?;
    assert_eq!(errors(&lost), ["JN110"], "{lost}");
    assert_no_candidate(&lost);

    // None seen for a minute, and still it is open.
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    assert_no_candidate(&stopped);
    scene.sandbox.switch(|s| s.pending_forever = false);
    let order = scene.sandbox.ledger().orders[0].clone();
    scene.sandbox.complete_order(&order.order_id);
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    let resolved = line(full(&stopped), &[order.number]);
    assert_warnings(&scene.paste(&resolved).await?, &["JN121"]);
    assert_eq!(scene.posts(), 1);
    scene.assert_settled().await?;
    scene.end().await
}

fn assert_no_candidate(run: &Run) {
    let lines = full(run).lines();
    let is_open = |line: &String| line.ends_with("=+1NUMBER") || line.ends_with("=nothing");
    assert!(!lines.is_empty() && lines.iter().all(is_open), "{run}");
}

/// The shared place goes away while the purchase is under way.
async fn not_updated() -> Result<()> {
    let shared = tempfile::tempdir()?;
    let records_at = shared.path().join("records");
    fs::create_dir(&records_at)?;
    let mut scene = Scene::new(&count(1)).await?;
    scene
        .project
        .env("JOONTO_PURCHASE_JOURNAL", &records_at)
        .env("JOONTO_STATE_NAME", "s");
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    let running = scene.project.start(APPLY)?;
    until(|| scene.posts() == 1).await;
    let away = shared.path().join("away");
    fs::rename(&records_at, &away)?;
    fs::write(&records_at, "")?;
    scene.sandbox.release();
    let applied = running.wait().await?.ok()?;
    assert_warnings(&applied, &["JN128"]);
    let warning = applied.warning()?;
    let number = scene.ours()[0].clone();
    let order = scene.sandbox.ledger().orders[0].order_id.clone();
    assert!(warning.says(&number) && warning.says(&order), "{applied}");
    assert!(warning.says("terraform plan"), "{applied}");
    assert_eq!(
        records(&place(&scene.project)).len(),
        1,
        "in the default directory"
    );

    fs::remove_file(&records_at)?;
    fs::rename(&away, &records_at)?;
    scene.project.plan().await?.ok()?;
    assert_eq!(
        records(&place(&scene.project)).len(),
        0,
        "the plan closes it"
    );
    assert_eq!(records(&records_at).len(), 0, "and the older one");
    assert_eq!((scene.posts(), stored(&scene.project)?), (1, scene.ours()));
    scene.project.assert_empty_plan().await?;
    scene.end().await
}
