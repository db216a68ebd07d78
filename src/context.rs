//! Time, waiting, and the end of waiting.
//!
//! Everything that waits (the request limiter, back-off, polling an order) does so through a
//! [`Context`] that it is handed. So tests run minutes of waiting in milliseconds, and one signal
//! ends every wait when Terraform is interrupted.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::sync::watch;

/// A future that can be stored and sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The passage of time, real or simulated.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present on a clock that never goes back.
    fn now(&self) -> Instant;

    /// The present as the world tells it. May jump; never measure durations with it.
    fn utc(&self) -> OffsetDateTime;

    /// Completes once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// How long `duration` takes in the world outside, whose network knows no other time. A clock
    /// that runs faster than the world says so here.
    fn in_real_time(&self, duration: Duration) -> Duration {
        duration
    }
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn utc(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Ends the waits that are under way, as often as it is asked to.
///
/// It ends those that exist at that moment only: work begun afterwards waits as usual, because
/// Terraform goes on calling a provider that it has stopped. The exception is a process that is
/// about to end, see [`stop_for_good`](Self::stop_for_good).
#[derive(Clone, Debug, Default)]
pub struct Canceller(watch::Sender<u64>);

/// So many stops end later waits as well.
const FOR_GOOD: u64 = u64::MAX;

impl Canceller {
    /// A canceller that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every wait under way.
    pub fn stop(&self) {
        let next = |stops: &mut u64| *stops = stops.saturating_add(1);
        self.0.send_modify(next);
    }

    /// Ends every wait under way, and every wait that begins from now on.
    pub fn stop_for_good(&self) {
        self.0.send_replace(FOR_GOOD);
    }

    /// A signal that fires at the next [`stop`](Self::stop) and stays fired.
    pub fn signal(&self) -> StopSignal {
        StopSignal {
            receiver: self.0.subscribe(),
            subscribed_at: *self.0.borrow(),
        }
    }
}

/// Tells one piece of work that it has been asked to stop.
#[derive(Clone, Debug)]
pub struct StopSignal {
    receiver: watch::Receiver<u64>,
    subscribed_at: u64,
}

impl StopSignal {
    /// Whether the work has been asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.is_concerned(*self.receiver.borrow())
    }

    fn is_concerned(&self, stops: u64) -> bool {
        stops == FOR_GOOD || stops != self.subscribed_at
    }

    /// Completes when the work is asked to stop; never, if that cannot happen any more.
    pub async fn stopped(&self) {
        let mut receiver = self.receiver.clone();
        let concerns = |stops: &u64| self.is_concerned(*stops);
        if receiver.wait_for(concerns).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Why a wait ended before its time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Interrupted {
    /// Terraform asked the provider to stop.
    #[error("Terraform asked the provider to stop")]
    Stopped,
    /// The time allowed for the whole operation is over.
    #[error("the time allowed for the operation is over")]
    DeadlineExceeded,
}

/// How one operation waits: by which clock, until when at the latest, and until who says stop.
#[derive(Clone, Debug)]
#[must_use]
pub struct Context {
    clock: Arc<dyn Clock>,
    stop: StopSignal,
    deadline: Option<Instant>,
}

impl Context {
    /// A context whose waits go by `clock` and end when `stop` fires, without a deadline.
    pub fn new(clock: Arc<dyn Clock>, stop: StopSignal) -> Self {
        Self {
            clock,
            stop,
            deadline: None,
        }
    }

    /// The same context, with a deadline `timeout` from now.
    pub fn within(&self, timeout: Duration) -> Self {
        Self {
            deadline: self.clock.now().checked_add(timeout),
            ..self.clone()
        }
    }

    /// The clock that waits go by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Whether a wait would end at once, and why.
    ///
    /// # Errors
    ///
    /// The reason, when the operation was stopped or its time is over.
    pub fn check(&self) -> Result<(), Interrupted> {
        if self.stop.is_stopped() {
            return Err(Interrupted::Stopped);
        }
        match self.deadline {
            Some(deadline) if deadline <= self.clock.now() => Err(Interrupted::DeadlineExceeded),
            _ => Ok(()),
        }
    }

    /// Waits for `duration`.
    ///
    /// # Errors
    ///
    /// The reason, when the wait was cut short by a stop or by the deadline.
    pub async fn sleep(&self, duration: Duration) -> Result<(), Interrupted> {
        self.wait_for(self.clock.sleep(duration)).await
    }

    /// Waits for `work`, and cancels it when the wait is cut short.
    ///
    /// # Errors
    ///
    /// The reason, when the wait was cut short by a stop or by the deadline.
    pub async fn wait_for<T>(&self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        self.check()?;
        let deadline = async {
            match self.deadline {
                Some(at) => {
                    let left = at.saturating_duration_since(self.clock.now());
                    self.clock.sleep(left).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.stop.stopped() => Err(Interrupted::Stopped),
            done = work => Ok(done),
            () = deadline => Err(Interrupted::DeadlineExceeded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(canceller: &Canceller) -> Context {
        Context::new(Arc::new(SystemClock), canceller.signal())
    }

    #[tokio::test]
    async fn a_stop_ends_waits_under_way_and_no_later_ones() {
        let canceller = Canceller::new();
        let before = context(&canceller);
        let waiting = tokio::spawn({
            let before = before.clone();
            async move { before.sleep(Duration::from_secs(3600)).await }
        });
        canceller.stop();
        assert_eq!(waiting.await.expect("no panic"), Err(Interrupted::Stopped));
        assert_eq!(before.check(), Err(Interrupted::Stopped));
        assert_eq!(context(&canceller).sleep(Duration::ZERO).await, Ok(()));
    }

    #[tokio::test]
    async fn a_stop_for_good_ends_later_waits_as_well() {
        let canceller = Canceller::new();
        let before = context(&canceller);
        canceller.stop_for_good();
        for context in [before, context(&canceller)] {
            let ended = context.sleep(Duration::from_secs(3600)).await;
            assert_eq!(ended, Err(Interrupted::Stopped));
        }
    }

    #[tokio::test]
    async fn a_deadline_ends_a_longer_wait() {
        let context = context(&Canceller::new()).within(Duration::from_millis(1));
        assert_eq!(
            context.sleep(Duration::from_secs(3600)).await,
            Err(Interrupted::DeadlineExceeded)
        );
        assert_eq!(context.check(), Err(Interrupted::DeadlineExceeded));
    }

    #[tokio::test]
    async fn an_undisturbed_wait_hands_over_its_result() {
        assert_eq!(
            context(&Canceller::new()).wait_for(async { 7 }).await,
            Ok(7)
        );
    }
}
