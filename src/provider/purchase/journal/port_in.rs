//! Records of port-ins: in the same places as those of purchases, each beside the other.
//!
//! A port-in names its number, so its record is found by that.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::listing::StoredObjects;
use super::name::RecordName;
use super::place::{Place, PlaceError};
use super::record::{Claim, Status, damaged};
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
    /// How far it has come.
    status: Status,
    /// The number.
    pub(in crate::provider) phone_number: E164,
    /// The order, once the API has responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
    /// When it was sent, by the API's clock, in seconds since 1970.
    sent_at: i64,
    /// Until when its process may act, by the API's clock.
    deadline: i64,
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
    /// What the run says that recovers it. It counts as returned then.
    claim: Option<Claim>,
    /// Whether it is of this account and state.
    pub(in crate::provider) is_ours: bool,
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

    /// The number, as far as known.
    pub(in crate::provider) fn number(&self) -> Option<&E164> {
        let record = self.record().map(|record| &record.phone_number);
        record.or_else(|| self.claim.as_ref()?.number.as_ref())
    }

    /// The order, as far as known.
    pub(in crate::provider) fn order(&self) -> Option<&OrderId> {
        let claimed = self
            .claim
            .as_ref()
            .and_then(|claim| claim.order_id.as_ref());
        claimed.or_else(|| self.record()?.order_id.as_ref())
    }

    /// Whether it was handed to Terraform.
    pub(in crate::provider) fn was_returned(&self) -> bool {
        let is_returned = |record: &PortInRecord| record.status == Status::Returned;
        self.claim.is_some() || self.record().is_some_and(is_returned)
    }

    /// What the user's line calls it by.
    pub(in crate::provider) fn line_name(&self) -> RunId {
        let (run, process, sequence) = self.key();
        RunId::of(&["port-in", run.as_str(), process, sequence])
    }

    /// Whether that run submitted it.
    pub(in crate::provider::purchase) fn is_of(&self, run: &RunId) -> bool {
        self.name.run == *run
    }

    /// What the records of one port-in have in common, wherever they are.
    fn key(&self) -> (&RunId, &str, &str) {
        (&self.name.run, &self.name.process, &self.name.sequence)
    }

    /// Until when its process may act, by the API's clock.
    pub(in crate::provider::purchase) fn deadline(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.record()?.deadline).ok()
    }

    fn bytes(&self) -> Vec<u8> {
        let record = self.record().map(serde_json::to_vec);
        record.and_then(Result::ok).unwrap_or_default()
    }

    async fn put(&self) -> io::Result<()> {
        self.place.store.put(self.path(), self.bytes()).await
    }
}

#[cfg(test)]
impl OpenPortIn {
    /// One for the number, or one that cannot be read.
    pub(in crate::provider) fn for_tests(number: Option<&str>, order: Option<&str>) -> Self {
        let number = number.and_then(|number| E164::parse(number).ok());
        let path = "account.state.abcdef012345.1-2/00001.portin";
        let store = Arc::new(super::directory::Directory::private("/nowhere".into()));
        let state = super::StateId::named("", "");
        let record = number.map(|phone_number| PortInRecord {
            version: VERSION,
            status: Status::Sending,
            phone_number,
            order_id: order.and_then(|order| OrderId::parse(order).ok()),
            sent_at: 1_800_000_000,
            deadline: 1_800_000_140,
            written: Moment::default(),
        });
        Self {
            name: RecordName::parse(path).expect("a name").0,
            record: record.ok_or_else(|| "it is damaged".to_owned()),
            claim: None,
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
        let (place, name) = self.new_record();
        let record = PortInRecord {
            version: VERSION,
            status: Status::Sending,
            phone_number: number.clone(),
            order_id: None,
            sent_at: now.unix_timestamp(),
            deadline: (now + ACTS_FOR).unix_timestamp(),
            written: self.run.now(self.clock.utc()),
        };
        let open = OpenPortIn {
            name,
            record: Ok(record),
            claim: None,
            is_ours: true,
            place: Arc::clone(place),
        };
        match self.put_new(place, open.path(), open.bytes()).await {
            Ok(()) => Ok(open),
            Err(error) => {
                // It may have been written, and nothing was sent.
                self.close_port_in(&open).await;
                Err(error)
            }
        }
    }

    /// The open port-ins that other processes wrote, in every place.
    ///
    /// # Errors
    ///
    /// A place cannot be read, so open port-ins in it cannot be seen.
    pub(in crate::provider::purchase) async fn other_port_ins(
        &self,
    ) -> Result<Vec<OpenPortIn>, PlaceError> {
        let mut open = Vec::new();
        for place in self.places() {
            let objects = place.store.list(self.own_name(place).folder()).await;
            let objects = objects.map_err(|error| place.error(&error))?;
            let listed = StoredObjects::of(objects).port_ins(place);
            open.extend(listed.into_iter().map(|open| OpenPortIn {
                is_ours: self.is_ours(place, &open.name),
                ..open
            }));
        }
        open.retain(|open| open.name.process != self.process);
        // One may stand in two places: where they are the same, or where its own could not be
        // written. The one that knows more counts.
        let knows = |open: &OpenPortIn| (open.order().is_none(), !open.is_ours);
        open.sort_by(|a, b| (a.key(), knows(a)).cmp(&(b.key(), knows(b))));
        open.dedup_by(|a, b| a.key() == b.key());
        Ok(open)
    }

    /// Reads a port-in again; `None` if it was closed.
    pub(in crate::provider::purchase) async fn reread_port_in(
        &self,
        open: &OpenPortIn,
    ) -> Option<OpenPortIn> {
        let store = &open.place.store;
        let content = store.read(open.path()).await.transpose()?;
        let claim = store.read(open.name.claim_path()).await.transpose();
        Some(OpenPortIn {
            record: PortInRecord::read(content),
            claim: claim.map(Claim::read),
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

    /// Notes what the API responded, and that this process acts on it from `now` on.
    pub(in crate::provider::purchase) async fn note_port_in(
        &self,
        open: &mut OpenPortIn,
        order: &OrderId,
        now: OffsetDateTime,
    ) {
        self.update_port_in(open, Status::Answered, order);
        if let Ok(record) = &mut open.record {
            record.deadline = (now + ACTS_FOR).unix_timestamp();
        }
        if let Err(error) = open.put().await {
            tracing::warn!(record = %open.path(), %error, "the record could not be updated");
        }
    }

    /// Notes that the response to Terraform is about to leave: for a minute if need be, then in the
    /// default directory.
    ///
    /// # Errors
    ///
    /// Its own place could not be written.
    pub(in crate::provider::purchase) async fn port_in_returned(
        &self,
        open: &mut OpenPortIn,
        order: &OrderId,
        context: &Context,
    ) -> Result<(), PlaceError> {
        self.update_port_in(open, Status::Returned, order);
        let mut written = open.put().await;
        for _ in 0..ATTEMPTS {
            if written.is_ok() || context.sleep(PAUSE).await.is_err() {
                break;
            }
            written = open.put().await;
        }
        let problem = written.map_err(|error| open.place.error(&error));
        if problem.is_err() {
            self.default.state.as_str().clone_into(&mut open.name.state);
            open.place = Arc::clone(&self.default);
            let _ = open.put().await;
        }
        problem
    }

    fn update_port_in(&self, open: &mut OpenPortIn, status: Status, order: &OrderId) {
        if let Ok(record) = &mut open.record {
            record.status = status;
            record.order_id = Some(order.clone());
            record.written = self.run.now(self.clock.utc());
        }
    }

    /// Claims the port-in of another run for this one. False if another recovery was first, unless
    /// the user's line says that this one stores it.
    pub(in crate::provider::purchase) async fn claim_port_in(
        &self,
        open: &mut OpenPortIn,
        number: &E164,
        order: &OrderId,
        is_said: bool,
    ) -> Result<bool, PlaceError> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let claim = Claim {
            run: self.run.id().to_string(),
            claimant: format!("{}-{nth}", self.process),
            written: self.run.now(self.clock.utc()),
            number: Some(number.clone()),
            order_id: Some(order.clone()),
        };
        let (store, path) = (&open.place.store, open.name.claim_path());
        let claimed = match is_said {
            true => store.put(path, claim.bytes()).await.map(|()| true),
            false => store.create(path, claim.bytes()).await,
        };
        let claimed = claimed.map_err(|error| open.place.error(&error))?;
        open.claim = claimed.then_some(claim);
        Ok(claimed)
    }

    /// Closes a port-in: its record is deleted, in every place where it may have been written, and
    /// its claim.
    pub(in crate::provider::purchase) async fn close_port_in(&self, open: &OpenPortIn) {
        for place in self.places() {
            let mut moved = open.name.clone();
            place.state.as_str().clone_into(&mut moved.state);
            let mut names = vec![&open.name, &moved];
            names.dedup();
            // The record first: one without its claim would be open again.
            let records = names.iter().map(|name| name.port_in_path());
            let claims = names.iter().map(|name| name.claim_path());
            if let Err(error) = place.store.delete(records.chain(claims).collect()).await {
                tracing::warn!(record = %open.path(), %error, "the record could not be deleted");
            }
        }
    }
}

impl StoredObjects {
    /// The open port-ins, each with its claim.
    pub(super) fn port_ins(&mut self, place: &Arc<Place>) -> Vec<OpenPortIn> {
        let records = std::mem::take(&mut self.port_ins).into_iter();
        let open = records.map(|(name, content)| OpenPortIn {
            claim: self.claims.remove(&name),
            name,
            record: PortInRecord::read(content),
            is_ours: true,
            place: Arc::clone(place),
        });
        open.collect()
    }
}

#[cfg(test)]
mod tests;
