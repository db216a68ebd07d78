//! Objects as Rust structs: one declaration from which schema, documentation and struct come.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use super::attr::{Attr, AttrType};
use super::path::Step;
use super::schema::{Block, Nested};
use super::value::{DecodeError, DecodeFault, Type, Value};

/// A typed object. Implemented by [`model!`](crate::model).
pub trait Model: Clone + std::fmt::Debug + Default + Send + Sync + 'static {
    /// The block that describes the object.
    fn block() -> Block;

    /// Reads the object.
    ///
    /// # Errors
    ///
    /// When the value is not an object of this block.
    fn from_value(value: Value) -> Result<Self, DecodeError>;

    /// The value to hand to Terraform.
    fn into_value(self) -> Value;
}

/// An object can be the value of an attribute.
impl<M: Model> AttrType for M {
    fn ty() -> Type {
        M::block().ty()
    }

    fn nested() -> Option<Nested> {
        Some(Nested::single(M::block()))
    }

    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Model::from_value(value)
    }

    fn into_value(self) -> Value {
        Model::into_value(self)
    }
}

impl<M: Model> Attr<M> {
    /// Reads a block inside an object: null when it is absent, and unknown when nobody knows yet
    /// whether it is there.
    ///
    /// # Errors
    ///
    /// When the value is not an object of the block.
    pub fn from_block(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Unknown => Ok(Self::Unknown),
            object => M::from_value(object).map(Self::Known),
        }
    }

    /// The value to hand to Terraform.
    #[must_use]
    pub fn into_block(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::unknown(),
            Self::Known(object) => object.into_value(),
        }
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
    pub fn of(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Map(parts) => Ok(Self(parts)),
            other => Err(DecodeFault::WrongKind {
                expected: "an object",
                found: other.kind(),
            }
            .into()),
        }
    }

    /// Reads what stands under `name`; null if nothing does.
    ///
    /// # Errors
    ///
    /// What `read` finds wrong with it, with the name.
    pub fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let value = self.0.remove(name).unwrap_or(Value::Null);
        read(value).map_err(|error| error.inside(Step::Attribute(name.to_owned())))
    }
}

/// The block of an [`Object`].
pub trait Blueprint: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// Makes the block.
    fn block() -> Block;
}

/// An object of a block that is made of a table at run time. Its attributes are found by their
/// names.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<B> {
    attributes: BTreeMap<String, Value>,
    blueprint: PhantomData<B>,
}

impl<B> Object<B> {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        debug_assert!(self.attributes.contains_key(name), "no attribute {name}");
        self.attributes.get(name).unwrap_or(NULL)
    }

    /// The text of an attribute, if it is known and set.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        debug_assert!(self.attributes.contains_key(name), "no attribute {name}");
        self.attributes.insert(name.to_owned(), value.into());
    }
}

impl<B: Blueprint> Default for Object<B> {
    /// An object whose every attribute is null.
    fn default() -> Self {
        let block = B::block();
        let names = block.attributes().iter().map(|one| one.name().to_owned());
        Self {
            attributes: names.map(|name| (name, Value::Null)).collect(),
            blueprint: PhantomData,
        }
    }
}

impl<B: Blueprint> Model for Object<B> {
    fn block() -> Block {
        B::block()
    }

    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Parts::of(value).map(|Parts(attributes)| Self {
            attributes,
            blueprint: PhantomData,
        })
    }

    fn into_value(self) -> Value {
        Value::Map(self.attributes)
    }
}

/// Declares the object of a block: its attributes with type, flags, documentation and checks,
/// and the blocks inside it.
///
/// The doc comment of an attribute is its description in Terraform and in the generated
/// documentation. The words behind `=>` are methods of
/// [`Attribute`](crate::terraform::schema::Attribute). Such an object can in turn be the value of
/// an attribute, alone or in a list.
///
/// ```
/// use terraform_provider_joonto::terraform::model::Model;
///
/// terraform_provider_joonto::model! {
///     /// A greeting.
///     pub struct Greeting {
///         /// Whom to greet.
///         name: String => required(), check(|name: &str| match name.is_empty() {
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
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $attribute_doc:literal])*
                $attribute:ident: $ty:ty => $($flag:ident($($argument:expr)?)),+;
            )*
        }
        blocks {
            $($nested:ident: $model:ty;)*
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

        impl $crate::terraform::model::Model for $name {
            fn block() -> $crate::terraform::schema::Block {
                $crate::terraform::schema::Block::new(
                    &[$($doc),*],
                    vec![$(
                        $crate::terraform::schema::Attribute::new::<$ty>(
                            stringify!($attribute),
                            &[$($attribute_doc),*],
                        )
                        $(.$flag($($argument)?))+
                    ),*],
                    vec![$(
                        $crate::terraform::schema::NestedBlock::new(
                            stringify!($nested),
                            <$model as $crate::terraform::model::Model>::block(),
                        )
                    ),*],
                )
            }

            fn from_value(
                value: $crate::terraform::Value,
            ) -> Result<Self, $crate::terraform::value::DecodeError> {
                let mut parts = $crate::terraform::model::Parts::of(value)?;
                Ok(Self {
                    $($attribute: parts.take(
                        stringify!($attribute),
                        $crate::terraform::Attr::from_value,
                    )?,)*
                    $($nested: parts.take(
                        stringify!($nested),
                        $crate::terraform::Attr::from_block,
                    )?,)*
                })
            }

            fn into_value(self) -> $crate::terraform::Value {
                $crate::terraform::Value::Map(
                    [
                        $((stringify!($attribute).to_owned(), self.$attribute.into_value()),)*
                        $((stringify!($nested).to_owned(), self.$nested.into_block()),)*
                    ]
                    .into(),
                )
            }
        }
    };
}
