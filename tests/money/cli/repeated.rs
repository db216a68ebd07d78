//! A destroy that failed is repeated: what the API did, or may still do, is not asked for again.

use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Lag, NumberStatus};

use super::destroyed::{BLIND, WAYS, assert_each, pending, sent_for};
use super::{DETAILS, STATUS, Scene, Scenes, plain, stored};

const HOUR: Duration = Duration::from_secs(3600);

const TIMEOUT: &str = "timeouts {\n    delete = \"1s\"\n  }";

// C56 c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_cancel_is_not_sent_again() {
    let mut scenes = Scenes::default();
    for size in [1, 3] {
        for way in WAYS {
            scenes.add(format!("{way:?}, {size}"), async move {
                let scene = overdue(size, None).await?;
                for _ in 0..2 {
                    let again = scene.project.apply_with(way).await?;
                    assert_each(&again, "JN422", &scene.ours());
                }
                scene.sandbox.clock().advance(HOUR);
                ended(scene, way, 1).await
            });
        }
    }
    scenes.play_at_once(2).await;
}

// C56 c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_whose_order_came_to_nothing_is_sent_again() {
    let mut scenes = Scenes::default();
    for way in WAYS {
        scenes.add(format!("{way:?}, it failed"), async move {
            let scene = overdue(1, Some("refused by the carrier")).await?;
            scene.sandbox.clock().advance(HOUR);
            scene.sandbox.switch(|s| s.status_pending = None);
            ended(scene, way, 2).await
        });
        scenes.add(format!("{way:?}, it was undone"), async move {
            let scene = overdue(1, None).await?;
            let number = scene.ours().remove(0);
            scene.sandbox.clock().advance(HOUR);
            // A read lets the change happen; then the number is reactivated at the console.
            scene.project.plan().await?.ok()?;
            let active =
                |number: &mut joonto_sandbox::StoredNumber| number.status = NumberStatus::Active;
            assert!(scene.sandbox.edit(&number, active));
            scene.sandbox.switch(|s| s.status_pending = None);
            ended(scene, way, 2).await
        });
    }
    scenes.play_at_once(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_number_shows_already_is_not_sent() {
    let mut scenes = Scenes::default();
    scenes.add("a cancel whose response was lost", async {
        let scene = Scene::new(&plain("n", &format!("count = 3\n  {TIMEOUT}"))).await?;
        // The second is the first read: the state knows by what a number is recognized.
        scene.project.apply().await?.ok()?;
        scene.project.apply().await?.ok()?;
        let numbers = stored(&scene.project)?;
        let lost = Fault::on(STATUS).always().after_commit(FaultKind::Drop);
        scene.sandbox.fault(lost);
        // A refresh of several reads the inventory, and what follows a change reads details.
        let broken = Fault::on(DETAILS).always().before_commit(FaultKind::Drop);
        scene.sandbox.fault(broken);
        let failed = scene.project.destroy().await?;
        assert_each(&failed, "JN420", &numbers);
        assert_eq!(stored(&scene.project)?, numbers);
        scene.sandbox.clear_faults();
        ended(scene, BLIND, 1).await
    });
    for way in WAYS {
        scenes.add(format!("{way:?}, a parked number"), async move {
            let main = plain("n", "deletion_policy = \"park\"");
            let scene = Scene::new(&main).await?;
            scene.project.apply().await?.ok()?;
            scene.project.apply().await?.ok()?;
            let number = stored(&scene.project)?.remove(0);
            let parked =
                |number: &mut joonto_sandbox::StoredNumber| number.status = NumberStatus::Parked;
            assert!(scene.sandbox.edit(&number, parked));
            scene.project.apply_with(way).await?.ok()?;
            assert_eq!(sent_for(&scene, &number), 0);
            assert_eq!(stored(&scene.project)?.len(), 0);
            scene.end().await
        });
    }
    scenes.play().await;
}

/// A destroy was given up while its order, of an hour, pended.
async fn overdue(size: usize, fails: Option<&str>) -> Result<Scene> {
    let scene = pending(size, TIMEOUT, Lag::Time(HOUR)).await?;
    // The first read.
    scene.project.apply().await?.ok()?;
    let fails = fails.map(str::to_owned);
    scene.sandbox.switch(|s| s.status_ends_in_error = fails);
    let failed = scene.project.destroy().await?;
    assert_each(&failed, "JN422", &scene.ours());
    Ok(scene)
}

/// A destroy ends the numbers. A cancel was `sent` so often for each.
async fn ended(scene: Scene, way: &[&str], sent: usize) -> Result<()> {
    let numbers = stored(&scene.project)?;
    assert!(!numbers.is_empty());
    scene.project.apply_with(way).await?.ok()?;
    for number in &numbers {
        assert_eq!(sent_for(&scene, number), sent, "{number}");
    }
    assert_eq!((scene.ours().len(), stored(&scene.project)?.len()), (0, 0));
    scene.end().await
}
