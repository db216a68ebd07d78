//! Building for Linux with Zig, which Python's package index carries.
//!
//! The program contains C code (aws-lc), so a static program needs a C compiler that knows the
//! static C library. Distributions package one under many names; Zig is one download without root,
//! the same for every machine and target.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::cargo::succeed;

/// The packages, pinned by checksum.
const PACKAGES: &str = include_str!("zig.txt");

/// A `cargo zigbuild` that is ready to run; fetched into `tools` unless it is there.
pub(super) fn cargo_zigbuild(tools: &Path) -> Result<Command> {
    let home = tools.join("zig");
    let installed = home.join("packages.txt");
    if !fs::read_to_string(&installed).is_ok_and(|present| present == PACKAGES) {
        install(&home)?;
        fs::write(&installed, PACKAGES)?;
    }
    let mut command = Command::new(home.join("bin").join("cargo-zigbuild"));
    command
        .arg("zigbuild")
        .env("CARGO_ZIGBUILD_ZIG_PATH", home.join("ziglang").join("zig"));
    Ok(command)
}

fn install(home: &Path) -> Result<()> {
    crate::say("Fetching Zig (once, about 100 MB) ...");
    if home.exists() {
        fs::remove_dir_all(home)?;
    }
    fs::create_dir_all(home)?;
    let requirements = home.join("wanted.txt");
    fs::write(&requirements, PACKAGES)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-input"])
        .args(["--disable-pip-version-check", "--no-deps", "--no-compile"])
        .args(["--only-binary=:all:", "--require-hashes", "--requirement"])
        .args([
            requirements.as_os_str(),
            "--target".as_ref(),
            home.as_os_str(),
        ]);
    succeed(
        &mut pip,
        "fetch Zig with python3 and pip, which building for Linux needs",
    )
}
