//! The words of requests, and what the API's status words amount to.

use std::fmt;

use serde::{Deserialize, Serialize};

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
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mvno => "mvno",
            Self::Iot => "iot",
            Self::Voip => "voip",
        }
    }

    /// Reads the word, exactly as requests spell it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }

    /// What an update sends to make an existing number this type; there is no way to or from VoIP.
    #[must_use]
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
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A2p => "a2p",
            Self::P2p => "p2p",
        }
    }

    /// Reads the word, exactly as requests spell it.
    #[must_use]
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
    #[must_use]
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
    #[must_use]
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
mod tests {
    use super::*;

    #[test]
    fn words_in_requests() {
        for word in NumberType::ALL {
            assert_eq!(NumberType::parse(word.as_str()), Some(word));
            assert_eq!(serde_json::json!(word), word.as_str());
        }
        for word in MessageType::ALL {
            assert_eq!(MessageType::parse(word.as_str()), Some(word));
            assert_eq!(serde_json::json!(word), word.as_str());
        }
        assert_eq!(NumberType::parse("MVNO"), None);
        assert_eq!(serde_json::json!(NumberType::Iot.classification()), "IoT");
        assert_eq!(serde_json::json!(NumberType::Mvno.classification()), "MVNO");
        assert_eq!(NumberType::Voip.classification(), None);
    }

    #[test]
    fn order_words() {
        for word in [
            "Complete",
            "COMPLETED",
            "updated",
            "Success",
            " successful ",
        ] {
            assert_eq!(OrderClass::of(Some(word)), OrderClass::Done, "{word}");
        }
        for word in [
            "Error",
            "Failed",
            "failure",
            "Rejected",
            "Cancelled",
            "canceled",
        ] {
            assert_eq!(OrderClass::of(Some(word)), OrderClass::Failed, "{word}");
        }
        for word in [
            "Pending",
            "Submitted",
            "Pending Carrier Approval",
            "InProgress",
            "",
            "incomplete",
        ] {
            assert_eq!(OrderClass::of(Some(word)), OrderClass::GoingOn, "{word}");
        }
        assert_eq!(OrderClass::of(None), OrderClass::GoingOn);
    }

    #[test]
    fn number_words() {
        let cases = [
            (NumberClass::Live, &["Active", "ACTIVE "][..]),
            (
                NumberClass::Held,
                &["Parked", "park", "Inactive", "Suspended", "Disabled"],
            ),
            (
                NumberClass::InWork,
                &[
                    "Pending",
                    "In Progress",
                    "in-progress",
                    "IN_PROGRESS",
                    "Provisioning",
                    "Scheduled",
                ],
            ),
            (
                NumberClass::Gone,
                &[
                    "Cancelled",
                    "canceled",
                    "Terminated",
                    "Ported Out",
                    "PortedOut",
                    "Deleted",
                    "Released",
                ],
            ),
            (
                NumberClass::Unclear,
                &["", "Gone fishing", "null", "actived"],
            ),
        ];
        for (class, words) in cases {
            for word in words {
                assert_eq!(NumberClass::of(Some(word)), class, "{word}");
            }
        }
        assert_eq!(NumberClass::of(None), NumberClass::Unclear);
    }
}
