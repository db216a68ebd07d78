//! The numbers that Terraform hands over from state, for all processes of one command.
//!
//! The process that plans is handed every number; the one that buys is handed few. So the first
//! leaves one small file for the others. It is no record: it is lost without harm, and the next
//! plan deletes files older than a day.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;

use super::files::{create_private, open_regular};
use super::run::RunId;
use crate::context::Clock;
use crate::joonto::E164;
use crate::sync::locked;

/// What the name of a command's file begins with.
const PREFIX: &str = "plan-";

/// How long files of other commands are kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The numbers that this command was handed.
#[derive(Debug)]
pub(super) struct Handed {
    directory: PathBuf,
    file: PathBuf,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Handed to this process.
    numbers: BTreeSet<E164>,
    /// Read by this process. Terraform reads an imported number that it does not hand over.
    read: BTreeSet<E164>,
    /// Handed to this process, or read by it, twice: two resources hold them. Terraform does
    /// either once for each resource in one process.
    twice: BTreeSet<E164>,
    /// What else this command knows: who bought numbers, which ones a read has seen, who was
    /// warned.
    facts: BTreeSet<String>,
    /// The command's file, open for appending. If somebody deletes it, it is lost without harm.
    file: Option<File>,
    /// What earlier processes of this command left, once it was read.
    left: Option<BTreeSet<String>>,
    /// Old files were deleted.
    swept: bool,
    /// The file cannot be written, for this reason.
    problem: Option<String>,
}

impl Handed {
    /// The numbers of `run`, kept in `directory`.
    pub(super) fn new(directory: PathBuf, run: &RunId, clock: Arc<dyn Clock>) -> Self {
        Self {
            file: directory.join(format!("{PREFIX}{run}")),
            directory,
            clock,
            seen: Mutex::default(),
        }
    }

    /// Notes that a resource in state holds the number.
    pub(super) fn note(&self, number: &E164) {
        let is_new = locked(&self.seen).numbers.insert(number.clone());
        self.write(number, is_new);
    }

    /// Notes that a resource with this number is read.
    pub(super) fn note_read(&self, number: &E164) {
        let is_new = locked(&self.seen).read.insert(number.clone());
        if !is_new || !locked(&self.seen).numbers.contains(number) {
            self.write(number, is_new);
        }
    }

    /// Tells the other processes of this command.
    fn write(&self, number: &E164, is_new: bool) {
        let mut seen = locked(&self.seen);
        let line = match is_new {
            true => format!("{number}\n"),
            false if seen.twice.insert(number.clone()) => format!("{number} twice\n"),
            false => return,
        };
        if let Err(error) = self.append(&mut seen, &line) {
            seen.problem.get_or_insert(error.to_string());
        }
    }

    fn append(&self, seen: &mut Seen, line: &str) -> io::Result<()> {
        if !std::mem::replace(&mut seen.swept, true) {
            self.sweep();
        }
        let file = match &mut seen.file {
            Some(file) => file,
            none => none.insert(self.open()?),
        };
        file.write_all(line.as_bytes())
    }

    fn open(&self) -> io::Result<File> {
        create_private(&self.directory)?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.file)
    }

    /// Deletes the files of commands that ended long ago.
    fn sweep(&self) {
        let is_old = |path: &Path| {
            let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|at| self.clock.utc() - OffsetDateTime::from(at) > KEPT)
        };
        let entries = fs::read_dir(&self.directory).into_iter().flatten();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_plan = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_plan && is_file && is_old(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Notes which run bought a number in state.
    pub(super) fn note_run(&self, number: &E164, run: &str) {
        // What cannot be written costs a request or a second warning, and nothing else.
        let _ = self.note_fact(bought_by(number, run));
    }

    /// Whether `run` bought a number that a resource in state has.
    pub(super) fn was_bought_by(&self, number: &E164, run: &RunId) -> bool {
        self.knows(&bought_by(number, run.as_str()))
    }

    /// Notes that a read has seen the number, and that it is the one that was bought.
    pub(super) fn note_seen(&self, number: &E164) {
        // What cannot be written costs a request or a second warning, and nothing else.
        let _ = self.note_fact(format!("{number} seen"));
    }

    /// Whether a read of this command has seen the number. A destroy asks the API otherwise.
    pub(super) fn was_seen(&self, number: &E164) -> bool {
        self.knows(&format!("{number} seen"))
    }

    /// Notes that a resource in state has a port-in of this number, or with this order.
    pub(super) fn note_port_in(&self, of: &str) {
        let noted = self.note_fact(format!("{of} port-in"));
        if let Err(error) = noted {
            locked(&self.seen).problem.get_or_insert(error.to_string());
        }
    }

    /// Whether a resource in state had a port-in of this number, or with this order, when the plan
    /// was made.
    pub(super) fn has_port_in(&self, of: &str) -> bool {
        self.knows(&format!("{of} port-in"))
    }

    /// Notes that this command has warned of the open purchases of an account.
    pub(super) fn note_warned(&self, account: &str) {
        // What cannot be written costs a request or a second warning, and nothing else.
        let _ = self.note_fact(format!("warned {account}"));
    }

    /// Whether this command has warned of the open purchases of an account.
    pub(super) fn has_warned(&self, account: &str) -> bool {
        self.knows(&format!("warned {account}"))
    }

    fn note_fact(&self, fact: String) -> io::Result<()> {
        let line = format!("{fact}\n");
        let mut seen = locked(&self.seen);
        match seen.facts.insert(fact) {
            true => self.append(&mut seen, &line),
            false => Ok(()),
        }
    }

    fn knows(&self, fact: &str) -> bool {
        locked(&self.seen).facts.contains(fact) || self.in_file(fact)
    }

    /// Whether this command was handed the number.
    pub(super) fn holds(&self, number: &E164) -> bool {
        locked(&self.seen).numbers.contains(number) || self.in_file(number.as_str())
    }

    /// Whether two resources in state hold the number. An apply of a saved plan is a command of
    /// its own, so the newest plan that was handed the number decides.
    pub(super) fn is_held_twice(&self, number: &E164) -> bool {
        let twice = format!("{number} twice");
        if locked(&self.seen).twice.contains(number) || self.in_file(&twice) {
            return true;
        }
        if self.holds(number) {
            return false;
        }
        let newest = self
            .plans()
            .filter(|(_, text)| text.lines().any(|line| line == number.as_str()))
            .max_by_key(|(at, _)| *at);
        newest.is_some_and(|(_, text)| text.lines().any(|line| line == twice))
    }

    /// The files that plans of other commands left, with the time of each.
    fn plans(&self) -> impl Iterator<Item = (OffsetDateTime, String)> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten();
        entries.flatten().filter_map(|entry| {
            let name = entry.file_name();
            let is_plan = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
            let is_other = is_plan && entry.path() != self.file;
            let text = is_other.then(|| read(&entry.path()))??;
            Some((entry.metadata().ok()?.modified().ok()?.into(), text))
        })
    }

    /// Whether an earlier process of this command left that line.
    fn in_file(&self, line: &str) -> bool {
        let mut seen = locked(&self.seen);
        let left = seen.left.get_or_insert_with(|| {
            read(&self.file)
                .unwrap_or_default()
                .lines()
                .map(str::to_owned)
                .collect()
        });
        left.contains(line)
    }

    /// Whether a plan of another command that ran after `since` was handed numbers, and not this
    /// one.
    pub(super) fn was_missed(&self, number: &E164, since: OffsetDateTime) -> bool {
        let mut later = self.plans().filter(|(at, _)| *at > since);
        later.any(|(_, text)| !text.lines().any(|line| line == number.as_str()))
    }

    /// Why the other processes of this command cannot learn it, once.
    pub(super) fn problem(&self) -> Option<String> {
        locked(&self.seen).problem.take()
    }
}

fn read(file: &Path) -> Option<String> {
    let mut text = String::new();
    let read = open_regular(file).ok()??.read_to_string(&mut text);
    read.ok().map(|_| text)
}

fn bought_by(number: &E164, run: &str) -> String {
    format!("{number} bought by {run}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::SystemClock;

    fn number(text: &str) -> E164 {
        E164::parse(text).expect("a number")
    }

    #[test]
    fn one_process_tells_the_others_of_its_command() {
        let directory = tempfile::tempdir().expect("a directory");
        let run = RunId::parse("abcdef012345").expect("a run");
        let at = directory.path().join("joonto");
        let planning = Handed::new(at.clone(), &run, Arc::new(SystemClock));
        let (once, twice) = (number("+18015550100"), number("+18015550101"));
        planning.note(&once);
        planning.note(&twice);
        planning.note(&twice);
        let applying = Handed::new(at.clone(), &run, Arc::new(SystemClock));
        assert!(applying.holds(&once) && applying.holds(&twice));
        assert!(!applying.is_held_twice(&once) && applying.is_held_twice(&twice));
        assert_eq!(planning.problem(), None);
        planning.note_seen(&once);
        let destroying = Handed::new(at.clone(), &run, Arc::new(SystemClock));
        assert!(destroying.was_seen(&once) && !destroying.was_seen(&twice));
        let other = RunId::parse("000000000000").expect("a run");
        let other = Handed::new(at, &other, Arc::new(SystemClock));
        assert!(!other.holds(&once) && !other.was_seen(&once));
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_said_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("file");
        fs::write(&file, "").expect("written");
        let handed = Handed::new(
            file,
            &RunId::parse("abcdef012345").expect("a run"),
            Arc::new(SystemClock),
        );
        handed.note(&number("+18015550100"));
        assert!(handed.problem().is_some());
        assert_eq!(handed.problem(), None);
    }
}
