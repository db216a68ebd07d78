//! Time that runs faster than the world's, so that a minute of waiting costs a fraction of a second.

use std::time::{Duration, Instant};

use terraform_provider_joonto::wait::{BoxFuture, Clock};
use time::OffsetDateTime;

/// How much faster.
const FACTOR: u32 = 200;

#[derive(Clone, Copy, Debug)]
pub(crate) struct FastClock {
    began: Instant,
    began_utc: OffsetDateTime,
}

impl FastClock {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            began_utc: OffsetDateTime::now_utc(),
        }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed() * FACTOR
    }
}

impl Clock for FastClock {
    fn now(&self) -> Instant {
        self.began + self.elapsed()
    }

    fn utc(&self) -> OffsetDateTime {
        self.began_utc + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration / FACTOR))
    }

    fn in_real_time(&self, duration: Duration) -> Duration {
        duration / FACTOR
    }
}
