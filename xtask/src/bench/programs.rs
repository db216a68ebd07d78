//! The programs that are measured, and those that help.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use xtask::executable;

/// Builds the provider as it is released, and says where it is.
pub(super) fn build_provider(root: &Path) -> Result<PathBuf> {
    const NAME: &str = "terraform-provider-joonto";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
        ])
        .args(["--package", NAME, "--bin", NAME])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    ensure!(built.status.success(), "the provider cannot be built");
    executable::find(&built.stdout, NAME)
}

/// Compiles a C program into `directory`, where there is a C compiler.
pub(super) fn compile(source: &Path, directory: &Path) -> Option<PathBuf> {
    let program = directory.join(source.file_stem()?);
    let compiled = Command::new("cc")
        .arg("-O2")
        .arg("-o")
        .args([&program, source])
        .status();
    compiled
        .is_ok_and(|status| status.success())
        .then_some(program)
}
