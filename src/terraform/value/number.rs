//! Numbers as Terraform has them: decimal and exact.
//!
//! A float would round what Terraform does not (0.1, 2^63 + 1, serial numbers of 20 digits), and
//! an answer that differs from the plan in the last digit is dropped. So a number is its decimal
//! digits and the place of the point; what it costs never depends on how large its exponent is.

use std::fmt;
use std::str::FromStr;

/// An exact decimal number, or an infinity.
///
/// Two numbers are equal if their values are: `1.50`, `1.5` and `15e-1` are one number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// Each value has exactly one representation, so that equality can be derived.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    /// ± `digits` × 10^`exponent`. The digits neither begin nor end with a zero; zero has none,
    /// is not negative, and its exponent is 0.
    Finite {
        negative: bool,
        digits: Box<str>,
        exponent: i64,
    },
    Infinite {
        negative: bool,
    },
}

/// Text that is not a decimal number, or one with an exponent beyond all use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable number")]
#[non_exhaustive]
pub struct ParseNumberError;

/// Exponents are kept within this, so that sums of them cannot overflow.
const MAX_EXPONENT: u64 = 1 << 60;

/// The most zeros that are written out before scientific notation takes over.
const MAX_PADDING: i64 = 40;

/// No float has more digits after the decimal point.
const MAX_FLOAT_FRACTION: usize = 1074;

/// How a number is best written on the wire.
#[derive(Debug, PartialEq)]
pub(super) enum WireForm {
    Int(i64),
    Float(f64),
    Text(String),
}

impl Number {
    /// The number that the float is, to its last digit; `None` for a NaN.
    ///
    /// Terraform writes a float only where nothing is lost, so its shortest decimal form, which
    /// for 0.1 looks like what was meant, is for 1800004679551617.25 another number.
    #[must_use]
    pub fn from_f64(float: f64) -> Option<Self> {
        if float.is_nan() {
            None
        } else if float.is_infinite() {
            Some(Self(Repr::Infinite {
                negative: float.is_sign_negative(),
            }))
        } else {
            format!("{float:.MAX_FLOAT_FRACTION$}").parse().ok()
        }
    }

    /// The value as an integer, if it is one and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        let Repr::Finite {
            negative,
            digits,
            exponent,
        } = &self.0
        else {
            return None;
        };
        // Normalised, so a negative exponent means a fraction. 19 digits hold every i64.
        let zeros = usize::try_from(*exponent).ok()?;
        if digits.len().saturating_add(zeros) > 19 {
            return None;
        }
        let sign = if *negative { "-" } else { "" };
        format!("{sign}0{digits}{:0<zeros$}", "").parse().ok()
    }

    /// Whether this is neither infinity.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        matches!(self.0, Repr::Finite { .. })
    }

    /// The form Terraform itself would write: an integer if it fits, a float if that is exact,
    /// else the digits.
    pub(super) fn wire_form(&self) -> WireForm {
        if let Repr::Infinite { negative } = self.0 {
            return WireForm::Float(if negative {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            });
        }
        if let Some(integer) = self.as_i64() {
            return WireForm::Int(integer);
        }
        match self.as_exact_fraction() {
            Some(float) => WireForm::Float(float),
            None => WireForm::Text(self.to_string()),
        }
    }

    /// The value as a float, if it is not whole and the float is exactly the same.
    fn as_exact_fraction(&self) -> Option<f64> {
        let Repr::Finite {
            digits, exponent, ..
        } = &self.0
        else {
            return None;
        };
        // A fraction in powers of two always ends in a 5: most others are told apart by that.
        let fits = (-1074..0).contains(exponent) && digits.len() <= 1100;
        if !fits || !digits.ends_with('5') {
            return None;
        }
        let float: f64 = self.to_string().parse().ok()?;
        (Self::from_f64(float)? == *self).then_some(float)
    }

    /// The one representation of ± `digits` × 10^`exponent`.
    fn normalised(negative: bool, digits: &str, exponent: i64) -> Self {
        let significant = digits.trim_start_matches('0');
        let trimmed = significant.trim_end_matches('0');
        let dropped = i64::try_from(significant.len() - trimmed.len()).unwrap_or(i64::MAX);
        Self(if trimmed.is_empty() {
            Repr::Finite {
                negative: false,
                digits: "".into(),
                exponent: 0,
            }
        } else {
            Repr::Finite {
                negative,
                digits: trimmed.into(),
                exponent: exponent.saturating_add(dropped),
            }
        })
    }
}

impl FromStr for Number {
    type Err = ParseNumberError;

    /// Reads decimal text: an optional sign, digits with at most one point, an optional exponent;
    /// or `inf`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if unsigned.eq_ignore_ascii_case("inf") {
            return Ok(Self(Repr::Infinite { negative }));
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(ParseNumberError);
        }
        let places = i64::try_from(fraction.len()).map_err(|_| ParseNumberError)?;
        let number = if fraction.is_empty() {
            Self::normalised(negative, whole, exponent)
        } else {
            Self::normalised(negative, &[whole, fraction].concat(), exponent - places)
        };
        Ok(number)
    }
}

/// Reads an exponent; one too large to be used is refused, whatever it would apply to.
fn parse_exponent(text: &str) -> Result<i64, ParseNumberError> {
    let exponent: i64 = text.parse().map_err(|_| ParseNumberError)?;
    if exponent.unsigned_abs() > MAX_EXPONENT {
        return Err(ParseNumberError);
    }
    Ok(exponent)
}

impl From<i128> for Number {
    fn from(integer: i128) -> Self {
        Self::normalised(integer < 0, &integer.unsigned_abs().to_string(), 0)
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        i128::from(integer).into()
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        i128::from(integer).into()
    }
}

/// How many places before the decimal point the first digit stands.
fn magnitude(digits: &str, exponent: i64) -> i64 {
    exponent.saturating_add(i64::try_from(digits.len()).unwrap_or(i64::MAX))
}

impl fmt::Display for Number {
    /// Writes plain decimals, and scientific notation where that would mean a row of zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, digits, exponent) = match &self.0 {
            Repr::Finite {
                negative,
                digits,
                exponent,
            } => (*negative, &**digits, *exponent),
            Repr::Infinite { negative } => {
                return f.write_str(if *negative { "-inf" } else { "inf" });
            }
        };
        if negative {
            f.write_str("-")?;
        }
        let point = magnitude(digits, exponent);
        if digits.is_empty() {
            f.write_str("0")
        } else if (0..=MAX_PADDING).contains(&exponent) {
            let zeros = usize::try_from(exponent).unwrap_or_default();
            write!(f, "{digits}{:0<zeros$}", "")
        } else if exponent > 0 || point < -MAX_PADDING {
            write!(f, "{digits}e{exponent}")
        } else if point > 0 {
            let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
            write!(f, "{whole}.{fraction}")
        } else {
            let zeros = usize::try_from(-point).unwrap_or_default();
            write!(f, "0.{:0<zeros$}{digits}", "")
        }
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

    #[test]
    fn a_number_is_its_value_not_its_spelling() {
        for (one, other) in [
            ("1.50", "1.5"),
            ("15e-1", "1.5"),
            ("0.00", "0"),
            ("-0", "0"),
            ("+7", "7"),
            ("007", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1E2", "100"),
            ("0e999", "0"),
            ("+Inf", "inf"),
        ] {
            assert!(number(one) == number(other), "{one} is {other}");
        }
        assert!(number("0.1") != number("0.1000000000000000055511151231257827"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", "+", ".", "1..2", "1.2.3", "e5", "1e", "1e+", "0x10", "1_000", " 1", "nan",
            "--1", "1e1.5", "１",
        ] {
            assert_eq!(
                text.parse::<Number>().err(),
                Some(ParseNumberError),
                "{text}"
            );
        }
    }

    #[test]
    fn a_large_exponent_costs_nothing() {
        assert_eq!(number("1e999999999").to_string(), "1e999999999");
        assert_eq!(number("-1.5e-999999999").to_string(), "-15e-1000000000");
        assert_eq!(number("1e999999999").as_i64(), None);
        assert!(number("1e999999999") != number("9e999999998"));
        assert!("1e99999999999999999999".parse::<Number>().is_err());
        assert!(format!("1e{}", i64::MAX).parse::<Number>().is_err());
        assert!(format!("1e{}", i64::MIN).parse::<Number>().is_err());
    }

    #[test]
    fn numbers_display_in_plain_decimals_where_that_is_short() {
        for text in [
            "0",
            "0.1",
            "-12.5",
            "100",
            "0.001",
            "9223372036854775808",
            "18446744073709551616",
            "1e400",
            "-inf",
            "inf",
        ] {
            assert_eq!(number(text).to_string(), text);
        }
    }

    #[test]
    fn integers_are_told_from_what_is_none_or_does_not_fit() {
        assert_eq!(number("1e3").as_i64(), Some(1000));
        assert_eq!(number("0").as_i64(), Some(0));
        assert_eq!(Number::from(i64::MAX).as_i64(), Some(i64::MAX));
        assert_eq!(Number::from(i64::MIN).as_i64(), Some(i64::MIN));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(Number::from(u64::MAX).as_i64(), None);
        assert_eq!(number("0.5").as_i64(), None);
        assert_eq!(number("inf").as_i64(), None);
    }

    #[test]
    fn the_wire_form_is_the_one_terraform_chooses() {
        assert_eq!(number("5").wire_form(), WireForm::Int(5));
        assert_eq!(number("-0.5").wire_form(), WireForm::Float(-0.5));
        assert_eq!(number("0.1").wire_form(), WireForm::Text("0.1".into()));
        assert_eq!(number("0.15").wire_form(), WireForm::Text("0.15".into()));
        assert_eq!(
            number("18446744073709551616").wire_form(),
            WireForm::Text("18446744073709551616".into())
        );
        assert_eq!(number("1e400").wire_form(), WireForm::Text("1e400".into()));
        assert_eq!(
            number("-inf").wire_form(),
            WireForm::Float(f64::NEG_INFINITY)
        );
        // The smallest float there is needs all of its 751 digits.
        let smallest = format!("{:.1074}", f64::from_bits(1));
        assert_eq!(
            number(&smallest).wire_form(),
            WireForm::Float(f64::from_bits(1))
        );
    }

    #[test]
    fn floats_are_numbers_to_their_last_digit() {
        let float = |float| Number::from_f64(float);
        assert!(float(0.5) == Some(number("0.5")));
        // Its shortest form ends in .2.
        let text = "1800004679551617.25";
        assert!(text.parse().ok().and_then(float) == Some(number(text)));
        let tenth = "0.1000000000000000055511151231257827021181583404541015625";
        assert!(float(0.1) == Some(number(tenth)));
        assert!(float(f64::NAN).is_none());
        assert!(float(f64::NEG_INFINITY) == Some(number("-inf")));
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
        fn displayed_text_reads_back(text in "-?[0-9]{0,30}\\.?[0-9]{1,30}(e-?[0-9]{1,12})?") {
            let number = number(&text);
            prop_assert!(number.to_string().parse() == Ok(number));
        }

        #[test]
        fn integers_survive(integer: i64) {
            prop_assert_eq!(Number::from(integer).as_i64(), Some(integer));
        }
    }
}
