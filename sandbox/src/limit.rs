//! The request limit: so many per minute and `AccountKey`.

use std::collections::{HashMap, VecDeque};

use time::{Duration, OffsetDateTime};

const WINDOW: Duration = Duration::MINUTE;

/// When each key's recent requests came.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    recent: HashMap<String, VecDeque<OffsetDateTime>>,
}

impl Limiter {
    /// Counts a request, or says how long until one would be let through. A refused request is not counted.
    pub(crate) fn admit(
        &mut self,
        key: &str,
        limit: u32,
        fixed_window: bool,
        now: OffsetDateTime,
    ) -> Result<(), Duration> {
        let recent = self.recent.entry(key.to_owned()).or_default();
        let start_of_minute = now
            - Duration::seconds(now.second().into())
            - Duration::nanoseconds(now.nanosecond().into());
        let over = |at: &OffsetDateTime| {
            if fixed_window {
                *at < start_of_minute
            } else {
                *at + WINDOW <= now
            }
        };
        while recent.front().is_some_and(over) {
            recent.pop_front();
        }
        if recent.len() < limit as usize {
            recent.push_back(now);
            return Ok(());
        }
        let opens = match recent.front() {
            Some(oldest) if !fixed_window => *oldest + WINDOW,
            _ => start_of_minute + WINDOW,
        };
        Err(opens - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_sliding_minute_opens_as_its_oldest_request_leaves() {
        let mut limiter = Limiter::default();
        let start = datetime!(2026-11-23 04:00:30 UTC);
        assert_eq!(limiter.admit("k", 2, false, start), Ok(()));
        assert_eq!(
            limiter.admit("k", 2, false, start + Duration::seconds(10)),
            Ok(())
        );
        assert_eq!(
            limiter.admit("k", 2, false, start + Duration::seconds(59)),
            Err(Duration::seconds(1))
        );
        assert_eq!(limiter.admit("other", 2, false, start), Ok(()));
        assert_eq!(
            limiter.admit("k", 2, false, start + Duration::seconds(60)),
            Ok(())
        );
        assert!(
            limiter
                .admit("k", 2, false, start + Duration::seconds(61))
                .is_err()
        );
    }

    #[test]
    fn a_fixed_minute_opens_on_the_minute() {
        let mut limiter = Limiter::default();
        let late = datetime!(2026-11-23 04:00:59 UTC);
        assert_eq!(limiter.admit("k", 1, true, late), Ok(()));
        assert_eq!(limiter.admit("k", 1, true, late), Err(Duration::seconds(1)));
        assert_eq!(
            limiter.admit("k", 1, true, late + Duration::seconds(1)),
            Ok(())
        );
    }
}
