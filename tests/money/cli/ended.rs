//! Numbers that ended before anybody took them, and states that are lost.

use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{Result, Run};
use joonto_sandbox::{Fault, FaultKind, Lag};

use super::{
    ORDER, PROVISION, Scene, Scenes, assert_errors, assert_warnings, committed, count, full, line,
    nothing, place, plain, records, stored,
};

/// A run that was killed while its order pended, and the number of that order, which is complete
/// now and cancelled.
async fn pending_and_cancelled() -> Result<(Scene, String)> {
    let scene = Scene::new(&count(1)).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    scene
        .kill_when(&[], |ledger| !ledger.requests_to(ORDER).is_empty())
        .await?;
    scene.sandbox.switch(|s| s.pending_forever = false);
    let order = scene.sandbox.ledger().orders[0].clone();
    scene.sandbox.complete_order(&order.order_id);
    scene.cancel(&order.number);
    Ok((scene, order.number))
}

// C21
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_create_ends_with_a_number_that_has_ended() {
    let mut scenes = Scenes::default();
    scenes.add("a lost response", async {
        let mut scene = Scene::new(&count(1)).await?;
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        scene.kill_when(&[], committed(1)).await?;
        scene.cancel(&scene.ours()[0]);
        // A candidate, so that the search ends early.
        let stranger = scene.stranger();
        let stopped = scene.project.apply().await?;
        assert_errors(&stopped, &["JN111"]);
        let lines = full(&stopped).lines();
        let ended = &scene.sandbox.ledger().orders[0].number;
        assert!(!lines.iter().any(|line| line.contains(ended)), "{stopped}");
        let resolved = nothing(full(&stopped));
        scene.paste(&resolved).await?.quiet()?;
        assert_eq!(scene.posts(), 2);
        scene.assert_settled().await?;
        scene.assert_untouched(&stranger);
        scene.end().await
    });
    scenes.add("a pending order", async {
        let (scene, number) = pending_and_cancelled().await?;
        let applied = scene.project.apply().await?;
        assert_warnings(&applied, &["JN130"]);
        assert!(warned(&applied, &number), "{applied}");
        assert_eq!((scene.posts(), scene.ours().len()), (2, 1));
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("a pending order, and the purchase is refused", async {
        let (scene, number) = pending_and_cancelled().await?;
        let refusal = Fault::on(PROVISION).before_commit(FaultKind::status(400));
        scene.sandbox.fault(refusal);
        let refused = scene.project.apply().await?;
        assert_errors(&refused, &["JN101"]);
        assert!(warned(&refused, &number), "{refused}");
        // It is said once: its record is closed.
        scene.project.apply().await?.quiet()?;
        assert_eq!((scene.posts(), scene.ours().len()), (3, 1));
        scene.assert_settled().await?;
        scene.end().await
    });
    for is_held in [false, true] {
        scenes.add(
            format!("records from a cache, held: {is_held}"),
            async move {
                let a = plain("a", "");
                let scene = Scene::new(&a).await?;
                scene.project.apply().await?.quiet()?;
                let first = scene.ours()[0].clone();
                let (kept, cache) = (place(&scene.project), scene.project.path().join("cache"));
                copy(&kept, &cache);
                scene.project.plan().await?.quiet()?;
                assert_eq!(records(&kept).len(), 0, "the plan closed it");
                match is_held {
                    true => scene.project.main(&[a, plain("b", "")].concat())?,
                    false => {
                        scene.project.main("")?;
                        scene.project.apply().await?.ok()?;
                        scene.project.main(&plain("b", ""))?
                    }
                };
                fs::remove_dir_all(&kept)?;
                copy(&cache, &kept);
                assert_eq!(records(&kept).len(), 1, "the cache brings it back");
                let applied = scene.project.apply().await?;
                match is_held {
                    true => assert_warnings(&applied, &[]),
                    false => {
                        assert_warnings(&applied, &["JN130"]);
                        assert!(warned(&applied, &first), "{applied}");
                    }
                }
                assert_eq!(scene.posts(), 2);
                scene.assert_settled().await?;
                scene.end().await
            },
        );
    }
    scenes.play().await;
}

/// Whether a warning says that this number of an earlier run has ended.
fn warned(run: &Run, number: &str) -> bool {
    let mut warnings = run.warnings();
    warnings.any(|warning| warning.code() == "JN130" && warning.says(number))
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-R").args([from, to]).status();
    assert!(copied.expect("cp runs").success());
}

// C29
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_is_lost_after_an_apply_stops_until_a_plan_has_seen_the_number() {
    let mut scenes = Scenes::default();
    for (is_planned, lag) in [(false, None), (true, None), (false, Some(40))] {
        scenes.add(format!("planned: {is_planned}, lag: {lag:?}"), async move {
            let mut scene = Scene::new(&count(1)).await?;
            let lag = lag.map(std::time::Duration::from_secs);
            scene.sandbox.switch(|s| s.lag_reads(lag.map(Lag::Time)));
            scene.project.apply().await?.quiet()?;
            let first = scene.ours();
            if is_planned {
                scene.project.plan().await?.quiet()?;
            }
            fs::remove_file(scene.project.path().join("terraform.tfstate"))?;
            let applied = scene.project.apply().await?;
            if is_planned {
                assert_warnings(&applied, &[]);
                assert_eq!((scene.posts(), scene.ours().len()), (2, 2));
                return scene.end().await;
            }
            assert_errors(&applied, &["JN111"]);
            assert!(full(&applied).says(&first[0]), "{applied}");
            scene.sandbox.clock().advance(lag.unwrap_or_default());
            let resolved = line(full(&applied), &first);
            assert_warnings(&scene.paste(&resolved).await?, &["JN121"]);
            assert_eq!(stored(&scene.project)?, first);
            assert_eq!(scene.posts(), 1);
            scene.assert_settled().await?;
            scene.end().await
        });
    }
    scenes.play().await;
}
