//! What of the provider `fuzz/` alone calls: in the house only a purchase reads the journal.

use super::purchase;

/// Reads a journal, writes down what it says, and reads that: the same has to come of it, and it
/// panics otherwise. How many purchases the journal tells of.
#[must_use]
pub fn read_journal(bytes: &[u8]) -> usize {
    purchase::reread(bytes)
}
