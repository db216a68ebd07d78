//! What a purchase came to, for the create and its texts.

use time::OffsetDateTime;

use super::choices::{Choices, Stop};
use super::journal::{OpenPurchase, PlaceError, RecordName};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, Iccid, NumberRecord, OrderClass, OrderId, Receipt};

/// A number that was bought.
#[derive(Debug)]
pub(in crate::provider) struct Bought {
    /// What the order returned.
    pub(in crate::provider) receipt: Receipt,
    /// What a read after the purchase returned, if there was one.
    pub(in crate::provider) record: Option<Box<NumberRecord>>,
    /// Whether the order is complete. Then the API says that the number works.
    pub(in crate::provider) is_complete: bool,
    /// What the user should know.
    pub(in crate::provider) notices: Vec<Notice>,
    /// The path of the purchase's record, which stays open until a later run finds the number in
    /// state.
    pub(in crate::provider) journal_entry: String,
    /// The run that bought it.
    pub(in crate::provider) run: String,
    /// When the order named its number, or when it was sent, by the API's clock.
    pub(in crate::provider) bought_at: OffsetDateTime,
}

impl Bought {
    /// What is known from the order alone of the purchase that is recorded as `name`.
    pub(super) fn of_order(name: &RecordName, receipt: Receipt, at: OffsetDateTime) -> Self {
        Self {
            is_complete: receipt.class() == OrderClass::Done && receipt.number.is_some(),
            receipt,
            record: None,
            notices: Vec::new(),
            journal_entry: name.to_string(),
            run: name.run().to_string(),
            bought_at: at,
        }
    }

    /// A purchase whose number was read.
    pub(super) fn of_record(
        name: &RecordName,
        receipt: Receipt,
        record: NumberRecord,
        at: OffsetDateTime,
    ) -> Self {
        Self {
            record: Some(Box::new(record)),
            is_complete: true,
            ..Self::of_order(name, receipt, at)
        }
    }
}

/// What the user should know of a purchase that succeeded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::provider) enum Notice {
    /// The SIM proved a purchase whose response was lost.
    Adopted(E164),
    /// An earlier run bought it and did not return it, or the user's line names it.
    Recovered(String),
    /// The order is still pending.
    Pending(Interrupted),
    /// The number could not be read after its purchase, for this reason.
    Unread(String),
    /// The API's message beside a success.
    Remark(String),
    /// The order is complete and names no number.
    Unnamed,
    /// The order names a number that belongs to another resource or purchase.
    NamesAnother(E164),
    /// The API reported the order as failed, and there is a number.
    ReportedFailed(Option<String>),
    /// The record could not be updated, for this reason.
    NotReturned(String),
    /// A defect ended the work after the purchase.
    Panicked,
}

/// Why a number of the user's line cannot be stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::provider) enum Obstacle {
    /// A resource of this state has it.
    InState,
    /// Another resource or another open purchase has it.
    Taken,
    /// It has ended.
    Ended,
    /// The API does not show it in this account.
    NotShown,
    /// It could not be read.
    Unread,
    /// It is not what the purchase asked for.
    Unlike,
    /// Its run has fewer unconfirmed purchases than the line has numbers.
    Surplus,
}

/// Why no number was bought.
#[derive(Debug)]
pub(in crate::provider) enum NotBought {
    /// Proof that nothing was bought.
    Refused(Error),
    /// The wait was cut short before anything was sent.
    Cancelled(Interrupted),
    /// The order failed, and says so itself.
    OrderFailed(OrderId, Option<String>),
    /// The purchase cannot be recorded, so it was not sent.
    NotRecorded(PlaceError),
    /// Records of earlier runs cannot be read, so nothing was sent.
    RecordsUnreadable(PlaceError),
    /// Another purchase of this run is unconfirmed, so nothing was sent.
    RunStopped,
    /// An open purchase of an earlier run comes first.
    HeldBack(Box<Stop>),
    /// A record of this state cannot be read.
    RecordUnreadable {
        /// Its path.
        name: String,
        /// What is wrong with it.
        why: String,
        /// What the user can paste for its run.
        choices: Box<Choices>,
    },
    /// The user's line cannot be read: this part of it.
    LineMalformed(String),
    /// The user's line names a number that cannot be stored.
    LineRefused {
        /// What the user can paste for its run.
        choices: Box<Choices>,
        /// The number.
        number: E164,
        /// Why.
        obstacle: Obstacle,
    },
    /// Whether this purchase bought a number is not known.
    Unconfirmed(Box<Stop>),
    /// What an equal purchase of an earlier run bought has to be resolved first.
    Open(Box<Stop>),
    /// The SIM carries a number.
    SimTaken {
        /// The SIM.
        iccid: Iccid,
        /// The number, if it can be read.
        number: Option<E164>,
        /// The number's status word.
        status: Option<String>,
    },
    /// What the SIM carries could not be read.
    SimUnreadable(Iccid, Error),
    /// Another purchase for the SIM is open.
    SimReserved {
        /// The SIM.
        iccid: Iccid,
        /// The purchase.
        rival: Box<OpenPurchase>,
        /// What the user can paste for its run, if its number is not to be stored.
        choices: Box<Choices>,
    },
    /// This process has bought for the SIM already: this number, if it is known.
    SimBoughtFor(Iccid, Option<E164>),
    /// The records would be lost with this machine, as this variable shows.
    NeedsPlace(&'static str),
    /// The ready token cannot buy.
    TokenCannotBuy(Option<Error>),
}

impl NotBought {
    /// What an error of a read before a purchase means, if it says nothing about what was read: the
    /// wait was cut short, or the API refuses the credentials.
    pub(super) fn unread(error: &Error) -> Option<Self> {
        let refused = || Self::Refused(error.clone());
        let interrupted = error.interrupted().map(Self::Cancelled);
        interrupted.or_else(|| error.is_unauthorized().then(refused))
    }
}

impl From<Error> for NotBought {
    fn from(error: Error) -> Self {
        Self::unread(&error).unwrap_or(Self::Refused(error))
    }
}
