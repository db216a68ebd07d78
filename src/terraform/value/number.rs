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
    pub fn from_f64(float: f64) -> Option<Self> {
        let whole = match float.fract() == 0.0 {
            true => format!("{float:.0}").parse().ok(),
            false => None,
        };
        let form = whole.map_or(Form::Float(float.to_bits()), Form::Int);
        (!float.is_nan()).then_some(Self(form))
    }

    /// The value as an integer, if it is one and fits.
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
mod tests;
