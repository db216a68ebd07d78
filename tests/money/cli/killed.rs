//! Terraform and provider are killed together, and something is applied afterwards.

use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};

use super::{
    DETAILS, ORDER, PROVISION, RESOLVED, Scene, Scenes, answered, arrived, assert_errors,
    assert_warnings, committed, complete, count, errors, full, line, nothing, open, place, plain,
    records, stored, until, warnings,
};

const HOUR: Duration = Duration::from_secs(3600);

// C09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_creates_wait_for_the_rate_limit_nothing_is_open() {
    let mut scenes = Scenes::default();
    for later in [Duration::ZERO, 30 * HOUR] {
        scenes.add(format!("{later:?} later"), async move {
            let mut scene = Scene::new(&count(6)).await?;
            // A token and two purchases.
            scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "3");
            let running = scene.project.start(super::APPLY)?;
            until(|| answered(2)(&scene.sandbox.ledger())).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            running.kill_all().await?;
            let stored_before = stored(&scene.project)?;
            assert_eq!(stored_before, scene.ours());
            assert_eq!(
                records(&place(&scene.project)).len(),
                2,
                "the returned ones"
            );
            let strangers: Vec<String> = (0..4).map(|_| scene.stranger()).collect();

            scene.sandbox.clock().advance(later);
            scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0");
            scene.project.apply().await?.quiet()?;
            assert_eq!((scene.posts(), scene.ours().len()), (6, 6));
            scene.assert_settled().await?;
            assert_eq!(
                records(&place(&scene.project)),
                [""; 0].map(std::path::PathBuf::from)
            );
            scene.project.destroy().await?.ok()?;
            assert_eq!(scene.ours(), [""; 0]);
            strangers.iter().for_each(|one| scene.assert_untouched(one));
            scene.end().await
        });
    }
    scenes.play().await;
}

// C10, C22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_purchase_stops_at_any_age_and_its_number_is_searched_for() {
    let mut scenes = Scenes::default();
    for later in [HOUR / 2, 3 * 24 * HOUR, 29 * 24 * HOUR] {
        scenes.add(format!("{later:?} later"), async move {
            let mut scene = Scene::new(&count(2)).await?;
            let held = Fault::on(PROVISION).nth(2).after_commit(FaultKind::Hold);
            scene.sandbox.fault(held);
            scene.kill_when(&["-parallelism=1"], committed(2)).await?;
            let lost = scene.ours();
            let kept = stored(&scene.project)?;
            let lost: Vec<String> = lost.into_iter().filter(|n| !kept.contains(n)).collect();
            scene.sandbox.clock().advance(later);
            let mut printed = String::new();
            for _ in 0..2 {
                let stopped = scene.project.apply().await?;
                assert_errors(&stopped, &["JN111"]);
                let resolved = line(full(&stopped), &lost);
                assert_eq!(records(&place(&scene.project)).len(), 1);
                printed = resolved;
            }
            let resolved = printed;
            assert_warnings(&scene.paste(&resolved).await?, &["JN121"]);
            assert_eq!(scene.posts(), 2);
            scene.assert_settled().await?;
            scene.end().await
        });
    }
    scenes.add("the machine's clock was ahead or is behind", clocks());
    scenes.play().await;
}

/// The times in a record are moved, as a machine's wrong clock or a long rest would have.
async fn clocks() -> Result<()> {
    let scene = Scene::new(&count(1)).await?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    scene.kill_when(&[], committed(1)).await?;
    let [record] = &records(&place(&scene.project))[..] else {
        panic!("one record");
    };
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(record)?)?;
    let seconds = |days: i64| days * 24 * 3600;
    for moved in [3600, seconds(-40)] {
        let mut moved_record = written.clone();
        let move_it = |value: &mut serde_json::Value| {
            *value = (value.as_i64().expect("seconds") + moved).into();
        };
        // An hour ahead is the machine's clock alone: the API tells the other times.
        move_it(&mut moved_record["written"]["utc"]);
        if moved < -3600 {
            move_it(&mut moved_record["sent_at"]);
            move_it(&mut moved_record["deadline"]);
            moved_record["written"]["boot"] = serde_json::Value::Null;
        }
        std::fs::write(record, moved_record.to_string())?;
        let stopped = scene.project.apply().await?;
        assert_errors(&stopped, &["JN111"]);
        line(full(&stopped), &scene.ours());
        assert_eq!(scene.posts(), 1, "moved by {moved}");
    }
    scene.end().await
}

// C11 a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_targeted_apply_after_a_kill_takes_no_number_that_is_in_state() -> Result<()> {
    let mut scene = Scene::new(&count(4)).await?;
    let stranger = scene.stranger();
    let stalled = Fault::on(PROVISION).nth(4).before_commit(FaultKind::Hold);
    scene.sandbox.fault(stalled);
    scene.kill_when(&["-parallelism=1"], arrived(4)).await?;
    let kept = stored(&scene.project)?;
    assert_eq!(kept.len(), 3);

    // Which of them was the fourth is Terraform's choice.
    let resources = scene.project.state()?["resources"].take();
    let keys = resources[0]["instances"].as_array().expect("instances");
    let keys: Vec<u64> = keys
        .iter()
        .filter_map(|i| i["index_key"].as_u64())
        .collect();
    let missing = (0..4).find(|key| !keys.contains(key)).expect("one");
    let fourth = format!("-target=joonto_number.n[{missing}]");
    let fourth = fourth.as_str();
    let stopped = scene.project.apply_with(&[fourth]).await?;
    assert_errors(&stopped, &["JN111"]);
    assert_eq!(records(&place(&scene.project)).len(), 1, "the fourth's");
    assert_eq!((scene.posts(), stored(&scene.project)?), (4, kept.clone()));
    let resolved = nothing(full(&stopped));
    scene.project.env(RESOLVED, resolved);
    scene.project.apply_with(&[fourth]).await?.ok()?;
    scene.project.env_remove(RESOLVED);
    assert_eq!((scene.posts(), scene.ours().len()), (5, 4));
    assert_eq!(stored(&scene.project)?, scene.ours());

    let last = scene.project.resource("joonto_number.n[3]").await?;
    let mut others = scene.ours();
    others.retain(|number| last["id"] != *number.as_str());
    scene.project.main(&count(3))?;
    scene.project.apply().await?.ok()?;
    assert_eq!(scene.ours(), others, "only the last is cancelled");
    scene.assert_settled().await?;
    scene.assert_untouched(&stranger);
    scene.end().await
}

// C11 b
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_state_file_holds_after_a_kill_concerns_no_new_number() -> Result<()> {
    let slow = r#"
resource "terraform_data" "slow" {
  depends_on = [joonto_number.p, joonto_number.q]
  provisioner "local-exec" {
    command = "sleep 60"
  }
}
"#;
    let numbers = [plain("p", ""), plain("q", "")].concat();
    let scene = Scene::new(&format!("{numbers}{slow}")).await?;
    let running = scene.project.start(super::APPLY)?;
    until(|| stored(&scene.project).is_ok_and(|numbers| numbers.len() == 2)).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.kill_all().await?;
    scene
        .project
        .main(&format!("{numbers}{}", plain("r", "")))?;
    let target = ["-target=joonto_number.r"];
    let applied = scene.project.apply_with(&target).await?.ok()?;
    assert_eq!(warnings(&applied), [""; 0], "{applied}");
    assert!(open(&applied).is_none(), "{applied}");
    assert_eq!((scene.posts(), scene.ours().len()), (3, 3));
    scene.project.apply().await?.ok()?;
    scene.assert_settled().await?;
    scene.end().await
}

// C16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_while_it_recovers_there_is_one_number() {
    let mut scenes = Scenes::default();
    scenes.add("the order pends", async {
        let mut scene = pending().await?;
        let polled = scene.sandbox.ledger().requests_to(ORDER).len();
        scene
            .kill_when(&[], |ledger| ledger.requests_to(ORDER).len() > polled + 1)
            .await?;
        complete(&scene);
        let stopped = scene.project.apply().await?;
        assert_errors(&stopped, &["JN111"]);
        let resolved = line(full(&stopped), &scene.ours());
        scene.paste(&resolved).await?.ok()?;
        assert_eq!(scene.posts(), 1);
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("a free SIM", async {
        let sim = plain("n", "iccid = \"8901240397190195850\"");
        let scene = Scene::new(&sim).await?;
        let held = Fault::on(PROVISION).after_commit(FaultKind::Hold);
        scene.sandbox.fault(held);
        scene.kill_when(&[], committed(1)).await?;
        let reads = scene.sandbox.ledger().requests_to(DETAILS).len();
        scene
            .sandbox
            .fault(Fault::on(DETAILS).after_commit(FaultKind::Hold));
        scene
            .kill_when(&[], |ledger| ledger.requests_to(DETAILS).len() > reads)
            .await?;
        assert_warnings(&scene.project.apply().await?, &["JN120"]);
        assert_eq!(scene.posts(), 1);
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("two recoveries at once", async {
        let scene = pending().await?;
        let both = [super::APPLY, &["-lock=false"]].concat();
        let (one, other) = (scene.project.start(&both)?, scene.project.start(&both)?);
        tokio::time::sleep(Duration::from_secs(2)).await;
        complete(&scene);
        let (one, other) = tokio::join!(one.wait(), other.wait());
        let runs = [one?, other?];
        let recovered = runs.iter().filter(|run| run.status.success()).count();
        assert_eq!(recovered, 1, "{} {}", runs[0], runs[1]);
        for run in runs {
            match run.status.success() {
                true => assert_eq!(warnings(&run), ["JN121"], "{run}"),
                false => assert_eq!(errors(&run), ["JN111"], "{run}"),
            }
        }
        assert_eq!(scene.posts(), 1);
        scene.end().await
    });
    scenes.play().await;
}

/// A purchase cannot carry a caller name: an update does, once the record says `returned`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_sends_a_caller_name_the_number_is_stored_by_its_line() -> Result<()> {
    const UPDATE: &str = "/v1.0/numbers/update";
    let mut scene = Scene::new(&plain("n", "caller_name {\n  first_name = \"Ada\"\n}")).await?;
    let held = Fault::on(UPDATE).before_commit(FaultKind::Hold);
    scene.sandbox.fault(held);
    scene
        .kill_when(&[], |ledger| !ledger.requests_to(UPDATE).is_empty())
        .await?;
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    let resolved = line(full(&stopped), &scene.ours());
    assert_warnings(&scene.paste(&resolved).await?, &["JN121"]);
    assert_eq!(scene.posts(), 1);
    let number = scene.sandbox.number(&scene.ours()[0]);
    let name = number.map(|number| number.cnam);
    assert_eq!(name, Some([Some("Ada".to_owned()), None]));
    scene.assert_settled().await?;
    scene.end().await
}

/// A run was killed while its order was pending.
async fn pending() -> Result<Scene> {
    let scene = Scene::new(&count(1)).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    scene
        .kill_when(&[], |ledger| !ledger.requests_to(ORDER).is_empty())
        .await?;
    Ok(scene)
}

// C17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_apply_of_the_same_state_waits_and_stops() -> Result<()> {
    let scene = Scene::new(&count(2)).await?;
    let slow = Fault::on(PROVISION).always();
    scene
        .sandbox
        .fault(slow.after_commit(FaultKind::Delay(Duration::from_secs(3))));
    let unlocked = [super::APPLY, &["-lock=false"]].concat();
    let first = scene.project.start(&unlocked)?;
    until(|| arrived(2)(&scene.sandbox.ledger())).await;
    let second = scene.project.start(&unlocked)?;
    first.wait().await?.quiet()?;
    let second = second.wait().await?;
    assert_errors(&second, &["JN111", "JN111"]);
    let error = full(&second);
    assert_eq!(scene.posts(), 2);
    assert!(
        !error.lines()[0].contains("+1NUMBER"),
        "both are known: {second}"
    );
    line(error, &scene.ours());
    scene.end().await
}

// C20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_that_nobody_asks_for_any_more_is_warned_of_until_it_is_resolved() -> Result<()>
{
    let keep = plain("keep", "");
    let mut scene = Scene::new(&keep).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.main(&format!("{keep}{}", plain("n", "")))?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    scene.kill_when(&[], committed(2)).await?;
    scene.project.main(&keep)?;
    let mut resolved = String::new();
    for _ in 0..2 {
        let plan = scene.project.plan().await?.ok()?;
        assert!(open(&plan).is_some(), "{plan}");
        let applied = scene.project.apply().await?.ok()?;
        let lines = open(&applied).expect("a warning").lines();
        resolved = lines.last().expect("a line").clone();
    }
    assert!(resolved.ends_with("=nothing"), "{resolved}");
    scene.paste(&resolved).await?.ok()?;
    scene.project.plan().await?.quiet()?;
    assert_eq!(scene.posts(), 2);
    scene.end().await
}
