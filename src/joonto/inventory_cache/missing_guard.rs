//! How many numbers of one run are missing.
//!
//! With other credentials, or in an outage, every number responds that there is none. A fleet
//! that vanishes would be bought again by the next apply. So a few missing numbers are drift,
//! and one more is an error, however many others were found.
//!
//! Reads that run together are decided together: a miss waits for the reads under way, so that
//! the error names every missing number, and the result depends on no order.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use super::super::error::Error;
use super::super::ids::E164;
use super::super::operation::DETAILS;
use super::{Shared, given_up};
use crate::wait::{Interrupted, Waits};

/// So many missing numbers in one run are an error.
pub(super) const TOO_MANY: usize = 6;

/// So many numbers that the inventory does not show are asked for by details at once. Without a
/// bound, a vanished fleet would cost a request for each number before anything is decided.
const AT_ONCE: usize = 20;

/// How long a miss waits for another read to begin. Terraform begins the next one at once.
const QUIET: Duration = Duration::from_millis(50);

/// The reads of one run that decide what is gone. A fleet serves one run.
#[derive(Debug, Default)]
pub(super) struct Misses {
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

/// Whether details may be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Leave {
    /// Yes.
    Granted,
    /// Not before another read is decided.
    Later,
    /// No: too many are missing already.
    Refused,
}

impl Misses {
    fn admit(&mut self, is_accepted: bool) -> Leave {
        if !is_accepted && self.missing.len() >= TOO_MANY {
            Leave::Refused
        } else if self.asking >= AT_ONCE {
            Leave::Later
        } else {
            self.asking += 1;
            Leave::Granted
        }
    }

    fn too_many(&mut self) -> Option<TooManyMissing> {
        (self.missing.len() >= TOO_MANY).then(|| TooManyMissing {
            missing: self.missing.iter().cloned().collect(),
            read: self.read.len(),
            is_first: !std::mem::replace(&mut self.is_named, true),
        })
    }
}

/// A read that decides whether a number is gone. Undecided until it says so, or is dropped.
pub(super) struct Check<'a> {
    shared: &'a Shared,
    number: &'a E164,
    is_undecided: bool,
    has_leave: bool,
}

impl<'a> Check<'a> {
    /// A read of `number` begins.
    pub(super) fn begin(shared: &'a Shared, number: &'a E164) -> Self {
        let misses = &mut shared.lock().misses;
        misses.undecided += 1;
        misses.begun += 1;
        Self {
            shared,
            number,
            is_undecided: true,
            has_leave: false,
        }
    }

    /// Waits until details may be asked. False: too many numbers are missing already.
    pub(super) async fn admit(&mut self, waits: &Waits) -> Result<bool, Error> {
        let shared = self.shared;
        while !self.has_leave {
            let mut changed = pin!(shared.changed.notified());
            changed.as_mut().enable();
            let leave = shared.lock().misses.admit(shared.accept_missing);
            match leave {
                Leave::Granted => self.has_leave = true,
                Leave::Later => waits.wait_for(changed).await.map_err(given_up(&DETAILS))?,
                Leave::Refused => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The number is there, or its absence does not count.
    pub(super) fn note_read(mut self) {
        let mut state = self.shared.lock();
        state.misses.read.insert(self.number.clone());
        state.misses.missing.remove(self.number);
        drop(state);
        self.decide();
    }

    /// Nothing was asked about the number, because too many others are missing.
    pub(super) fn note_unknown(self) -> Option<TooManyMissing> {
        self.shared.lock().misses.too_many()
    }

    /// The number is missing. Waits for the reads under way; then says whether too many are.
    pub(super) async fn note_missing(
        mut self,
        waits: &Waits,
    ) -> Result<Option<TooManyMissing>, Error> {
        let shared = self.shared;
        let is_decided = {
            let mut state = shared.lock();
            state.misses.read.insert(self.number.clone());
            state.misses.missing.insert(self.number.clone());
            state.misses.is_named
        };
        self.decide();
        if shared.accept_missing {
            return Ok(None);
        }
        if !is_decided {
            match waits.wait_for(shared.others_decided()).await {
                // Nobody else has to be known for what is known to be decided.
                Ok(()) | Err(Interrupted::DeadlineExceeded) => {}
                Err(stopped) => return Err(given_up(&DETAILS)(stopped)),
            }
        }
        Ok(shared.lock().misses.too_many())
    }

    fn decide(&mut self) {
        let mut state = self.shared.lock();
        if std::mem::take(&mut self.is_undecided) {
            state.misses.undecided -= 1;
        }
        if std::mem::take(&mut self.has_leave) {
            state.misses.asking -= 1;
        }
        drop(state);
        self.shared.changed.notify_waiters();
    }
}

impl Drop for Check<'_> {
    fn drop(&mut self) {
        if self.is_undecided {
            self.decide();
        }
    }
}

impl Shared {
    /// Completes when no read is undecided and none has begun for a moment.
    async fn others_decided(&self) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let (undecided, begun) = {
                let misses = &self.lock().misses;
                (misses.undecided, misses.begun)
            };
            if undecided > 0 {
                changed.await;
                continue;
            }
            self.clock.sleep(QUIET).await;
            let misses = &self.lock().misses;
            if misses.undecided == 0 && misses.begun == begun {
                return;
            }
        }
    }
}
