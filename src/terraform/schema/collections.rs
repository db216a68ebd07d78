//! Collections as the values of attributes: lists, sets and maps.

use std::collections::BTreeMap;

use super::model::{Attr, AttrType, another_kind};
use super::{Nested, ObjectNesting};
use crate::terraform::path::{Name, PathStep};
use crate::terraform::value::{Type, Value, ValueError, element_step};

impl<T: AttrType> AttrType for Vec<Attr<T>> {
    fn ty() -> Type {
        Type::list(T::ty())
    }

    fn nested() -> Option<Nested> {
        T::nested().map(|nested| nested.collected(ObjectNesting::List))
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
        T::nested().map(|nested| nested.collected(ObjectNesting::Map))
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        let Value::Map(elements) = value else {
            return Err(another_kind::<Self>(&value));
        };
        let element = |(name, element): (Name, Value)| {
            let read = Attr::from_value(element);
            let step = || PathStep::Attribute(name.clone());
            let read = read.map_err(|error| error.inside(step()))?;
            Ok((name.into_owned(), read))
        };
        elements.into_iter().map(element).collect()
    }

    fn into_value(self) -> Value {
        let elements = self.into_iter();
        Value::Map(
            elements
                .map(|(name, element)| (name.into(), element.into_value()))
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
