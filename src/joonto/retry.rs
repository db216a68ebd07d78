//! How long to wait before a request is sent again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use time::OffsetDateTime;

/// No server is obeyed for longer than this.
const LONGEST_TOLD: Duration = Duration::from_secs(60);

/// The request limit counts minutes, so the waits must add up to one: 4, 8, 16 and 30
/// seconds, rather than 1, 2, 4 and 8.
const LIMIT_FACTOR: u32 = 4;

/// The waits of one request: how long each is, and how many there are.
pub(super) struct RetryPolicy {
    delays: <ExponentialBuilder as BackoffBuilder>::Backoff,
    was_limited: bool,
    token_renewed: bool,
}

impl RetryPolicy {
    /// A policy of `max_retries` waits: 1 s doubling to 30 s, each up to doubled by chance.
    pub(super) fn new(max_retries: u32) -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(Duration::from_secs(1))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(usize::try_from(max_retries).unwrap_or(usize::MAX))
            .with_jitter()
            .with_jitter_seed(seed())
            .build();
        Self {
            delays,
            was_limited: false,
            token_renewed: false,
        }
    }

    /// The next wait, not shorter than the server asks for; nothing when no attempt is left.
    pub(super) fn next(&mut self, requested: Option<Duration>) -> Option<Duration> {
        let own = self.delays.next()?;
        Some(own.max(requested.unwrap_or_default()))
    }

    /// Whether a refused token is renewed now: once.
    pub(super) fn renews_token(&mut self) -> bool {
        !std::mem::replace(&mut self.token_renewed, true)
    }

    /// The next wait after a 429. What the server asks for is believed the first time; when it was
    /// not enough, our own measure counts too.
    pub(super) fn next_after_limit(&mut self, requested: Option<Duration>) -> Option<Duration> {
        let own = self.delays.next()?;
        let own = (own * LIMIT_FACTOR).min(Duration::from_secs(30)) + jitter(own);
        let again = std::mem::replace(&mut self.was_limited, true);
        Some(match requested {
            Some(requested) if again => requested.max(own),
            Some(requested) => requested + jitter(requested),
            None => own,
        })
    }
}

/// What a `Retry-After` header tells: seconds, or a date. Nothing when it is neither.
///
/// A date is measured against the server's own clock, `date`, where the response has it.
pub(super) fn retry_after(
    header: &str,
    date: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than fit are too many anyway.
        let seconds = header.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST_TOLD));
    }
    let until = OffsetDateTime::from(httpdate::parse_http_date(header).ok()?);
    let left = until - date.unwrap_or(now);
    // Both dates leave out the fraction of a second; the one that may be missing is added.
    Some(match Duration::try_from(left) {
        Ok(left) => (left + Duration::from_secs(1)).min(LONGEST_TOLD),
        Err(_) => Duration::ZERO,
    })
}

/// A little more, so that those who wait equally long do not come back as one.
fn jitter(wait: Duration) -> Duration {
    let most = Duration::from_millis(250) + wait / 8;
    let share = u32::try_from(seed() >> 40).unwrap_or_default();
    most.mul_f64(f64::from(share) / f64::from(1_u32 << 24))
}

/// Chance enough to spread waits: what the standard library keys its hash maps with.
fn seed() -> u64 {
    RandomState::new().hash_one(0)
}

#[cfg(test)]
mod tests;
