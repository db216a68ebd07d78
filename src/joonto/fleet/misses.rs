//! How many numbers in a row may turn out to be gone before that is doubted.
//!
//! With other credentials, every number answers that there is none. A fleet that vanishes as a
//! whole would be bought anew by the next apply.

/// So many are confirmed one by one while not one number was found.
pub(super) const LIMIT: u32 = 20;

/// The numbers of one run that were found, or not.
#[derive(Debug, Default)]
pub(super) struct Misses {
    gone: u32,
    checking: u32,
    has_found: bool,
}

/// Whether details may be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Leave {
    /// Yes; the answer is to be [told](Misses::settle).
    Granted,
    /// Not before the answers under way are there.
    Later,
    /// No: all that were asked are gone.
    Refused,
}

impl Misses {
    /// Asks for leave to read details.
    pub(super) fn admit(&mut self, is_accepted: bool) -> Leave {
        if !(is_accepted || self.has_found) {
            if self.gone >= LIMIT {
                return Leave::Refused;
            }
            if self.gone + self.checking >= LIMIT {
                return Leave::Later;
            }
        }
        self.checking += 1;
        Leave::Granted
    }

    /// A read that had leave has ended: with a number, without one, or without an answer.
    pub(super) fn settle(&mut self, is_there: Option<bool>) {
        self.checking = self.checking.saturating_sub(1);
        match is_there {
            Some(true) => self.has_found = true,
            Some(false) => self.gone += 1,
            None => {}
        }
    }

    /// A number was found.
    pub(super) fn found(&mut self) {
        self.has_found = true;
    }

    /// Begins anew, for a new run. Reads under way still count.
    pub(super) fn forget(&mut self) {
        *self = Self {
            checking: self.checking,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_and_no_more_unless_one_is_found() {
        let mut misses = Misses::default();
        for _ in 0..LIMIT {
            assert_eq!(misses.admit(false), Leave::Granted);
        }
        assert_eq!(misses.admit(false), Leave::Later);
        misses.settle(None);
        assert_eq!(misses.admit(false), Leave::Granted, "no answer, no miss");
        for _ in 0..LIMIT {
            misses.settle(Some(false));
        }
        assert_eq!(misses.admit(false), Leave::Refused);
        assert_eq!(misses.admit(true), Leave::Granted);
        misses.settle(Some(true));
        assert_eq!(misses.admit(false), Leave::Granted);
    }
}
