//! One fetch at a time for all who ask for the same thing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::error::{Error, given_up};
use super::operation::Operation;
use crate::context::Context;
use crate::sync::locked;

/// How old what was read for others may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// Read in this run, and nothing was written since. For data sources and lists.
    Recent,
    /// Asked for after the call. For purchases, and for what was sent and may have taken effect.
    Now,
}

/// Fetches by key. One who asks while a fetch is under way waits for it, and then decides whether
/// its result will do. One who is stopped, or dropped, leaves the fetch to the next in line.
#[derive(Debug)]
pub(super) struct SingleFlight<K, V> {
    slots: Mutex<HashMap<K, Arc<Slot<V>>>>,
    gather: Duration,
}

#[derive(Debug)]
struct Slot<V> {
    /// How many fetches have begun.
    begun: AtomicU64,
    /// Which of them was the last to end.
    ended: AtomicU64,
    last: tokio::sync::Mutex<Option<Last<V>>>,
}

#[derive(Debug)]
struct Last<V> {
    at: Instant,
    result: Result<V, Error>,
}

/// The last fetch, as one who asks sees it.
pub(super) struct Fetched<'a, V> {
    /// Its result.
    pub(super) result: &'a Result<V, Error>,
    /// How long ago it ended.
    pub(super) age: Duration,
    /// Whether it ended after the caller asked.
    pub(super) is_shared: bool,
    /// Whether it even began after the caller asked.
    pub(super) is_later: bool,
}

impl<K: Clone + Eq + Hash, V: Clone> SingleFlight<K, V> {
    /// One whose fetches wait for so long before they begin, for others to ask.
    pub(super) fn gathering(gather: Duration) -> Self {
        Self {
            slots: Mutex::default(),
            gather,
        }
    }

    /// The last result for `key` if it `will_do`, else that of `fetch`.
    pub(super) async fn get(
        &self,
        key: &K,
        operation: &'static Operation,
        context: &Context,
        will_do: impl Fn(Fetched<'_, V>) -> bool,
        fetch: impl Future<Output = Result<V, Error>>,
    ) -> Result<V, Error> {
        let slot = Arc::clone(locked(&self.slots).entry(key.clone()).or_default());
        let begun = slot.begun.load(Ordering::Acquire);
        let ended = slot.ended.load(Ordering::Acquire);
        let turn = context.wait_for(slot.last.lock()).await;
        let mut last = turn.map_err(given_up(operation))?;
        if let Some(Last { at, result }) = &*last {
            let nth = slot.ended.load(Ordering::Acquire);
            let fetched = Fetched {
                result,
                age: context.clock().now().saturating_duration_since(*at),
                is_shared: nth > ended,
                is_later: nth > begun,
            };
            if will_do(fetched) {
                return result.clone();
            }
        }
        if !self.gather.is_zero() {
            let gathered = context.sleep(self.gather).await;
            gathered.map_err(given_up(operation))?;
        }
        let nth = slot.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let result = fetch.await;
        let is_left = matches!(&result, Err(error) if error.interrupted().is_some());
        if !is_left {
            let at = context.clock().now();
            *last = Some(Last {
                at,
                result: result.clone(),
            });
            slot.ended.store(nth, Ordering::Release);
        }
        result
    }

    /// The last result for `key`, unless it is an error. Waits for a fetch under way.
    pub(super) async fn last(&self, key: &K) -> Option<V> {
        let slot = locked(&self.slots).get(key).cloned()?;
        let last = slot.last.lock().await;
        last.as_ref()?.result.clone().ok()
    }

    /// Forgets the last result for `key` if it `is` the one meant.
    pub(super) async fn forget(&self, key: &K, is: impl Fn(&V) -> bool) {
        let slot = locked(&self.slots).get(key).cloned();
        if let Some(slot) = slot {
            let mut last = slot.last.lock().await;
            last.take_if(|last| last.result.as_ref().is_ok_and(is));
        }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self::gathering(Duration::ZERO)
    }
}

impl<V> Default for Slot<V> {
    fn default() -> Self {
        Self {
            begun: AtomicU64::default(),
            ended: AtomicU64::default(),
            last: tokio::sync::Mutex::default(),
        }
    }
}

#[cfg(test)]
mod tests;
