//! The name of a record, which is its path in a place.

use std::fmt;

use crate::provider::purchase::run::RunId;

/// Where a purchase belongs, and which of its run it is. The path of its record.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(in crate::provider) struct RecordName {
    pub(super) account: String,
    pub(super) state: String,
    pub(super) run: RunId,
    /// The process: two aliases of one command write at the same time.
    pub(super) process: String,
    pub(super) sequence: String,
}

/// What a path in a place of records is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FileKind {
    Record,
    Claim,
    PortIn,
}

impl RecordName {
    /// Reads a path as [`path`](Self::path) writes it.
    pub(super) fn parse(path: &str) -> Option<(Self, FileKind)> {
        let (folder, file) = path.split_once('/')?;
        let (sequence, kind) = match file.split_once('.')? {
            (sequence, "json") => (sequence, FileKind::Record),
            (sequence, "claim") => (sequence, FileKind::Claim),
            (sequence, "portin") => (sequence, FileKind::PortIn),
            _ => return None,
        };
        let mut parts = folder.split('.');
        let (account, state, run, process) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || [account, state, process, sequence].contains(&"") {
            return None;
        }
        let name = Self {
            account: account.to_owned(),
            state: state.to_owned(),
            run: RunId::parse(run)?,
            process: process.to_owned(),
            sequence: sequence.to_owned(),
        };
        Some((name, kind))
    }

    /// The record at a path.
    pub(in crate::provider) fn of_path(path: &str) -> Option<Self> {
        let (name, kind) = Self::parse(path)?;
        (kind == FileKind::Record).then_some(name)
    }

    /// The run that made the purchase.
    pub(in crate::provider) fn run(&self) -> &RunId {
        &self.run
    }

    /// What all records of one process have in common.
    pub(super) fn folder(&self) -> String {
        let (account, state) = (&self.account, &self.state);
        format!("{account}.{state}.{}.{}", self.run, self.process)
    }

    /// The path of the record.
    pub(super) fn path(&self) -> String {
        format!("{}/{}.json", self.folder(), self.sequence)
    }

    /// The path of the record, if it is of a port-in.
    pub(super) fn port_in_path(&self) -> String {
        format!("{}/{}.portin", self.folder(), self.sequence)
    }

    /// The path of its claim.
    pub(super) fn claim_path(&self) -> String {
        format!("{}/{}.claim", self.folder(), self.sequence)
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}
