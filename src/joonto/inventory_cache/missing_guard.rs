//! How many numbers of one run are missing.
//!
//! With other credentials, or in an outage, every number responds that there is none. A fleet
//! that vanishes would be bought again by the next apply. So a few missing numbers are drift,
//! and one more is an error, however many others were found.
//!
//! Reads that run together are decided together: a miss waits for the reads under way, so that
//! the error names every missing number, and the result depends on no order.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use super::super::error::{Error, given_up};
use super::super::operation::DETAILS;
use super::super::types::E164;
use crate::context::{Clock, Context, Interrupted};
use crate::sync::{locked, until};

/// So many missing numbers in one run are an error.
const TOO_MANY: usize = 6;

/// So many numbers that the inventory does not show are asked for by details at once. Without a
/// bound, a vanished fleet would cost a request for each number before anything is decided.
const AT_ONCE: usize = 20;

/// How long a miss waits for another read to begin. Terraform begins the next one at once.
const QUIET: Duration = Duration::from_millis(50);

/// The reads of one run that decide what is gone. A cache serves one run.
pub(super) struct MissingGuard {
    clock: Arc<dyn Clock>,
    /// The user says that missing numbers are gone.
    pub(super) accept_missing: bool,
    misses: Mutex<Misses>,
    /// Notified of every read that is decided.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Misses {
    /// Reads that are not decided.
    undecided: usize,
    /// Reads that have begun.
    begun: u64,
    /// Reads that may ask for details, until they are decided.
    asking: usize,
    read: BTreeSet<E164>,
    missing: BTreeSet<E164>,
    /// An error has named what is missing.
    is_named: bool,
}

/// More numbers are missing than can be drift.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TooManyMissing {
    /// The missing numbers of this run so far.
    pub missing: Vec<E164>,
    /// How many numbers this run has read so far.
    pub read: usize,
    /// Whether this is the first such result of the run, which is to name them all.
    pub is_first: bool,
}

impl Misses {
    fn too_many(&mut self) -> Option<TooManyMissing> {
        (self.missing.len() >= TOO_MANY).then(|| TooManyMissing {
            missing: self.missing.iter().cloned().collect(),
            read: self.read.len(),
            is_first: !std::mem::replace(&mut self.is_named, true),
        })
    }
}

impl MissingGuard {
    pub(super) fn new(clock: Arc<dyn Clock>, accept_missing: bool) -> Self {
        Self {
            clock,
            accept_missing,
            misses: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// A read of `number` begins.
    pub(super) fn begin<'a>(&'a self, number: &'a E164) -> MissingCheck<'a> {
        let mut misses = locked(&self.misses);
        misses.undecided += 1;
        misses.begun += 1;
        MissingCheck {
            guard: self,
            number,
            is_asking: false,
        }
    }

    /// Completes when no read is undecided and none has begun for a moment.
    async fn others_decided(&self) {
        let begun = || {
            let misses = locked(&self.misses);
            (misses.undecided == 0).then_some(misses.begun)
        };
        loop {
            let before = until(&self.changed, begun).await;
            self.clock.sleep(QUIET).await;
            if begun() == Some(before) {
                return;
            }
        }
    }
}

/// A read that decides whether a number is gone. Undecided until it is dropped.
pub(super) struct MissingCheck<'a> {
    guard: &'a MissingGuard,
    number: &'a E164,
    is_asking: bool,
}

impl MissingCheck<'_> {
    /// Waits until details may be asked. False: too many numbers are missing already.
    pub(super) async fn admit(&mut self, context: &Context) -> Result<bool, Error> {
        let guard = self.guard;
        if self.is_asking {
            return Ok(true);
        }
        let is_admitted = || {
            let mut misses = locked(&guard.misses);
            if !guard.accept_missing && misses.missing.len() >= TOO_MANY {
                return Some(false);
            }
            (misses.asking < AT_ONCE).then(|| {
                misses.asking += 1;
                true
            })
        };
        let admitted = context.wait_for(until(&guard.changed, is_admitted)).await;
        self.is_asking = admitted.map_err(given_up(&DETAILS))?;
        Ok(self.is_asking)
    }

    /// The number is there, or its absence does not count.
    pub(super) fn note_read(self) {
        let mut misses = locked(&self.guard.misses);
        misses.read.insert(self.number.clone());
        misses.missing.remove(self.number);
    }

    /// Nothing was asked about the number, because too many others are missing.
    pub(super) fn note_unknown(self) -> Option<TooManyMissing> {
        locked(&self.guard.misses).too_many()
    }

    /// The number is missing. Waits for the reads under way; then says whether too many are.
    pub(super) async fn note_missing(
        self,
        context: &Context,
    ) -> Result<Option<TooManyMissing>, Error> {
        let guard = self.guard;
        let is_decided = {
            let mut misses = locked(&guard.misses);
            misses.read.insert(self.number.clone());
            misses.missing.insert(self.number.clone());
            misses.is_named
        };
        drop(self);
        if guard.accept_missing {
            return Ok(None);
        }
        if !is_decided {
            match context.wait_for(guard.others_decided()).await {
                // Nobody else has to be known for what is known to be decided.
                Ok(()) | Err(Interrupted::DeadlineExceeded) => {}
                Err(stopped) => return Err(given_up(&DETAILS)(stopped)),
            }
        }
        Ok(locked(&guard.misses).too_many())
    }
}

impl Drop for MissingCheck<'_> {
    fn drop(&mut self) {
        let mut misses = locked(&self.guard.misses);
        misses.undecided -= 1;
        misses.asking -= usize::from(self.is_asking);
        drop(misses);
        self.guard.changed.notify_waiters();
    }
}
