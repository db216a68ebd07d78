//! Building the program for a target, the same bytes wherever it is built.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::platform::Target;
use super::release::NAME;
use super::{elf, zig};
use crate::cargo;

/// Builds the program, and says where it is.
pub(super) fn program(project: &Path, target: Target) -> Result<PathBuf> {
    add(project, target)?;
    let machine = Machine::of(project)?;
    let mut command = match target.platform.os {
        "linux" => zig::cargo_zigbuild(&project.join("target").join("tools"))?,
        _ => cargo::cargo(&["build"])?,
    };
    command
        .args(["--release", "--locked", "--target", target.triple])
        .args(["--package", NAME, "--bin", NAME])
        .env("CARGO_ENCODED_RUSTFLAGS", machine.flags(target))
        .current_dir(project);
    let [program] = cargo::build(&mut command, [NAME])?;
    let bytes = fs::read(&program)?;
    // Microsoft's C compiler has no option to leave out where aws-lc's sources lie.
    if target.platform.os != "windows" {
        machine.check(&bytes)?;
    }
    if target.platform.os == "linux" {
        elf::require_portable(&bytes)?;
    }
    Ok(program)
}

/// Makes sure that Rust's own library for the target is there.
fn add(project: &Path, target: Target) -> Result<()> {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", target.triple]);
    let what = format!("add {} with rustup", target.triple);
    cargo::succeed(rustup.current_dir(project), &what)
}

/// The directories of this machine that the compiler would write into the program.
struct Machine {
    /// Each, and what stands for it instead.
    directories: [(PathBuf, &'static str); 2],
}

impl Machine {
    fn of(project: &Path) -> Result<Self> {
        let cargo_home = match env::var_os("CARGO_HOME") {
            Some(home) => PathBuf::from(home),
            None => env::home_dir()
                .context("there is no home directory")?
                .join(".cargo"),
        };
        Ok(Self {
            directories: [(project.to_owned(), "joonto"), (cargo_home, "cargo")],
        })
    }

    /// The compiler's flags, in the form of `CARGO_ENCODED_RUSTFLAGS`.
    fn flags(&self, target: Target) -> String {
        let mut flags: Vec<String> = self
            .directories
            .iter()
            .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()))
            .collect();
        let further: &[&str] = match target.platform.os {
            // Zig would take away that the program can be placed anywhere.
            "linux" => &["-Clink-arg=-pie"],
            // Nothing is to be installed beside it, and the linker leaves out the time.
            "windows" => &["-Ctarget-feature=+crt-static", "-Clink-arg=/Brepro"],
            _ => &[],
        };
        flags.extend(further.iter().map(|flag| (*flag).to_owned()));
        flags.join("\u{1f}")
    }

    /// Refuses a program that tells where it was built.
    fn check(&self, program: &[u8]) -> Result<()> {
        for (path, _) in &self.directories {
            let text = OsStr::as_encoded_bytes(path.as_os_str());
            if program.windows(text.len()).any(|window| window == text) {
                bail!(
                    "the program contains the path {}: it would differ on another machine",
                    path.display()
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::platform::TARGETS;

    #[test]
    fn a_program_that_tells_where_it_was_built_is_refused() {
        let machine = Machine {
            directories: [
                ("/home/me/src".into(), "joonto"),
                ("/home/me/.cargo".into(), "cargo"),
            ],
        };
        for target in TARGETS {
            let flags = machine.flags(target);
            let remapped: Vec<&str> = flags.split('\u{1f}').take(2).collect();
            let expected = [
                "--remap-path-prefix=/home/me/src=joonto",
                "--remap-path-prefix=/home/me/.cargo=cargo",
            ];
            assert_eq!(remapped, expected);
        }
        machine
            .check(b"\0cargo/registry/src/lib.rs\0")
            .expect("no path of this machine");
        let error = machine
            .check(b"\0/home/me/.cargo/registry/src/lib.rs\0")
            .expect_err("a path of this machine");
        assert!(error.to_string().contains("/home/me/.cargo"), "{error:#}");
    }
}
