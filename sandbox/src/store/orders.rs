//! Orders: what every write leaves behind, and what a purchase may have to wait for.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::numbers::Number;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) account_key: String,
    /// The word reads show: `Provision`, `Update`, `park`, ...
    pub(crate) kind: String,
    pub(crate) date: OffsetDateTime,
    pub(crate) numbers: Vec<String>,
    pub(crate) state: OrderState,
    /// Polls that still answer 404.
    pub(crate) missing_polls: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum OrderState {
    Complete,
    Error(String),
    /// A purchase in work. The number is chosen, but nobody sees it yet.
    Pending {
        /// None: until somebody completes it by hand.
        polls_left: Option<u32>,
        word: String,
        /// The text it will fail with, if it will.
        fails: Option<String>,
        number: Box<Number>,
    },
    /// A change of status for a later day. Its order is complete already; the change is not made yet.
    Scheduled(Change),
}

/// A change of status that was ordered for a later day.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Change {
    pub(crate) on: Date,
    pub(crate) what: String,
}
