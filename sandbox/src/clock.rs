//! The clock everything in the sandbox reads: the real one, moved by as much as a test asked for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

/// A movable clock. Clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Mutex<Setting>>);

#[derive(Debug, Default)]
struct Setting {
    offset: time::Duration,
    stopped_at: Option<OffsetDateTime>,
}

impl Clock {
    /// The sandbox's present time, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        let setting = self.lock();
        setting
            .stopped_at
            .unwrap_or_else(|| OffsetDateTime::now_utc() + setting.offset)
    }

    /// Moves the clock forward: tokens age, request windows empty, scheduled changes happen.
    pub fn advance(&self, by: Duration) {
        let by = time::Duration::try_from(by).unwrap_or(time::Duration::MAX);
        let mut setting = self.lock();
        match &mut setting.stopped_at {
            Some(at) => *at = at.saturating_add(by),
            None => setting.offset = setting.offset.saturating_add(by),
        }
    }

    /// Sets the clock to an instant; it runs on from there.
    pub fn set(&self, to: OffsetDateTime) {
        let mut setting = self.lock();
        setting.offset = to - OffsetDateTime::now_utc();
        if setting.stopped_at.is_some() {
            setting.stopped_at = Some(to);
        }
    }

    /// Stops the clock where it is; only [`advance`](Self::advance), [`set`](Self::set) and [`run`](Self::run) move it then.
    pub fn stop(&self) {
        let now = self.now();
        self.lock().stopped_at = Some(now);
    }

    /// Lets a stopped clock run on from where it stands.
    pub fn run(&self) {
        let now = self.now();
        let mut setting = self.lock();
        setting.stopped_at = None;
        setting.offset = now - OffsetDateTime::now_utc();
    }

    /// How far the clock is from the real one.
    pub(crate) fn offset(&self) -> time::Duration {
        self.now() - OffsetDateTime::now_utc()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Setting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
