//! Orders: what every write leaves behind, and what a purchase may have to wait for.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::numbers::{StoredNumber, Wait};
use super::port_ins::PortIn;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct StoredOrder {
    pub(crate) id: String,
    pub(crate) account_key: String,
    /// The word reads show: `Provision`, `Update`, `park`, ...
    pub(crate) kind: String,
    pub(crate) date: OffsetDateTime,
    pub(crate) numbers: Vec<String>,
    pub(crate) state: OrderState,
    /// Polls that still get a 404.
    pub(crate) missing_polls: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum OrderState {
    Complete,
    Error(String),
    /// A purchase in work. The number is chosen, but nobody sees it yet.
    Pending {
        /// None: reads do not complete it.
        polls_left: Option<u32>,
        /// When it completes by itself. With neither, somebody has to complete it by hand.
        #[serde(default)]
        until: Option<OffsetDateTime>,
        word: String,
        /// The text it will fail with, if it will.
        fails: Option<String>,
        number: Box<StoredNumber>,
    },
    /// A change of status in work.
    Changing {
        wait: Wait,
        word: String,
        /// The text it will fail with, if it will.
        fails: Option<String>,
        what: String,
        /// The numbers that will be changed.
        numbers: Vec<String>,
    },
    /// A change of status for a later day. Its order is complete already; the change is not made yet.
    Scheduled(ScheduledChange),
    /// A number on its way here.
    PortIn(Box<PortIn>),
}

/// A change of status that was ordered for a later day.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ScheduledChange {
    pub(crate) on: Date,
    pub(crate) what: String,
}

impl OrderState {
    /// Whether time alone has ended the work on it.
    pub(crate) fn is_over(&self, now: OffsetDateTime) -> bool {
        match self {
            Self::Pending { until, .. } => until.is_some_and(|until| until <= now),
            Self::Changing { wait, .. } => wait.is_past(now),
            Self::PortIn(port_in) => port_in.wait.as_ref().is_some_and(|wait| wait.is_past(now)),
            _ => false,
        }
    }

    /// Counts a read of a pending order and says whether the order ends with it.
    pub(crate) fn is_ripe(&mut self, now: OffsetDateTime) -> bool {
        match self {
            Self::Pending {
                polls_left: Some(0),
                ..
            } => true,
            Self::Pending {
                polls_left: Some(left),
                ..
            } => {
                *left -= 1;
                false
            }
            Self::Changing { wait, .. } => !wait.holds(now),
            Self::PortIn(port_in) => port_in.wait.as_mut().is_some_and(|wait| !wait.holds(now)),
            _ => false,
        }
    }
}
