//! Makes new inputs out of those there are.

use fastrand::Rng;

/// No input grows beyond this.
const LONGEST: usize = 4096;

/// Bytes at which formats turn: ends of ranges, and the largest lengths of MessagePack.
const TURNING: [&[u8]; 14] = [
    &[0],
    &[0x7f],
    &[0x80],
    &[0xff],
    &[0xc0],
    &[0xc1],
    &[0xff, 0xff],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0xff, 0xff, 0xff, 0xff],
    &[0xdb, 0xff, 0xff, 0xff, 0xff],
    &[0xdd, 0xff, 0xff, 0xff, 0xff],
    &[0xdf, 0xff, 0xff, 0xff, 0xff],
    &[0xc9, 0xff, 0xff, 0xff, 0xff],
    &[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

/// Texts at which formats turn.
const TEXTS: [&str; 14] = [
    "null",
    "-1",
    "1e999999999",
    "\"",
    "\\ud800",
    "[[[[",
    "{\"a\":",
    "]",
    "}",
    "$",
    "%",
    "\n",
    "=",
    "\u{301}",
];

/// One of `inputs` with one to four changes.
#[must_use]
pub fn mutated(inputs: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut input = random.choice(inputs).cloned().unwrap_or_default();
    for _ in 0..random.usize(1..=4) {
        change(&mut input, inputs, random);
    }
    input.truncate(LONGEST);
    input
}

fn change(input: &mut Vec<u8>, inputs: &[Vec<u8>], random: &mut Rng) {
    let (start, end) = range(input, random);
    match random.u8(0..10) {
        0 => flip(input, start, random),
        1 => input.splice(start..start, [random.u8(..)]).for_each(drop),
        2 => drop(input.drain(start..end)),
        3 => input.truncate(start),
        4 => repeat(input, start, end, random),
        5 => {
            let bytes = random.choice(TURNING).unwrap_or_default();
            let replaced = start..(start + bytes.len()).min(input.len());
            input.splice(replaced, bytes.iter().copied()).for_each(drop);
        }
        6 => {
            let text = random.choice(TEXTS).unwrap_or_default();
            input.splice(start..start, text.bytes()).for_each(drop);
        }
        7 => {
            if let Some(byte) = input.get_mut(start) {
                *byte = random.u8(..);
            }
        }
        8 => {
            // Counts and digits, one more or one less.
            if let Some(byte) = input.get_mut(start) {
                *byte = byte.wrapping_add(if random.bool() { 1 } else { 255 });
            }
        }
        _ => {
            let other = random.choice(inputs).cloned().unwrap_or_default();
            let (from, to) = range(&other, random);
            input
                .splice(start..end, other[from..to].iter().copied())
                .for_each(drop);
        }
    }
}

fn flip(input: &mut [u8], at: usize, random: &mut Rng) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << random.u8(0..8);
    }
}

/// Nests or lengthens what there is.
fn repeat(input: &mut Vec<u8>, start: usize, end: usize, random: &mut Rng) {
    let times = 1 << random.u8(0..9);
    let room = LONGEST.saturating_sub(input.len());
    let repeated = input[start..end].repeat(times);
    input
        .splice(end..end, repeated.into_iter().take(room))
        .for_each(drop);
}

/// A part of the input, mostly a short one.
fn range(input: &[u8], random: &mut Rng) -> (usize, usize) {
    let start = random.usize(0..=input.len());
    let longest = if random.u8(0..8) == 0 {
        input.len()
    } else {
        16
    };
    let end = start + random.usize(0..=longest.min(input.len() - start));
    (start, end)
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
