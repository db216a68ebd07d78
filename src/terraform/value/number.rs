//! Numbers as Terraform has them: exact, and passed on as they came.
//!
//! A float would round what Terraform does not (0.1, 2^63 + 1, serial numbers of 20 digits), and a
//! response that differs from the plan in the last digit is dropped. So what is no whole number of
//! 64 bits stays in the form that Terraform chose for it.

use std::fmt;
use std::str::FromStr;

/// An exact number, or an infinity.
///
/// Whole numbers of 64 bits are equal if their values are: `5`, `5.0` and `50e-1` are one number.
/// Any other is equal to what has the same form and spelling.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Form);

/// How a number is written on the wire.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Int(i64),
    /// The bits of a float that is not a NaN.
    Float(u64),
    /// Decimal text.
    Text(Box<str>),
}

/// Why text is no number.
const NOT_A_NUMBER: &str = "not a usable number";

impl Number {
    /// The number that the float is; `None` for a NaN.
    #[must_use]
    pub fn from_f64(float: f64) -> Option<Self> {
        let whole = match float.fract() == 0.0 {
            true => format!("{float:.0}").parse().ok(),
            false => None,
        };
        let form = whole.map_or(Form::Float(float.to_bits()), Form::Int);
        (!float.is_nan()).then_some(Self(form))
    }

    /// The value as an integer, if it is one and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Form::Int(integer) => Some(integer),
            Form::Float(_) | Form::Text(_) => None,
        }
    }

    /// How it is written.
    pub(super) fn form(&self) -> &Form {
        &self.0
    }
}

impl FromStr for Number {
    type Err = &'static str;

    /// Reads decimal text: an optional sign, digits with at most one point, an optional exponent;
    /// or `inf`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        if unsigned.eq_ignore_ascii_case("inf") {
            let infinity = f64::INFINITY.copysign(if sign.is_empty() { 1.0 } else { -1.0 });
            return Self::from_f64(infinity).ok_or(NOT_A_NUMBER);
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| NOT_A_NUMBER)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NOT_A_NUMBER);
        }
        let integer = integer(sign, &digits, fraction.len(), exponent);
        Ok(Self(integer.map_or(Form::Text(text.into()), Form::Int)))
    }
}

/// The integer that `sign` `digits` × 10^(`exponent` - `places`) is, if it is one and fits. What
/// it costs does not depend on how large the exponent is.
fn integer(sign: &str, digits: &str, places: usize, exponent: i64) -> Option<i64> {
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let places = i64::try_from(places).ok()?;
    let zeros = exponent.checked_add(zeros)?.checked_sub(places)?;
    // No i64 has more than 19 digits.
    let zeros = usize::try_from(zeros).ok().filter(|zeros| *zeros < 19)?;
    format!("{sign}{significant}{:0<zeros$}", "").parse().ok()
}

impl From<i128> for Number {
    fn from(integer: i128) -> Self {
        Self(match i64::try_from(integer) {
            Ok(integer) => Form::Int(integer),
            Err(_) => Form::Text(integer.to_string().into()),
        })
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(Form::Int(integer))
    }
}

impl fmt::Debug for Number {
    /// Tells nothing of the value: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("number")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().expect("the test gives a number")
    }

    fn text(text: &str) -> Number {
        Number(Form::Text(text.into()))
    }

    #[test]
    fn an_integer_is_its_value_not_its_spelling() {
        for (text, integer) in [
            ("7", 7),
            ("+7", 7),
            ("007", 7),
            ("5.", 5),
            ("1.0", 1),
            ("1e3", 1000),
            ("1E2", 100),
            ("150e-1", 15),
            ("-0", 0),
            ("0.00", 0),
            ("0e999", 0),
            ("-9223372036854775808", i64::MIN),
            ("9223372036854775807.000", i64::MAX),
            ("922337203685477580700e-2", i64::MAX),
        ] {
            assert!(number(text) == integer.into(), "{text}");
            assert_eq!(number(text).as_i64(), Some(integer), "{text}");
        }
    }

    #[test]
    fn any_other_number_is_kept_as_it_is_spelt() {
        for spelt in [
            "0.1",
            "1.50",
            ".5",
            "15e-1",
            "9223372036854775808",
            "-9223372036854775809",
            "0.1000000000000000055511151231257827",
            "1e19",
            "1e999999999",
            "-1.5e-999999999",
            "1e9223372036854775807",
            "10e9223372036854775807",
            "0.1e-9223372036854775808",
        ] {
            assert!(number(spelt) == text(spelt), "{spelt}");
            assert_eq!(number(spelt).as_i64(), None, "{spelt}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "1..2",
            "1.2.3",
            "e5",
            "1e",
            "1e+",
            "0x10",
            "1_000",
            " 1",
            "nan",
            "--1",
            "1e1.5",
            "１",
            "1e99999999999999999999",
        ] {
            let refused = text.parse::<Number>().err();
            assert_eq!(refused, Some(NOT_A_NUMBER), "{text}");
        }
    }

    #[test]
    fn a_float_is_an_integer_or_stays_a_float() {
        for (float, integer) in [
            (5.0, Some(5)),
            (-0.0, Some(0)),
            (4_611_686_018_427_387_904.0, Some(1 << 62)),
            (9_223_372_036_854_775_808.0, None),
            (0.5, None),
            (1_800_004_679_551_617.2, None),
            (f64::from_bits(1), None),
            (f64::NEG_INFINITY, None),
        ] {
            let number = Number::from_f64(float).expect("no NaN");
            assert_eq!(number.as_i64(), integer, "{float}");
            let kept = Number(Form::Float(float.to_bits()));
            assert_eq!(number == kept, integer.is_none(), "{float}");
        }
        assert!(Number::from_f64(f64::NAN).is_none());
        assert!(Number::from_f64(f64::NEG_INFINITY) == Some(number("-Inf")));
    }

    #[test]
    fn debug_output_keeps_the_value_to_itself() {
        assert_eq!(format!("{:?}", number("4711")), "number");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Number>();
        }

        #[test]
        fn integers_survive(integer: i64, zeros in 0..9_usize) {
            let spelt = format!("{integer}.{:0<zeros$}", "");
            prop_assert_eq!(number(&spelt).as_i64(), Some(integer));
            let shifted = format!("{integer}{:0<zeros$}e-{zeros}", "");
            prop_assert_eq!(number(&shifted).as_i64(), Some(integer));
            let wide = Number::from(i128::from(integer));
            prop_assert_eq!(wide.as_i64(), Some(integer));
        }
    }
}
