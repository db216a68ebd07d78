//! `moto`, an S3 server in Python, fetched into the target directory.
//!
//! What the choice rests on, measured with 20 `PUT`s with `If-None-Match: *` at once, of which one
//! has to succeed and 19 to get 412:
//!
//! | server | a second create | 20 at once | to install |
//! |---|---|---|---|
//! | moto 5.2.5, one thread | 412 | one succeeds, in 150 of 150 rounds | 6 s |
//! | moto 5.2.5, its own `moto_server` | 412 | two succeed in 6 of 150 rounds (switches every µs) | 6 s |
//! | s3s-fs 0.14.1 | 412 | 13 of 20 succeed, in 50 of 50 rounds | 110 s |
//!
//! `tests/s3.rs` repeats the measurement in small.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::{Context as _, Result};

use crate::cli::target_directory;
use crate::python;

const SERVER: &str = include_str!("server.py");

/// The packages. Those that they need are chosen by `pip`: some exist for few Pythons only.
const PACKAGES: [&str; 6] = [
    "moto[s3]==5.2.5",
    "boto3==1.44.8",
    "botocore==1.44.8",
    "flask==3.1.3",
    "flask-cors==6.0.5",
    "werkzeug==3.1.9",
];

/// A running server. It ends when it is dropped, and when this process ends in whatever way.
#[derive(Debug)]
pub(super) struct Moto {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Moto {
    /// The server of this process; the first to need it starts it. It takes a second.
    pub(super) fn shared() -> Result<Arc<Self>> {
        static RUNNING: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moto) = running.upgrade() {
            return Ok(moto);
        }
        let moto = Arc::new(Self::start()?);
        *running = Arc::downgrade(&moto);
        Ok(moto)
    }

    fn start() -> Result<Self> {
        let fetched = fetch(&target_directory()?)?;
        // Nothing of the machine's own: with AWS settings moto would look for an account.
        let foreign = std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            ["AWS_", "MOTO_", "PYTHON"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        });
        let mut command = Command::new(&fetched.python);
        for (name, _) in foreign {
            command.env_remove(name);
        }
        let mut child = command
            .arg(&fetched.launcher)
            .arg(&fetched.packages)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the S3 server")?;
        let mut port = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut port)?;
        }
        let mut moto = Self {
            child,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        };
        let port = port.trim().parse();
        moto.address
            .set_port(port.context("the S3 server tells no port")?);
        Ok(moto)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // That it may be over already is no problem.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// No Python runs moto, for these reasons.
#[derive(Debug)]
pub(super) struct NoPython(String);

impl fmt::Display for NoPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "No Python 3.10 with pip runs an S3 server:\n{}", self.0)
    }
}

impl std::error::Error for NoPython {}

struct Fetched {
    python: OsString,
    launcher: PathBuf,
    packages: PathBuf,
}

/// Fetches the packages, unless they are there.
fn fetch(target: &Path) -> Result<Fetched> {
    let home = target.join("moto");
    fs::create_dir_all(&home)?;
    let _lock = python::lock(&home)?;
    let launcher = home.join("server.py");
    python::write_whole(&launcher, SERVER)?;
    let mut problems = Vec::new();
    let interpreters = python::interpreters().map_err(|none| NoPython(format!("{none:#}")))?;
    for python in interpreters {
        match installed(&home, &python) {
            Ok(packages) => {
                return Ok(Fetched {
                    python,
                    launcher,
                    packages,
                });
            }
            Err(problem) => problems.push(format!("{problem:#}")),
        }
    }
    Err(NoPython(problems.join("\n")).into())
}

fn installed(home: &Path, python: &OsString) -> Result<PathBuf> {
    // Some packages are built for one Python. A changed list is fetched again.
    let print = "import hashlib, sys; print(sys.implementation.cache_tag + '-' + \
                 hashlib.sha256(' '.join(sys.argv[1:]).encode()).hexdigest()[:12])";
    let tag = Command::new(python)
        .args(["-c", print])
        .args(PACKAGES)
        .stdin(Stdio::null())
        .output()?;
    let tag = String::from_utf8_lossy(&tag.stdout).trim().to_owned();
    let place = home.join(&tag);
    if tag.is_empty() || place.is_dir() {
        return Ok(place);
    }
    python::announce("Fetching an S3 server (once, about 30 MB) ...");
    let staging = tempfile::Builder::new()
        .prefix(".fetching-")
        .tempdir_in(home)?;
    python::install(python, staging.path(), &PACKAGES)?;
    // The next reader sees all of it or nothing.
    fs::rename(staging.keep(), &place)?;
    Ok(place)
}
