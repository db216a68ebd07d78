//! `deletion_policy`: what destroying a number does.

use serde::{Deserialize, Serialize};

/// What destroying a number does.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::provider) enum DeletionPolicy {
    /// Ends the number.
    #[default]
    Cancel,
    /// Suspends it.
    Park,
    /// Only forgets it.
    Abandon,
    /// Refuses.
    Prevent,
}

impl DeletionPolicy {
    /// Every policy.
    pub(in crate::provider) const ALL: [Self; 4] =
        [Self::Cancel, Self::Park, Self::Abandon, Self::Prevent];

    /// The word users write.
    pub(in crate::provider) fn word(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Park => "park",
            Self::Abandon => "abandon",
            Self::Prevent => "prevent",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}
