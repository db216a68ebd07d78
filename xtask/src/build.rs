//! Building the project's programs and tests, with cargo's own progress on the screen.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;
use xtask::executable;

/// Builds the program `name`, and says where it is.
pub(crate) async fn program(name: &str, release: bool) -> Result<PathBuf> {
    let release = if release { &["--release"][..] } else { &[] };
    cargo(name, &[&["build", "--bin", name], release].concat()).await
}

/// Builds the integration test `name` and what it starts, and says where it is.
pub(crate) async fn test(name: &str) -> Result<PathBuf> {
    cargo(name, &["test", "--no-run", "--test", name]).await
}

async fn cargo(name: &str, arguments: &[&str]) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(arguments)
        // Of the whole workspace, so that its crates' features are those that xtask was built
        // with, and next to nothing is compiled a second time.
        .arg("--workspace")
        .arg("--message-format=json-render-diagnostics")
        .current_dir(crate::project()?)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    let output = command.output().await.context("cannot start cargo")?;
    ensure!(output.status.success(), "{name} does not build");
    executable::find(&output.stdout, name)
}
