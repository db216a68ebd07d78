//! Journals of version 1, read once: what is open in them becomes open records.
//!
//! Version 1 wrote one file for each process, a line for each event. Its account and workspace
//! stay the names of what is converted, so every file is converted whole and then deleted.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::OffsetDateTime;

use super::name::{FileKind, RecordName};
use super::record::{Record, RecordedPurchase, Status};
use super::store::Store;
use crate::joonto::{E164, ProvisionRequest, Receipt};
use crate::provider::purchase::run::{Run, RunId, hash};

/// How version 1 named an account and a workspace: by hashes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub(in crate::provider::purchase) struct Scope {
    pub(super) account: String,
    pub(super) workspace: String,
}

impl Scope {
    /// The scope of the account at `base_url` with that fingerprint.
    pub(in crate::provider::purchase) fn of(
        base_url: &str,
        fingerprint: &str,
        workspace: &str,
    ) -> Self {
        Self {
            account: hash(&[base_url, fingerprint], 12),
            workspace: hash(&[workspace], 12),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (account, workspace) = text.split_once('.').unwrap_or_default();
        let is_hash = |part: &str| part.len() == 24 && part.bytes().all(|b| b.is_ascii_hexdigit());
        match is_hash(account) && is_hash(workspace) {
            true => Ok(Self {
                account: account.to_owned(),
                workspace: workspace.to_owned(),
            }),
            false => Err("not an account and a workspace"),
        }
    }
}

/// A line, as far as it still matters.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum JournalLine {
    Intent {
        id: u64,
        scope: Scope,
        at: i64,
        wanted: ProvisionRequest,
    },
    Answered {
        id: u64,
        receipt: Receipt,
    },
    Found {
        id: u64,
        number: String,
    },
    #[serde(alias = "settled")]
    Nothing {
        id: u64,
    },
    Ended,
    #[serde(alias = "known")]
    Snapshot {},
}

/// One purchase of an old journal.
struct Entry {
    scope: Scope,
    sent_at: OffsetDateTime,
    what: RecordedPurchase,
    status: Status,
}

/// What an old journal leaves open.
#[derive(Default)]
struct OldJournal {
    open: BTreeMap<u64, Entry>,
    /// Whose purchases it holds.
    scope: Option<Scope>,
    /// Lines that cannot be read. A purchase may stand on them.
    unreadable: Vec<Vec<u8>>,
}

impl OldJournal {
    fn read(bytes: &[u8]) -> Self {
        let mut journal = Self::default();
        let mut has_ended = false;
        for line in bytes.split(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(JournalLine::Ended) => has_ended = true,
                Ok(line) => journal.apply(line),
                Err(_) => journal.unreadable.push(line.to_owned()),
            }
        }
        // Terraform got what was returned only if the process ended in good order.
        for entry in journal.open.values_mut() {
            if !has_ended && entry.status == Status::Returned {
                entry.status = Status::Answered;
            }
        }
        journal
    }

    fn apply(&mut self, line: JournalLine) {
        match line {
            JournalLine::Intent {
                id,
                scope,
                at,
                wanted,
            } => {
                self.scope.get_or_insert(scope.clone());
                let sent_at = OffsetDateTime::from_unix_timestamp(at);
                let entry = Entry {
                    scope,
                    sent_at: sent_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
                    what: RecordedPurchase::new(wanted, None),
                    status: Status::Sending,
                };
                self.open.insert(id, entry);
            }
            JournalLine::Answered { id, receipt } => self.note(id, Status::Returned, receipt),
            // A later process found it out, and Terraform knows nothing of it.
            JournalLine::Found { id, number } => {
                let number = E164::parse(&number).ok();
                let receipt = Receipt {
                    number,
                    ..Receipt::default()
                };
                self.note(id, Status::Answered, receipt);
            }
            JournalLine::Nothing { id } => drop(self.open.remove(&id)),
            JournalLine::Ended | JournalLine::Snapshot {} => {}
        }
    }

    fn note(&mut self, id: u64, status: Status, receipt: Receipt) {
        if let Some(entry) = self.open.get_mut(&id) {
            entry.status = status;
            entry.what.receipt = receipt;
        }
    }
}

/// How many purchases an old journal leaves open. For `fuzz/`.
#[cfg(feature = "fuzzing")]
pub(super) fn count(bytes: &[u8]) -> usize {
    OldJournal::read(bytes).open.len()
}

/// Converts what the old journals in `directory` leave open. Lines that cannot be read stay open
/// as records that cannot be read: of whose purchases the journal holds, or of `own`.
pub(super) async fn convert(
    store: &dyn Store,
    directory: &Path,
    own: &Scope,
    run: &Run,
) -> io::Result<()> {
    let directory = directory.to_owned();
    let journals = tokio::task::spawn_blocking(move || old_journals(&directory))
        .await
        .unwrap_or_else(|_| Ok(Vec::new()))?;
    for (path, bytes) in journals {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let old_run = RunId::of(&["version 1", &file]);
        let path_of = |scope: &Scope, sequence: String| {
            let name = RecordName {
                account: scope.account.clone(),
                state: scope.workspace.clone(),
                run: old_run.clone(),
                process: "1".to_owned(),
                sequence,
            };
            name.path(FileKind::Purchase)
        };
        let journal = OldJournal::read(&bytes);
        for (id, entry) in journal.open {
            let mut record = Record::sending(entry.what, entry.sent_at, run.at(entry.sent_at));
            record.status = entry.status;
            let path = path_of(&entry.scope, format!("{id:05}"));
            store.put(path, record.bytes()).await?;
        }
        let scope = journal.scope.as_ref().unwrap_or(own);
        for (at, line) in journal.unreadable.into_iter().enumerate() {
            let path = path_of(scope, format!("line-{at:05}"));
            store.put(path, line).await?;
        }
        match fs::remove_file(&path) {
            // Another process may have converted it at the same time.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The journals whose processes have ended.
fn old_journals(directory: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut journals = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        let is_journal = name.starts_with("purchases-") && name.ends_with(".jsonl");
        if !is_journal || !entry.file_type()?.is_file() {
            continue;
        }
        let file = File::open(entry.path())?;
        // A process of version 1 that still runs holds its journal.
        if matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
            continue;
        }
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes)?;
        journals.push((entry.path(), bytes));
    }
    Ok(journals)
}
