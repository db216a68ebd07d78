//! Time that runs faster than the world's, so that a minute of waiting costs a fraction of a second.

use std::time::{Duration, Instant};

use terraform_provider_joonto::context::{BoxFuture, Clock};
use time::OffsetDateTime;

/// How much faster, unless a test says otherwise.
const FACTOR: u32 = 200;

#[derive(Clone, Copy, Debug)]
pub(crate) struct FastClock {
    began: Instant,
    began_utc: OffsetDateTime,
    factor: u32,
}

impl FastClock {
    pub(crate) fn new() -> Self {
        Self::times(FACTOR)
    }

    /// A clock that runs so many times as fast as the world's. The faster it is, the less a request may take
    /// on a machine with much else to do.
    pub(crate) fn times(factor: u32) -> Self {
        Self {
            began: Instant::now(),
            began_utc: OffsetDateTime::now_utc(),
            factor,
        }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed() * self.factor
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
        Box::pin(tokio::time::sleep(duration / self.factor))
    }

    fn in_real_time(&self, duration: Duration) -> Duration {
        duration / self.factor
    }
}
