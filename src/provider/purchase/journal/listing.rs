//! The objects of a place, sorted into purchases, port-ins and their claims.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::name::{FileKind, RecordName};
use super::place::Place;
use super::record::{Claim, OpenRecord, Record};
use super::store::StoredObject;

/// The objects of a place, by what they are.
#[derive(Default)]
pub(super) struct StoredObjects {
    records: Vec<(RecordName, io::Result<Vec<u8>>)>,
    pub(super) port_ins: Vec<(RecordName, io::Result<Vec<u8>>)>,
    pub(super) claims: BTreeMap<RecordName, Claim>,
}

impl StoredObjects {
    pub(super) fn of(objects: Vec<StoredObject>) -> Self {
        let mut all = Self::default();
        for StoredObject { path, content } in objects {
            match RecordName::parse(&path) {
                Some((name, FileKind::Claim)) => {
                    all.claims.insert(name, Claim::read(content));
                }
                Some((name, FileKind::Record)) => all.records.push((name, content)),
                Some((name, FileKind::PortIn)) => all.port_ins.push((name, content)),
                None => {}
            }
        }
        all
    }

    /// The open purchases, each with its claim.
    pub(super) fn purchases(&mut self, place: &Arc<Place>) -> Vec<OpenRecord> {
        let records = std::mem::take(&mut self.records).into_iter();
        let open = records.map(|(name, content)| OpenRecord {
            is_ours: true,
            record: Record::read(content),
            claim: self.claims.remove(&name),
            name,
            place: Arc::clone(place),
        });
        open.collect()
    }
}
