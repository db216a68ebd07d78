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
pub(in crate::provider) struct Handed {
    directory: PathBuf,
    file: PathBuf,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What was handed to this process.
    handed: BTreeSet<String>,
    /// The numbers that this process reads. Terraform reads an imported number that it does not
    /// hand over.
    read: BTreeSet<String>,
    /// What this process has noted for the others of its command.
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

    /// Notes that a resource in state holds a number, or something else that one resource holds.
    pub(in crate::provider) fn note(&self, held: &str) {
        let mut seen = locked(&self.seen);
        let is_new = seen.handed.insert(held.to_owned());
        self.note_held(&mut seen, held, is_new);
    }

    /// Notes that a resource with this number is read.
    pub(in crate::provider) fn note_read(&self, number: &E164) {
        let mut seen = locked(&self.seen);
        let is_new = seen.read.insert(number.to_string());
        self.note_held(&mut seen, number.as_str(), is_new);
    }

    /// Two resources hold what is handed to one process, or read by one, twice: Terraform does
    /// either once for each resource.
    fn note_held(&self, seen: &mut Seen, held: &str, is_new: bool) {
        let fact = match is_new {
            true => held.to_owned(),
            false => twice(held),
        };
        if let Err(error) = self.note_fact(seen, fact) {
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
        for (path, at) in self.files() {
            if self.clock.utc() - at > KEPT {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// The files that commands left, each with the time it was written.
    fn files(&self) -> impl Iterator<Item = (PathBuf, OffsetDateTime)> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten();
        entries.flatten().filter_map(|entry| {
            let is_plan = entry.file_name().to_str()?.starts_with(PREFIX);
            let metadata = entry.metadata().ok()?;
            let at = metadata.modified().ok()?.into();
            (is_plan && metadata.is_file()).then(|| (entry.path(), at))
        })
    }

    /// Notes which run bought a number in state.
    pub(in crate::provider) fn note_run(&self, number: &E164, run: &str) {
        self.note_aside(bought_by(number, run));
    }

    /// Whether `run` bought a number that a resource in state has.
    pub(super) fn was_bought_by(&self, number: &E164, run: &RunId) -> bool {
        self.has(&bought_by(number, run.as_str()))
    }

    /// Notes that a read has seen the number, and that it is the one that was bought.
    pub(in crate::provider) fn note_seen(&self, number: &E164) {
        self.note_aside(format!("{number} seen"));
    }

    /// Whether a read of this command has seen the number. A destroy asks the API otherwise.
    pub(in crate::provider) fn was_seen(&self, number: &E164) -> bool {
        self.has(&format!("{number} seen"))
    }

    /// Notes that this command has warned of the open purchases of an account.
    pub(super) fn note_warned(&self, account: &str) {
        self.note_aside(format!("warned {account}"));
    }

    /// Whether this command has warned of the open purchases of an account.
    pub(super) fn has_warned(&self, account: &str) -> bool {
        self.has(&format!("warned {account}"))
    }

    /// Notes what costs a request or a second warning if it cannot be written, and nothing else.
    fn note_aside(&self, fact: String) {
        let _ = self.note_fact(&mut locked(&self.seen), fact);
    }

    fn note_fact(&self, seen: &mut Seen, fact: String) -> io::Result<()> {
        let line = format!("{fact}\n");
        match seen.facts.insert(fact) {
            true => self.append(seen, &line),
            false => Ok(()),
        }
    }

    /// Whether this command was handed that, or knows it.
    pub(super) fn has(&self, fact: &str) -> bool {
        let mut seen = locked(&self.seen);
        let left = || {
            let text = read(&self.file).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        seen.facts.contains(fact) || seen.left.get_or_insert_with(left).contains(fact)
    }

    /// Whether this command was handed that twice: two resources hold it.
    pub(super) fn has_twice(&self, held: &str) -> bool {
        self.has(&twice(held))
    }

    /// Whether two resources in state hold the number. An apply of a saved plan is a command of
    /// its own, so the newest plan that was handed the number decides.
    pub(in crate::provider) fn is_held_twice(&self, number: &E164) -> bool {
        let number = number.as_str();
        if self.has_twice(number) || self.has(number) {
            return self.has_twice(number);
        }
        let has = |text: &str, fact: &str| text.lines().any(|line| line == fact);
        let newest = self
            .plans()
            .filter(|(_, text)| has(text, number))
            .max_by_key(|(at, _)| *at);
        newest.is_some_and(|(_, text)| has(&text, &twice(number)))
    }

    /// The files that plans of other commands left, with the time of each.
    fn plans(&self) -> impl Iterator<Item = (OffsetDateTime, String)> {
        let others = self.files().filter(|(path, _)| *path != self.file);
        others.filter_map(|(path, at)| Some((at, read(&path)?)))
    }

    /// Whether a plan of another command that ran after `since` was handed numbers, and not this
    /// one.
    pub(super) fn was_missed(&self, number: &E164, since: OffsetDateTime) -> bool {
        let mut later = self.plans().filter(|(at, _)| *at > since);
        later.any(|(_, text)| !text.lines().any(|line| line == number.as_str()))
    }

    /// Why the other processes of this command cannot learn it, once.
    pub(in crate::provider) fn problem(&self) -> Option<String> {
        locked(&self.seen).problem.take()
    }
}

fn read(file: &Path) -> Option<String> {
    let mut text = String::new();
    let read = open_regular(file).ok()??.read_to_string(&mut text);
    read.ok().map(|_| text)
}

fn twice(held: &str) -> String {
    format!("{held} twice")
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
        planning.note(once.as_str());
        planning.note(twice.as_str());
        planning.note(twice.as_str());
        let applying = Handed::new(at.clone(), &run, Arc::new(SystemClock));
        assert!(applying.has(once.as_str()) && applying.has(twice.as_str()));
        assert!(!applying.is_held_twice(&once) && applying.is_held_twice(&twice));
        assert_eq!(planning.problem(), None);
        planning.note_seen(&once);
        let destroying = Handed::new(at.clone(), &run, Arc::new(SystemClock));
        assert!(destroying.was_seen(&once) && !destroying.was_seen(&twice));
        let other = RunId::parse("000000000000").expect("a run");
        let other = Handed::new(at, &other, Arc::new(SystemClock));
        assert!(!other.has(once.as_str()) && !other.was_seen(&once));
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
        handed.note("+18015550100");
        assert!(handed.problem().is_some());
        assert_eq!(handed.problem(), None);
    }
}
