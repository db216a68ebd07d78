//! Keeps all requests of this process within the API's limit, and in order of urgency.
//!
//! The API allows a number of requests a minute and does not say how it counts. Safe under any
//! way of counting is a true sliding window: never more than N requests in *any* 60 seconds. A
//! leaky bucket, as the crate `governor` has it, lets a full burst pass plus a minute's refill;
//! made safe, by a smaller burst, it would slow down the short runs that fit the limit anyway.
//! It also knows neither urgency nor a pause for everyone, so the window is kept here.
//!
//! A place in the window is taken when a request may be sent, and falls free 60 seconds after
//! its *response*: the request has arrived somewhere between, so however long it travelled, the API
//! never sees more than N in 60 seconds either.

use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::context::{Clock, Context, Interrupted};
use crate::sync::locked;

/// What the limit counts requests in.
const WINDOW: Duration = Duration::from_secs(60);

/// Waits shorter than this are not worth a line in the log.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// Which of the waiting requests goes first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Priority {
    /// Purchases, other writes, polls, and the tokens for all of them.
    Ahead,
    /// Reads that only bring state up to date.
    Refresh,
}

/// Lets requests pass, never too many.
#[derive(Debug)]
pub(super) struct Limiter {
    clock: Arc<dyn Clock>,
    limit: Option<NonZeroU32>,
    state: Mutex<WindowState>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct WindowState {
    /// Requests that have been let pass and are not answered yet.
    under_way: usize,
    /// When the places of answered requests fall free, earliest first.
    free_at: VecDeque<Instant>,
    /// Nobody passes before this.
    paused_until: Option<Instant>,
    /// Who waits: by urgency, then by arrival.
    queue: BTreeSet<(Priority, u64)>,
    arrivals: u64,
}

/// Whether a request passes now; if not, what it waits for.
enum PassResult {
    Pass,
    NotBefore(Duration),
    WhenSomethingChanges,
}

impl Limiter {
    /// Lets at most `per_minute` requests pass in any 60 seconds; 0 means no limit.
    pub(super) fn new(per_minute: u32, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            limit: NonZeroU32::new(per_minute),
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Waits until a request may be sent.
    pub(super) async fn admit(
        &self,
        priority: Priority,
        context: &Context,
    ) -> Result<Permit<'_>, Interrupted> {
        let place = self.queue_up(priority);
        let mut is_said = false;
        loop {
            context.check()?;
            // Listening begins before looking, so that no change falls in between.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.try_pass(place.position) {
                PassResult::Pass => {
                    return Ok(Permit {
                        limiter: self,
                        counts: true,
                    });
                }
                PassResult::WhenSomethingChanges => context.wait_for(changed).await?,
                PassResult::NotBefore(wait) => {
                    if wait >= NOTICEABLE && !std::mem::replace(&mut is_said, true) {
                        self.say_waiting(wait);
                    }
                    let sleep = self.clock.sleep(wait);
                    let either = async {
                        tokio::select! {
                            () = changed => {}
                            () = sleep => {}
                        }
                    };
                    context.wait_for(either).await?;
                }
            }
        }
    }

    /// Lets nobody pass for `wait` from now.
    pub(super) fn pause(&self, wait: Duration) {
        let until = self.clock.now() + wait;
        tracing::warn!(
            seconds = wait.as_secs_f64(),
            "the API is at its limit; all requests wait"
        );
        let mut state = locked(&self.state);
        state.paused_until = state.paused_until.max(Some(until));
        drop(state);
        self.changed.notify_waiters();
    }

    /// Says why nothing seems to happen. Only the first in line does: one line for each wait.
    fn say_waiting(&self, wait: Duration) {
        let queued = locked(&self.state).queue.len();
        tracing::info!(
            seconds = wait.as_secs_f64(),
            queued,
            "waiting for the request limit"
        );
    }

    fn queue_up(&self, priority: Priority) -> QueuePlace<'_> {
        let mut state = locked(&self.state);
        let position = (priority, state.arrivals);
        state.arrivals += 1;
        state.queue.insert(position);
        QueuePlace {
            limiter: self,
            position,
        }
    }

    /// Whether the holder of `position` may pass; if so, its place in the window is taken.
    fn try_pass(&self, position: (Priority, u64)) -> PassResult {
        let now = self.clock.now();
        let mut state = locked(&self.state);
        if state.queue.first() != Some(&position) {
            return PassResult::WhenSomethingChanges;
        }
        if let Some(until) = state.paused_until.filter(|until| *until > now) {
            return PassResult::NotBefore(until - now);
        }
        if let Some(limit) = self.limit {
            while state.free_at.front().is_some_and(|at| *at <= now) {
                state.free_at.pop_front();
            }
            let taken = state.under_way + state.free_at.len();
            if taken >= usize::try_from(limit.get()).unwrap_or(usize::MAX) {
                return match state.free_at.front() {
                    Some(at) => PassResult::NotBefore(*at - now),
                    None => PassResult::WhenSomethingChanges,
                };
            }
        }
        state.under_way += 1;
        PassResult::Pass
    }
}

/// A place in the queue, left when dropped.
struct QueuePlace<'a> {
    limiter: &'a Limiter,
    position: (Priority, u64),
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        locked(&self.limiter.state).queue.remove(&self.position);
        self.limiter.changed.notify_waiters();
    }
}

/// Leave to send one request; to be kept until its response is there.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    limiter: &'a Limiter,
    counts: bool,
}

impl Permit<'_> {
    /// Gives the leave back: no request was sent.
    pub(super) fn give_back(mut self) {
        self.counts = false;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = locked(&self.limiter.state);
        state.under_way -= 1;
        if self.counts && self.limiter.limit.is_some() {
            // The clock is read under the lock: the queue of places stays in order.
            state.free_at.push_back(self.limiter.clock.now() + WINDOW);
        }
        drop(state);
        self.limiter.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
