//! Debug mode: one process serves many commands.

use std::process::Stdio;
use std::time::Duration;

use harness::{Project, Result};
use joonto_sandbox::{Fault, FaultKind, Sandbox};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{
    APPLY, PROVIDER, PROVISION, Scene, assert_errors, count, full, line, plain, until, warnings,
};

/// Starts the provider as a developer does, and points the project at it.
async fn start(project: &mut Project, sandbox: &Sandbox) -> Result<Child> {
    let credentials = sandbox.credentials();
    let mut child = Command::new(PROVIDER)
        .arg("--debug")
        .current_dir(project.path())
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret)
        .env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0")
        .env_remove("TF_DATA_DIR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let said = async {
        while let Some(line) = lines.next_line().await? {
            if let Some(value) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='") {
                return Ok(value.trim_end_matches('\'').to_owned());
            }
        }
        Err(std::io::Error::other("it says nothing"))
    };
    let providers = tokio::time::timeout(Duration::from_secs(20), said).await??;
    project.env("TF_REATTACH_PROVIDERS", providers);
    Ok(child)
}

// C68
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_debug_mode_the_second_apply_meets_what_the_first_left_open() -> Result<()> {
    let mut scene = Scene::new(&count(1)).await?;
    let _debugged = start(&mut scene.project, &scene.sandbox).await?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    let running = scene.project.start(APPLY)?;
    until(|| scene.posts() == 1).await;
    running.kill_all().await?;
    // The provider lives on, and its purchase with it.
    let second = scene.project.start(APPLY)?;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    scene.sandbox.release();
    let second = second.wait().await?;
    assert_errors(&second, &["JN111"]);
    assert_eq!(scene.posts(), 1);
    let resolved = line(full(&second), &scene.ours());

    // A line is set for a process of its own.
    scene.project.env_remove("TF_REATTACH_PROVIDERS");
    scene.paste(&resolved).await?.ok()?;
    assert_eq!(scene.posts(), 1);
    scene.assert_settled().await?;
    scene.end().await
}

// C68
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_debug_mode_two_accounts_are_warned_of_or_kept_apart() -> Result<()> {
    let mut scene = Scene::new("").await?;
    let (one, two) = (scene.sandbox.credentials(), scene.sandbox.second_account());
    let alias = |name: &str, key: &str, secret: &str| {
        format!(
            "provider \"joonto\" {{\n  alias = {name:?}\n  account_key = {key:?}\n  \
             account_secret = {secret:?}\n}}\n{}",
            plain(name, &format!("count = 2\n  provider = joonto.{name}"))
        )
    };
    scene.project.main(
        &[
            alias("one", &one.account_key, &one.account_secret),
            alias("two", &two.account_key, &two.account_secret),
        ]
        .concat(),
    )?;
    let _debugged = start(&mut scene.project, &scene.sandbox).await?;
    let plan = scene.project.plan().await?.ok()?;
    assert_eq!(scene.posts(), 0);
    let is_warned = warnings(&plan).contains(&"JN603");
    let ledger_of = |key: &str| scene.sandbox.ledger().owned(key).len();
    if !is_warned {
        scene.project.apply().await?.ok()?;
        assert_eq!(ledger_of(&one.account_key), 2);
        assert_eq!(ledger_of(&two.account_key), 2);
    }
    scene.end().await
}
