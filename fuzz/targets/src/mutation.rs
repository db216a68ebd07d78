//! Makes new inputs out of those there are.

use std::ops::Range;

use fastrand::Rng;

/// No input grows beyond this.
const LONGEST: usize = 4096;

/// What formats turn at: ends of ranges, the largest lengths of MessagePack, and the marks of texts.
const TURNING: [&[u8]; 24] = [
    b"\0",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\xc0",
    b"\xc1",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff",
    b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
    b"null",
    b"-1",
    b"1e999999999",
    b"\"",
    b"\\ud800",
    b"[[[[",
    b"{\"a\":",
    b"]}",
    b"$%",
    b"\n=",
    "\u{301}".as_bytes(),
];

/// One of `inputs` with one to four changes.
#[must_use]
pub fn mutated(inputs: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut input = random.choice(inputs).cloned().unwrap_or_default();
    for _ in 0..random.usize(1..=4) {
        let (part, new) = change(&input, inputs, random);
        input.splice(part, new);
        input.truncate(LONGEST);
    }
    input
}

/// A part of the input, and what takes its place.
fn change(input: &[u8], inputs: &[Vec<u8>], random: &mut Rng) -> (Range<usize>, Vec<u8>) {
    let part = range(input, random);
    let (start, old) = (part.start, &input[part.clone()]);
    let one = start..(start + 1).min(input.len());
    let turning = random.choice(TURNING).unwrap_or_default();
    let byte = input.get(start).copied().unwrap_or_default();
    match random.u8(0..9) {
        0 => (one, vec![byte ^ (1 << random.u8(0..8))]),
        1 => (one, vec![random.u8(..)]),
        // Counts and digits, one more or one less.
        2 => (
            one,
            vec![byte.wrapping_add(*random.choice(&[1, 255]).unwrap_or(&1))],
        ),
        3 => (start..start, turning.to_vec()),
        4 => (
            start..(start + turning.len()).min(input.len()),
            turning.to_vec(),
        ),
        5 => (part, Vec::new()),
        6 => (start..input.len(), Vec::new()),
        // Nests or lengthens what there is.
        7 => {
            let times = 1 << random.u8(0..9);
            (
                start..start,
                old.repeat(times).into_iter().take(LONGEST).collect(),
            )
        }
        _ => {
            let other = random.choice(inputs).map_or(&[][..], Vec::as_slice);
            (part, other[range(other, random)].to_vec())
        }
    }
}

/// A part of the input, mostly a short one.
fn range(input: &[u8], random: &mut Rng) -> Range<usize> {
    let start = random.usize(0..=input.len());
    let longest = match random.u8(0..8) {
        0 => input.len(),
        _ => 16,
    };
    start..start + random.usize(0..=longest.min(input.len() - start))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn inputs_differ_stay_short_and_come_again_from_the_same_seed() {
        let inputs = [b"{\"a\": [1, 2]}".to_vec(), Vec::new(), vec![7; LONGEST]];
        let made = |seed| -> Vec<_> {
            let mut random = Rng::with_seed(seed);
            (0..1000).map(|_| mutated(&inputs, &mut random)).collect()
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert!(made(1).iter().all(|input| input.len() <= LONGEST));
        let distinct: HashSet<_> = made(1).into_iter().collect();
        assert!(distinct.len() > 500, "{}", distinct.len());
    }
}
