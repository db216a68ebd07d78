//! Which numbers this process has written, and in what order with what it read.

use std::collections::HashMap;
use std::sync::Mutex;

use super::super::types::E164;
use crate::sync::locked;

/// Counts the writes of this process.
#[derive(Debug, Default)]
pub(super) struct Writes(Mutex<Versions>);

#[derive(Debug, Default)]
struct Versions {
    count: u64,
    last: HashMap<E164, u64>,
}

impl Writes {
    /// The present. What is asked for now tells of all writes up to here.
    pub(super) fn now(&self) -> u64 {
        locked(&self.0).count
    }

    /// A write of `number` begins or ends.
    pub(super) fn wrote(&self, number: &E164) {
        let mut versions = locked(&self.0);
        versions.count += 1;
        let now = versions.count;
        versions.last.insert(number.clone(), now);
    }

    /// When `number` was last written. What was asked for before does not tell of it.
    pub(super) fn last(&self, number: &E164) -> u64 {
        locked(&self.0)
            .last
            .get(number)
            .copied()
            .unwrap_or_default()
    }

    /// A write of `numbers` begins. It ends when the guard is dropped, however it went.
    pub(super) fn begin<'a>(&'a self, numbers: &'a [E164]) -> WriteGuard<'a> {
        numbers.iter().for_each(|number| self.wrote(number));
        WriteGuard {
            writes: self,
            numbers,
        }
    }
}

/// A write under way.
pub(super) struct WriteGuard<'a> {
    writes: &'a Writes,
    numbers: &'a [E164],
}

impl Drop for WriteGuard<'_> {
    fn drop(&mut self) {
        self.numbers
            .iter()
            .for_each(|number| self.writes.wrote(number));
    }
}
