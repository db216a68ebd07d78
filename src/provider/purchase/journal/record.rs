//! One open purchase or port-in as it is written down.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::name::{FileKind, RecordName};
use super::place::Place;
use super::store::StoredObject;
use crate::joonto::{E164, Iccid, OrderId, ProvisionRequest, Receipt};
use crate::provider::purchase::run::{Moment, RunId};

/// How long a process may act on a purchase that it sent: the time of the request, and some for
/// what follows.
pub(in crate::provider::purchase) const ACTS_FOR: Duration = Duration::from_secs(140);

/// How far a purchase has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::provider) enum Status {
    /// Its bytes may have left.
    Sending,
    /// Its order is known and pending.
    Answered,
    /// The response to Terraform is about to leave.
    Returned,
}

/// What a record is about: a purchase, or a port-in. Holds no secret.
pub(in crate::provider) trait Recorded:
    Clone + Debug + DeserializeOwned + Serialize + Send + Sync
{
    /// What the API returns for it.
    type Response;

    /// The version of the records that this program writes.
    const VERSION: u32;

    /// What its records are named by.
    const KIND: FileKind;

    /// The number, as far as known.
    fn number(&self) -> Option<&E164>;

    /// The order, as far as known.
    fn order(&self) -> Option<&OrderId>;

    /// The SIM that is asked for.
    fn iccid(&self) -> Option<&Iccid> {
        None
    }

    /// Notes what the API returned.
    fn note(&mut self, response: &Self::Response);

    /// Notes the number that its order names.
    fn set_number(&mut self, number: &E164);
}

/// What is recorded of a purchase.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::provider) struct RecordedPurchase {
    /// What was asked for.
    pub(in crate::provider) request: ProvisionRequest,
    /// The ended number that the SIM carried before, if it carried one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) sim_before: Option<E164>,
    /// What the order returned.
    #[serde(default)]
    pub(in crate::provider) receipt: Receipt,
}

impl RecordedPurchase {
    /// A purchase that is about to be sent.
    pub(in crate::provider::purchase) fn new(
        request: ProvisionRequest,
        sim_before: Option<E164>,
    ) -> Self {
        Self {
            request,
            sim_before,
            receipt: Receipt::default(),
        }
    }
}

impl Recorded for RecordedPurchase {
    type Response = Receipt;

    const VERSION: u32 = 2;

    const KIND: FileKind = FileKind::Purchase;

    fn number(&self) -> Option<&E164> {
        self.receipt.number.as_ref()
    }

    fn order(&self) -> Option<&OrderId> {
        self.receipt.order_id.as_ref()
    }

    fn iccid(&self) -> Option<&Iccid> {
        self.request.iccid.as_ref()
    }

    fn note(&mut self, response: &Receipt) {
        self.receipt = response.clone();
    }

    fn set_number(&mut self, number: &E164) {
        self.receipt.number = Some(number.clone());
    }
}

/// A record as it is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::provider) struct Record<R> {
    version: u32,
    /// How far it has come.
    pub(in crate::provider) status: Status,
    /// What it is about.
    #[serde(flatten)]
    pub(in crate::provider) what: R,
    /// When it was sent, by the API's clock, in seconds since 1970.
    sent_at: i64,
    /// Until when its process may act, by the API's clock.
    deadline: i64,
    /// When the record was last written, by the machine.
    pub(super) written: Moment,
}

impl<R: Recorded> Record<R> {
    /// The record of what is about to be sent.
    pub(in crate::provider::purchase) fn sending(
        what: R,
        sent_at: OffsetDateTime,
        written: Moment,
    ) -> Self {
        Self {
            version: R::VERSION,
            status: Status::Sending,
            what,
            sent_at: sent_at.unix_timestamp(),
            deadline: (sent_at + ACTS_FOR).unix_timestamp(),
            written,
        }
    }

    /// Reads a record: its last line. One that was cut short was never durable, so the one before
    /// counts.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it: it cannot be read, is damaged, or of a newer version.
    pub(super) fn read(content: &io::Result<Vec<u8>>) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let bytes = content.as_ref();
        let bytes = bytes.map_err(|error| format!("it cannot be read: {error}"))?;
        let versioned = |line| Some((line, serde_json::from_slice::<Versioned>(line).ok()?));
        let last = bytes.rsplit(|byte| *byte == b'\n').find_map(versioned);
        let (text, Versioned { version }) = match last {
            Some(last) => last,
            // Somebody's editor may have spread it over several lines.
            None => (
                bytes.as_slice(),
                serde_json::from_slice(bytes).map_err(damaged)?,
            ),
        };
        if version != R::VERSION {
            return Err(format!(
                "version {version} of the provider's records is not known to this version"
            ));
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    /// The record as it is stored: a line.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// When it was sent.
    pub(in crate::provider) fn sent_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.sent_at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Until when its process may act.
    pub(in crate::provider) fn deadline(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.deadline).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Its process may act for as long as after sending, from `now` on.
    pub(super) fn renew(&mut self, now: OffsetDateTime) {
        self.deadline = (now + ACTS_FOR).unix_timestamp();
    }
}

/// Says where a record is wrong, and not how: that would quote it.
fn damaged(error: serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    format!("it is damaged (line {line}, column {column})")
}

/// A recovery of a purchase: it was handed to Terraform by another run than the one that bought.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(in crate::provider) struct Claim {
    /// The run that recovers.
    pub(super) run: String,
    /// Which of its processes, and which claim of it: no two claims are equal.
    #[serde(default)]
    pub(super) claimant: String,
    /// When.
    pub(super) written: Moment,
    /// The number.
    #[serde(default)]
    pub(super) number: Option<E164>,
    /// The order.
    #[serde(default)]
    pub(super) order_id: Option<OrderId>,
}

impl Claim {
    /// Reads a claim. One that cannot be read is a claim that names nothing.
    pub(super) fn read(content: &io::Result<Vec<u8>>) -> Self {
        let content = content.as_ref().ok();
        let claim = content.and_then(|content| serde_json::from_slice(content).ok());
        claim.unwrap_or_default()
    }

    /// The claim as it is stored.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}

/// A purchase or a port-in that was sent and is not closed, wherever its record is.
#[derive(Clone, Debug)]
pub(in crate::provider) struct OpenRecord<R> {
    /// Its name.
    pub(in crate::provider) name: RecordName,
    /// What it says, or why it cannot be read.
    pub(in crate::provider) record: Result<Record<R>, String>,
    /// What the run says that recovers it. A claimed purchase counts as returned.
    pub(in crate::provider::purchase) claim: Option<Claim>,
    /// Whether it is of this account and state.
    pub(in crate::provider) is_ours: bool,
    /// Where it is.
    pub(super) place: Arc<Place>,
}

/// An open purchase.
pub(in crate::provider) type OpenPurchase = OpenRecord<RecordedPurchase>;

impl<R: Recorded> OpenRecord<R> {
    /// The open records among the objects of a place, each with its claim.
    pub(super) fn listed(objects: &[StoredObject], place: &Arc<Place>) -> Vec<Self> {
        let named = objects
            .iter()
            .filter_map(|object| Some((RecordName::parse(&object.path)?, &object.content)));
        let mut claims = BTreeMap::new();
        let mut open = Vec::new();
        for ((name, kind), content) in named {
            if kind == FileKind::Claim {
                claims.insert(name, Claim::read(content));
            } else if kind == R::KIND {
                open.push(Self {
                    name,
                    record: Record::read(content),
                    claim: None,
                    is_ours: true,
                    place: Arc::clone(place),
                });
            }
        }
        for open in &mut open {
            open.claim = claims.remove(&open.name);
        }
        open
    }

    /// Its path in the place.
    pub(in crate::provider) fn path(&self) -> String {
        self.name.path(R::KIND)
    }

    /// The record, if it can be read.
    pub(in crate::provider) fn record(&self) -> Option<&Record<R>> {
        self.record.as_ref().ok()
    }

    /// The record as it is stored.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.record().map(Record::bytes).unwrap_or_default()
    }

    /// Adds what it says now. Durable once this returns.
    pub(super) async fn append(&self) -> io::Result<()> {
        let store = &self.place.store;
        store.append(self.path(), self.bytes()).await
    }

    /// The SIM that it asked for.
    pub(in crate::provider) fn iccid(&self) -> Option<&Iccid> {
        self.record()?.what.iccid()
    }

    /// Whether a run recovers it. It counts as returned then.
    pub(in crate::provider) fn is_claimed(&self) -> bool {
        self.claim.is_some()
    }

    /// Whether it was handed to Terraform.
    pub(in crate::provider) fn was_returned(&self) -> bool {
        self.is_claimed()
            || self
                .record()
                .is_some_and(|record| record.status == Status::Returned)
    }

    /// The number, as far as known.
    pub(in crate::provider) fn number(&self) -> Option<&E164> {
        let claimed = self.claim.as_ref().and_then(|claim| claim.number.as_ref());
        claimed.or_else(|| self.record()?.what.number())
    }

    /// The order, as far as known.
    pub(in crate::provider) fn order(&self) -> Option<&OrderId> {
        let claim = self.claim.as_ref();
        let claimed = claim.and_then(|claim| claim.order_id.as_ref());
        claimed.or_else(|| self.record()?.what.order())
    }

    /// When it was last written, and by which run.
    pub(in crate::provider::purchase) fn last_written(&self) -> Option<(&Moment, &str)> {
        match &self.claim {
            Some(claim) if !claim.run.is_empty() => Some((&claim.written, claim.run.as_str())),
            _ => Some((&self.record()?.written, self.name.run.as_str())),
        }
    }

    /// Whether its process may still act at that time, by the API's clock.
    pub(in crate::provider::purchase) fn may_act(&self, now: OffsetDateTime) -> bool {
        let is_soon = |record: &Record<R>| now < record.deadline();
        !self.was_returned() && self.record().is_some_and(is_soon)
    }

    /// Whether the process that wrote it has certainly ended.
    pub(in crate::provider::purchase) async fn writer_has_ended(&self) -> bool {
        self.place.store.writer_has_ended(self.path()).await
    }
}

impl OpenPurchase {
    /// Whether the purchase asked for that SIM.
    pub(in crate::provider) fn is_for(&self, sim: &Iccid) -> bool {
        self.iccid().is_some_and(|iccid| iccid.same_sim(sim))
    }

    /// Whether nothing names what it bought: its outcome is unknown.
    pub(in crate::provider) fn is_unconfirmed(&self) -> bool {
        self.record().is_some() && self.number().is_none() && self.order().is_none()
    }

    /// Whether it was sent and never answered.
    pub(in crate::provider) fn is_sending(&self) -> bool {
        self.record()
            .is_some_and(|record| record.status == Status::Sending)
    }

    /// Whether it was never answered, and no number is known.
    pub(super) fn is_lost(&self) -> bool {
        self.is_sending() && self.number().is_none()
    }

    /// What the user's line calls it by: its run; if it was never answered and its number is not
    /// known, the name of the run's unconfirmed purchases. So a line about those closes nothing
    /// whose number is known.
    pub(in crate::provider) fn line_name(&self) -> RunId {
        match self.is_lost() {
            true => self.name.run.unconfirmed(),
            false => self.name.run.clone(),
        }
    }
}
