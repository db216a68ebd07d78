//! Building one of the project's programs, with cargo's own progress on the screen.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;
use xtask::executable;

/// Builds the program `name`, and says where it is.
pub(super) async fn program(name: &str, release: bool) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        // Of the whole workspace, so that its crates' features are those that xtask was built
        // with, and next to nothing is compiled a second time.
        .args(["build", "--workspace", "--bin", name])
        .arg("--message-format=json-render-diagnostics")
        .args(release.then_some("--release"))
        .current_dir(crate::project()?)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    let output = command.output().await.context("cannot start cargo")?;
    ensure!(output.status.success(), "{name} does not build");
    executable::find(&output.stdout, name)
}
