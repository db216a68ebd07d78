//! The types of values, and their JSON form in schemas.

use std::collections::BTreeMap;

use serde_json::json;
use serde_json::value::RawValue;

use super::MAX_DEPTH;
use super::error::{At, DecodeError, DecodeFault};
use super::raw::{self, Raw};

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
    /// Elements of one type, under keys that the user chooses.
    Map(Box<Type>),
    /// Named attributes, each of a type of its own.
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// A list of `element`.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of `element`.
    #[must_use]
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of `element`.
    #[must_use]
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// An object with these attributes.
    #[must_use]
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        let named = attributes.into_iter().map(|(name, ty)| (name.into(), ty));
        Self::Object(named.collect())
    }

    /// The JSON form that schemas carry.
    #[must_use]
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
                    .map(|(name, ty)| (name.clone(), ty.json()))
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
    /// If the bytes are no type constraint, or one deeper than [`MAX_DEPTH`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let json = raw::parse(bytes).map_err(|_| At::from(DecodeFault::BadType))?;
        Self::from_raw(json, 0).map_err(At::from)
    }

    /// Reads the JSON form from inside a document.
    pub(super) fn from_raw(json: &RawValue, depth: usize) -> Result<Self, DecodeFault> {
        if depth > MAX_DEPTH {
            return Err(DecodeFault::TooDeep);
        }
        match Raw::read(json)? {
            Raw::String(name) => match &*name {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                _ => Err(DecodeFault::BadType),
            },
            Raw::Array(parts) => Self::from_parts(&parts, depth + 1),
            _ => Err(DecodeFault::BadType),
        }
    }

    /// Reads `["list", T]` and its like.
    fn from_parts(parts: &[&RawValue], depth: usize) -> Result<Self, DecodeFault> {
        let [kind, argument, optional @ ..] = parts else {
            return Err(DecodeFault::BadType);
        };
        let Raw::String(kind) = Raw::read(kind)? else {
            return Err(DecodeFault::BadType);
        };
        let only_objects_have_more = match optional {
            [] => true,
            [names] => kind == "object" && matches!(Raw::read(names)?, Raw::Array(_)),
            _ => false,
        };
        if !only_objects_have_more {
            return Err(DecodeFault::BadType);
        }
        match (&*kind, Raw::read(argument)?) {
            ("list", _) => Ok(Self::list(Self::from_raw(argument, depth)?)),
            ("set", _) => Ok(Self::set(Self::from_raw(argument, depth)?)),
            ("map", _) => Ok(Self::map(Self::from_raw(argument, depth)?)),
            ("object", Raw::Object(entries)) => {
                let mut attributes = BTreeMap::new();
                for (name, ty) in entries {
                    if attributes
                        .insert(name, Self::from_raw(ty, depth)?)
                        .is_some()
                    {
                        return Err(DecodeFault::BadType);
                    }
                }
                Ok(Self::Object(attributes))
            }
            _ => Err(DecodeFault::BadType),
        }
    }

    /// What a value of this type is, for errors.
    #[must_use]
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
mod tests {
    use super::*;

    #[test]
    fn each_type_has_the_json_form_of_the_protocol() {
        for (ty, json) in [
            (Type::String, r#""string""#),
            (Type::Number, r#""number""#),
            (Type::Bool, r#""bool""#),
            (Type::list(Type::String), r#"["list","string"]"#),
            (Type::set(Type::Number), r#"["set","number"]"#),
            (
                Type::map(Type::list(Type::Bool)),
                r#"["map",["list","bool"]]"#,
            ),
            (
                Type::object([("b", Type::Bool), ("a", Type::Number)]),
                r#"["object",{"a":"number","b":"bool"}]"#,
            ),
        ] {
            assert_eq!(String::from_utf8_lossy(&ty.to_json()), json);
            assert_eq!(Type::from_json(json.as_bytes()), Ok(ty));
        }
    }

    #[test]
    fn optional_attributes_are_attributes() {
        let json = br#" [ "object", {"a": "string"}, ["a"] ] "#;
        assert_eq!(
            Type::from_json(json),
            Ok(Type::object([("a", Type::String)]))
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for json in [
            "",
            "null",
            "5",
            "string",
            r#""text""#,
            r#"["list"]"#,
            r#"["list","string","string"]"#,
            r#"["list","string",[]]"#,
            r#"["tuple","string"]"#,
            r#"["object",["a"]]"#,
            r#"["object",{"a":"string"},"a"]"#,
            r#"["object",{"a":"string","a":"bool"}]"#,
            r#"["object",{"a":"string"},["a"],1]"#,
            r#"[["list"],"string"]"#,
            r#""string" x"#,
        ] {
            assert_eq!(
                Type::from_json(json.as_bytes()),
                Err(DecodeFault::BadType.into()),
                "{json}"
            );
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth| r#"["list","#.repeat(depth) + r#""bool""# + &"]".repeat(depth);
        assert!(Type::from_json(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(
            Type::from_json(nested(MAX_DEPTH + 1).as_bytes()),
            Err(DecodeFault::TooDeep.into())
        );
        assert!(Type::from_json(nested(200_000).as_bytes()).is_err());
    }
}
