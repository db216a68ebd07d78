//! One open purchase as it is written down.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::name::RecordName;
use super::place::Place;
use crate::joonto::{E164, Iccid, OrderId, ProvisionRequest, Receipt};
use crate::provider::purchase::run::{Moment, RunId};

/// The version that this program writes.
const VERSION: u32 = 2;

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

/// An open purchase. Holds no secret.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::provider) struct Record {
    version: u32,
    /// How far it has come.
    pub(in crate::provider) status: Status,
    /// What was asked for.
    pub(in crate::provider) request: ProvisionRequest,
    /// When it was sent, by the API's clock, in seconds since 1970.
    sent_at: i64,
    /// Until when its process may act, by the API's clock.
    deadline: i64,
    /// When the record was last written, by the machine.
    pub(in crate::provider::purchase) written: Moment,
    /// The ended number that the SIM carried before, if it carried one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) sim_before: Option<E164>,
    /// What the order returned.
    #[serde(default)]
    pub(in crate::provider) receipt: Receipt,
}

impl Record {
    /// The record of a purchase that is about to be sent.
    pub(super) fn sending(
        request: ProvisionRequest,
        sim_before: Option<E164>,
        sent_at: OffsetDateTime,
        deadline: OffsetDateTime,
        written: Moment,
    ) -> Self {
        Self {
            version: VERSION,
            status: Status::Sending,
            request,
            sent_at: sent_at.unix_timestamp(),
            deadline: deadline.unix_timestamp(),
            written,
            sim_before,
            receipt: Receipt::default(),
        }
    }

    /// Reads a record: its last line. One that was cut short was never durable, so the one before
    /// counts.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it: it cannot be read, is damaged, or of a newer version.
    pub(super) fn read(content: io::Result<Vec<u8>>) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let bytes = content.map_err(|error| format!("it cannot be read: {error}"))?;
        let versioned = |line| Some((line, serde_json::from_slice::<Versioned>(line).ok()?));
        let last = bytes.rsplit(|byte| *byte == b'\n').find_map(versioned);
        let (text, Versioned { version }) = match last {
            Some(last) => last,
            // Somebody's editor may have spread it over several lines.
            None => (
                bytes.as_slice(),
                serde_json::from_slice(&bytes).map_err(damaged)?,
            ),
        };
        if version != VERSION {
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

    /// When the purchase was sent.
    pub(in crate::provider) fn sent_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.sent_at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Until when its process may act.
    pub(in crate::provider) fn deadline(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.deadline).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    pub(super) fn set_deadline(&mut self, deadline: OffsetDateTime) {
        self.deadline = deadline.unix_timestamp();
    }
}

/// Says where a record is wrong, and not how: that would quote it.
pub(super) fn damaged(error: serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    format!("it is damaged (line {line}, column {column})")
}

/// A recovery of a purchase: it was handed to Terraform by another run than the one that bought.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(in crate::provider) struct Claim {
    /// The run that recovers.
    pub(in crate::provider) run: String,
    /// Which of its processes, and which claim of it: no two claims are equal.
    #[serde(default)]
    pub(super) claimant: String,
    /// When.
    pub(in crate::provider::purchase) written: Moment,
    /// The number.
    #[serde(default)]
    pub(in crate::provider) number: Option<E164>,
    /// The order.
    #[serde(default)]
    pub(in crate::provider) order_id: Option<OrderId>,
}

impl Claim {
    /// Reads a claim. One that cannot be read is a claim that names nothing.
    pub(super) fn read(content: io::Result<Vec<u8>>) -> Self {
        let claim = content.ok().and_then(|c| serde_json::from_slice(&c).ok());
        claim.unwrap_or_default()
    }

    /// The claim as it is stored.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}

/// An open purchase that another run wrote down.
#[derive(Clone, Debug)]
pub(in crate::provider) struct OpenRecord {
    /// Its name.
    pub(in crate::provider) name: RecordName,
    /// What it says, or why it cannot be read.
    pub(in crate::provider) record: Result<Record, String>,
    /// What the run says that recovers it. A claimed purchase counts as returned.
    pub(super) claim: Option<Claim>,
    /// Whether it is of this account and state.
    pub(in crate::provider) is_ours: bool,
    /// Where it is.
    pub(super) place: Arc<Place>,
}

impl OpenRecord {
    /// Its path in the place.
    pub(in crate::provider) fn path(&self) -> String {
        self.name.path()
    }

    /// The record, if it can be read.
    pub(in crate::provider) fn record(&self) -> Option<&Record> {
        self.record.as_ref().ok()
    }

    /// The SIM that the purchase asked for.
    pub(in crate::provider) fn iccid(&self) -> Option<&Iccid> {
        self.record()?.request.iccid.as_ref()
    }

    /// Whether the purchase asked for that SIM.
    pub(in crate::provider) fn is_for(&self, sim: &Iccid) -> bool {
        self.iccid().is_some_and(|iccid| iccid.same_sim(sim))
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
        let claim = self.claim.as_ref();
        claim
            .and_then(|claim| claim.number.as_ref())
            .or_else(|| self.record()?.receipt.number.as_ref())
    }

    /// The order, as far as known.
    pub(in crate::provider) fn order(&self) -> Option<&OrderId> {
        let claim = self.claim.as_ref();
        claim
            .and_then(|claim| claim.order_id.as_ref())
            .or_else(|| self.record()?.receipt.order_id.as_ref())
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

    /// When it was last written, and by which run.
    pub(in crate::provider::purchase) fn last_written(&self) -> Option<(&Moment, &str)> {
        match &self.claim {
            Some(claim) if !claim.run.is_empty() => Some((&claim.written, claim.run.as_str())),
            _ => Some((&self.record()?.written, self.name.run.as_str())),
        }
    }
}
