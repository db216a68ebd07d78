//! Amounts of data and speeds, in the several ways that they are written.

use crate::joonto::{Field, unit_bytes};
use crate::terraform::value::Number;

/// The unit of values without one.
pub(super) const DEFAULT_UNIT: &str = "MB";

/// The units that the API is known to take.
pub(super) const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];

/// The speeds that the API is known to take.
pub(super) const SPEEDS: [&str; 9] = [
    "64-kbps", "128-kbps", "256-kbps", "512-kbps", "1-mbps", "5-mbps", "20-mbps", "50-mbps",
    "100-mbps",
];

/// The largest value that the API takes.
pub(super) const MAX: u32 = i32::MAX.cast_unsigned();

/// A value as it is sent.
pub(super) fn count(number: &Number) -> Option<u32> {
    let value = u32::try_from(number.as_i64()?).ok()?;
    (1..=MAX).contains(&value).then_some(value)
}

/// The value in another unit, if that is exact.
pub(super) fn convert(value: u32, from: &str, to: &str) -> Option<u32> {
    if from.eq_ignore_ascii_case(to) {
        return Some(value);
    }
    let bytes = u64::from(value).checked_mul(unit_bytes(from)?)?;
    let to = unit_bytes(to)?;
    let value = u32::try_from(bytes / to).ok()?;
    (bytes % to == 0 && value <= MAX).then_some(value)
}

/// The values in MB, if that is exact for all of them; else as they are.
pub(super) fn in_megabytes(unit: &str, values: [Option<u32>; 3]) -> (&str, [Option<u32>; 3]) {
    let converted = values.map(|value| value.map(|value| convert(value, unit, DEFAULT_UNIT)));
    match converted.contains(&Some(None)) {
        true => (unit, values),
        false => (DEFAULT_UNIT, converted.map(Option::flatten)),
    }
}

/// Whether two amounts are as many bytes. In units that nobody knows, the values count.
pub(super) fn is_same(one: (Option<u32>, &str), other: (Option<u32>, &str)) -> bool {
    let (Some(a), Some(b)) = (one.0, other.0) else {
        return one.0 == other.0;
    };
    match (unit_bytes(one.1), unit_bytes(other.1)) {
        (Some(first), Some(second)) => u64::from(a) * first == u64::from(b) * second,
        _ => a == b && one.1.eq_ignore_ascii_case(other.1),
    }
}

/// What a speed is changed to, if what the API returns is another one: to one of its words for
/// requests where there is one. A word that cannot be read says nothing.
pub(super) fn changed_speed<'a>(
    kept: Option<&str>,
    returned: &'a Field<String>,
) -> Option<Option<&'a str>> {
    let returned = match returned {
        Field::Absent => return None,
        Field::Null => return kept.is_some().then_some(None),
        Field::Value(returned) => returned.as_str(),
    };
    let Some(speed) = kbps(returned) else {
        return kept.is_none().then_some(Some(returned));
    };
    let is_same = |word: &str| kbps(word).is_some_and(|known| known.is_same(speed));
    if kept.is_some_and(is_same) {
        return None;
    }
    let known = SPEEDS.iter().copied().find(|word| is_same(word));
    Some(Some(known.unwrap_or(returned)))
}

/// A speed in kbps, by either count of a megabit.
#[derive(Clone, Copy)]
struct Speed {
    binary: u64,
    decimal: u64,
}

impl Speed {
    fn is_same(self, other: Self) -> bool {
        self.binary == other.binary || self.decimal == other.decimal || self.mixes(other)
    }

    fn mixes(self, other: Self) -> bool {
        self.binary == other.decimal || self.decimal == other.binary
    }
}

/// Reads `1-mbps`, `64-kbps` and `thr1024kbps`.
fn kbps(word: &str) -> Option<Speed> {
    let word = word.to_ascii_lowercase();
    let (number, is_mega) = match word.strip_prefix("thr") {
        Some(rest) => (rest.strip_suffix("kbps")?, false),
        None => match word.strip_suffix("-mbps") {
            Some(number) => (number, true),
            None => (word.strip_suffix("-kbps")?, false),
        },
    };
    let number: u32 = number.parse().ok()?;
    let number = u64::from(number);
    Some(match is_mega {
        true => Speed {
            binary: number * 1024,
            decimal: number * 1000,
        },
        false => Speed {
            binary: number,
            decimal: number,
        },
    })
}
