//! One attribute's value: known, null, or not yet known.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::Nested;
use super::value::{Number, Type, Value};

/// The value of one attribute of an object.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Attr<T> {
    /// Not set.
    #[default]
    Null,
    /// Will only be known once something else has been applied.
    Unknown,
    /// Set.
    Known(T),
}

impl<T> Attr<T> {
    /// The value, if it is known and set.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value, if it is known and set.
    #[must_use]
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Whether it is known not to be set.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is still unknown.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether it is set to a known value.
    #[must_use]
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }
}

impl Attr<String> {
    /// The text, if it is known and set.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl From<&str> for Attr<String> {
    fn from(text: &str) -> Self {
        Self::Known(text.to_owned())
    }
}

/// A Rust type that an attribute can have.
pub trait AttrType: Sized {
    /// The type as Terraform knows it.
    fn ty() -> Type;

    /// What is inside, where that is objects whose attributes are described one by one.
    fn nested() -> Option<Nested> {
        None
    }

    /// Reads a known value; `None` if it is of another kind.
    fn from_value(value: Value) -> Option<Self>;

    /// The value to hand to Terraform.
    fn into_value(self) -> Value;
}

/// The types that a value is as it stands: one kind of value each, of the same name.
macro_rules! primitives {
    ($($rust:ty => $kind:ident),* $(,)?) => {$(
        impl AttrType for $rust {
            fn ty() -> Type {
                Type::$kind
            }

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }

            fn into_value(self) -> Value {
                Value::$kind(self)
            }
        }
    )*};
}

primitives!(String => String, bool => Bool, Number => Number);

impl<T: AttrType> AttrType for Vec<T> {
    fn ty() -> Type {
        Type::List(Box::new(T::ty()))
    }

    fn nested() -> Option<Nested> {
        T::nested().map(Nested::listed)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

impl<T: AttrType + Ord> AttrType for BTreeSet<T> {
    fn ty() -> Type {
        Type::Set(Box::new(T::ty()))
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

impl<T: AttrType> AttrType for BTreeMap<String, T> {
    fn ty() -> Type {
        Type::Map(Box::new(T::ty()))
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Map(entries) => entries
                .into_iter()
                .map(|(key, value)| Some((key, T::from_value(value)?)))
                .collect(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::Map(
            self.into_iter()
                .map(|(key, value)| (key, value.into_value()))
                .collect(),
        )
    }
}

/// What a known value of one kind looks like where it stands.
pub trait Known {
    /// The value; `None` if it is of another kind, null, or not known.
    fn of(value: &Value) -> Option<&Self>;
}

impl Known for str {
    fn of(value: &Value) -> Option<&Self> {
        value.as_str()
    }
}

impl Known for Number {
    fn of(value: &Value) -> Option<&Self> {
        value.as_number()
    }
}

impl<T: AttrType> Attr<T> {
    /// Reads an attribute of an object; `None` if the value is of another kind than `T`.
    #[must_use]
    pub fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Unknown => Some(Self::Unknown),
            known => T::from_value(known).map(Self::Known),
        }
    }

    /// The value to hand to Terraform.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::unknown(),
            Self::Known(value) => value.into_value(),
        }
    }
}
