//! The programs that are measured, and those that help.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use tools::cargo;

/// Builds the provider as it is released, and says where it is.
pub(super) fn build_provider() -> Result<PathBuf> {
    const NAME: &str = "terraform-provider-joonto";
    let mut build = cargo::cargo(&["build", "--release", "--package", NAME, "--bin", NAME])?;
    let [provider] = cargo::build(&mut build, [NAME])?;
    Ok(provider)
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
