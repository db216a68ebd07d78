//! `cargo xtask dist`: a release, into `target/dist`.
//!
//! Each machine builds what it can, the rest is for the hosted workflow, which brings all of it
//! together.

mod build;
mod elf;
mod platform;
mod release;
mod sign;
mod zig;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

pub use platform::Platform;
pub use release::{Program, Release, VERSION, checksum};

use platform::{TARGETS, Target};

use crate::cargo::{cargo, succeed};

/// What there is to do.
#[derive(clap::Args)]
pub struct Arguments {
    /// Build nothing: sum and sign the archives of every platform, which are in target/dist already
    #[arg(long, conflicts_with = "target")]
    assemble: bool,
    /// Build for this target of Rust only; may be given more than once
    #[arg(long, value_name = "TRIPLE", value_parser = Target::named)]
    target: Vec<Target>,
    /// Fail unless this is the tag of the version, such as v1.2.3
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Install the archive for this machine with Terraform afterwards, and apply with it
    #[arg(long)]
    check: bool,
}

/// Builds, packs and seals a release.
pub fn run(project: &Path, arguments: &Arguments) -> Result<()> {
    if let Some(tag) = &arguments.tag {
        let expected = format!("v{VERSION}");
        ensure!(
            *tag == expected,
            "the tag is {tag}, and should be {expected}"
        );
        let changes = fs::read_to_string(project.join("CHANGELOG.md"))?;
        ensure!(
            changes.lines().next() == Some(&format!("## {VERSION}")),
            "CHANGELOG.md does not begin with `## {VERSION}`"
        );
    }
    let directory = project.join("target").join("dist");
    let platforms = if arguments.assemble {
        TARGETS.map(|target| target.platform).to_vec()
    } else if arguments.target.is_empty() {
        pack(project, &directory, &buildable(project)?)?
    } else {
        pack(project, &directory, &arguments.target)?
    };
    let key = env::var_os(sign::KEY);
    for program in Program::ALL {
        let release = Release::in_directory(&directory, program)?;
        release.seal(&platforms)?;
        if let Some(key) = &key {
            let key = key.to_str().context("a key's name is text")?;
            let gpg = Command::new("gpg");
            sign::sign(gpg, key, &release.checksums(), &release.signature())?;
        }
        crate::say(&fs::read_to_string(release.checksums())?);
    }
    if key.is_none() {
        crate::say(&format!("Not signed: {} names no key.", sign::KEY));
    }
    if arguments.check {
        check(&directory)?;
    }
    Ok(())
}

/// The targets that this machine can build.
fn buildable(project: &Path) -> Result<Vec<Target>> {
    let here = Platform::host()?;
    let mut can = Vec::new();
    for target in TARGETS {
        let target = target.built_on(here);
        match build::obstacle(project, target, here) {
            None => can.push(target),
            Some(why) => crate::say(&format!(
                "Left to the release workflow: {}, because {why}.",
                target.platform
            )),
        }
    }
    ensure!(!can.is_empty(), "nothing can be built here");
    Ok(can)
}

/// Builds and packs, and says for which platforms.
fn pack(project: &Path, directory: &Path, targets: &[Target]) -> Result<Vec<Platform>> {
    if directory.exists() {
        // Nothing of an earlier release may be taken for part of this one.
        fs::remove_dir_all(directory)?;
    }
    for target in targets {
        for program in Program::ALL {
            crate::say(&format!(
                "Building {} for {} ...",
                program.name(),
                target.platform
            ));
            let built = build::program(project, *target, program)?;
            Release::in_directory(directory, program)?.pack(target.platform, &built)?;
        }
    }
    Ok(targets.iter().map(|target| target.platform).collect())
}

/// Runs the tests that install a release, with this one.
fn check(directory: &Path) -> Result<()> {
    let mut test = cargo(&["test", "--locked", "--workspace", "--test", "release"])?;
    succeed(
        test.env("JOONTO_TEST_RELEASE", directory),
        "install the release",
    )
}
