//! The journal of purchases: what survives the process.
//!
//! Terraform learns of a number only when its creation returns. Should both be killed before
//! that, this is what the next run has to go by: what was about to be bought, what was answered,
//! and what the account owned before. It is evidence, not authority: the inventory decides. It
//! holds no secrets, and a disk that is lost takes it along.
//!
//! Each process writes a file of its own and keeps it locked while it lives, so a file that can
//! be locked is one whose process is gone. An entry is done with once a later process sees its
//! number in state; until then, a purchase of the same thing takes the number up. Not so when the
//! process was ended in good order: then Terraform had every answer, and a number that was not
//! seen since may well be in state all the same, because `-target` left its resource out: taken
//! up, two resources would share it. Or Terraform was killed between ending its providers and
//! writing its state: bought anew, there would be two. Nobody but the user can tell, so nothing is
//! bought, and an error says how to settle it.

mod entry;
mod file;
mod fuzzing;
mod past;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use super::Owned;
use super::evidence::Wanted;
use crate::joonto::E164;
use crate::wait::Clock;

use entry::Line;
use file::{Peeked, Writer};
use past::Past;

pub(in crate::provider) use entry::Receipt;
pub(in crate::provider) use fuzzing::reread;
pub(super) use past::{LeftInDoubt, Lively};

/// How long an entry is acted upon. An older one is only reported: too much may have happened.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a journal is kept at all.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a journal is kept after its last purchase although nothing is left to do: its numbers
/// may still be on their way into the inventory, and would look like somebody else's.
const LAG: Duration = Duration::from_secs(10 * 60);

/// Where a purchase belongs: API and account, and workspace.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Scope(String);

impl Scope {
    /// The scope of these. A hash: it says nothing of them.
    pub(super) fn new(base_url: &str, fingerprint: &str, workspace: &str) -> Self {
        let account = hash(&[base_url, fingerprint]);
        Self(format!("{account}.{}", hash(&[workspace])))
    }

    /// Whether the scope, as written, is of the same account, in whatever workspace.
    fn shares_account(&self, written: &str) -> bool {
        written.split('.').next() == self.0.split('.').next()
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
    others: Peeked,
    tried: Mutex<Tried>,
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

/// What has been tried with the files of others.
#[derive(Debug, Default)]
struct Tried {
    /// Purchases in doubt that were looked into.
    settled: BTreeSet<PathBuf>,
    /// Files that stayed locked: their processes live.
    alive: BTreeSet<PathBuf>,
}

/// A purchase that was written down before it was sent.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Ticket(u64);

impl Journal {
    /// A journal in `directory`, which is only made when there is something to write.
    pub(in crate::provider) fn new(directory: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            directory,
            clock,
            own: OnceCell::new(),
            numbers: Mutex::default(),
            past: Mutex::new(None),
            others: Peeked::default(),
            tried: Mutex::default(),
        }))
    }

    /// Writes down what the account owned before the first purchase.
    pub(super) async fn snapshot(&self, scope: &Scope, owned: &Owned) {
        {
            let snapshots = &mut locked(&self.0.numbers).snapshots;
            if snapshots.contains(&scope.0) {
                return;
            }
            snapshots.push(scope.0.clone());
        }
        self.write(vec![Line::Snapshot {
            scope: scope.0.clone(),
            account: owned.account.clone(),
            numbers: owned.numbers.iter().map(E164::to_string).collect(),
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
        self.load_past();
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
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
