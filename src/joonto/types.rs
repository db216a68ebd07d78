//! The types that requests and responses share: ids, checked once and then trusted, and the API's
//! words, with what its status words amount to.

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
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// What all spellings of one SIM begin with, and few others.
    pub fn key(&self) -> &str {
        self.0.get(..18).unwrap_or(&self.0)
    }

    /// Whether both name the same SIM: one may carry a check digit, and a filler digit, that the
    /// other lacks.
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

opaque_id! {
    /// A webhook: `WID-…`.
    WebhookId, "a webhook id"
}

/// What kind of number is bought.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberType {
    /// A mobile number: a2p or p2p.
    Mvno,
    /// A number for devices: p2p only.
    Iot,
    /// A number without SIM: a2p only.
    Voip,
}

impl NumberType {
    /// All of them, in the order the API lists them.
    pub const ALL: [Self; 3] = [Self::Mvno, Self::Iot, Self::Voip];

    /// The word in requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mvno => "mvno",
            Self::Iot => "iot",
            Self::Voip => "voip",
        }
    }

    /// Reads the word, exactly as requests spell it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }

    /// What an update sends to make an existing number this type; there is no way to or from VoIP.
    pub const fn classification(self) -> Option<Classification> {
        match self {
            Self::Mvno => Some(Classification::Mvno),
            Self::Iot => Some(Classification::Iot),
            Self::Voip => None,
        }
    }
}

impl fmt::Display for NumberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word by which an update changes the type of a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub enum Classification {
    /// `MVNO`.
    #[serde(rename = "MVNO")]
    Mvno,
    /// `IoT`.
    #[serde(rename = "IoT")]
    Iot,
}

/// Who writes to whom.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageType {
    /// Application to person.
    A2p,
    /// Person to person.
    P2p,
}

impl MessageType {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::A2p, Self::P2p];

    /// The word in requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A2p => "a2p",
            Self::P2p => "p2p",
        }
    }

    /// Reads the word, exactly as requests spell it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an order's status word amounts to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OrderClass {
    /// Carried out.
    Done,
    /// Will not be carried out.
    Failed,
    /// Neither yet, as far as the API says: unknown words and none at all are counted here.
    GoingOn,
}

impl OrderClass {
    /// Judges a status word.
    pub fn of(word: Option<&str>) -> Self {
        match plain(word).as_str() {
            "complete" | "completed" | "updated" | "success" | "successful" => Self::Done,
            "error" | "failed" | "failure" | "rejected" | "cancelled" | "canceled" => Self::Failed,
            _ => Self::GoingOn,
        }
    }
}

/// What a number's status word amounts to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NumberClass {
    /// In service.
    Live,
    /// Kept, but out of service.
    Held,
    /// On the way to one of the others.
    InWork,
    /// No longer ours.
    Gone,
    /// There, in a state that no word we know describes.
    Unclear,
}

impl NumberClass {
    /// Judges a status word.
    ///
    /// Only known words make a number gone: an unknown one must never lead to a new purchase.
    pub fn of(word: Option<&str>) -> Self {
        match plain(word).as_str() {
            "active" => Self::Live,
            "parked" | "park" | "inactive" | "suspended" | "disabled" => Self::Held,
            "pending" | "inprogress" | "processing" | "submitted" | "provisioning"
            | "scheduled" => Self::InWork,
            "cancelled" | "canceled" | "cancel" | "terminated" | "deactivated" | "released"
            | "disconnected" | "deleted" | "portedout" => Self::Gone,
            _ => Self::Unclear,
        }
    }
}

/// A word without what spellings differ by: case, blanks, `-` and `_`.
fn plain(word: Option<&str>) -> String {
    word.unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
