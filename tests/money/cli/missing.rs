//! Numbers that read as missing: what is young is kept, what is proved is drift, and a fleet that
//! vanishes is an error. Nothing is bought a second time, and nothing is forgotten.

use std::time::Duration;

use harness::{Result, Run};
use joonto_sandbox::{Fault, FaultKind, Lag};
use serde_json::json;

use super::{
    DETAILS, INVENTORY, STATUS, Scene, Scenes, complete, count, errors, plain, sorted, stored,
    warnings,
};

/// How long reads lag behind a purchase.
const LAG: Duration = Duration::from_secs(60);

const ACCEPT: &str = "JOONTO_ACCEPT_MISSING";

const SIM: &str = "iccid = \"8901240397190195850\"";

/// Bought, and so long ago that reads cannot lag any more.
async fn old(main: &str) -> Result<Scene> {
    let scene = Scene::new(main).await?;
    scene.project.apply().await?.ok()?;
    scene.sandbox.clock().advance(Duration::from_secs(16 * 60));
    Ok(scene)
}

/// A plan that succeeds, and how many numbers it would buy.
async fn planned(scene: &Scene, arguments: &[&str]) -> Result<(Run, usize)> {
    let plan = scene.project.plan_json_with(arguments).await?;
    let changes = plan.changes();
    let added = changes.iter().filter(|c| c.actions == ["create"]).count();
    assert_eq!(added, changes.len(), "{}", plan.run);
    Ok((plan.run, added))
}

/// Every warning has this code, one for each number, which it names.
#[track_caller]
fn assert_named(run: &Run, code: &str, numbers: &[String]) {
    let all = run.warnings().filter(|warning| warning.code() == code);
    let mut named: Vec<&String> = Vec::new();
    for warning in all {
        named.extend(numbers.iter().filter(|number| warning.says(number)));
    }
    named.sort_unstable();
    named.dedup();
    assert_eq!(named.len(), numbers.len(), "{code}: {run}");
    assert!(warnings(run).iter().all(|c| *c == code), "{run}");
}

/// What lags in a scene of C38, and what is bought.
#[derive(Clone, Copy, Debug)]
struct Lagging {
    details: bool,
    inventory: bool,
    size: usize,
    arguments: &'static str,
}

// C38
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_lag_behind_a_purchase_plan_nothing() {
    let mut scenes = Scenes::default();
    for (details, inventory) in [(true, true), (true, false), (false, true)] {
        for (size, arguments) in [(1, ""), (5, ""), (40, ""), (1, SIM)] {
            let lagging = Lagging {
                details,
                inventory,
                size,
                arguments,
            };
            if size < 40 || (details && inventory) {
                scenes.add(format!("{lagging:?}"), lags(lagging));
            }
        }
    }
    scenes.play_at_once(3).await;
}

async fn lags(lagging: Lagging) -> Result<()> {
    let Lagging {
        size, arguments, ..
    } = lagging;
    let counted = format!("count = {size}\n  {arguments}");
    let scene = Scene::new(&plain("n", &counted)).await?;
    let lag = |lags: bool| lags.then_some(Lag::Time(LAG));
    scene.sandbox.switch(|s| {
        s.details_lag = lag(lagging.details);
        s.inventory_lag = lag(lagging.inventory);
        s.sim_lag = lag(lagging.details);
    });
    scene.project.apply().await?.ok()?;
    let bought = scene.ours();
    assert_eq!(bought.len(), size);

    let (plan, added) = planned(&scene, &[]).await?;
    assert_eq!(added, 0, "{plan}");
    if lagging.details && lagging.inventory {
        assert_named(&plan, "JN312", &bought);
    }
    if size < 40 {
        let (blind, added) = planned(&scene, &["-refresh=false"]).await?;
        assert_eq!(added, 0, "{blind}");
        scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
        scene.project.apply_with(&["-refresh=false"]).await?.ok()?;
    }
    scene.project.apply().await?.ok()?;
    assert_eq!((scene.posts(), stored(&scene.project)?), (size, bought));
    scene.sandbox.clock().advance(LAG);
    scene.assert_settled().await?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await
}

// C38
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_age_counts_from_when_the_order_named_the_number() -> Result<()> {
    let pending = plain("n", "timeouts {\n    create = \"1s\"\n  }");
    let scene = Scene::new(&pending).await?;
    scene.sandbox.switch(|s| {
        s.lag_reads(Lag::Time(LAG));
        s.pending_forever = true;
    });
    scene.project.apply().await?.ok()?;
    // The order is older than any lag when it completes.
    scene.sandbox.clock().advance(Duration::from_secs(3600));
    complete(&scene);
    for arguments in [&[] as &[&str], &["-refresh-only"], &[]] {
        let (plan, added) = planned(&scene, arguments).await?;
        assert_eq!(added, 0, "{plan}");
        assert_named(&plan, "JN312", &scene.ours());
        scene.project.apply_with(arguments).await?.ok()?;
    }
    assert_eq!(stored(&scene.project)?, scene.ours());
    scene.sandbox.clock().advance(LAG);
    scene.assert_settled().await?;
    // From then on it can be missed.
    scene.sandbox.clock().advance(Duration::from_secs(15 * 60));
    scene.stranger();
    scene.sandbox.hide(&scene.ours()[0], true);
    let (plan, added) = planned(&scene, &[]).await?;
    assert_eq!((added, warnings(&plan)), (1, vec!["JN311"]), "{plan}");
    assert_eq!(scene.posts(), 1);
    scene.end().await
}

// C40
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_read_that_is_wrong_ends_no_number() {
    let mut scenes = Scenes::default();
    for size in [1, 4] {
        scenes.add(format!("details respond with 404, {size}"), async move {
            let scene = old(&count(size)).await?;
            scene.sandbox.fault(
                Fault::on(DETAILS)
                    .always()
                    .before_commit(FaultKind::status(404)),
            );
            let (plan, added) = planned(&scene, &[]).await?;
            assert_eq!(added, 0, "{plan}");
            if size == 1 {
                assert_named(&plan, "JN313", &scene.ours());
            }
            scene.project.apply().await?.ok()?;
            assert_eq!(stored(&scene.project)?, scene.ours());
            scene.project.destroy().await?.ok()?;
            assert_eq!((scene.posts(), scene.ours().len()), (size, 0));
            scene.end().await
        });
    }
    for is_old in [false, true] {
        scenes.add(
            format!("details say Cancelled, old: {is_old}"),
            async move {
                let scene = match is_old {
                    true => old(&count(1)).await?,
                    false => {
                        let scene = Scene::new(&count(1)).await?;
                        scene.project.apply().await?.ok()?;
                        scene
                    }
                };
                let ended = FaultKind::set("Status", "Cancelled");
                scene
                    .sandbox
                    .fault(Fault::on(DETAILS).always().after_commit(ended));
                let (plan, added) = planned(&scene, &[]).await?;
                assert_eq!(added, usize::from(is_old), "{plan}");
                let code = ["JN313", "JN310"][usize::from(is_old)];
                assert_named(&plan, code, &scene.ours());
                if !is_old {
                    scene.project.destroy().await?.ok()?;
                    assert_eq!(scene.ours().len(), 0);
                }
                assert_eq!(scene.posts(), 1);
                scene.end().await
            },
        );
    }
    scenes.add("the inventory is another account's", async {
        let key = |n: u32| format!("count = {n}\n  account_id = \"AID-7\"");
        let mut scene = Scene::new(&plain("n", &key(2))).await?;
        let own = scene.sandbox.credentials().account_id;
        let main = plain("n", &key(2)).replace("AID-7", &own);
        scene.project.main(&main)?;
        scene.project.apply().await?.ok()?;
        let bought = scene.ours();
        scene.sandbox.clock().advance(Duration::from_secs(16 * 60));
        // The inventory tells another account than the numbers were bought for.
        let other = FaultKind::Edit {
            set: json!({ "AccountId": "AID-1" })
                .as_object()
                .cloned()
                .unwrap_or_default(),
            remove: Vec::new(),
        };
        scene
            .sandbox
            .fault(Fault::on(INVENTORY).always().after_commit(other));
        scene.stranger();
        for number in &bought {
            scene.sandbox.hide(number, true);
        }
        let (plan, added) = planned(&scene, &[]).await?;
        assert_eq!(added, 0, "{plan}");
        assert_named(&plan, "JN314", &bought);
        scene.project.apply().await?.ok()?;
        assert_eq!(stored(&scene.project)?, bought);
        scene.project.env(ACCEPT, "1");
        let (plan, added) = planned(&scene, &[]).await?;
        assert_eq!(added, 2, "{plan}");
        assert_eq!(scene.posts(), 2);
        scene.end().await
    });
    scenes.play_at_once(4).await;
}

// C40 d
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_that_never_listed_an_imported_number_does_not_end_it() -> Result<()> {
    let scene = Scene::new(&plain("n", "")).await?;
    scene.sandbox.switch(|s| s.inventory_of_one_account = true);
    scene.stranger();
    let theirs = scene.stranger_with(|number| number.account_id = "AID-7".to_owned());
    scene
        .project
        .import("joonto_number.n", &theirs)
        .await?
        .ok()?;
    scene.sandbox.hide(&theirs, true);
    let (plan, added) = planned(&scene, &[]).await?;
    assert_eq!(added, 0, "{plan}");
    assert_named(&plan, "JN314", std::slice::from_ref(&theirs));
    scene.sandbox.hide(&theirs, false);
    scene.project.assert_empty_plan().await?;
    assert_eq!((scene.posts(), stored(&scene.project)?), (0, vec![theirs]));
    scene.end().await
}

// C41
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_that_vanishes_is_not_bought_again() {
    let mut scenes = Scenes::default();
    for size in [1, 3, 5, 6, 19] {
        scenes.add(format!("{size} numbers"), vanishes(size));
    }
    scenes.play_at_once(3).await;
}

async fn vanishes(size: usize) -> Result<()> {
    let mut scene = old(&count(size)).await?;
    scene.project.env("JOONTO_MAX_RETRIES", "0");
    let bought = scene.ours();
    let hide = |scene: &Scene, hidden: bool| {
        for number in &bought {
            scene.sandbox.hide(number, hidden);
        }
    };
    let is_few = size < 6;
    // a: the inventory is empty. b: it responds with 500.
    hide(&scene, true);
    kept(&scene, is_few.then_some("JN314"), "JN316").await?;
    let broken = Fault::on(INVENTORY)
        .always()
        .before_commit(FaultKind::status(500));
    scene.sandbox.fault(broken);
    kept(&scene, None, if is_few { "JN315" } else { "JN316" }).await?;
    scene.sandbox.clear_faults();

    // d: it lists ended numbers only.
    let ended = scene.stranger();
    scene.cancel(&ended);
    kept(&scene, is_few.then_some("JN314"), "JN316").await?;

    // c: it is whole, and lists another number that lives.
    scene.stranger();
    if is_few {
        let (plan, added) = planned(&scene, &[]).await?;
        assert_eq!(added, size, "{plan}");
        assert_named(&plan, "JN311", &bought);
    } else {
        kept(&scene, None, "JN316").await?;
        scene.project.env(ACCEPT, "1");
        let (plan, added) = planned(&scene, &[]).await?;
        assert_eq!(added, size, "{plan}");
        assert_named(&plan, "JN311", &bought);
        scene.project.env_remove(ACCEPT);
    }
    hide(&scene, false);

    // e: status requests respond with 404, too.
    scene.sandbox.switch(|s| s.numbers_invisible = true);
    for arguments in [&["-destroy"] as &[&str], &["-destroy", "-refresh=false"]] {
        let failed = scene.project.apply_with(arguments).await?.failed()?;
        for number in &bought {
            let mut errors = failed.errors();
            assert!(errors.any(|e| e.says(number)), "{number}: {failed}");
        }
        assert_eq!(stored(&scene.project)?, bought, "{failed}");
    }
    scene.sandbox.switch(|s| s.numbers_invisible = false);
    assert_eq!((scene.posts(), scene.ours()), (size, bought.clone()));
    scene.assert_settled().await?;
    scene.end().await
}

/// Nothing is planned and the state keeps all: with a warning each, or with errors.
async fn kept(scene: &Scene, warning: Option<&str>, error: &str) -> Result<()> {
    let bought = scene.ours();
    if let Some(code) = warning {
        let (plan, added) = planned(scene, &[]).await?;
        assert_eq!(added, 0, "{plan}");
        assert_named(&plan, code, &bought);
        scene.project.apply().await?.ok()?;
    } else {
        let failed = scene.project.apply().await?.failed()?;
        let codes = errors(&failed);
        assert!(!codes.is_empty(), "{failed}");
        assert!(codes.iter().all(|code| *code == error), "{failed}");
        let named = |number: &&String| failed.errors().any(|e| e.says(number));
        assert_eq!(bought.iter().filter(named).count(), bought.len());
    }
    assert_eq!(stored(&scene.project)?, bought);
    Ok(())
}

// C42
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn part_of_a_fleet_is_judged_alike_at_every_parallelism() {
    let mut scenes = Scenes::default();
    for hidden in [1, 4, 6, 23] {
        scenes.add(format!("{hidden} of 24"), part(hidden));
    }
    scenes.play_at_once(2).await;
}

const FLEET: usize = 24;

async fn part(hidden: usize) -> Result<()> {
    let mut scene = old(&count(FLEET)).await?;
    let missing: Vec<String> = scene.ours().into_iter().take(hidden).collect();
    for number in &missing {
        scene.sandbox.hide(number, true);
    }
    for parallelism in [1, 10, 30, 100] {
        let option = format!("-parallelism={parallelism}");
        if hidden < 6 {
            let (plan, added) = planned(&scene, &[&option]).await?;
            assert_eq!(added, hidden, "{plan}");
            assert_named(&plan, "JN311", &missing);
            continue;
        }
        let failed = scene.project.apply_with(&[&option]).await?.failed()?;
        let codes = errors(&failed);
        assert!(codes.iter().all(|code| *code == "JN316"), "{failed}");
        assert_eq!(stored(&scene.project)?.len(), FLEET, "nothing is dropped");
        if parallelism > FLEET {
            let names_all = |error: &harness::Diagnostic| missing.iter().all(|n| error.says(n));
            let mut full = failed.errors().filter(|error| names_all(error));
            let full = full.next().expect("an error that names all");
            assert!(full.says(&format!("{hidden} of the {FLEET}")), "{failed}");
            assert_eq!(codes.len(), hidden, "{failed}");
        }
    }
    if hidden >= 6 {
        scene.project.env(ACCEPT, "1");
        let (plan, added) = planned(&scene, &[]).await?;
        assert_eq!(added, hidden, "{plan}");
    }
    assert_eq!(scene.posts(), FLEET);
    let ledger = scene.sandbox.ledger();
    assert_eq!(ledger.requests_to(STATUS).len(), 0);
    scene.end().await
}

// C54 g
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_order_that_fails_later_reads_as_gone() -> Result<()> {
    let pending = plain("n", "timeouts {\n    create = \"1s\"\n  }");
    let scene = Scene::new(&pending).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    scene.project.apply().await?.ok()?;
    let order = scene.sandbox.ledger().orders[0].order_id.clone();
    scene.sandbox.fail_order(&order, "no stock in the region");
    scene.sandbox.switch(|s| s.pending_forever = false);
    let (plan, added) = planned(&scene, &[]).await?;
    assert_eq!((added, warnings(&plan)), (1, vec!["JN323"]), "{plan}");
    let warning = plan.warning()?;
    assert!(warning.says(&order), "{plan}");
    assert!(warning.says("no stock in the region"), "{plan}");
    scene.project.apply().await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (2, 1));
    assert_eq!(stored(&scene.project)?, sorted(scene.ours()));
    scene.end().await
}
