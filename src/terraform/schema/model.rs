//! Objects as Rust structs: one declaration from which schema, documentation and struct come.

use std::collections::BTreeMap;

use super::{Block, Nested};
use crate::terraform::path::{Name, PathStep};
use crate::terraform::value::{Fault, Number, Type, Value, ValueError};

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
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value, if it is known and set.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Whether it is known not to be set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is still unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether it is set to a known value.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }
}

impl Attr<String> {
    /// The text, if it is known and set.
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
pub(super) fn another_kind<T: AttrType>(found: &Value) -> ValueError {
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
pub struct Parts(BTreeMap<Name, Value>);

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
    pub(in crate::terraform) fn into_map(self) -> BTreeMap<Name, Value> {
        self.0
    }

    /// Reads what stands under `name`; null if nothing does.
    ///
    /// # Errors
    ///
    /// When it is of another kind than `T`.
    pub fn take<T: AttrType>(&mut self, name: &str) -> Result<Attr<T>, ValueError> {
        let value = self.0.remove(name).unwrap_or(Value::Null);
        Attr::from_value(value)
            .map_err(|error| error.inside(PathStep::Attribute(name.to_owned().into())))
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
            name: $crate::attribute_name!($field),
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
