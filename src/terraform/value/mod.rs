//! Terraform's values and types, and their forms on the wire and in state.
//!
//! Terraform drops a response that it cannot read, and with it whatever the response was about. So
//! reading takes whatever Terraform may send and refuses the rest with the place of the fault,
//! and writing checks each value against its type. Neither ever panics, overflows the stack or
//! allocates more than the message warrants.
//!
//! No error and no debug output here holds what a value does: it may be a secret.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::proto::tfplugin6::DynamicValue;
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::path::{Name, PathStep};
use crate::terraform::texts;

mod error;
pub mod json;
pub mod msgpack;
mod number;
mod types;

pub use error::{Fault, ValueError};
pub use number::Number;
pub use types::Type;

/// A value of some [`Type`].
///
/// The type is not part of it: sets are lists here, and blocks are objects.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A value that will be known only after apply.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A decimal number.
    Number(Number),
    /// Unicode text. What comes from Terraform is in normalisation form C.
    String(String),
    /// The elements of a list or a set.
    List(Vec<Value>),
    /// The attributes and blocks of an object.
    Map(BTreeMap<Name, Value>),
}

impl Value {
    /// An object with these attributes.
    pub fn object<N: Into<Name>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        let named = attributes
            .into_iter()
            .map(|(name, value)| (name.into(), value));
        Self::Map(named.collect())
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether this as a whole is known only after apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether this and all inside it is known.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(elements) => elements.values().all(Self::is_wholly_known),
        }
    }

    /// The text, if this is known text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// The number, if this is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements, if this is a known list or set.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The attributes and blocks, if this is a known object.
    pub fn as_map(&self) -> Option<&BTreeMap<Name, Self>> {
        match self {
            Self::Map(elements) => Some(elements),
            _ => None,
        }
    }

    /// An attribute or block of this object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_map()?.get(name)
    }

    /// What this is, for errors.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown => "an unknown value",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }
}

impl fmt::Debug for Value {
    /// Tells kinds, lengths, and the names of what is inside, which errors tell as well.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unknown => f.write_str("unknown"),
            Self::Bool(_) => f.write_str("bool"),
            Self::Number(number) => fmt::Debug::fmt(number, f),
            Self::String(text) => write!(f, "string({})", text.len()),
            Self::List(elements) => f.debug_list().entries(elements).finish(),
            Self::Map(elements) => f.debug_map().entries(elements).finish(),
        }
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Number(integer.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(nfc(text))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(nfc(text))
    }
}

/// Reads a value of a message. One that is missing or empty is null.
///
/// # Errors
///
/// If there are bytes, and they are not exactly one value of the type.
pub fn from_wire(wire: Option<&DynamicValue>, ty: &Type) -> Result<Value, ValueError> {
    match wire {
        Some(wire) if !wire.msgpack.is_empty() => msgpack::decode(&wire.msgpack, ty),
        Some(wire) if !wire.json.is_empty() => json::decode(&wire.json, ty),
        _ => Ok(Value::Null),
    }
}

/// Writes a value for a message.
///
/// # Errors
///
/// If the value is not one of the type.
pub fn to_wire(value: &Value, ty: &Type) -> Result<DynamicValue, ValueError> {
    Ok(DynamicValue {
        msgpack: msgpack::encode(value, ty)?.into(),
        json: Default::default(),
    })
}

/// Reads a value that Terraform sent: `what` of `of`.
pub(in crate::terraform) fn decode(
    wire: Option<&DynamicValue>,
    ty: &Type,
    what: &str,
    of: &str,
) -> Result<Value, Diagnostic> {
    from_wire(wire, ty).map_err(|error| texts::unreadable(what, of, &error.path, &error))
}

/// Writes a value for Terraform.
pub(in crate::terraform) fn encode(
    value: &Value,
    ty: &Type,
    what: &str,
) -> Result<DynamicValue, Diagnostic> {
    to_wire(value, ty).map_err(|error| texts::unwritable(what, &error))
}

/// Text in normalisation form C, to which Terraform brings all text it reads: what is the same to
/// it must be the same here. Text that already is, as almost all is, is taken as it comes.
pub(in crate::terraform) fn nfc<'a>(text: impl Into<Cow<'a, str>>) -> String {
    let text = text.into();
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.into_owned()
    } else {
        text.nfc().collect()
    }
}

/// The elements of a set, each once. Two that are not known yet may still turn out different.
pub(in crate::terraform) fn without_duplicates<V: Borrow<Value>>(elements: Vec<V>) -> Vec<V> {
    let mut seen = HashSet::new();
    let first: Vec<bool> = elements
        .iter()
        .map(|element| element.borrow())
        .map(|element| !element.is_wholly_known() || seen.insert(element))
        .collect();
    let kept = elements.into_iter().zip(first).filter(|(_, first)| *first);
    kept.map(|(element, _)| element).collect()
}

/// The step into an element of a list.
pub(in crate::terraform) fn element_step(index: usize) -> PathStep {
    PathStep::Index(i64::try_from(index).unwrap_or(i64::MAX))
}

#[cfg(test)]
pub(in crate::terraform) mod tests;
