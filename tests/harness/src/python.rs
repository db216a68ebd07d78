//! What the harness fetches and runs with the machine's own Python: packages from its registry.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};

/// Checks what the launchers need, and says where the interpreter really is: what stands on the
/// search path may be a switch that depends on the working directory.
const PROBE: &str = "import ctypes, sys; sys.version_info >= (3, 7) or sys.exit('older than 3.7'); \
                     print(sys.executable)";

/// Locks a directory into which packages are fetched, for as long as the file is open.
///
/// Tests run in many processes at once; the first to come fetches, the others wait for it.
pub(crate) fn lock(home: &Path) -> Result<File> {
    let lock = File::create(home.join("lock"))?;
    lock.lock()
        .with_context(|| format!("cannot lock {}", home.display()))?;
    Ok(lock)
}

/// Every Python 3 that may do, the usual one first.
pub(crate) fn interpreters() -> Result<Vec<OsString>> {
    let versioned = (9..=14).rev().map(|minor| format!("python3.{minor}"));
    let names = ["python3".to_owned(), "python".to_owned()]
        .into_iter()
        .chain(versioned);
    let mut found: Vec<OsString> = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        let response = Command::new(&name)
            .args(["-c", PROBE])
            .stdin(Stdio::null())
            .output();
        match response {
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

/// Installs packages into a directory, never from source.
pub(crate) fn install(python: &OsStr, into: &Path, what: &[&str]) -> Result<()> {
    let output = Command::new(python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "--no-compile",
            "--only-binary=:all:",
        ])
        .arg("--target")
        .arg(into)
        .args(what)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        bail!("{} -m pip: {}", python.display(), last_words(&output));
    }
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
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    let directory = path.parent().context("a file stands in a directory")?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

pub(crate) fn announce(text: &str) {
    // Not by `eprintln!`: of a test that passes, nobody would see it.
    let _ = writeln!(std::io::stderr(), "{text}");
}
