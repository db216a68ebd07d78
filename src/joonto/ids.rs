//! Names for things, checked once and then trusted.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// What every checked text has in common: it prints as it is, and is checked when it is read back.
macro_rules! checked_text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

checked_text!(E164);
checked_text!(Iccid);

/// A phone number in the form `+18016025346`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct E164(String);

impl E164 {
    /// Reads a number; a missing `+` is added, blanks and punctuation between digits are dropped.
    ///
    /// # Errors
    ///
    /// When there are not 7 to 15 digits, or the first is a zero.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let digits: String = text
            .strip_prefix('+')
            .unwrap_or(text)
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.'))
            .collect();
        let is_number = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if !is_number {
            return Err("not a phone number in the form +18016025346");
        }
        Ok(Self(format!("+{digits}")))
    }

    /// The number, beginning with `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number printed on a SIM: 18 to 20 digits beginning with 89.
///
/// The API writes a filler letter behind it at times; only the digits are kept, compared and sent.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Iccid(String);

impl Iccid {
    /// Reads a SIM's number, with or without one trailing filler letter.
    ///
    /// # Errors
    ///
    /// When it is not 18 to 20 digits beginning with 89.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let digits = text
            .strip_suffix(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(text);
        let is_iccid = (18..=20).contains(&digits.len())
            && digits.starts_with("89")
            && digits.bytes().all(|b| b.is_ascii_digit());
        if !is_iccid {
            return Err("not an ICCID: 18 to 20 digits beginning with 89");
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether both name the same SIM: one may carry a check digit, and a filler digit, that the
    /// other lacks.
    #[must_use]
    pub fn same_sim(&self, other: &Self) -> bool {
        let (short, long) = if self.0.len() <= other.0.len() {
            (&self.0, &other.0)
        } else {
            (&other.0, &self.0)
        };
        long.len() - short.len() <= 2 && long.starts_with(short.as_str())
    }

    /// Whether the check digit fits, as far as there is one.
    ///
    /// 18 digits may be a number without its check digit, 20 one with a filler digit behind it:
    /// those get the benefit of the doubt.
    #[must_use]
    pub fn check_digit_fits(&self) -> bool {
        match self.0.len() {
            18 => true,
            20 => luhn(&self.0) || luhn(&self.0[..19]),
            _ => luhn(&self.0),
        }
    }
}

/// The check of ISO/IEC 7812: every second digit from the right counts double.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => 2 * digit - 9,
            (_, digit) => 2 * digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Declares an id whose shape is the vendor's own business: any text that is not blank.
macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub struct $name(String);

        impl $name {
            /// Takes the id as it is, without blanks around it. Its prefix is not checked: the
            /// API's own samples break the pattern.
            ///
            /// # Errors
            ///
            /// When nothing is left, or control characters are in it.
            pub fn parse(text: &str) -> Result<Self, &'static str> {
                let text = text.trim();
                if text.is_empty() || text.chars().any(char::is_control) {
                    return Err(concat!("not ", $what));
                }
                Ok(Self(text.to_owned()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        checked_text!($name);
    };
}

opaque_id! {
    /// An order, as writes return it: `JNUOID-…`.
    OrderId, "an order id"
}

opaque_id! {
    /// An account: `AID-…`.
    AccountId, "an account id"
}

opaque_id! {
    /// A route: `MRID-…` for messages, `CRID-…` for calls.
    RouteId, "a route id"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_gain_a_missing_plus() {
        for text in ["+18016025346", "18016025346", " +1 (801) 602-5346 "] {
            assert_eq!(E164::parse(text).expect(text).as_str(), "+18016025346");
        }
        for text in [
            "",
            "+",
            "123456",
            "+0123456789",
            "1234567890123456",
            "+1x8016025346",
            "١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(
                E164::parse(text),
                Err("not a phone number in the form +18016025346"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_iccid_is_its_digits() {
        let iccid = |text| Iccid::parse(text).expect("valid");
        assert_eq!(
            iccid("8901240397190557414F").digits(),
            "8901240397190557414"
        );
        for text in [
            "",
            "89",
            "8801240397190195850",
            "89012403971901958",
            "890124039719019585000",
            "8901240397190195850FF",
            "89012403971901F5850",
        ] {
            assert_eq!(
                Iccid::parse(text),
                Err("not an ICCID: 18 to 20 digits beginning with 89"),
                "{text}"
            );
        }
        assert!(iccid("8901240397190557414F").same_sim(&iccid("8901240397190557414")));
        assert!(iccid("890124039719055741").same_sim(&iccid("8901240397190557414")));
        assert!(iccid("890124039719055741").same_sim(&iccid("89012403971905574140")));
        assert!(!iccid("890124039719055741").same_sim(&iccid("89012403971905574240")));
        assert!(!iccid("8901240397190557415").same_sim(&iccid("8901240397190557414")));
    }

    #[test]
    fn check_digits() {
        let fits = |text| Iccid::parse(text).expect("valid").check_digit_fits();
        assert!(fits("8901240397190195850"), "the seed's own");
        assert!(!fits("8901240397190195851"));
        assert!(fits("890124039719019585"), "18 digits: maybe none there");
        assert!(
            fits("89012403971901958505"),
            "a filler digit behind the check digit"
        );
    }

    #[test]
    fn opaque_ids_are_taken_as_they_are() {
        assert_eq!(OrderId::parse(" x-1 ").expect("valid").as_str(), "x-1");
        assert_eq!(OrderId::parse(" "), Err("not an order id"));
        assert_eq!(AccountId::parse("a\nb"), Err("not an account id"));
    }
}
