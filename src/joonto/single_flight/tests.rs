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
