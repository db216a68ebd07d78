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
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;
    use crate::context::{Canceller, Clock};
    use crate::joonto::operation::ORDER;
    use crate::joonto::testing::{VirtualClock, context, seconds};

    /// Fetches of a second each, which bring how many there have been.
    struct Fetches {
        flight: SingleFlight<(), u32>,
        clock: VirtualClock,
        count: AtomicU32,
    }

    impl Fetches {
        fn new(gather: Duration) -> Self {
            Self {
                flight: SingleFlight::gathering(gather),
                clock: VirtualClock::idle(),
                count: AtomicU32::new(0),
            }
        }

        async fn get_with(
            &self,
            context: &Context,
            will_do: impl Fn(Fetched<'_, u32>) -> bool,
        ) -> Result<u32, Error> {
            let fetch = async {
                let nth = self.count.fetch_add(1, Ordering::Relaxed) + 1;
                context.sleep(seconds(1)).await.map_err(given_up(&ORDER))?;
                Ok(nth)
            };
            self.flight.get(&(), &ORDER, context, will_do, fetch).await
        }

        /// Asks after `delay`.
        async fn get(&self, delay: u64, will_do: impl Fn(Fetched<'_, u32>) -> bool) -> u32 {
            self.clock.sleep(Duration::from_millis(delay)).await;
            let got = self.get_with(&context(&self.clock), will_do).await;
            got.expect("fetched")
        }
    }

    #[tokio::test]
    async fn what_ends_after_the_call_differs_from_what_begins_after_it() {
        let fetches = Fetches::new(Duration::ZERO);
        let shared = |last: Fetched<'_, u32>| last.is_shared;
        let got = tokio::join!(
            fetches.get(0, shared),
            fetches.get(500, shared),
            fetches.get(1500, shared),
        );
        assert_eq!(got, (1, 1, 2));

        let fetches = Fetches::new(Duration::ZERO);
        let later = |last: Fetched<'_, u32>| last.is_later;
        let got = tokio::join!(
            fetches.get(0, later),
            fetches.get(500, later),
            fetches.get(600, later),
        );
        assert_eq!(got, (1, 2, 2));
    }

    #[tokio::test]
    async fn a_fetch_that_gathers_is_later_for_all_who_ask_before_it_begins() {
        let fetches = Fetches::new(Duration::from_millis(10));
        let later = |last: Fetched<'_, u32>| last.is_later;
        let got = tokio::join!(
            fetches.get(0, later),
            fetches.get(5, later),
            fetches.get(15, later),
        );
        assert_eq!(got, (1, 1, 2));
    }

    #[tokio::test]
    async fn one_who_is_stopped_or_dropped_leaves_the_fetch_to_the_next() {
        let fetches = Fetches::new(Duration::ZERO);
        let shared = |last: Fetched<'_, u32>| last.is_shared;
        let canceller = Canceller::new();
        let stopped = Context::new(Arc::new(fetches.clock.clone()), canceller.signal());
        let stop = async {
            fetches.clock.sleep(Duration::from_millis(700)).await;
            canceller.stop();
        };
        let (first, second, ()) = tokio::join!(
            fetches.get_with(&stopped, shared),
            fetches.get(500, shared),
            stop,
        );
        assert!(first.is_err_and(|error| error.interrupted().is_some()));
        assert_eq!(second, 2);

        let first = fetches.get(0, |_| false);
        let next = async {
            tokio::select! {
                _ = first => panic!("it takes a second"),
                () = fetches.clock.sleep(Duration::from_millis(500)) => {}
            }
            fetches.get(0, shared).await
        };
        assert_eq!(next.await, 4);
    }

    #[tokio::test]
    async fn what_is_forgotten_is_fetched_again() {
        let fetches = Fetches::new(Duration::ZERO);
        let any = |_: Fetched<'_, u32>| true;
        assert_eq!(
            (fetches.get(0, any).await, fetches.get(0, any).await),
            (1, 1)
        );
        fetches.flight.forget(&(), |known| *known == 7).await;
        assert_eq!(fetches.get(0, any).await, 1, "another was meant");
        fetches.flight.forget(&(), |known| *known == 1).await;
        assert_eq!(fetches.get(0, any).await, 2);
    }
}
