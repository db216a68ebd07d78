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
        let part = range(&input, random);
        let old = &input[part.clone()];
        let new = match random.u8(0..7) {
            0 => Vec::new(),
            1 => vec![random.u8(..)],
            // Counts and digits, one more or one less.
            2 => old.iter().map(|byte| byte.wrapping_add(1)).collect(),
            3 => old.iter().map(|byte| byte.wrapping_sub(1)).collect(),
            4 => random.choice(TURNING).unwrap_or_default().to_vec(),
            // Nests or lengthens what there is.
            5 => old.repeat(1 << random.u8(0..9)),
            _ => {
                let other = random.choice(inputs).map_or(&[][..], Vec::as_slice);
                other[range(other, random)].to_vec()
            }
        };
        input.splice(part, new);
        input.truncate(LONGEST);
    }
    input
}

/// A part of the input, mostly a single byte.
fn range(input: &[u8], random: &mut Rng) -> Range<usize> {
    let start = random.usize(0..=input.len());
    let longest = *random.choice(&[0, 1, 1, 1, 16, LONGEST]).unwrap_or(&1);
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
