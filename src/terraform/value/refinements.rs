//! What is known of a value that is not known yet.
//!
//! Terraform may send such hints along with an unknown value and holds the final value to them.
//! They travel as the body of a MessagePack extension. Whatever in it is not understood is
//! dropped: an unknown value with fewer hints is still right.

use std::fmt;

use rmp::encode::{self as wire, buffer::ByteBuf};

use super::msgpack::write_number;
use super::reader::Reader;
use super::{Number, Type, Value, nfc};

/// The longest body that Terraform reads.
const MAX_BODY: usize = 1024;

/// The longest prefix that Terraform writes, in bytes.
const MAX_PREFIX: usize = 256;

const NULLNESS: i64 = 1;
const PREFIX: i64 = 2;
const LOWER_BOUND: i64 = 3;
const UPPER_BOUND: i64 = 4;
const MIN_LENGTH: i64 = 5;
const MAX_LENGTH: i64 = 6;

/// What is known of an unknown value; by default nothing.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Refinements(Option<Box<Known>>);

/// Boxed away, since most unknown values have none of it.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Known {
    not_null: bool,
    prefix: Option<String>,
    lower: Option<Bound>,
    upper: Option<Bound>,
    min_length: Option<u64>,
    max_length: Option<u64>,
}

/// One end of a range of numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bound {
    /// The number at this end.
    pub number: Number,
    /// Whether that number itself belongs to the range.
    pub inclusive: bool,
}

impl Refinements {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the value will certainly not be null.
    #[must_use]
    pub fn is_not_null(&self) -> bool {
        self.0.as_ref().is_some_and(|known| known.not_null)
    }

    /// Adds that the value will not be null.
    #[must_use]
    pub fn not_null(self) -> Self {
        self.with(|known| known.not_null = true)
    }

    /// Adds how the string will begin.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        self.with(|known| known.prefix = Some(nfc(prefix.into())))
    }

    /// Adds the least the number can be.
    #[must_use]
    pub fn lower_bound(self, bound: Bound) -> Self {
        self.with(|known| known.lower = Some(bound))
    }

    /// Adds the most the number can be.
    #[must_use]
    pub fn upper_bound(self, bound: Bound) -> Self {
        self.with(|known| known.upper = Some(bound))
    }

    /// Adds the fewest elements the collection can have.
    #[must_use]
    pub fn min_length(self, length: u64) -> Self {
        self.with(|known| known.min_length = Some(length))
    }

    /// Adds the most elements the collection can have.
    #[must_use]
    pub fn max_length(self, length: u64) -> Self {
        self.with(|known| known.max_length = Some(length))
    }

    fn with(mut self, learn: impl FnOnce(&mut Known)) -> Self {
        learn(self.0.get_or_insert_default());
        self
    }

    /// Whether a final value keeps what was said of it.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        let Some(known) = &self.0 else { return true };
        let length_fits = |length: usize| {
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            known.min_length.is_none_or(|min| length >= min)
                && known.max_length.is_none_or(|max| length <= max)
        };
        match value {
            Value::Null => !known.not_null,
            Value::String(text) => known
                .prefix
                .as_ref()
                .is_none_or(|prefix| nfc(text.as_str()).starts_with(prefix)),
            Value::Number(number) => {
                let above = known.lower.as_ref().is_none_or(|lower| {
                    *number > lower.number || (lower.inclusive && *number == lower.number)
                });
                let below = known.upper.as_ref().is_none_or(|upper| {
                    *number < upper.number || (upper.inclusive && *number == upper.number)
                });
                above && below
            }
            Value::List(elements) => length_fits(elements.len()),
            Value::Map(elements) => length_fits(elements.len()),
            Value::Unknown(_) | Value::Bool(_) | Value::Dynamic(_) => true,
        }
    }

    /// Reads the body of an extension; one that makes no sense tells nothing.
    pub(super) fn decode(body: &[u8], ty: &Type) -> Self {
        if body.len() > MAX_BODY {
            return Self::default();
        }
        let known = decode_body(&mut Reader::new(body)).unwrap_or_default();
        let known = known.about(ty);
        Self((known != Known::default()).then(|| Box::new(known)))
    }

    /// Writes the body of an extension; `None` if nothing is to be said of a value of this type.
    pub(super) fn encode(&self, ty: &Type) -> Option<Vec<u8>> {
        let known = self.0.as_deref()?.clone().about(ty);
        let mut entries = ByteBuf::new();
        let mut count = 0;
        let mut key = |entries: &mut ByteBuf, key: i64| {
            let Ok(_) = wire::write_sint(entries, key);
            count += 1;
        };
        if known.not_null {
            key(&mut entries, NULLNESS);
            let Ok(()) = wire::write_bool(&mut entries, false);
        }
        if let Some(prefix) = known.prefix {
            key(&mut entries, PREFIX);
            let Ok(()) = wire::write_str(&mut entries, &prefix);
        }
        for (name, bound) in [(LOWER_BOUND, known.lower), (UPPER_BOUND, known.upper)] {
            if let Some(bound) = bound {
                key(&mut entries, name);
                let Ok(_) = wire::write_array_len(&mut entries, 2);
                write_number(&mut entries, &bound.number);
                let Ok(()) = wire::write_bool(&mut entries, bound.inclusive);
            }
        }
        for (name, length) in [
            (MIN_LENGTH, known.min_length),
            (MAX_LENGTH, known.max_length),
        ] {
            if let Some(length) = length {
                key(&mut entries, name);
                let Ok(_) = wire::write_uint(&mut entries, length);
            }
        }
        let mut body = ByteBuf::new();
        let Ok(_) = wire::write_map_len(&mut body, count);
        body.as_mut_vec().extend_from_slice(entries.as_slice());
        let fits = count > 0 && body.as_slice().len() <= MAX_BODY;
        fits.then(|| body.into_vec())
    }
}

impl Known {
    /// What of this can be said of a value of this type: Terraform refuses an unknown value that
    /// comes with anything else.
    fn about(self, ty: &Type) -> Self {
        let of_type = |applies: bool| applies.then_some(());
        let number = of_type(*ty == Type::Number);
        let length = of_type(matches!(ty, Type::List(_) | Type::Set(_) | Type::Map(_)));
        // An infinite bound is none.
        let finite = |bound: &Bound| bound.number.is_finite();
        Self {
            not_null: self.not_null && *ty != Type::Dynamic,
            prefix: of_type(*ty == Type::String).and(self.prefix).map(shortened),
            lower: number.and(self.lower).filter(finite),
            upper: number.and(self.upper).filter(finite),
            min_length: length.and(self.min_length),
            max_length: length.and(self.max_length),
        }
    }
}

fn decode_body(body: &mut Reader<'_>) -> Option<Known> {
    let mut known = Known::default();
    for _ in 0..body.map_len().ok()? {
        let key = body.number().ok()?.as_i64();
        match key {
            // Definitely null is never sent, and would have nothing to wait for.
            Some(NULLNESS) => known.not_null = !body.bool().ok()?,
            Some(PREFIX) => known.prefix = Some(nfc(body.str().ok()?)),
            Some(LOWER_BOUND) => known.lower = Some(decode_bound(body)?),
            Some(UPPER_BOUND) => known.upper = Some(decode_bound(body)?),
            Some(MIN_LENGTH) => known.min_length = Some(decode_length(body)?),
            Some(MAX_LENGTH) => known.max_length = Some(decode_length(body)?),
            _ => body.skip().ok()?,
        }
    }
    body.is_empty().then_some(known)
}

fn decode_bound(body: &mut Reader<'_>) -> Option<Bound> {
    if body.array_len().ok()? != 2 {
        return None;
    }
    Some(Bound {
        number: body.number().ok()?,
        inclusive: body.bool().ok()?,
    })
}

fn decode_length(body: &mut Reader<'_>) -> Option<u64> {
    body.number().ok()?.as_i64()?.try_into().ok()
}

/// As much of a prefix as may be written: less of it is still true.
fn shortened(mut prefix: String) -> String {
    prefix.truncate(prefix.floor_char_boundary(MAX_PREFIX));
    prefix
}

impl fmt::Debug for Refinements {
    /// Tells which refinements there are, not what they say: a prefix may be part of a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        if let Some(known) = &self.0 {
            for (there, name) in [
                (known.not_null, "not null"),
                (known.prefix.is_some(), "prefix"),
                (known.lower.is_some(), "lower bound"),
                (known.upper.is_some(), "upper bound"),
                (known.min_length.is_some(), "min length"),
                (known.max_length.is_some(), "max length"),
            ] {
                if there {
                    list.entry(&format_args!("{name}"));
                }
            }
        }
        list.finish()
    }
}

impl fmt::Debug for Bound {
    /// Tells nothing of the number, as [`Number`] does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bound")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> Refinements {
        Refinements::default()
    }

    fn bound(number: i64, inclusive: bool) -> Bound {
        Bound {
            number: number.into(),
            inclusive,
        }
    }

    #[test]
    fn each_refinement_survives_the_wire_for_the_type_it_is_about() {
        for (ty, refinements) in [
            (Type::Bool, none().not_null()),
            (Type::String, none().not_null().prefix("pfx-")),
            (
                Type::Number,
                none()
                    .lower_bound(bound(0, true))
                    .upper_bound(bound(10, false)),
            ),
            (Type::list(Type::Bool), none().min_length(1).max_length(300)),
        ] {
            let body = refinements.encode(&ty).expect("something is known");
            assert_eq!(Refinements::decode(&body, &ty), refinements);
        }
    }

    #[test]
    fn what_does_not_apply_is_not_sent() {
        assert_eq!(none().encode(&Type::String), None);
        assert_eq!(none().prefix("x").encode(&Type::Bool), None);
        assert_eq!(none().not_null().encode(&Type::Dynamic), None);
        let unbounded = none().lower_bound(Bound {
            number: Number::NEG_INFINITY,
            inclusive: true,
        });
        assert_eq!(unbounded.encode(&Type::Number), None);
    }

    #[test]
    fn what_does_not_apply_is_not_taken_in() {
        let prefix = none().not_null().prefix("x").encode(&Type::String);
        let prefix = prefix.expect("a prefix is known");
        assert_eq!(Refinements::decode(&prefix, &Type::Bool), none().not_null());
        assert_eq!(Refinements::decode(&prefix, &Type::Dynamic), none());
    }

    #[test]
    fn a_long_prefix_is_cut_between_characters() {
        let body = none().prefix("é".repeat(500)).encode(&Type::String);
        let decoded = Refinements::decode(&body.expect("a prefix is known"), &Type::String);
        assert_eq!(decoded, none().prefix("é".repeat(128)));
    }

    #[test]
    fn a_body_beyond_the_limit_is_neither_sent_nor_read() {
        let digits: Number = "7".repeat(2000).parse().expect("a number");
        let huge = none().lower_bound(Bound {
            number: digits,
            inclusive: true,
        });
        assert_eq!(huge.encode(&Type::Number), None);

        let mut body = vec![0x82, 0x01, 0xc2, 0x63, 0xc5, 0x04, 0x00];
        body.resize(body.len() + 0x400, 0);
        assert_eq!(Refinements::decode(&body, &Type::Number), none());
    }

    #[test]
    fn keys_from_the_future_are_skipped() {
        // {99: [{"k": <extension>}, "x"], 1: false}
        let body = [
            0x82, 0x63, 0x92, 0x81, 0xa1, b'k', 0xd4, 0x05, 0x00, 0xa1, b'x', 0x01, 0xc2,
        ];
        assert_eq!(Refinements::decode(&body, &Type::Number), none().not_null());
    }

    #[test]
    fn a_malformed_body_tells_nothing() {
        for body in [
            &[][..],
            &[0x00],
            &[0x80],
            &[0xc0],
            &[0x81, 0x01],
            &[0x81, 0x01, 0xc0],
            &[0x81, 0x01, 0xc3],
            &[0x81, 0x01, 0xc2, 0x00],
            &[0x81, 0x03, 0x93, 0x01, 0xc2, 0xc2],
            &[0x81, 0x05, 0xff],
            &[0xdf, 0xff, 0xff, 0xff, 0xff],
            &[0x81, 0x02, 0xa1, 0xff],
        ] {
            assert_eq!(
                Refinements::decode(body, &Type::String),
                none(),
                "{body:x?}"
            );
        }
    }

    #[test]
    fn a_final_value_is_held_to_what_was_said() {
        let text = none().not_null().prefix("ab");
        assert!(text.admits(&Value::from("abc")));
        assert!(!text.admits(&Value::from("a")));
        assert!(!text.admits(&Value::Null));
        assert!(none().prefix("ab").admits(&Value::Null));

        let number = none()
            .lower_bound(bound(0, true))
            .upper_bound(bound(9, false));
        for (value, fits) in [(-1, false), (0, true), (8, true), (9, false)] {
            assert_eq!(number.admits(&Value::from(value)), fits, "{value}");
        }

        let list = none().min_length(1).max_length(2);
        for (length, fits) in [(0, false), (1, true), (2, true), (3, false)] {
            let value = Value::List(vec![Value::Null; length]);
            assert_eq!(list.admits(&value), fits, "{length}");
        }
    }

    #[test]
    fn debug_output_names_the_kinds_only() {
        let refinements = none().not_null().prefix("secret");
        assert_eq!(format!("{refinements:?}"), "[not null, prefix]");
    }
}
