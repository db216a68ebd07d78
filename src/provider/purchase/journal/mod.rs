//! The journal of purchases: what survives the process.
//!
//! Terraform learns of a number only when its creation returns. Should both be killed before
//! that, this is what the next run has to go by: what was about to be bought, what was answered,
//! and what the account owned before. It is evidence, not authority: the inventory decides. It
//! holds no secrets, and a disk that is lost takes it along.
//!
//! Each process writes a file of its own and keeps it locked while it lives, so a file that can
//! be locked is one whose process is gone. An entry is done with once a later process sees its
//! number in state.

mod entry;
mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use super::evidence::Wanted;
use crate::joonto::E164;
use crate::wait::Clock;

use entry::{Contents, Entry, Line, Standing};
use file::{Held, Writer};

pub(in crate::provider) use entry::Receipt;

/// How long an entry is acted upon. An older one is only reported: too much may have happened.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a journal is kept at all.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Where a purchase belongs: API, account and workspace.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Scope(String);

impl Scope {
    /// The scope of these. A hash: it says nothing of them.
    pub(super) fn new(base_url: &str, fingerprint: &str, workspace: &str) -> Self {
        Self(hash(&[base_url, fingerprint, workspace]))
    }

    /// What purchases of the same thing have in common.
    fn key(&self, wanted: &Wanted) -> String {
        let wanted = serde_json::to_string(wanted).unwrap_or_default();
        hash(&[&self.0, &wanted])
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The journal of this process, and those that earlier ones left behind. Clones share it.
#[derive(Clone, Debug)]
pub(in crate::provider) struct Journal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    clock: Arc<dyn Clock>,
    own: OnceCell<Result<Own, String>>,
    numbers: Mutex<Numbers>,
    past: Mutex<Option<Vec<Past>>>,
}

/// This process's own file.
#[derive(Debug)]
struct Own {
    path: PathBuf,
    writer: Writer,
}

/// What was handed out so far.
#[derive(Debug, Default)]
struct Numbers {
    next_id: u64,
    snapshots: Vec<String>,
    told_problem: bool,
}

/// A file that an earlier process left, as last read.
#[derive(Debug)]
struct Past {
    path: PathBuf,
    contents: Contents,
}

/// A purchase that was written down before it was sent.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Ticket(u64);

/// What earlier processes left to say about a purchase like the one at hand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Leftover {
    /// A number that was bought and that Terraform never got to store.
    pub(super) claim: Option<Receipt>,
    /// Things the user should know.
    pub(super) reports: Vec<String>,
}

impl Journal {
    /// A journal in `directory`, which is only made when there is something to write.
    pub(in crate::provider) fn new(directory: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            directory,
            clock,
            own: OnceCell::new(),
            numbers: Mutex::default(),
            past: Mutex::new(None),
        }))
    }

    /// Writes down what the account owned before the first purchase.
    pub(super) async fn snapshot(&self, scope: &Scope, numbers: &BTreeSet<E164>) {
        if locked(&self.0.numbers).snapshots.contains(&scope.0) {
            return;
        }
        locked(&self.0.numbers).snapshots.push(scope.0.clone());
        let numbers = numbers.iter().map(E164::to_string).collect();
        self.write(vec![Line::Snapshot {
            scope: scope.0.clone(),
            numbers,
        }])
        .await;
    }

    /// Writes down that a purchase is about to be sent. On disk once this returns.
    pub(super) async fn intend(&self, scope: &Scope, wanted: &Wanted) -> Ticket {
        let id = {
            let mut numbers = locked(&self.0.numbers);
            numbers.next_id += 1;
            numbers.next_id
        };
        let line = Line::Intent {
            id,
            scope: scope.0.clone(),
            key: scope.key(wanted),
            at: self.now(),
            wanted: wanted.clone(),
        };
        self.write(vec![line]).await;
        Ticket(id)
    }

    /// Writes down what the purchase brought. On disk once this returns.
    pub(super) async fn answered(&self, ticket: Ticket, receipt: Receipt) {
        self.write(vec![Line::Answered {
            id: ticket.0,
            receipt,
        }])
        .await;
    }

    /// Writes down that the purchase brought nothing.
    pub(super) async fn nothing(&self, ticket: Ticket) {
        self.write(vec![Line::Nothing { id: ticket.0 }]).await;
    }

    /// Writes down that Terraform has every answer of this process.
    pub(in crate::provider) async fn ended(&self) {
        if self.0.own.initialized() {
            self.write(vec![Line::Ended]).await;
        }
    }

    /// Why nothing can be written, told once.
    pub(super) fn problem(&self) -> Option<String> {
        let problem = self.0.own.get()?.as_ref().err()?.clone();
        let mut numbers = locked(&self.0.numbers);
        (!std::mem::replace(&mut numbers.told_problem, true)).then_some(problem)
    }

    async fn write(&self, lines: Vec<Line>) {
        let own = self.0.own.get_or_init(|| async { self.open() }).await;
        if let Ok(own) = own
            && let Err(error) = own.writer.write(lines).await
        {
            tracing::error!(journal = %own.path.display(), error, "the journal cannot be written");
        }
    }

    fn open(&self) -> Result<Own, String> {
        let inner = &self.0;
        // Whatever is there now was left by others.
        drop(self.past());
        let since_1970 = inner.clock.utc().unix_timestamp_nanos() / 1_000_000;
        let create = |attempt: u32| {
            let name = format!("{since_1970:014}-{}-{attempt}", std::process::id());
            file::create(&inner.directory, &name)
        };
        let taken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::AlreadyExists;
        let created = (0..100)
            .map(create)
            .find(|created| !created.as_ref().is_err_and(taken));
        let (path, file) = created
            .unwrap_or_else(|| Err(std::io::ErrorKind::AlreadyExists.into()))
            .map_err(|error| format!("{}: {error}", inner.directory.display()))?;
        let writer = Writer::start(file).map_err(|error| error.to_string())?;
        Ok(Own { path, writer })
    }

    fn now(&self) -> i64 {
        self.0.clock.utc().unix_timestamp()
    }

    /// A number, or its order, is in state: whatever earlier processes wrote of its purchase is
    /// done with.
    pub(super) fn seen(&self, number: Option<&str>, order: Option<&str>) {
        let mut past = self.past();
        for past in past.iter_mut().flatten() {
            let mut lines: Vec<Line> = past
                .contents
                .entries
                .iter()
                .filter(|(_, entry)| match &entry.standing {
                    Standing::Unseen(receipt) => {
                        (number.is_some() && receipt.number.as_deref() == number)
                            || (order.is_some() && receipt.order_id.as_deref() == order)
                    }
                    _ => false,
                })
                .map(|(id, _)| Line::Settled { id: *id })
                .collect();
            // What is new and in state is explained, for purchases that are still in doubt.
            if let Some(number) = number
                && past.contents.has_open()
                && !past.contents.known.contains(number)
            {
                lines.push(Line::Known {
                    number: number.to_owned(),
                });
            }
            past.mark(lines);
        }
    }

    /// Whether an earlier process left a purchase like this one in doubt.
    pub(super) fn left_in_doubt(&self, scope: &Scope, wanted: &Wanted) -> Option<LeftInDoubt> {
        let key = scope.key(wanted);
        let fresh = self.now() - seconds(FRESH);
        let mut past = self.past();
        let past = past.iter_mut().flatten();
        for file in past {
            let is_it = |entry: &Entry| {
                entry.key == key && entry.standing == Standing::Open && entry.at >= fresh
            };
            if !file.contents.entries.values().any(is_it) {
                continue;
            }
            let Ok(Some(held)) = Held::open(&file.path) else {
                continue;
            };
            if held.contents.entries.values().any(is_it) {
                let path = file.path.clone();
                return Some(LeftInDoubt {
                    held,
                    scope: scope.clone(),
                    path,
                });
            }
            file.contents = held.contents;
        }
        None
    }

    /// What earlier processes left of purchases like this one. What is handed over is done with.
    pub(super) fn leftover(&self, scope: &Scope, wanted: &Wanted) -> Leftover {
        let key = scope.key(wanted);
        let fresh = self.now() - seconds(FRESH);
        let mut leftover = Leftover::default();
        let mut past = self.past();
        for file in past.iter_mut().flatten() {
            let concerns =
                |entry: &Entry| entry.key == key && !matches!(entry.standing, Standing::Settled(_));
            if !file.contents.entries.values().any(concerns) {
                continue;
            }
            let Ok(Some(mut held)) = Held::open(&file.path) else {
                continue;
            };
            let mut lines = Vec::new();
            for (id, entry) in held
                .contents
                .entries
                .iter()
                .filter(|(_, entry)| concerns(entry))
            {
                match &entry.standing {
                    Standing::Unseen(receipt) if entry.at >= fresh && !held.contents.ended => {
                        if leftover.claim.is_none() {
                            leftover.claim = Some(receipt.clone());
                            lines.push(Line::Settled { id: *id });
                        }
                    }
                    // Terraform had the answer, or this is too old to act upon.
                    Standing::Unseen(receipt) => {
                        leftover.reports.push(report(entry, Some(receipt)));
                        lines.push(Line::Settled { id: *id });
                    }
                    Standing::Open if entry.at < fresh => {
                        leftover.reports.push(report(entry, None));
                        lines.push(Line::Settled { id: *id });
                    }
                    Standing::Open | Standing::Settled(_) => {}
                }
            }
            if let Err(error) = held.append(lines) {
                // Not written down, it would be handed over again: then better not at all.
                tracing::error!(error = %error, "the journal of an earlier run cannot be written");
                leftover.claim = None;
            }
            file.contents = held.contents;
            if leftover.claim.is_some() {
                break;
            }
        }
        leftover
    }

    /// Every number that any journal explains.
    fn explained(&self) -> BTreeSet<String> {
        let past = self.past();
        past.iter()
            .flatten()
            .flat_map(|past| past.contents.numbers())
            .cloned()
            .collect()
    }

    /// The files of earlier processes, read on first use.
    fn past(&self) -> MutexGuard<'_, Option<Vec<Past>>> {
        let mut past = locked(&self.0.past);
        if past.is_none() {
            *past = Some(self.load());
        }
        past
    }

    fn load(&self) -> Vec<Past> {
        let kept = self.now() - seconds(KEPT);
        let mut files: BTreeMap<PathBuf, Held> = BTreeMap::new();
        for path in file::list(&self.0.directory) {
            match Held::open(&path) {
                Ok(Some(held)) => drop(files.insert(path, held)),
                Ok(None) => {}
                Err(error) => tracing::warn!(
                    journal = %path.display(),
                    error = %error,
                    "the journal of an earlier run cannot be read"
                ),
            }
        }
        // While anything is in doubt, even settled purchases explain numbers that are new.
        let any_open = files.values().any(|held| held.contents.has_open());
        let mut past = Vec::new();
        for (path, held) in files {
            let newest = held.contents.entries.values().map(|entry| entry.at).max();
            let is_old = newest.is_none_or(|at| at < kept);
            if is_old || (held.contents.is_settled() && !any_open) {
                // Left behind, it is removed by the next process.
                let _ = fs::remove_file(&path);
            } else {
                past.push(Past {
                    path,
                    contents: held.contents,
                });
            }
        }
        past
    }
}

impl Past {
    /// Adds lines that need not be on disk at once: at worst they are found out again.
    fn mark(&mut self, lines: Vec<Line>) {
        if lines.is_empty() {
            return;
        }
        match file::mark(&self.path, &lines) {
            Ok(()) => lines.into_iter().for_each(|line| self.contents.apply(line)),
            Err(error) => tracing::warn!(
                journal = %self.path.display(),
                error = %error,
                "the journal of an earlier run cannot be written"
            ),
        }
    }
}

/// Purchases that an earlier process left in doubt, held against every other process.
#[derive(Debug)]
pub(super) struct LeftInDoubt {
    held: Held,
    scope: Scope,
    path: PathBuf,
}

impl LeftInDoubt {
    /// The purchases: what they asked for, and when (seconds since 1970).
    pub(super) fn purchases(&self) -> Vec<(Ticket, Wanted, i64)> {
        let open =
            self.held.contents.entries.iter().filter(|(_, entry)| {
                entry.scope == self.scope.0 && entry.standing == Standing::Open
            });
        open.map(|(id, entry)| (Ticket(*id), entry.wanted.clone(), entry.at))
            .collect()
    }

    /// What was owned before, if that was written down.
    pub(super) fn snapshot(&self) -> Option<BTreeSet<E164>> {
        let numbers = self.held.contents.snapshots.get(&self.scope.0)?;
        Some(parsed(numbers.iter()))
    }

    /// The numbers that this journal or another one explains.
    pub(super) fn explained(&self, journal: &Journal) -> BTreeSet<E164> {
        let elsewhere = journal.explained();
        parsed(elsewhere.iter().chain(self.held.contents.numbers()))
    }

    /// Where the journal is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down what was found out: the number a purchase brought, or that it brought none.
    pub(super) fn settle(
        mut self,
        journal: &Journal,
        found: Vec<(Ticket, Option<E164>)>,
    ) -> Result<(), String> {
        let lines = found.into_iter().map(|(Ticket(id), number)| match number {
            Some(number) => {
                let number = Some(number.to_string());
                Line::Answered {
                    id,
                    receipt: Receipt {
                        number,
                        ..Receipt::default()
                    },
                }
            }
            None => Line::Nothing { id },
        });
        self.held
            .append(lines.collect())
            .map_err(|error| error.to_string())?;
        let mut past = journal.past();
        if let Some(past) = past
            .iter_mut()
            .flatten()
            .find(|past| past.path == self.path)
        {
            past.contents = self.held.contents;
        }
        Ok(())
    }
}

fn parsed<'a>(numbers: impl Iterator<Item = &'a String>) -> BTreeSet<E164> {
    numbers
        .filter_map(|number| E164::parse(number).ok())
        .collect()
}

fn report(entry: &Entry, receipt: Option<&Receipt>) -> String {
    let when = time::OffsetDateTime::from_unix_timestamp(entry.at)
        .map(|at| at.date().to_string())
        .unwrap_or_default();
    let number = receipt.and_then(|receipt| receipt.number.as_deref());
    let order = receipt.and_then(|receipt| receipt.order_id.as_deref());
    match (number, order) {
        (Some(number), _) => format!(
            "{number} was bought on {when} by an equal request from this directory, and has not \
             been seen in the state since."
        ),
        (None, Some(order)) => format!(
            "Order {order} was placed on {when} by an equal request from this directory, and its \
             number has not been seen in the state since."
        ),
        (None, None) => format!(
            "An equal request was sent from this directory on {when}, and what became of it was \
             never found out."
        ),
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
