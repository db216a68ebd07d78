//! Which numbers this process has written, and in what order with what it read.

use std::collections::HashMap;

use super::super::ids::E164;

/// Counts the writes of this process.
#[derive(Debug, Default)]
pub(super) struct Writes {
    count: u64,
    last: HashMap<E164, u64>,
}

impl Writes {
    /// The present. What is asked for now tells of all writes up to here.
    pub(super) fn now(&self) -> u64 {
        self.count
    }

    /// A write of `number` begins or ends.
    pub(super) fn wrote(&mut self, number: &E164) {
        self.count += 1;
        self.last.insert(number.clone(), self.count);
    }

    /// When `number` was last written. What was asked for before does not tell of it.
    pub(super) fn last(&self, number: &E164) -> u64 {
        self.last.get(number).copied().unwrap_or_default()
    }
}
