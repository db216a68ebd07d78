//! Records of port-ins: in the same places as those of purchases, each beside the other.
//!
//! A port-in names its number, so its record is found by that, in whichever state it was made.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::name::{FileKind, RecordName};
use super::place::{Place, PlaceError};
use super::record::damaged;
use super::store::StoredObject;
use super::{ACTS_FOR, Journal};
use crate::context::Context;
use crate::joonto::{E164, OrderId};
use crate::provider::purchase::run::{Moment, RunId};

/// The version that this program writes.
const VERSION: u32 = 3;

/// How often, and how far apart, a record that cannot be updated is written again: a minute.
const ATTEMPTS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(2);

/// A port-in that was sent and is not closed. Holds no secret.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::provider) struct PortInRecord {
    version: u32,
    /// The number.
    pub(in crate::provider) phone_number: E164,
    /// The order, once the API has responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) order_id: Option<OrderId>,
    /// When it was sent, by the API's clock, in seconds since 1970.
    sent_at: i64,
    /// When the record was last written, by the machine.
    written: Moment,
}

impl PortInRecord {
    fn read(content: io::Result<Vec<u8>>) -> Result<Self, String> {
        let bytes = content.map_err(|error| format!("it cannot be read: {error}"))?;
        let record: Self = serde_json::from_slice(&bytes).map_err(damaged)?;
        match record.version {
            VERSION => Ok(record),
            other => Err(format!(
                "version {other} of the provider's records is not known to this version"
            )),
        }
    }

    /// When it was sent.
    pub(in crate::provider) fn sent_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.sent_at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// An open port-in, wherever its record is.
#[derive(Clone, Debug)]
pub(in crate::provider) struct OpenPortIn {
    name: RecordName,
    /// What it says, or why it cannot be read.
    pub(in crate::provider) record: Result<PortInRecord, String>,
    /// Whether it is of this account and state.
    pub(in crate::provider::purchase) is_ours: bool,
    place: Arc<Place>,
}

impl OpenPortIn {
    /// Its path in the place.
    pub(in crate::provider) fn path(&self) -> String {
        self.name.port_in_path()
    }

    /// The record, if it can be read.
    pub(in crate::provider) fn record(&self) -> Option<&PortInRecord> {
        self.record.as_ref().ok()
    }

    /// The order, as far as known.
    pub(in crate::provider) fn order(&self) -> Option<&OrderId> {
        self.record()?.order_id.as_ref()
    }

    /// What the user's line calls it by.
    pub(in crate::provider) fn line_name(&self) -> RunId {
        let RecordName {
            run,
            process,
            sequence,
            ..
        } = &self.name;
        RunId::of(&["port-in", run.as_str(), process, sequence])
    }

    /// Whether that run submitted it.
    pub(in crate::provider::purchase) fn is_of(&self, run: &RunId) -> bool {
        self.name.run == *run
    }

    /// Whether both are records of one port-in, in two places.
    fn is_same(&self, other: &Self) -> bool {
        let key = |name: &RecordName| {
            (
                name.run.clone(),
                name.process.clone(),
                name.sequence.clone(),
            )
        };
        key(&self.name) == key(&other.name)
    }

    /// Whether its process may still act on it at that time, by the API's clock.
    pub(in crate::provider::purchase) fn may_act(&self, now: OffsetDateTime) -> bool {
        let is_sending = |record: &PortInRecord| record.order_id.is_none();
        self.record()
            .is_some_and(|record| is_sending(record) && now < record.sent_at() + ACTS_FOR)
    }
}

#[cfg(test)]
impl OpenPortIn {
    /// One for the number, or one that cannot be read.
    pub(in crate::provider) fn for_tests(number: Option<&str>) -> Self {
        let number = number.and_then(|number| E164::parse(number).ok());
        let path = "account.state.abcdef012345.1-2/00001.portin";
        let store = Arc::new(super::directory::Directory::private("/nowhere".into()));
        let state = super::StateId::named("", "");
        let record = number.map(|phone_number| PortInRecord {
            version: VERSION,
            phone_number,
            order_id: None,
            sent_at: 1_800_000_000,
            written: Moment::default(),
        });
        Self {
            name: RecordName::parse(path).expect("a name").0,
            record: record.ok_or_else(|| "it is damaged".to_owned()),
            is_ours: true,
            place: Arc::new(Place { store, state }),
        }
    }
}

impl Journal {
    /// Records a port-in that is about to be sent. Durable once this returns.
    pub(in crate::provider::purchase) async fn open_port_in(
        &self,
        number: &E164,
        now: OffsetDateTime,
    ) -> Result<OpenPortIn, PlaceError> {
        let place = self.shared.as_ref().unwrap_or(&self.default);
        let sequence = self.next.fetch_add(1, Ordering::Relaxed);
        let name = RecordName {
            sequence: format!("{sequence:05}"),
            ..self.own_name(place)
        };
        let record = PortInRecord {
            version: VERSION,
            phone_number: number.clone(),
            order_id: None,
            sent_at: now.unix_timestamp(),
            written: self.run.now(self.clock.utc()),
        };
        let open = OpenPortIn {
            name,
            record: Ok(record),
            is_ours: true,
            place: Arc::clone(place),
        };
        let path = open.path();
        match self.put_new(place, path.clone(), bytes(&open)).await {
            Ok(()) => Ok(open),
            Err(error) => {
                // It may have been written, and nothing was sent.
                let _ = place.store.delete(vec![path]).await;
                Err(error)
            }
        }
    }

    /// Every open port-in, in every place, of every process.
    ///
    /// # Errors
    ///
    /// A place cannot be read, so open port-ins in it cannot be seen.
    pub(in crate::provider::purchase) async fn port_ins(
        &self,
    ) -> Result<Vec<OpenPortIn>, PlaceError> {
        let mut open = Vec::new();
        for place in self.places() {
            let objects = place.store.list(String::new()).await;
            let objects = objects.map_err(|error| place.error(&error))?;
            open.extend(port_ins(objects, place).map(|open| OpenPortIn {
                is_ours: self.is_ours(place, &open.name),
                ..open
            }));
        }
        // A shared place that is also the default directory is one place.
        open.sort_by(|a, b| (&a.name, !a.is_ours).cmp(&(&b.name, !b.is_ours)));
        open.dedup_by(|a, b| a.name == b.name);
        Ok(open)
    }

    /// Reads a port-in again; `None` if it was closed.
    pub(in crate::provider::purchase) async fn reread_port_in(
        &self,
        open: &OpenPortIn,
    ) -> Option<OpenPortIn> {
        let content = open.place.store.read(open.path()).await.transpose()?;
        Some(OpenPortIn {
            record: PortInRecord::read(content),
            ..open.clone()
        })
    }

    /// Whether the process that sent it has certainly ended.
    pub(in crate::provider::purchase) async fn port_in_writer_has_ended(
        &self,
        open: &OpenPortIn,
    ) -> bool {
        open.place.store.writer_has_ended(open.path()).await
    }

    /// Notes the order of a port-in, for a minute if need be; then in the default directory.
    ///
    /// # Errors
    ///
    /// Its own place could not be written.
    pub(in crate::provider::purchase) async fn note_port_in(
        &self,
        open: &OpenPortIn,
        order: &OrderId,
        context: &Context,
    ) -> Result<(), PlaceError> {
        let mut open = open.clone();
        if let Ok(record) = &mut open.record {
            record.order_id = Some(order.clone());
            record.written = self.run.now(self.clock.utc());
        }
        let put = async |open: &OpenPortIn| open.place.store.put(open.path(), bytes(open)).await;
        let mut written = put(&open).await;
        for _ in 0..ATTEMPTS {
            if written.is_ok() || context.sleep(PAUSE).await.is_err() {
                break;
            }
            written = put(&open).await;
        }
        let problem = written.map_err(|error| open.place.error(&error));
        if problem.is_err() {
            self.default.state.as_str().clone_into(&mut open.name.state);
            open.place = Arc::clone(&self.default);
            let _ = put(&open).await;
        }
        problem
    }

    /// Closes a port-in of this process: nothing was submitted.
    pub(in crate::provider::purchase) async fn delete_port_in(&self, open: &OpenPortIn) {
        if let Err(error) = open.place.store.delete(vec![open.path()]).await {
            tracing::warn!(record = %open.path(), %error, "the record could not be deleted");
        }
    }

    /// Closes a port-in: its record is deleted, in every place.
    pub(in crate::provider::purchase) async fn close_port_in(&self, open: &OpenPortIn) {
        let all = self.port_ins().await.unwrap_or_default();
        for same in all.iter().filter(|other| other.is_same(open)) {
            self.delete_port_in(same).await;
        }
    }

    /// Closes the port-ins with that order: those of other runs, and also of this one if `of_this`.
    pub(in crate::provider::purchase) async fn close_order(
        &self,
        all: &[OpenPortIn],
        order: &str,
        of_this: bool,
    ) {
        let is_it = |open: &&OpenPortIn| {
            let is_order = open.order().is_some_and(|id| id.as_str() == order);
            is_order && (of_this || open.name.run != *self.run.id())
        };
        for open in all.iter().filter(is_it) {
            self.close_port_in(open).await;
        }
    }
}

fn bytes(open: &OpenPortIn) -> Vec<u8> {
    let record = open.record().map(serde_json::to_vec);
    record.and_then(Result::ok).unwrap_or_default()
}

/// The records of port-ins among the objects of a place.
pub(super) fn port_ins(
    objects: Vec<StoredObject>,
    place: &Arc<Place>,
) -> impl Iterator<Item = OpenPortIn> {
    objects.into_iter().filter_map(|object| {
        let (name, kind) = RecordName::parse(&object.path)?;
        (kind == FileKind::PortIn).then(|| OpenPortIn {
            name,
            record: PortInRecord::read(object.content),
            is_ours: true,
            place: Arc::clone(place),
        })
    })
}
