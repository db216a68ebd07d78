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
    let built = cargo(&[&["build", "--bin", name], release].concat()).await?;
    built.executable(name)
}

/// Builds the integration test `name` of the provider, and the provider, which it starts. Says
/// where they are.
pub(crate) async fn test(name: &str) -> Result<(PathBuf, PathBuf)> {
    let built = cargo(&["test", "--no-run", "--test", name]).await?;
    let provider = built.executable("terraform-provider-joonto")?;
    Ok((built.executable(name)?, provider))
}

/// What cargo said of what it built.
struct Built(Vec<u8>);

impl Built {
    fn executable(&self, name: &str) -> Result<PathBuf> {
        executable::find(&self.0, name)
    }
}

async fn cargo(arguments: &[&str]) -> Result<Built> {
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
    let words = arguments.join(" ");
    ensure!(output.status.success(), "`cargo {words}` failed");
    Ok(Built(output.stdout))
}
