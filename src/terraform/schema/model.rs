//! Objects as Rust structs: one declaration from which schema, documentation and struct come.

use std::collections::BTreeMap;

use super::{Block, Nested};
use crate::terraform::path::PathStep;
use crate::terraform::value::{Fault, Number, Type, Value, ValueError, element_step};

/// The value of one attribute of an object.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
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
///
/// The elements of a collection are [`Attr`]s: each of them can be null or unknown on its own, in
/// a configuration as in a state. So every value of the type has a Rust value.
pub trait AttrType: Sized {
    /// The type as Terraform knows it.
    fn ty() -> Type;

    /// What is inside, where that is objects whose attributes are described one by one.
    fn nested() -> Option<Nested> {
        None
    }

    /// Reads a known value.
    ///
    /// # Errors
    ///
    /// When the value is of another kind. That is a defect: what Terraform sends is decoded by
    /// its type first.
    fn from_value(value: Value) -> Result<Self, ValueError>;

    /// The value to hand to Terraform.
    fn into_value(self) -> Value;
}

/// The error for a value of another kind than `T`.
fn another_kind<T: AttrType>(found: &Value) -> ValueError {
    let (expected, found) = (T::ty().kind(), found.kind());
    Fault::WrongKind { expected, found }.into()
}

/// The types that a value has without conversion: one kind of value each, of the same name.
macro_rules! primitives {
    ($($rust:ty => $kind:ident),* $(,)?) => {$(
        impl AttrType for $rust {
            fn ty() -> Type {
                Type::$kind
            }

            fn from_value(value: Value) -> Result<Self, ValueError> {
                match value {
                    Value::$kind(value) => Ok(value),
                    other => Err(another_kind::<Self>(&other)),
                }
            }

            fn into_value(self) -> Value {
                Value::$kind(self)
            }
        }
    )*};
}

primitives!(String => String, bool => Bool, Number => Number);

impl<T: AttrType> AttrType for Vec<Attr<T>> {
    fn ty() -> Type {
        Type::list(T::ty())
    }

    fn nested() -> Option<Nested> {
        T::nested().map(Nested::listed)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        let Value::List(items) = value else {
            return Err(another_kind::<Self>(&value));
        };
        let item = |(index, item)| {
            Attr::from_value(item).map_err(|error| error.inside(element_step(index)))
        };
        items.into_iter().enumerate().map(item).collect()
    }

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(Attr::into_value).collect())
    }
}

impl<T: AttrType> AttrType for BTreeMap<String, Attr<T>> {
    fn ty() -> Type {
        Type::map(T::ty())
    }

    fn nested() -> Option<Nested> {
        T::nested().map(Nested::mapped)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        let Value::Map(elements) = value else {
            return Err(another_kind::<Self>(&value));
        };
        let element = |(name, element)| {
            let read = Attr::from_value(element);
            let step = || PathStep::Attribute(String::clone(&name));
            let read = read.map_err(|error| error.inside(step()))?;
            Ok((name, read))
        };
        elements.into_iter().map(element).collect()
    }

    fn into_value(self) -> Value {
        let elements = self.into_iter();
        Value::Map(
            elements
                .map(|(name, element)| (name, element.into_value()))
                .collect(),
        )
    }
}

/// The elements of a set, in order. Known ones and null are there once each; unknown ones as often
/// as they come, since each may turn out to be another value.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Set<T>(Vec<Attr<T>>);

impl<T> Set<T> {
    /// The elements that are known and not null.
    pub fn known(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Attr::known)
    }

    /// Whether no element is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        !self.0.iter().any(Attr::is_unknown)
    }
}

impl<T: Ord> FromIterator<Attr<T>> for Set<T> {
    fn from_iter<I: IntoIterator<Item = Attr<T>>>(elements: I) -> Self {
        let mut elements = Vec::from_iter(elements);
        elements.sort();
        elements.dedup_by(|one, other| one == other && !one.is_unknown());
        Self(elements)
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        elements.into_iter().map(Attr::Known).collect()
    }
}

impl<T: AttrType + Ord> AttrType for Set<T> {
    fn ty() -> Type {
        Type::set(T::ty())
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        // What is inside a set has no address.
        match value {
            Value::List(items) => items
                .into_iter()
                .map(|item| Attr::from_value(item).map_err(ValueError::of_the_whole))
                .collect(),
            other => Err(another_kind::<Self>(&other)),
        }
    }

    fn into_value(self) -> Value {
        Value::List(self.0.into_iter().map(Attr::into_value).collect())
    }
}

/// What a known value of one kind looks like where it stands.
pub trait AsKnown {
    /// The value; `None` if it is of another kind, null, or not known.
    fn of(value: &Value) -> Option<&Self>;
}

impl AsKnown for str {
    fn of(value: &Value) -> Option<&Self> {
        value.as_str()
    }
}

impl AsKnown for Number {
    fn of(value: &Value) -> Option<&Self> {
        value.as_number()
    }
}

impl<T: AttrType> Attr<T> {
    /// Reads an attribute of an object.
    ///
    /// # Errors
    ///
    /// When the value is of another kind than `T`.
    pub fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Unknown => Ok(Self::Unknown),
            known => T::from_value(known).map(Self::Known),
        }
    }

    /// The value to hand to Terraform.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(value) => value.into_value(),
        }
    }
}

/// A typed object. Implemented by [`model!`](crate::model).
pub trait Model: AttrType + Clone + std::fmt::Debug + Default + Send + Sync + 'static {
    /// The block that describes the object.
    fn block() -> Block;
}

/// An object whose attributes can be annotated. Implemented by [`model!`](crate::model).
pub trait Annotated: Sized {
    /// What attributes are annotated with; nothing for most objects.
    type Column: 'static;

    /// The annotated attributes, each with its column, in the order of the declaration.
    fn columns() -> Vec<(Accessor<Self>, Self::Column)>;
}

/// One attribute of an object, whatever its type.
#[derive(Debug)]
pub struct Accessor<M> {
    /// The attribute's name.
    pub name: &'static str,
    /// Reads it. For [`model!`](crate::model) alone, like `write`.
    pub read: fn(&M) -> Value,
    /// Writes it, unless the value is of another type.
    pub write: fn(&mut M, Value),
}

impl<M> Accessor<M> {
    /// The attribute's value.
    pub fn get(&self, object: &M) -> Value {
        (self.read)(object)
    }

    /// Gives the attribute a value. One of another type is a defect, and leaves it as it is.
    pub fn set(&self, object: &mut M, value: Value) {
        (self.write)(object, value);
    }
}

/// The attributes of an object on their way into a struct. For [`model!`](crate::model) alone.
#[derive(Debug)]
pub struct Parts(BTreeMap<String, Value>);

impl Parts {
    /// Takes an object apart.
    ///
    /// # Errors
    ///
    /// When the value is no object.
    pub fn of(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Map(parts) => Ok(Self(parts)),
            other => Err(Fault::WrongKind {
                expected: "an object",
                found: other.kind(),
            }
            .into()),
        }
    }

    /// All of them, for an object that knows none by name.
    pub(in crate::terraform) fn into_map(self) -> BTreeMap<String, Value> {
        self.0
    }

    /// Reads what stands under `name`; null if nothing does.
    ///
    /// # Errors
    ///
    /// When it is of another kind than `T`.
    pub fn take<T: AttrType>(&mut self, name: &str) -> Result<Attr<T>, ValueError> {
        let value = self.0.remove(name).unwrap_or(Value::Null);
        Attr::from_value(value).map_err(|error| error.inside(PathStep::Attribute(name.to_owned())))
    }
}

/// Declares the object of a block: its attributes with type, flags, documentation and validators,
/// and the blocks inside it.
///
/// The doc comment of an attribute is its description in Terraform and in the generated
/// documentation. The words behind `=>` are methods of
/// [`Attribute`](crate::terraform::schema::Attribute). Of a struct `with` columns, an attribute or a
/// block can have one, in brackets. Such an object can in turn be the value of an attribute, alone or in a
/// list.
///
/// ```
/// use terraform_provider_joonto::terraform::schema::Model;
///
/// terraform_provider_joonto::model! {
///     /// A greeting.
///     pub struct Greeting {
///         /// Whom to greet.
///         name: String => required(), validator(|name: &str| match name.is_empty() {
///             true => Err("A name cannot be empty.".to_owned()),
///             false => Ok(()),
///         });
///         /// The greeting.
///         text: String => computed();
///     }
///     blocks {}
/// }
///
/// assert_eq!(Greeting::block().attributes().len(), 2);
/// ```
#[macro_export]
macro_rules! model {
    (
        $(#[doc = $doc:literal])*
        $visibility:vis struct $name:ident $(with $column_type:ident)? {
            $(
                $(#[doc = $attribute_doc:literal])*
                $attribute:ident: $ty:ty
                    => $($flag:ident($($argument:expr)?)),+ $([$column:expr])?;
            )*
        }
        blocks {
            $($nested:ident: $model:ty $([$nested_column:expr])?;)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Default, PartialEq)]
        $visibility struct $name {
            $(
                $(#[doc = $attribute_doc])*
                pub $attribute: $crate::terraform::Attr<$ty>,
            )*
            $(
                #[doc = concat!("The `", stringify!($nested), "` block.")]
                pub $nested: $crate::terraform::Attr<$model>,
            )*
        }

        // Objects hold secrets: none of their values is ever printed.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl $crate::terraform::schema::Annotated for $name {
            type Column = $crate::column_type!($($column_type)?);

            fn columns() -> Vec<($crate::terraform::schema::Accessor<Self>, Self::Column)> {
                vec![
                    $($(($crate::accessor!($attribute), $column),)?)*
                    $($(($crate::accessor!($nested), $nested_column),)?)*
                ]
                vec![$($((
                    $crate::terraform::schema::Accessor {
                        name: $crate::attribute_name!($attribute),
                        read: |object: &Self| object.$attribute.clone().into_value(),
                        write: |object: &mut Self, value| {
                            if let Ok(value) = $crate::terraform::Attr::from_value(value) {
                                object.$attribute = value;
                            }
                        },
                    },
                    $column,
                ),)?)*]
            }
        }

        impl $crate::terraform::schema::AttrType for $name {
            fn ty() -> $crate::terraform::Type {
                <Self as $crate::terraform::schema::Model>::block().ty()
            }

            fn nested() -> Option<$crate::terraform::schema::Nested> {
                let block = <Self as $crate::terraform::schema::Model>::block();
                Some($crate::terraform::schema::Nested::single(block))
            }

            fn from_value(
                value: $crate::terraform::Value,
            ) -> Result<Self, $crate::terraform::value::ValueError> {
                let mut parts = $crate::terraform::schema::Parts::of(value)?;
                Ok(Self {
                    $($attribute: parts.take($crate::attribute_name!($attribute))?,)*
                    $($nested: parts.take(stringify!($nested))?,)*
                })
            }

            fn into_value(self) -> $crate::terraform::Value {
                $crate::terraform::Value::object([
                    $(($crate::attribute_name!($attribute), self.$attribute.into_value()),)*
                    $((stringify!($nested), self.$nested.into_value()),)*
                ])
            }
        }

        impl $crate::terraform::schema::Model for $name {
            fn block() -> $crate::terraform::schema::Block {
                $crate::terraform::schema::Block::new(
                    &[$($doc),*],
                    vec![$(
                        $crate::terraform::schema::Attribute::new::<$ty>(
                            $crate::attribute_name!($attribute),
                            &[$($attribute_doc),*],
                        )
                        $(.$flag($($argument)?))+
                    ),*],
                    vec![$(
                        $crate::terraform::schema::NestedBlock::new(
                            stringify!($nested),
                            <$model as $crate::terraform::schema::Model>::block(),
                        )
                    ),*],
                )
            }
        }
    };
}

/// Reads and writes a field of the struct. For [`model!`] alone.
#[doc(hidden)]
#[macro_export]
macro_rules! accessor {
    ($field:ident) => {
        $crate::terraform::schema::Accessor {
            name: stringify!($field),
            read: |object: &Self| object.$field.clone().into_value(),
            write: |object: &mut Self, value| {
                if let Ok(value) = $crate::terraform::Attr::from_value(value) {
                    object.$field = value;
                }
            },
        }
    };
}

/// The type of a struct's columns. For [`model!`] alone.
#[doc(hidden)]
#[macro_export]
macro_rules! column_type {
    () => {
        ()
    };
    ($column_type:ident) => {
        $column_type
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: AttrType>(value: Value) -> Value {
        let read = Attr::<T>::from_value(value).expect("a value of the type");
        read.into_value()
    }

    #[test]
    fn what_is_inside_a_collection_can_be_null_or_unknown() {
        let elements = Value::List(vec![
            Value::Null,
            Value::Unknown,
            Value::Unknown,
            "203.0.113.9".into(),
        ]);
        assert_eq!(read::<Set<String>>(elements.clone()), elements);
        assert_eq!(read::<Vec<Attr<String>>>(elements.clone()), elements);
    }

    #[test]
    fn a_set_has_no_order_and_known_elements_once() {
        let set = Set::from_iter(["b", "a", "b"].map(str::to_owned));
        assert_eq!(set, Set::from_iter(["a", "b"].map(str::to_owned)));
        assert_eq!(Vec::from_iter(set.known()), ["a", "b"]);
    }

    #[test]
    fn a_value_of_another_kind_is_named_with_its_place() {
        let list = Value::List(vec!["a".into(), true.into()]);
        let error = Attr::<Vec<Attr<String>>>::from_value(list.clone()).expect_err("a bool");
        assert_eq!(error.to_string(), "[1]: expected a string, found a bool");
        let error = Attr::<Set<String>>::from_value(list).expect_err("a bool");
        assert_eq!(error.to_string(), "expected a string, found a bool");
    }
}
