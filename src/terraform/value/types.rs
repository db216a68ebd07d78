//! The types of values, and their JSON form in schemas.

use std::collections::BTreeMap;

use serde_json::json;

use super::error::{Fault, ValueError};
use crate::terraform::path::Name;

/// What values an attribute can have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A decimal number.
    Number,
    /// Unicode text.
    String,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Distinct elements of one type, in no order.
    Set(Box<Type>),
    /// Elements of one type, by name.
    Map(Box<Type>),
    /// Named attributes, each of a type of its own.
    Object(BTreeMap<Name, Type>),
}

impl Type {
    /// A list of `element`.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of `element`.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of `element`.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// An object with these attributes.
    pub fn object<N: Into<Name>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        let named = attributes.into_iter().map(|(name, ty)| (name.into(), ty));
        Self::Object(named.collect())
    }

    /// The JSON form that schemas carry.
    pub fn to_json(&self) -> Vec<u8> {
        self.json().to_string().into_bytes()
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::List(element) => json!(["list", element.json()]),
            Self::Set(element) => json!(["set", element.json()]),
            Self::Map(element) => json!(["map", element.json()]),
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> = attributes
                    .iter()
                    .map(|(name, ty)| (name.to_string(), ty.json()))
                    .collect();
                json!(["object", attributes])
            }
        }
    }

    /// Reads the JSON form. Which attributes of an object are optional is of no matter to its
    /// values, and skipped.
    ///
    /// # Errors
    ///
    /// If the bytes are no type constraint.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ValueError> {
        let json = serde_json::from_slice(bytes).ok();
        let ty = json.and_then(|json| Self::read(&json));
        ty.ok_or_else(|| Fault::BadType.into())
    }

    fn read(json: &serde_json::Value) -> Option<Self> {
        match json.as_str() {
            Some("bool") => return Some(Self::Bool),
            Some("number") => return Some(Self::Number),
            Some("string") => return Some(Self::String),
            _ => {}
        }
        let [kind, argument, ..] = json.as_array()?.as_slice() else {
            return None;
        };
        match kind.as_str()? {
            "list" => Self::read(argument).map(Self::list),
            "set" => Self::read(argument).map(Self::set),
            "map" => Self::read(argument).map(Self::map),
            "object" => {
                let entries = argument.as_object()?.iter();
                let types = entries.map(|(name, ty)| Some((name.clone().into(), Self::read(ty)?)));
                types.collect::<Option<_>>().map(Self::Object)
            }
            _ => None,
        }
    }

    /// What a value of this type is, for errors.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bool => "a bool",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
        }
    }
}

#[cfg(test)]
mod tests;
