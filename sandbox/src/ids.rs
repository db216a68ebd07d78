//! Identifiers and other made-up values, the same in every run that starts from the same seed.

use serde::{Deserialize, Serialize};

/// A small deterministic generator (SplitMix64). Unpredictability is not wanted here.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A value below `bound`, which must not be 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 48) & 0x3fff,
            low & 0xffff_ffff_ffff
        )
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(length, b"0123456789abcdef")
    }

    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.text(length, b"0123456789")
    }

    /// What an eSIM is loaded with: four groups of capitals and digits.
    pub(crate) fn matching_id(&mut self) -> String {
        let groups: Vec<_> = (0..4)
            .map(|_| self.text(5, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
            .collect();
        groups.join("-")
    }

    /// A 19-digit ICCID with a right check digit, in the range the vendor's samples use.
    pub(crate) fn iccid(&mut self) -> String {
        let body = format!("890124{}", self.digits(12));
        let check = luhn_digit(&body);
        format!("{body}{check}")
    }

    fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}

/// One step of SplitMix64's output function; also a fair hash of small numbers.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn luhn_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| {
            if place % 2 == 0 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let (mut one, mut other) = (Ids::new(7), Ids::new(7));
        assert_eq!(one.uuid(), other.uuid());
        assert_ne!(one.uuid(), one.uuid());
        assert_eq!(one.uuid().len(), 36);
    }

    #[test]
    fn iccids_carry_a_right_check_digit() {
        assert_eq!(luhn_digit("7992739871"), 3);
        assert_eq!(Ids::new(1).iccid().len(), 19);
    }
}
