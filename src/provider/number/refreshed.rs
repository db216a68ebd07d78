//! The numbers that a read of this command has seen, for its process that destroys them.
//!
//! A destroy asks first whether the digits still lead to the number that was bought. The refresh
//! of the same command has asked that already, in another process, and leaves the answer in a
//! small file. Lost or unwritable, it costs the requests again and nothing else.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::joonto::E164;
use crate::provider::purchase::RunId;
use crate::wait::Clock;

/// What the name of a command's file begins with.
const PREFIX: &str = "read-";

/// How long files of other commands are kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The numbers that reads of one command have seen. Clones share them.
#[derive(Clone, Debug)]
pub(in crate::provider) struct Refreshed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    file: PathBuf,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    numbers: BTreeSet<String>,
    /// What earlier processes of this command left was read.
    is_loaded: bool,
    swept: bool,
}

impl Refreshed {
    /// The numbers that `run` reads, kept in `directory`. Touches nothing yet.
    pub(in crate::provider) fn new(directory: PathBuf, run: &RunId, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            file: directory.join(format!("{PREFIX}{run}")),
            directory,
            clock,
            seen: Mutex::default(),
        }))
    }

    /// A read has seen the number, and it is the one that was bought.
    pub(super) fn note(&self, number: &E164) {
        let mut seen = self.lock();
        if !seen.numbers.insert(number.to_string()) {
            return;
        }
        if !std::mem::replace(&mut seen.swept, true) {
            self.sweep();
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.0.file);
        // Where nothing can be written, the destroy asks itself.
        let _ = file.and_then(|mut file| file.write_all(format!("{number}\n").as_bytes()));
    }

    /// Whether a read of this command has seen the number.
    pub(super) fn holds(&self, number: &E164) -> bool {
        let mut seen = self.lock();
        if !std::mem::replace(&mut seen.is_loaded, true) {
            // Only a regular file: anything else could block for ever.
            let is_file = fs::symlink_metadata(&self.0.file).is_ok_and(|file| file.is_file());
            let text = is_file
                .then(|| fs::read_to_string(&self.0.file).ok())
                .flatten();
            let lines = text.unwrap_or_default();
            seen.numbers.extend(lines.lines().map(str::to_owned));
        }
        seen.numbers.contains(number.as_str())
    }

    /// Deletes the files of commands that ended long ago.
    fn sweep(&self) {
        let is_old = |path: &Path| {
            let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|at| self.0.clock.utc() - OffsetDateTime::from(at) > KEPT)
        };
        let entries = fs::read_dir(&self.0.directory).into_iter().flatten();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_ours && is_file && is_old(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::SystemClock;

    #[test]
    fn one_process_tells_the_next_of_its_command_and_no_other() {
        let directory = tempfile::tempdir().expect("a directory");
        let refreshed = |run: &str| {
            let run = RunId::parse(run).expect("a run");
            Refreshed::new(directory.path().into(), &run, Arc::new(SystemClock))
        };
        let number = |text: &str| E164::parse(text).expect("a number");
        let (seen, unseen) = (number("+18015550100"), number("+18015550101"));
        refreshed("abcdef012345").note(&seen);
        let destroying = refreshed("abcdef012345");
        assert!(destroying.holds(&seen) && !destroying.holds(&unseen));
        assert!(!refreshed("000000000000").holds(&seen));
    }
}
