//! A value that a request keeps, sets or takes away.

use serde::{Serialize, Serializer};

/// What becomes of a value that can also be taken away.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Patch<T> {
    /// Not sent: it stays.
    #[default]
    Keep,
    /// Sent as null: it is taken away.
    Clear,
    /// Sent: it is replaced.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether nothing is sent.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Whether the value is taken away.
    pub const fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }

    /// The value that is sent, if one is.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}
