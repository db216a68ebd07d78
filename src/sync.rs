//! The one way to take a lock of the standard library, and the one way to wait for a change.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Takes the lock. After a panic elsewhere the data is as good as before: no critical section of
/// this program leaves it half changed.
pub fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Completes with what `look` finds. It looks at once, and again after every change.
pub async fn until<T>(changed: &Notify, mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        // Listening begins before looking, so that no change falls in between.
        let mut change = pin!(changed.notified());
        change.as_mut().enable();
        if let Some(found) = look() {
            return found;
        }
        change.await;
    }
}
