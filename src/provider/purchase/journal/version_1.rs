//! Journals of version 1, read once: what is open in them becomes open records.
//!
//! Version 1 wrote one file for each process, a line for each event. What is converted is marked
//! as settled in the old file, in its own format, so a second reading finds nothing.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::OffsetDateTime;

use super::record::{Record, RecordName, Status};
use super::{ACTS_FOR, Place};
use crate::joonto::{E164, ProvisionRequest, Receipt};
use crate::provider::purchase::run::{Run, RunId, hash};

/// How version 1 told accounts and workspaces apart.
#[derive(Clone, Debug)]
pub(in crate::provider::purchase) struct Account {
    /// Where the API is.
    pub(in crate::provider::purchase) base_url: String,
    /// Whose numbers are seen.
    pub(in crate::provider::purchase) fingerprint: String,
    /// The workspace.
    pub(in crate::provider::purchase) workspace: String,
}

impl Account {
    fn scope(&self) -> String {
        let account = hash(&[&self.base_url, &self.fingerprint], 12);
        format!("{account}.{}", hash(&[&self.workspace], 12))
    }
}

/// A line, as far as it still matters.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Intent {
        id: u64,
        scope: String,
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
    Nothing {
        id: u64,
    },
    Settled {
        id: u64,
    },
    Ended,
    Snapshot {},
    Known {},
}

/// One purchase of an old journal.
struct Entry {
    scope: String,
    at: i64,
    wanted: ProvisionRequest,
    /// What the order returned, and whether Terraform got it if the process ended in good order.
    answer: Option<(bool, Receipt)>,
}

/// What an old journal leaves open.
#[derive(Default)]
struct Journal {
    open: BTreeMap<u64, Entry>,
    ended: bool,
    /// Lines that cannot be read. A purchase may stand on them.
    unreadable: Vec<Vec<u8>>,
}

impl Journal {
    fn read(bytes: &[u8]) -> Self {
        let mut journal = Self::default();
        for line in bytes.split(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(line) => journal.apply(line),
                Err(_) => journal.unreadable.push(line.to_owned()),
            }
        }
        journal
    }

    fn apply(&mut self, line: Line) {
        match line {
            Line::Intent {
                id,
                scope,
                at,
                wanted,
            } => {
                let entry = Entry {
                    scope,
                    at,
                    wanted,
                    answer: None,
                };
                self.open.insert(id, entry);
            }
            Line::Answered { id, receipt } => self.note(id, true, receipt),
            // A later process found it out, and Terraform knows nothing of it.
            Line::Found { id, number } => {
                let number = E164::parse(&number).ok();
                let receipt = Receipt {
                    number,
                    ..Receipt::default()
                };
                self.note(id, false, receipt);
            }
            Line::Nothing { id } | Line::Settled { id } => drop(self.open.remove(&id)),
            Line::Ended => self.ended = true,
            Line::Snapshot {} | Line::Known {} => {}
        }
    }

    fn note(&mut self, id: u64, to_terraform: bool, receipt: Receipt) {
        if let Some(entry) = self.open.get_mut(&id) {
            entry.answer = Some((to_terraform, receipt));
        }
    }
}

/// The scope of an account, for tests.
#[cfg(test)]
pub(super) fn scope(account: &Account) -> String {
    account.scope()
}

/// How many purchases an old journal leaves open. For `fuzz/`.
pub(super) fn count(bytes: &[u8]) -> usize {
    Journal::read(bytes).open.len()
}

/// Converts what the old journals in `directory` leave open for this account and workspace.
pub(super) async fn convert(
    place: &Place,
    directory: PathBuf,
    own_account: &str,
    account: &Account,
    run: &Run,
) -> io::Result<()> {
    let scope = account.scope();
    let journals = tokio::task::spawn_blocking(move || old_journals(&directory))
        .await
        .unwrap_or_else(|_| Ok(Vec::new()))?;
    for (path, bytes) in journals {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let old_run = RunId::of(&["version 1", &file]);
        let name = |sequence: String| RecordName {
            account: own_account.to_owned(),
            state: place.state.as_str().to_owned(),
            run: old_run.clone(),
            process: "1".to_owned(),
            sequence,
        };
        let journal = Journal::read(&bytes);
        let ended = journal.ended;
        let others = journal.open.values().any(|entry| entry.scope != scope);
        let mut converted = Vec::new();
        for (id, entry) in journal.open {
            if entry.scope != scope {
                continue;
            }
            let sent_at =
                OffsetDateTime::from_unix_timestamp(entry.at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
            let deadline = sent_at + ACTS_FOR;
            let written = run.at(sent_at);
            let mut record = Record::sending(entry.wanted, None, sent_at, deadline, written);
            if let Some((to_terraform, receipt)) = entry.answer {
                record.status = match to_terraform && ended {
                    true => Status::Returned,
                    false => Status::Answered,
                };
                record.receipt = receipt;
            }
            place
                .store
                .put(name(format!("{id:05}")).path(), record.bytes())
                .await?;
            converted.push(id);
        }
        for (at, line) in journal.unreadable.into_iter().enumerate() {
            // Unreadable as a record, too.
            place
                .store
                .put(name(format!("line-{at:05}")).path(), line)
                .await?;
        }
        match others {
            true => keep_others(&path, &bytes, &converted)?,
            // Another process may have converted it at the same time.
            false => match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
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

/// Leaves in the old journal what other accounts and workspaces have to read.
fn keep_others(path: &Path, bytes: &[u8], converted: &[u64]) -> io::Result<()> {
    let mut kept = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if serde_json::from_slice::<Line>(line).is_ok() {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    for id in converted {
        writeln!(kept, "{{\"kind\":\"settled\",\"id\":{id}}}")?;
    }
    let unfinished = path.with_extension("tmp");
    fs::write(&unfinished, kept)?;
    fs::rename(&unfinished, path)
}
