//! Objects whose block is made of a table at run time.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use super::path::Name;
use super::schema::{AttrType, Block, Model, Nested, Parts};
use super::value::{Type, Value, ValueError};

/// The block of an [`Object`].
pub trait Blueprint: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// Makes the block.
    fn block() -> Block;
}

/// An object of a block that is made of a table. Its attributes are found by their names.
#[derive(Clone, PartialEq)]
pub struct Object<B> {
    attributes: BTreeMap<Name, Value>,
    blueprint: PhantomData<B>,
}

// Objects hold secrets: none of their values is ever printed.
impl<B> Debug for Object<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").finish_non_exhaustive()
    }
}

impl<B> Object<B> {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        debug_assert!(self.attributes.contains_key(name), "no attribute {name}");
        self.attributes.get(name).unwrap_or(NULL)
    }

    /// The text of an attribute, if it is known and set.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        debug_assert!(self.attributes.contains_key(name), "no attribute {name}");
        if let Some(attribute) = self.attributes.get_mut(name) {
            *attribute = value.into();
        }
    }
}

impl<B: Blueprint> Default for Object<B> {
    /// An object whose every attribute is null.
    fn default() -> Self {
        let block = B::block();
        let names = block.attributes().iter().map(|one| one.name().into());
        Self {
            attributes: names.map(|name| (name, Value::Null)).collect(),
            blueprint: PhantomData,
        }
    }
}

impl<B: Blueprint> AttrType for Object<B> {
    fn ty() -> Type {
        B::block().ty()
    }

    fn nested() -> Option<Nested> {
        Some(Nested::single(B::block()))
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        Parts::of(value).map(|parts| Self {
            attributes: parts.into_map(),
            blueprint: PhantomData,
        })
    }

    fn into_value(self) -> Value {
        Value::Map(self.attributes)
    }
}

impl<B: Blueprint> Model for Object<B> {
    fn block() -> Block {
        B::block()
    }
}
