//! JSON, one level at a time: what a value is and the text of what is inside it.
//!
//! Types and values are both read through this view. It keeps numbers as they are written, sees
//! keys that occur twice, and leaves it to the reader how deep to go.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::DecodeFault;

/// One JSON value, with what is inside it unread.
pub(super) enum Raw<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<&'a RawValue>),
    Object(Vec<(String, &'a RawValue)>),
}

/// Checks that `bytes` are JSON and nothing else.
pub(super) fn parse(bytes: &[u8]) -> Result<&RawValue, DecodeFault> {
    serde_json::from_slice(bytes).map_err(|error| not_json(&error))
}

/// The place of a syntax error. Its text is left out: it may quote the value.
fn not_json(error: &serde_json::Error) -> DecodeFault {
    DecodeFault::NotJson {
        line: error.line(),
        column: error.column(),
    }
}

impl<'a> Raw<'a> {
    /// Reads one level.
    pub(super) fn read(value: &'a RawValue) -> Result<Self, DecodeFault> {
        let text = value.get();
        let read = match text.bytes().next() {
            Some(b'n') => Ok(Self::Null),
            Some(b't') => Ok(Self::Bool(true)),
            Some(b'f') => Ok(Self::Bool(false)),
            Some(b'"') => serde_json::from_str(text).map(|Text(text)| Self::String(text)),
            Some(b'[') => serde_json::from_str(text).map(Self::Array),
            Some(b'{') => serde_json::Deserializer::from_str(text)
                .deserialize_map(Entries)
                .map(Self::Object),
            _ => Ok(Self::Number(text)),
        };
        // What is left to go wrong is text whose escapes are no characters.
        read.map_err(|_| DecodeFault::NotUnicode)
    }

    /// What this is, for errors.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Text that is borrowed unless it has escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads an object as the list of its entries, so that none hides another.
struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}
