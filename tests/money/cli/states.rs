//! Several states in one directory, in one place, or in one data directory never meet.

use std::time::Duration;

use harness::{Diagnostic, Project, Result, Run};
use joonto_sandbox::{Fault, FaultKind};

use super::backend::{self, Backend};
use super::{
    PROVISION, Scene, arrived, assert_errors, assert_warnings, committed, count, errors, full,
    line, nothing, numbers_of, open, paste, plain, sorted, stored, warnings,
};

/// What is said is the count of open records of other states, and nothing else.
#[track_caller]
fn assert_counts_at_most(run: &Run) {
    assert!(run.status.success(), "{run}");
    assert_eq!(warnings(run), [""; 0], "{run}");
}

fn state_file(project: &Project, path: &str) -> Result<Vec<String>> {
    let text = std::fs::read(project.path().join(path))?;
    Ok(numbers_of(&serde_json::from_slice(&text)?))
}

// C12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_run_of_one_state_concerns_no_other_state_of_the_directory() -> Result<()> {
    let mut scene = Scene::new(&count(3)).await?;
    let stranger = scene.stranger();
    backend::init(&scene.project, "local", &["path=live.tfstate"]).await?;
    let stalled = Fault::on(PROVISION).nth(3).before_commit(FaultKind::Hold);
    scene.sandbox.fault(stalled);
    scene.kill_when(&["-parallelism=1"], arrived(3)).await?;
    let live = state_file(&scene.project, "live.tfstate")?;
    assert_eq!(live.len(), 2);

    backend::init(&scene.project, "local", &["path=test.tfstate"]).await?;
    scene.project.main(&count(2))?;
    let plan = scene.project.plan().await?.ok()?;
    assert!(open(&plan).is_some(), "{plan}");
    assert_counts_at_most(&scene.project.apply().await?);
    let test = state_file(&scene.project, "test.tfstate")?;
    assert_eq!((test.len(), scene.posts()), (2, 5));
    assert!(test.iter().all(|number| !live.contains(number)));
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.ours(), live);

    backend::init(&scene.project, "local", &["path=live.tfstate"]).await?;
    scene.project.main(&count(3))?;
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    let resolved = nothing(full(&stopped));
    scene.paste(&resolved).await?.ok()?;
    assert_eq!(scene.posts(), 6);
    assert_eq!(state_file(&scene.project, "live.tfstate")?, scene.ours());
    scene.project.assert_empty_plan().await?;
    scene.assert_untouched(&stranger);
    scene.end().await
}

// C13 a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_that_share_a_directory_buy_their_own_numbers() -> Result<()> {
    let backend = Backend::start().await?;
    let scene = Scene::new(&count(2)).await?;
    for name in ["one", "two"] {
        backend.init(&scene.project, name).await?;
        assert_counts_at_most(&scene.project.apply().await?);
    }
    for path in ["path=one.tfstate", "path=two.tfstate"] {
        backend::init(&scene.project, "local", &[path]).await?;
        assert_counts_at_most(&scene.project.apply().await?);
    }
    for workspace in ["eu", "us"] {
        let new = ["workspace", "new", "-no-color", workspace];
        scene.project.run(new).await?.ok()?;
        assert_counts_at_most(&scene.project.apply().await?);
    }
    let states = [
        numbers_of(&backend.state("one")),
        numbers_of(&backend.state("two")),
        state_file(&scene.project, "one.tfstate")?,
        state_file(&scene.project, "two.tfstate")?,
        state_file(&scene.project, "terraform.tfstate.d/eu/terraform.tfstate")?,
        state_file(&scene.project, "terraform.tfstate.d/us/terraform.tfstate")?,
    ];
    assert_eq!(scene.posts(), 12);
    assert_eq!(sorted(states.concat()), scene.ours(), "12 distinct numbers");
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

// C13 b
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_that_no_backend_tells_apart_stop_unless_they_have_names() -> Result<()> {
    for is_named in [false, true] {
        let backend = Backend::start().await?;
        let shared = tempfile::tempdir()?;
        let mut scene = Scene::new(&count(1)).await?;
        scene.project.env("TF_HTTP_ADDRESS", backend.url("one"));
        backend::init(&scene.project, "http", &[]).await?;
        let mut runs = Vec::new();
        for name in ["one", "two"] {
            scene.project.env("TF_HTTP_ADDRESS", backend.url(name));
            if is_named {
                scene
                    .project
                    .env("JOONTO_PURCHASE_JOURNAL", shared.path())
                    .env("JOONTO_STATE_NAME", name);
            }
            runs.push(scene.project.apply().await?);
        }
        let [first, second] = &runs[..] else {
            panic!("two runs");
        };
        assert_warnings(first, &[]);
        match is_named {
            true => assert_counts_at_most(second),
            false => {
                assert_errors(second, &["JN111"]);
            }
        }
        assert_eq!(scene.posts(), 1 + usize::from(is_named));
        assert_eq!(
            numbers_of(&backend.state("two")).len(),
            usize::from(is_named)
        );
        scene.end().await?;
    }
    Ok(())
}

// C13 c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn directories_that_share_a_data_directory_never_share_a_number() -> Result<()> {
    let data = tempfile::tempdir()?;
    let scene = Scene::new("").await?;
    let mut x = scene.elsewhere(&count(1))?;
    let mut y = scene.elsewhere(&count(1))?;
    for project in [&mut x, &mut y] {
        project.env("TF_DATA_DIR", data.path());
    }
    assert_warnings(&x.apply().await?, &[]);
    let second = y.apply().await?;
    if !second.status.success() {
        assert_errors(&second, &["JN111"]);
        x.plan().await?.ok()?;
        assert_counts_at_most(&y.apply().await?);
    }
    assert_eq!(scene.posts(), 2);
    assert_eq!(
        sorted([stored(&x)?, stored(&y)?].concat()),
        scene.ours(),
        "two numbers"
    );
    scene.end().await
}

// C13 d
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_creates_of_two_workspaces_never_meet() -> Result<()> {
    let shared = tempfile::tempdir()?;
    let mut scene = Scene::new(&count(1)).await?;
    scene
        .project
        .env("JOONTO_PURCHASE_JOURNAL", shared.path())
        .env("JOONTO_STATE_NAME", "meters");
    let new = |name| ["workspace", "new", "-no-color", name];
    scene.project.run(new("one")).await?.ok()?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    scene.kill_when(&[], committed(1)).await?;
    let lost = scene.ours();
    // Past the deadline of the purchase: a shared place does not tell that its process has ended.
    scene.sandbox.clock().advance(Duration::from_secs(150));
    scene.project.run(new("two")).await?.ok()?;
    let applied = scene.project.apply().await?.ok()?;
    assert!(open(&applied).is_some(), "{applied}");
    assert_eq!(scene.posts(), 2);

    let select = ["workspace", "select", "-no-color", "one"];
    scene.project.run(select).await?.ok()?;
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    let resolved = line(full(&stopped), &lost);
    paste(&mut scene.project, &resolved).await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (2, 2));
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

/// Six equal numbers with names, two of them in each wave.
const WAVES: [[&str; 2]; 3] = [["a", "b"], ["c", "d"], ["e", "f"]];

fn fleet() -> String {
    plain(
        "n",
        "for_each = toset([\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"])",
    )
}

fn targets(wave: [&str; 2]) -> Vec<String> {
    let target = |name| format!("-target=joonto_number.n[\"{name}\"]");
    wave.map(target).into()
}

/// Our own warnings, without Terraform's about targets.
fn said(run: &Run) -> Vec<&str> {
    let codes = run.diagnostics.iter().map(Diagnostic::code);
    codes.filter(|code| !code.is_empty()).collect()
}

// C15 a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_in_waves_is_quiet_with_the_local_backend() -> Result<()> {
    let scene = Scene::new(&fleet()).await?;
    for (at, wave) in WAVES.into_iter().enumerate() {
        let targets = targets(wave);
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let applied = scene.project.apply_with(&targets).await?.ok()?;
        assert_eq!(said(&applied), [""; 0], "{applied}");
        assert_eq!(scene.posts(), 2 * (at + 1));
    }
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.posts(), 6);
    scene.assert_settled().await?;
    scene.end().await
}

// C15 b, c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_wave_stops_until_a_plan_where_no_state_file_can_be_read() -> Result<()> {
    for is_remote in [true, false] {
        let backend = Backend::start().await?;
        let scene = Scene::new(&fleet()).await?;
        let mut fixed = Vec::new();
        if is_remote {
            backend.init(&scene.project, "s").await?;
        } else {
            fixed.push("-state=elsewhere.tfstate");
        }
        let mut bought = 0;
        for (at, wave) in WAVES.into_iter().enumerate() {
            let targets = targets(wave);
            let arguments: Vec<&str> = targets
                .iter()
                .map(String::as_str)
                .chain(fixed.iter().copied())
                .collect();
            let first = scene.project.apply_with(&arguments).await?;
            if at > 0 {
                assert_eq!(errors(&first), ["JN111", "JN111"], "{first}");
                let error = full(&first);
                let before = scene.ours();
                let before = before.iter().filter(|number| error.says(number));
                assert_eq!(before.count(), 2, "{first}");
                assert!(
                    error.says("terraform plan") && error.says("-target"),
                    "{first}"
                );
                assert_eq!(scene.posts(), bought, "nothing is sent");
                scene.project.plan_with(&fixed).await?.ok()?;
                let second = scene.project.apply_with(&arguments).await?.ok()?;
                assert_eq!(said(&second), [""; 0], "{second}");
            } else {
                assert_eq!(said(&first), [""; 0], "{first}");
            }
            bought += 2;
            assert_eq!(scene.posts(), bought);
        }
        assert_eq!(scene.ours().len(), 6);
        scene.end().await?;
    }
    Ok(())
}
