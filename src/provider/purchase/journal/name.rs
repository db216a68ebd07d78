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
pub(in crate::provider) enum FileKind {
    /// The record of a purchase.
    Purchase,
    /// The record of a port-in.
    PortIn,
    /// The claim of either.
    Claim,
}

impl FileKind {
    pub(super) const ALL: [Self; 3] = [Self::Purchase, Self::PortIn, Self::Claim];

    /// What the file's name ends with.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Purchase => "json",
            Self::PortIn => "portin",
            Self::Claim => "claim",
        }
    }
}

impl RecordName {
    /// Reads a path as [`path`](Self::path) writes it.
    pub(super) fn parse(path: &str) -> Option<(Self, FileKind)> {
        let (folder, file) = path.split_once('/')?;
        let (sequence, extension) = file.split_once('.')?;
        let mut kinds = FileKind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.extension() == extension)?;
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

    /// The purchase whose record has that path.
    pub(in crate::provider) fn of_path(path: &str) -> Option<Self> {
        let (name, kind) = Self::parse(path)?;
        (kind == FileKind::Purchase).then_some(name)
    }

    /// The run that made the purchase.
    pub(in crate::provider) fn run(&self) -> &RunId {
        &self.run
    }

    /// What the records of one purchase or port-in have in common, wherever they are.
    pub(super) fn key(&self) -> (&RunId, &str, &str) {
        (&self.run, &self.process, &self.sequence)
    }

    /// The same, in another state.
    pub(super) fn in_state(&self, state: &str) -> Self {
        Self {
            state: state.to_owned(),
            ..self.clone()
        }
    }

    /// What all records of one process have in common.
    pub(super) fn folder(&self) -> String {
        let (account, state) = (&self.account, &self.state);
        format!("{account}.{state}.{}.{}", self.run, self.process)
    }

    /// The path of one of its files.
    pub(super) fn path(&self, kind: FileKind) -> String {
        let (folder, extension) = (self.folder(), kind.extension());
        format!("{folder}/{}.{extension}", self.sequence)
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path(FileKind::Purchase))
    }
}
