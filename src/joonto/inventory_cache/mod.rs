//! Many numbers in few requests.
//!
//! Terraform asks for its numbers one by one, about ten at a time, and the API allows 50 requests
//! a minute. An [`InventoryCache`] serves many reads from a few pages of the inventory, and lets
//! changes of status share a request.
//!
//! `fetch_policy` decides between details and inventory; `reads` brings the two together;
//! `presence` decides what is gone, and `missing_guard` counts; `status_batch` groups changes.
//! The call that waits for a page drives the walk, so there is nothing to stop when nobody waits
//! any more, and a call that is cancelled leaves the rest to the next in line.
//!
//! What holds throughout:
//!
//! - Neither details nor the inventory alone make a number [gone](Presence::Gone).
//! - A read that begins after [`InventoryCache::wrote`] never gets a response that was requested
//!   before it.
//! - The memory of the inventory ends with the run that built it.

mod fetch_policy;
mod limit_batch;
mod missing_guard;
mod presence;
mod reads;
mod status_batch;
mod write_versions;

#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use self::limit_batch::LimitBatch;
use self::missing_guard::MissingGuard;
use self::reads::{Listing, Reads};
use self::status_batch::StatusBatch;
use self::write_versions::Writes;
use super::client::Client;
use super::data_usage::DataSetting;
use super::error::Error;
use super::inventory::Inventory;
use super::number::NumberRecord;
use super::single_flight::Age;
use super::status::StatusChange;
use super::types::E164;
use crate::context::Context;

pub use self::limit_batch::LimitFound;
pub use self::missing_guard::TooManyMissing;
pub use self::presence::{ListedIn, Presence, Subject, Unlisted};
pub use self::reads::{Found, Source};
pub use self::status_batch::StatusChanged;

/// The numbers of an account, read and changed together. Clones share what they know.
#[derive(Clone)]
pub struct InventoryCache {
    writes: Arc<Writes>,
    reads: Arc<Reads>,
    guard: Arc<MissingGuard>,
    batch: Arc<StatusBatch>,
    limits: Arc<LimitBatch>,
}

impl InventoryCache {
    /// A cache that calls through `client`. Sends nothing.
    ///
    /// With `accept_missing`, numbers that are missing without proof, or too many of them, are
    /// believed to be gone. A cache serves one run.
    pub fn new(client: &Client, accept_missing: bool) -> Self {
        let writes = Arc::new(Writes::default());
        let clock = Arc::clone(client.clock());
        let reads = Arc::new(Reads::new(client.clone(), Arc::clone(&writes)));
        Self {
            limits: Arc::new(LimitBatch::new(client.clone(), Arc::clone(&reads))),
            reads,
            guard: Arc::new(MissingGuard::new(clock, accept_missing)),
            batch: Arc::new(StatusBatch::new(client.clone(), Arc::clone(&writes))),
            writes,
        }
    }

    /// Reads a number, with the other reads under way.
    ///
    /// # Errors
    ///
    /// When details could not be read. That the inventory could not is not an error here.
    pub async fn number(&self, number: &E164, context: &Context) -> Result<Found, Error> {
        self.reads.number(number, context).await
    }

    /// Decides whether a number is still there, with the other reads under way.
    ///
    /// # Errors
    ///
    /// When details could not be read. That the inventory could not is a [`Presence`].
    pub async fn presence(&self, subject: &Subject, context: &Context) -> Result<Presence, Error> {
        presence::find(&self.reads, &self.guard, subject, context).await
    }

    /// The record of a number in the inventory. Nothing if it is not listed, or if no whole
    /// inventory can be read.
    ///
    /// # Errors
    ///
    /// When the wait is over.
    pub async fn listed(
        &self,
        number: &E164,
        context: &Context,
    ) -> Result<Option<Box<NumberRecord>>, Error> {
        let _visit = self.reads.visit();
        Ok(match self.reads.listing(number, context).await? {
            Listing::Record(record) => Some(record),
            Listing::Absent { .. } | Listing::NotWhole | Listing::Unreadable(_) => None,
        })
    }

    /// Reads all numbers, at most `max_pages` of them if they have to be read.
    ///
    /// # Errors
    ///
    /// When a page could not be read.
    pub async fn inventory(
        &self,
        age: Age,
        max_pages: u32,
        context: &Context,
    ) -> Result<Inventory, Error> {
        self.reads.inventory(age, max_pages, context).await
    }

    /// Says that this process writes `number`: to be called before the request is sent, and once
    /// more when it has ended, however it did. [`change_status`](Self::change_status) does so
    /// itself.
    pub fn wrote(&self, number: &E164) {
        self.writes.wrote(number);
    }

    /// Changes what becomes of a number as a whole, in one request with others who want the same.
    ///
    /// A joint request that is refused, or whose response leaves the number out, is followed by one
    /// for this number alone; in the latter case only if a read shows that nothing has changed.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have taken effect: read the number before it
    /// is repeated.
    pub async fn change_status(
        &self,
        change: &StatusChange,
        number: &E164,
        context: &Context,
    ) -> Result<StatusChanged, Error> {
        self.batch.change(change, number, context).await
    }

    /// Sets data limits or renewal of a number, in one request with others that get the same.
    ///
    /// # Errors
    ///
    /// When they could not be set for this number.
    pub async fn set_data(
        &self,
        setting: &DataSetting,
        number: &E164,
        context: &Context,
    ) -> Result<(), Error> {
        self.limits.set(setting, number, context).await
    }

    /// Reads the data limits of a number, with the other reads under way.
    ///
    /// # Errors
    ///
    /// When they could not be read. That the API returns none for this number is not an error.
    pub async fn data_limit(&self, number: &E164, context: &Context) -> Result<LimitFound, Error> {
        self.limits.limit(number, context).await
    }
}

impl fmt::Debug for InventoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InventoryCache").finish_non_exhaustive()
    }
}
