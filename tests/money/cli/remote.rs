//! Remote states, which Terraform writes late, and machines that are gone.

use std::path::Path;
use std::time::Duration;

use harness::{Project, Result, Run};
use joonto_sandbox::{Fault, FaultKind};

use super::backend::Backend;
use super::{
    PROVISION, Scene, answered, assert_errors, committed, count, errors, full, line, number,
    numbers_of, open, paste, place, plain, records, warnings,
};

// C27 a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_a_killed_run_kept_in_no_remote_state_are_stored_by_one_line() -> Result<()> {
    let backend = Backend::start().await?;
    let mut scene = Scene::new(&count(14)).await?;
    backend.init(&scene.project, "s").await?;
    let slow = FaultKind::Delay(Duration::from_millis(200));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).always().after_commit(slow));
    scene.kill_when(&["-parallelism=4"], answered(6)).await?;
    assert_eq!(numbers_of(&backend.state("s")), [""; 0]);
    let sent = scene.posts();
    let bought = scene.ours();
    assert_eq!(bought.len(), sent);

    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &vec!["JN111"; sent]);
    let error = full(&stopped);
    for number in &bought {
        assert!(error.says(number), "{number}: {stopped}");
    }
    let resolved = line(error, &bought);
    let stored = scene.paste(&resolved).await?.ok()?;
    assert_eq!(warnings(&stored), vec!["JN121"; sent], "{stored}");
    assert_eq!((scene.posts(), scene.ours().len()), (14, 14));
    assert_eq!(numbers_of(&backend.state("s")), scene.ours());
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

// C27 b, c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_final_state_that_the_backend_refuses_stops_and_is_stored_or_pushed() -> Result<()> {
    for is_pushed in [false, true] {
        let backend = Backend::start().await?;
        let mut scene = Scene::new(&count(5)).await?;
        backend.init(&scene.project, "s").await?;
        backend.refuse_writes(true);
        scene.project.apply().await?.failed()?;
        let left = scene.project.path().join("errored.tfstate");
        assert!(left.exists(), "Terraform leaves the state");
        backend.refuse_writes(false);
        if is_pushed {
            let push = ["state", "push", "errored.tfstate"];
            scene.project.run(push).await?.ok()?;
            scene.project.plan().await?.quiet()?;
            assert_eq!(records(&place(&scene.project)).len(), 0, "closed");
            scene.project.apply().await?.quiet()?;
        } else {
            let stopped = scene.project.apply().await?;
            assert_errors(&stopped, &["JN111"; 5]);
            let resolved = line(full(&stopped), &scene.ours());
            let stored = scene.paste(&resolved).await?.ok()?;
            assert_eq!(warnings(&stored), ["JN121"; 5], "{stored}");
        }
        assert_eq!((scene.posts(), scene.ours().len()), (5, 5));
        assert_eq!(numbers_of(&backend.state("s")), scene.ours());
        scene.project.assert_empty_plan().await?;
        scene.end().await?;
    }
    Ok(())
}

// C11 c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_remote_state_holds_yet_stops_an_equal_targeted_create() -> Result<()> {
    let backend = Backend::start().await?;
    let numbers = [plain("p", ""), plain("q", "")].concat();
    let mut scene = Scene::new(&numbers).await?;
    backend.init(&scene.project, "s").await?;
    // The third request never comes: the run is killed with both responses returned.
    let slow = r#"
resource "terraform_data" "slow" {
  depends_on = [joonto_number.p, joonto_number.q]
  provisioner "local-exec" {
    command = "touch slow; sleep 60"
  }
}
"#;
    scene.project.main(&format!("{numbers}{slow}"))?;
    let has_begun = scene.project.path().join("slow");
    scene.kill_when(&[], move |_| has_begun.exists()).await?;
    let both = scene.ours();

    scene
        .project
        .main(&format!("{numbers}{}", plain("r", "")))?;
    let target = ["-target=joonto_number.r"];
    let stopped = scene.project.apply_with(&target).await?;
    assert_eq!(errors(&stopped), ["JN111"], "{stopped}");
    let resolved = line(full(&stopped), &both);
    assert_eq!(scene.posts(), 2);
    let applied = scene.paste(&resolved).await?.ok()?;
    assert_eq!(warnings(&applied), ["JN121", "JN121"], "{applied}");
    assert_eq!((scene.posts(), scene.ours().len()), (3, 3));
    assert_eq!(numbers_of(&backend.state("s")), scene.ours());
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

/// Sets a shared place and a name of the state.
pub(super) fn share(project: &mut Project, place: &Path, state: &str) {
    project
        .env("JOONTO_PURCHASE_JOURNAL", place)
        .env("JOONTO_STATE_NAME", state);
}

// C28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_place_outlives_the_machine() -> Result<()> {
    let backend = Backend::start().await?;
    let shared = tempfile::tempdir()?;
    let meters = [
        plain("iot", "count = 5"),
        number("mvno", "mvno", "count = 3"),
    ]
    .concat();
    let scene = Scene::new("").await?;
    let mut gone = scene.elsewhere(&meters)?;
    share(&mut gone, shared.path(), "meters");
    backend.init(&gone, "meters").await?;
    let slow = FaultKind::Delay(Duration::from_millis(300));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).always().after_commit(slow));
    scene
        .kill_in(&gone, &["-parallelism=3"], answered(4))
        .await?;
    drop(gone);
    let left = scene.ours();
    assert_eq!(records(shared.path()).len(), left.len());
    // Nobody waits here until the purchases that were under way are given up.
    for record in records(shared.path()) {
        let text = std::fs::read_to_string(&record)?;
        let line = text.lines().last().unwrap_or_default();
        let mut json: serde_json::Value = serde_json::from_str(line)?;
        json["deadline"] = json["sent_at"].clone();
        std::fs::write(&record, json.to_string())?;
    }

    let mut trackers = scene.elsewhere(&plain("t", "count = 2"))?;
    share(&mut trackers, shared.path(), "trackers");
    backend.init(&trackers, "trackers").await?;
    let applied = trackers.apply().await?.ok()?;
    assert!(open(&applied).is_some(), "{applied}");
    let theirs = numbers_of(&backend.state("trackers"));
    assert_eq!(theirs.len(), 2);

    let mut fresh = scene.elsewhere(&meters)?;
    share(&mut fresh, shared.path(), "meters");
    backend.init(&fresh, "meters").await?;
    let stopped = fresh.apply().await?.failed()?;
    assert!(
        errors(&stopped)
            .iter()
            .all(|code| ["JN106", "JN111"].contains(code)),
        "{stopped}"
    );
    let stop = |run: &Run| {
        let mut stops = run.errors().filter(|error| error.code() == "JN111");
        stops.find(|error| !error.lines().is_empty()).cloned()
    };
    let resolved = line(&stop(&stopped).expect("one is full"), &left);
    paste(&mut fresh, &resolved).await?.ok()?;
    let in_state = numbers_of(&backend.state("meters"));
    assert_eq!(in_state.len(), 8);
    assert_eq!(scene.posts(), 10);
    assert_eq!(
        super::sorted(in_state.into_iter().chain(theirs)),
        scene.ours()
    );
    fresh.assert_empty_plan().await?;
    trackers.assert_empty_plan().await?;
    scene.end().await
}

// C28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_in_the_default_directory_counts_when_a_place_is_set() -> Result<()> {
    let shared = tempfile::tempdir()?;
    let mut scene = Scene::new(&count(1)).await?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    scene.kill_when(&[], committed(1)).await?;
    share(&mut scene.project, shared.path(), "meters");
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    let resolved = line(full(&stopped), &scene.ours());
    scene.paste(&resolved).await?.ok()?;
    assert_eq!(scene.posts(), 1);
    scene.assert_settled().await?;
    scene.end().await
}
