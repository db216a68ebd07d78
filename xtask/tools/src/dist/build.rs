//! Building the program for a target, the same bytes wherever it is built.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use super::platform::{Platform, Target, WINDOWS_GNU};
use super::release::Program;
use super::{elf, zig};
use crate::cargo;

/// The compiler and linker of mingw-w64, by the name that Rust looks for.
const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// Why this machine cannot build for a target; none if it can.
pub(super) fn obstacle(project: &Path, target: Target, here: Platform) -> Option<String> {
    let is_mingw = target.triple == WINDOWS_GNU.triple;
    if target.platform.os != here.os && !is_mingw {
        return Some(match target.platform.os {
            "darwin" => "only macOS has Apple's linker and libraries".to_owned(),
            "linux" => "it is built with Zig on Linux".to_owned(),
            _ => "it is built on Windows, or on Linux with mingw-w64".to_owned(),
        });
    }
    if is_mingw && !is_on_path(MINGW) {
        return Some(format!("{MINGW}, of mingw-w64, is not on the search path"));
    }
    add(project, target).err().map(|error| format!("{error:#}"))
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Builds the program, and says where it is. Each is built alone: together, they would share the
/// features of what both depend on.
pub(super) fn program(project: &Path, target: Target, program: Program) -> Result<PathBuf> {
    add(project, target)?;
    let machine = Machine::of(project)?;
    let mut command = match target.platform.os {
        "linux" => zig::cargo_zigbuild(&project.join("target").join("tools"))?,
        _ => cargo::cargo(&["build"])?,
    };
    command
        .args(["--release", "--locked", "--target", target.triple])
        .args(["--package", program.name(), "--bin", program.name()])
        .env("CARGO_ENCODED_RUSTFLAGS", machine.flags(target))
        .current_dir(project);
    let built = cargo::build(&mut command, program.name())?;
    let bytes = fs::read(&built)?;
    // Microsoft's C compiler has no option to leave out where aws-lc's sources lie.
    if !target.triple.ends_with("-msvc") {
        machine.check(&bytes)?;
    }
    if target.platform.os == "linux" {
        elf::require_portable(&bytes)?;
    }
    Ok(built)
}

/// Makes sure that Rust's own library for the target is there.
fn add(project: &Path, target: Target) -> Result<()> {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", target.triple]);
    let what = format!("add {} with rustup", target.triple);
    let output = rustup.current_dir(project).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot {what}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let error = said.lines().find(|line| line.starts_with("error: "));
    ensure!(
        output.status.success(),
        "cannot {what}: {}",
        error.unwrap_or_else(|| said.trim())
    );
    Ok(())
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
        // On Windows nothing is to be installed beside it, and the linker leaves out the time.
        let further: &[&str] = match target.platform.os {
            // Zig would take away that the program can be placed anywhere.
            "linux" => &["-Clink-arg=-pie"],
            "windows" if target.triple == WINDOWS_GNU.triple => &[
                "-Ctarget-feature=+crt-static",
                "-Clink-arg=-Wl,--no-insert-timestamp",
            ],
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
    fn what_cannot_be_built_here_says_why() {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let of = |os, here| {
            let here = Platform {
                os: here,
                arch: "amd64",
            };
            let target = TARGETS.into_iter().find(|target| target.platform.os == os);
            let target = target.expect("a target").built_on(here);
            obstacle(project, target, here)
        };
        for (os, here, word) in [
            ("darwin", "linux", "Apple"),
            ("linux", "windows", "Zig"),
            ("windows", "darwin", "mingw-w64"),
        ] {
            let why = of(os, here).expect("another system builds it");
            assert!(why.contains(word), "{why}");
        }
        if !is_on_path(MINGW) {
            let why = of("windows", "linux").expect("no linker");
            assert!(why.contains(MINGW), "{why}");
        }
    }

    #[test]
    fn a_program_that_tells_where_it_was_built_is_refused() {
        let machine = Machine {
            directories: [
                ("/home/me/src".into(), "joonto"),
                ("/home/me/.cargo".into(), "cargo"),
            ],
        };
        for target in TARGETS.into_iter().chain([WINDOWS_GNU]) {
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
