//! Many numbers in few requests.
//!
//! Terraform asks for its numbers one by one, about ten at a time, and the API allows 50 requests
//! a minute. A [`Fleet`] answers many reads from a few pages of the inventory, and lets changes
//! of status share a request.
//!
//! `demand` decides between details and inventory; `pages` knows what the pages prove; `reads`
//! brings the two together; `details` asks for one number; `presence` decides what is gone, and
//! `misses` counts; `status` groups changes. The call that waits for a page drives the walk, so
//! there is nothing to stop when nobody waits any more, and a call that is cancelled leaves the
//! rest to the next in line.
//!
//! What holds throughout:
//!
//! - Neither details nor the inventory alone make a number [gone](Presence::Gone).
//! - What was asked for before [`Fleet::wrote`] is not the answer to a read that begins after it.
//! - The memory of the inventory ends with the run that built it.

mod api;
mod details;
mod fetch_policy;
mod inventory;
mod missing_guard;
mod pages;
mod presence;
mod reads;
mod status_batch;
mod write_versions;

#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod inventory_tests;
#[cfg(test)]
mod presence_tests;
#[cfg(test)]
mod reads_tests;
#[cfg(test)]
mod sharing_tests;
#[cfg(test)]
mod status_batch_tests;
#[cfg(test)]
mod testing;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;

use self::api::Api;
use self::details::Flight;
use self::inventory::Rounds;
use self::missing_guard::Misses;
use self::reads::{Listing, Run};
use self::status_batch::Desk;
use self::write_versions::Writes;
use super::client::Client;
use super::error::Error;
use super::ids::E164;
use super::inventory::Inventory;
use super::number::NumberRecord;
use super::operation::Operation;
use super::status::StatusChange;
use crate::sync::locked;
use crate::wait::{Clock, Interrupted, Waits};

pub use self::missing_guard::TooManyMissing;
pub use self::presence::{ListedIn, Presence, Subject, Unlisted};
pub use self::status_batch::StatusChanged;

/// How long a read waits for others to come before it is taken to be alone. Terraform begins its
/// reads all at once; a page that answers many costs less than the first of them being early.
const GATHER: Duration = Duration::from_millis(10);

/// The numbers of an account, read and changed together. Clones share what they know.
#[derive(Clone)]
pub struct Fleet(Arc<Shared>);

/// What a read of a number found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// It is there, if only as one that is gone by its status.
    Record(Box<NumberRecord>, Source),
    /// Details respond that there is no such number. Alone, this never means that it is gone.
    Missing,
}

/// Where a record is from. Each tells what the other does not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// From the number's details: no product type; the voice route perhaps by an older name.
    Details,
    /// From the inventory: the voice route as it was configured, and the product type.
    Inventory,
}

/// How old an inventory, or a list of routes, may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// Read in this run, and nothing was written since. For data sources and lists.
    Recent,
    /// Every page asked for after the call. For purchases, and for what was sent and may have
    /// taken effect.
    Now,
}

impl Fleet {
    /// A fleet that calls through `client`. Sends nothing.
    ///
    /// With `accept_missing`, numbers that are missing without proof, or too many of them, are
    /// believed to be gone. A fleet serves one run.
    #[must_use]
    pub fn new(client: Client, clock: Arc<dyn Clock>, accept_missing: bool) -> Self {
        Self::over(Arc::new(client), clock, accept_missing)
    }

    fn over(api: Arc<dyn Api>, clock: Arc<dyn Clock>, accept_missing: bool) -> Self {
        Self(Arc::new(Shared {
            api,
            state: Mutex::new(State::new(clock.now())),
            clock,
            accept_missing,
            changed: Notify::new(),
            rounds: Rounds::default(),
            desk: Desk::default(),
        }))
    }

    /// Reads a number, with the other reads under way.
    ///
    /// # Errors
    ///
    /// When details could not be read. That the inventory could not is not an error here.
    pub async fn number(&self, number: &E164, waits: &Waits) -> Result<Found, Error> {
        self.0.number(number, waits).await
    }

    /// Decides whether a number is still there, with the other reads under way.
    ///
    /// # Errors
    ///
    /// When details could not be read. That the inventory could not is a [`Presence`].
    pub async fn presence(&self, subject: &Subject, waits: &Waits) -> Result<Presence, Error> {
        self.0.presence(subject, waits).await
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
        waits: &Waits,
    ) -> Result<Option<Box<NumberRecord>>, Error> {
        let _visit = self.0.visit();
        Ok(match self.0.listing(number, waits).await? {
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
        waits: &Waits,
    ) -> Result<Inventory, Error> {
        self.0.inventory(age, max_pages, waits).await
    }

    /// Says that this process writes `number`: to be called before the request is sent, and once
    /// more when it has ended, however it did. [`change_status`](Self::change_status) does so
    /// itself.
    pub fn wrote(&self, number: &E164) {
        self.0.wrote(number);
    }

    /// Changes what becomes of a number as a whole, in one request with others who want the same.
    ///
    /// A joint request that is refused, or whose answer leaves the number out, is followed by one
    /// for this number alone; in the latter case only if a read shows that nothing has changed.
    ///
    /// # Errors
    ///
    /// [`Error::InDoubt`] when it may have taken effect: read the number before it is repeated.
    pub async fn change_status(
        &self,
        change: &StatusChange,
        number: &E164,
        waits: &Waits,
    ) -> Result<StatusChanged, Error> {
        status_batch::change(&self.0, change, number, waits).await
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").finish_non_exhaustive()
    }
}

/// What clones of a fleet share.
struct Shared {
    api: Arc<dyn Api>,
    clock: Arc<dyn Clock>,
    accept_missing: bool,
    state: Mutex<State>,
    /// Told of every change that someone may wait for.
    changed: Notify,
    rounds: Rounds,
    desk: Desk,
}

struct State {
    writes: Writes,
    run: Run,
    misses: Misses,
    flights: HashMap<E164, Flight>,
    flights_begun: u64,
}

impl State {
    fn new(now: std::time::Instant) -> Self {
        Self {
            writes: Writes::default(),
            run: Run::new(now),
            misses: Misses::default(),
            flights: HashMap::new(),
            flights_begun: 0,
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    fn wrote(&self, number: &E164) {
        self.lock().writes.wrote(number);
    }
}

/// Turns the end of a wait into the error of what was waited for.
fn given_up(operation: &'static Operation) -> impl Fn(Interrupted) -> Error {
    move |reason| Error::Interrupted { operation, reason }
}
