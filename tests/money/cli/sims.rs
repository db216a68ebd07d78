//! SIMs: only for a free one is bought, and only the number that it carries afterwards is taken.

use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Lag, NumberStatus, StoredNumber};

use super::{
    APPLY, DETAILS, PROVISION, STATUS, Scene, Scenes, arrived, assert_errors, assert_warnings,
    committed, errors, full, plain, stored, until, warnings,
};

const SIM: &str = "8901240397190195850";

/// Three more, whose check digits are right.
const OTHERS: [&str; 3] = [
    "8901240397190195868",
    "8901240397190195876",
    "8901240397190195884",
];

fn on_sim(name: &str, arguments: &str) -> String {
    plain(name, &format!("iccid = \"{SIM}\"\n  {arguments}"))
}

// C32
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sim_that_carries_a_number_is_not_bought_for() {
    let mut scenes = Scenes::default();
    for (name, status) in [
        ("active", NumberStatus::Active),
        ("parked", NumberStatus::Parked),
    ] {
        scenes.add(name, async move {
            let filler = on_sim("n", "").replace(SIM, &format!("{SIM}F"));
            let scene = Scene::new(&filler).await?;
            let theirs = scene.stranger_with(|number| {
                number.iccid = Some(SIM.to_owned());
                number.status = status.clone();
                number.bought -= time::Duration::days(90);
            });
            let before = scene.sandbox.number(&theirs);
            for fault in [None, Some(FaultKind::status(500)), Some(FaultKind::Drop)] {
                if let Some(kind) = fault {
                    scene
                        .sandbox
                        .fault(Fault::on(PROVISION).before_commit(kind));
                }
                let refused = scene.project.apply().await?;
                assert_errors(&refused, &["JN140"]);
                let error = refused.error()?;
                assert!(error.says(&theirs), "{refused}");
                let list = error
                    .detail
                    .find(&format!("terraform state list -id={theirs}"));
                let import = error
                    .detail
                    .find(&format!("terraform import ADDRESS {theirs}"));
                assert!(list.is_some() && list < import, "{refused}");
            }
            scene.project.destroy().await?.ok()?;
            assert_eq!(scene.posts(), 0);
            assert_eq!(scene.sandbox.number(&theirs), before);
            scene.end().await
        });
    }
    scenes.add("cancelled", async {
        let scene = Scene::new(&on_sim("n", "")).await?;
        let theirs = scene.stranger_with(|number| {
            number.iccid = Some(SIM.to_owned());
            number.bought -= time::Duration::days(10);
        });
        scene.cancel(&theirs);
        scene.project.apply().await?.quiet()?;
        assert_eq!((scene.posts(), scene.ours().len()), (1, 1));
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.play().await;
}

// C33
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replacement_on_the_same_sim_never_stores_the_old_number() {
    let mut scenes = Scenes::default();
    for policy in ["park", "abandon"] {
        scenes.add(policy, async move {
            let policy = format!("deletion_policy = {policy:?}");
            let (scene, old, changed) = replaced(&policy).await?;
            scene.project.main(&changed)?;
            let plan = scene.project.plan().await?.failed()?;
            assert_errors(&plan, &["JN143"]);
            assert_eq!((scene.posts(), status_requests(&scene)), (1, 0));
            assert_eq!(stored(&scene.project)?, [old.as_str()]);
            scene.assert_untouched(&old);
            scene.end().await
        });
    }
    scenes.add("create_before_destroy", async {
        let first = "lifecycle {\n    create_before_destroy = true\n  }";
        let (scene, old, changed) = replaced(first).await?;
        scene.project.main(&changed)?;
        let refused = scene.project.apply().await?;
        assert_errors(&refused, &["JN140"]);
        assert!(refused.error()?.says(&old), "{refused}");
        assert_eq!((scene.posts(), status_requests(&scene)), (1, 0));
        assert_eq!(stored(&scene.project)?, [old.as_str()]);
        scene.assert_untouched(&old);
        scene.end().await
    });
    scenes.add("cancel", async {
        let (scene, old, changed) = replaced("").await?;
        // The cancelled number still reads as live, on its SIM.
        scene
            .sandbox
            .switch(|s| s.status_lag = Some(Lag::Time(Duration::from_secs(3600))));
        scene.project.main(&changed)?;
        let failed = Fault::on(PROVISION).before_commit(FaultKind::status(502));
        scene.sandbox.fault(failed);
        let running = scene.project.start(APPLY)?;
        until(|| arrived(2)(&scene.sandbox.ledger())).await;
        // What follows takes two minutes; one Ctrl-C ends it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        running.interrupt()?;
        let lost = running.wait().await?;
        assert_eq!(errors(&lost), ["JN110"], "{lost}");
        assert_eq!(scene.posts(), 2);
        assert_eq!(stored(&scene.project)?, [""; 0]);
        assert!(
            full(&lost).lines().iter().all(|line| !line.contains(&old)),
            "{lost}"
        );
        scene.end().await
    });
    scenes.play().await;
}

/// A number on a SIM, in state, and a configuration that replaces it.
async fn replaced(more: &str) -> Result<(Scene, String, String)> {
    let first = on_sim("n", &format!("area_code = \"303\"\n  {more}"));
    let scene = Scene::new(&first).await?;
    scene.project.apply().await?.ok()?;
    // The plan closes the record.
    scene.project.plan().await?.quiet()?;
    let old = scene.ours()[0].clone();
    Ok((scene, old, first.replace("303", "720")))
}

fn status_requests(scene: &Scene) -> usize {
    scene.sandbox.ledger().requests_to(STATUS).len()
}

// C34 a, b
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_free_sim_proves_a_purchase_whose_response_was_lost() {
    let mut scenes = Scenes::default();
    scenes.add("the same run", async {
        let others: String = (0..3)
            .map(|nth| plain(&format!("m{nth}"), &format!("iccid = \"{}\"", OTHERS[nth])))
            .collect();
        let scene = Scene::new(&[on_sim("n", ""), others].concat()).await?;
        let lag = Lag::Time(Duration::from_secs(2));
        scene.sandbox.switch(|s| s.lag_reads(lag));
        let cut = Fault::on(PROVISION).nth(2).after_commit(FaultKind::Drop);
        scene.sandbox.fault(cut);
        let applied = scene.project.apply().await?;
        assert_warnings(&applied, &["JN120"]);
        assert_eq!((scene.posts(), scene.ours().len()), (4, 4));
        scene.sandbox.clock().advance(Duration::from_secs(5));
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("the next run, while reads lag", async {
        let scene = Scene::new(&on_sim("n", "")).await?;
        let lag = Lag::Time(Duration::from_secs(3));
        scene.sandbox.switch(|s| s.lag_reads(lag));
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        scene.kill_when(&[], committed(1)).await?;
        assert_warnings(&scene.project.apply().await?, &["JN120"]);
        assert_eq!(scene.posts(), 1);
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.play().await;
}

// C34 c, d
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sim_that_proves_nothing_stops_and_holds_no_other_sim_back() {
    let mut scenes = Scenes::default();
    let lag = |seconds| Lag::Time(Duration::from_secs(seconds));
    scenes.add("it shows no number", unproved(lag(3600), |_| {}));
    scenes.add(
        "it shows what was not asked for",
        unproved(lag(1), |number| number.message_type = "a2p".into()),
    );
    scenes.add(
        "it shows an older number",
        unproved(lag(1), |number| number.bought -= time::Duration::days(3)),
    );
    scenes.play().await;
}

/// The response is lost, and `change` spoils the proof. Ctrl-C ends each search.
async fn unproved(lag: Lag, change: fn(&mut StoredNumber)) -> Result<()> {
    let n = on_sim("n", "");
    let scene = Scene::new(&n).await?;
    scene.sandbox.switch(|s| s.lag_reads(lag));
    let held = FaultKind::held(FaultKind::Drop);
    scene.sandbox.fault(Fault::on(PROVISION).after_commit(held));
    let running = scene.project.start(APPLY)?;
    until(|| committed(1)(&scene.sandbox.ledger())).await;
    let bought = scene.sandbox.ledger().orders[0].number.clone();
    assert!(scene.sandbox.edit(&bought, change));
    scene.sandbox.release();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    running.interrupt()?;
    let lost = running.wait().await?;
    assert_eq!(errors(&lost), ["JN110"], "{lost}");

    // A create for another SIM goes on.
    let other = plain("other", &format!("iccid = \"{}\"", OTHERS[0]));
    scene.project.main(&[n, other].concat())?;
    let running = scene.project.start(APPLY)?;
    until(|| stored(&scene.project).is_ok_and(|stored| stored.len() == 1)).await;
    running.interrupt()?;
    let stopped = running.wait().await?;
    assert_eq!(errors(&stopped).len(), 1, "{stopped}");
    assert!(
        ["JN111", "JN102"].contains(&errors(&stopped)[0]),
        "{stopped}"
    );
    assert_eq!(scene.posts(), 2);
    assert!(!stored(&scene.project)?.contains(&bought));
    assert_eq!(stored(&scene.project)?.len(), 1);
    scene.end().await
}

// C35
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_checkout_finds_the_number_on_its_sim() -> Result<()> {
    let main = on_sim("n", "");
    let scene = Scene::new(&main).await?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    scene.kill_when(&[], committed(1)).await?;
    let bought = scene.ours()[0].clone();
    let fresh = scene.elsewhere(&main)?;
    let refused = fresh.apply().await?;
    assert_errors(&refused, &["JN140"]);
    let import = format!("terraform import ADDRESS {bought}");
    assert!(refused.error()?.says(&import), "{refused}");
    fresh.import("joonto_number.n", &bought).await?.ok()?;
    fresh.assert_empty_plan().await?;
    assert_eq!((scene.posts(), stored(&fresh)?), (1, scene.ours()));
    scene.end().await
}

// C36
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sim_in_two_resources_is_bought_for_once() {
    let mut scenes = Scenes::default();
    scenes.add("one state", async {
        let other = "8901240397190195868";
        let main = format!(
            "locals {{\n  sims = csvdecode(\"name,sim\\na,{SIM}\\nb,{SIM}F\\nc,{other}\")\n}}\n{}",
            plain(
                "n",
                "for_each = { for row in local.sims : row.name => row.sim }\n  iccid = each.value"
            )
        );
        let scene = Scene::new(&main).await?;
        scene
            .sandbox
            .switch(|s| s.lag_reads(Lag::Time(Duration::from_secs(20))));
        let applied = scene.project.apply().await?;
        assert_errors(&applied, &["JN142"]);
        let error = applied.error()?;
        assert!(error.says(SIM), "{applied}");
        assert_eq!(scene.posts(), 2);
        assert_eq!(stored(&scene.project)?, scene.ours());
        let first = scene.ours().into_iter().find(|number| {
            let number = scene.sandbox.number(number).expect("there");
            number.iccid.as_deref() == Some(SIM)
        });
        assert!(
            error.says(&first.expect("bought")),
            "it names the number: {applied}"
        );
        scene.end().await
    });
    scenes.add("two states, one place", async {
        let shared = tempfile::tempdir()?;
        let main = on_sim("n", "");
        let mut scene = Scene::new(&main).await?;
        let mut other = scene.elsewhere(&main)?;
        for (project, name) in [(&mut scene.project, "one"), (&mut other, "two")] {
            project
                .env("JOONTO_PURCHASE_JOURNAL", shared.path())
                .env("JOONTO_STATE_NAME", name);
        }
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        let running = scene.project.start(APPLY)?;
        until(|| arrived(1)(&scene.sandbox.ledger())).await;
        assert_errors(&other.apply().await?, &["JN142"]);
        scene.sandbox.release();
        running.wait().await?.ok()?;
        assert_eq!(scene.posts(), 1);
        assert_eq!(stored(&scene.project)?, scene.ours());
        scene.end().await
    });
    scenes.play().await;
}

// C37
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sim_that_moves_between_resources_ends_with_one_live_number() {
    let mut scenes = Scenes::default();
    for destroys_first in [true, false] {
        scenes.add(format!("destroy first: {destroys_first}"), async move {
            let scene = Scene::new(&on_sim("a", "")).await?;
            scene.project.apply().await?.quiet()?;
            scene.project.plan().await?.quiet()?;
            let old = scene.ours()[0].clone();
            let lag = Lag::Time(Duration::from_secs(20));
            scene.sandbox.switch(|s| s.status_lag = Some(lag));
            let late = FaultKind::Delay(Duration::from_secs(1));
            scene.sandbox.fault(match destroys_first {
                true => Fault::on(DETAILS).query("ICCID=").before_commit(late),
                false => Fault::on(STATUS).before_commit(late),
            });
            scene.project.main(&on_sim("b", ""))?;
            let applied = scene.project.apply().await?;
            if destroys_first {
                assert!(errors(&applied).is_empty(), "{applied}");
            } else {
                assert_eq!(errors(&applied), ["JN140"], "{applied}");
                assert_eq!(scene.posts(), 1);
                scene.sandbox.clock().advance(Duration::from_secs(30));
            }
            let again = scene.project.apply().await?.ok()?;
            assert!(
                warnings(&again).iter().all(|code| !code.starts_with("JN1")),
                "{again}"
            );
            assert_eq!((scene.posts(), scene.ours().len()), (2, 1));
            assert_ne!(scene.ours(), [old]);
            scene.sandbox.clock().advance(Duration::from_secs(30));
            scene.assert_settled().await?;
            scene.end().await
        });
    }
    scenes.play().await;
}
