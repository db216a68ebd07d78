//! `cargo xtask fuzz`: builds the fuzzer, and hands over to it.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Runs the fuzzer. A program of its own, since it counts what it allocates, and optimised, since
/// it counts on numbers.
pub(crate) fn run(project: &Path, arguments: &[OsString]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--profile", "fuzz"])
        .args(["--package", "joonto-fuzz-targets", "--"])
        .args(arguments)
        .current_dir(project)
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the fuzzer ended with {status}");
    Ok(())
}
