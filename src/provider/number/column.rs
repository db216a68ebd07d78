//! How one attribute of a number is ordered, changed, read and compared.

use super::caller_name;
use crate::joonto::{Field, NumberRecord, ProvisionRequest, Receipt, UpdateRequest};
use crate::provider::flatten::UnsetFields;
use crate::terraform::Value;

/// When a value that the API returns is stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stores {
    /// Whenever it is another than that in the state.
    Always,
    /// Where the state has none: each endpoint has a value of its own.
    Gap,
    /// As [`UnsetFields`] says: the user may manage the attribute, or leave it to others. `""` is as
    /// good as unset.
    Managed,
    /// Where the state has another caller name, of which reads return another form.
    Named,
}

/// Which of the API's kinds of id can be compared with that in the state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ids {
    /// Every kind.
    Any,
    /// Those with this prefix. Another kind is stored where the state has none of these.
    Prefer(&'static str),
    /// Those with this prefix. Another kind is never stored.
    Only(&'static str),
}

/// How one attribute is ordered, changed, read and compared.
pub(crate) struct NumberColumn {
    pub(super) order: Option<fn(&mut ProvisionRequest, &Value)>,
    pub(super) update: Option<fn(&mut UpdateRequest, &Value)>,
    pub(super) receipt: Option<fn(&Receipt) -> Option<Value>>,
    pub(super) read: Option<fn(&NumberRecord) -> Field<Value>>,
    pub(super) stores: Stores,
    ids: Ids,
    pub(super) same: fn(&str, &str) -> bool,
    pub(super) replaces: Option<fn(&Value, &Value) -> bool>,
    pub(super) detaches: bool,
    pub(super) completes: bool,
}

/// A column of which nothing is declared yet.
pub(super) fn column() -> NumberColumn {
    NumberColumn {
        order: None,
        update: None,
        receipt: None,
        read: None,
        stores: Stores::Always,
        ids: Ids::Any,
        same: |one, other| one == other,
        replaces: None,
        detaches: false,
        completes: false,
    }
}

impl NumberColumn {
    /// Sets the value in a purchase.
    pub(super) fn order(self, set: fn(&mut ProvisionRequest, &Value)) -> Self {
        let order = Some(set);
        Self { order, ..self }
    }

    /// Sets another value in a change.
    pub(super) fn update(self, set: fn(&mut UpdateRequest, &Value)) -> Self {
        let update = Some(set);
        Self { update, ..self }
    }

    /// The value in the receipt of a purchase, stored where the plan has none.
    pub(super) fn receipt(self, get: fn(&Receipt) -> Option<Value>) -> Self {
        let receipt = Some(get);
        Self { receipt, ..self }
    }

    /// The value in a record that is read.
    pub(super) fn read(self, get: fn(&NumberRecord) -> Field<Value>) -> Self {
        let read = Some(get);
        Self { read, ..self }
    }

    /// When a value that a read returns is stored, if not always.
    pub(super) fn stores(self, stores: Stores) -> Self {
        Self { stores, ..self }
    }

    /// `""` takes the value away.
    pub(super) fn detaches(self) -> Self {
        let detaches = true;
        Self { detaches, ..self }
    }

    /// Which kinds of id can be compared, if not all.
    pub(super) fn ids(self, ids: Ids) -> Self {
        Self { ids, ..self }
    }

    /// Two ways to write one value: the one in the state, and another.
    pub(super) fn same(self, same: fn(&str, &str) -> bool) -> Self {
        Self { same, ..self }
    }

    /// One known value in place of another needs a new number, if `replaces` says so.
    pub(super) fn replaces(self, replaces: fn(&Value, &Value) -> bool) -> Self {
        let replaces = Some(replaces);
        Self { replaces, ..self }
    }

    /// The value is known once a pending order completes.
    pub(super) fn completes(self) -> Self {
        let completes = true;
        Self { completes, ..self }
    }

    /// Whether the plan gives the API another value, as far as is known. What is unset stays as
    /// it is.
    pub(super) fn changes(&self, prior: &Value, planned: &Value) -> bool {
        match planned {
            Value::Unknown => true,
            Value::Null => false,
            planned if given(planned).is_none() => self.detaches && given(prior).is_some(),
            planned => prior != planned,
        }
    }

    pub(super) fn is_same(&self, one: Option<&str>, other: Option<&str>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => (self.same)(one, other),
            _ => one == other,
        }
    }

    /// What a record has the state hold instead of `current`; nothing if that stays.
    pub(super) fn returned(
        &self,
        current: &Value,
        record: &NumberRecord,
        unset: UnsetFields,
    ) -> Option<Value> {
        let is_unset = current.is_null() || (given(current).is_none() && !self.detaches);
        match (self.read?(record), self.stores) {
            (Field::Absent, _) => None,
            (_, Stores::Managed) if is_unset && unset == UnsetFields::Leave => None,
            (Field::Value(returned), Stores::Named) => {
                caller_name::reported(current, returned.as_str()?)
            }
            (Field::Value(returned), Stores::Gap) => {
                let is_gap = current.is_null() || current.is_unknown();
                (is_gap || self.is_preferred(current, &returned)).then_some(returned)
            }
            (Field::Value(returned), _) => {
                let is_same = self.is_same(text(current).as_deref(), text(&returned).as_deref());
                (!is_same && self.can_replace(current, &returned)).then_some(returned)
            }
            (Field::Null, _) => given(current).map(|_| Value::Null),
        }
    }

    /// Whether `returned` is of the kind of id that can be compared, and `current` is not.
    fn is_preferred(&self, current: &Value, returned: &Value) -> bool {
        matches!(self.ids, Ids::Prefer(prefix) if has(returned, prefix) && !has(current, prefix))
    }

    fn can_replace(&self, current: &Value, returned: &Value) -> bool {
        match self.ids {
            Ids::Any => true,
            Ids::Prefer(prefix) => has(returned, prefix) || !has(current, prefix),
            Ids::Only(prefix) => has(returned, prefix),
        }
    }
}

fn has(value: &Value, prefix: &str) -> bool {
    value.as_str().is_some_and(|id| id.starts_with(prefix))
}

/// The value, if it is known and set. `""` is unset.
pub(super) fn given(value: &Value) -> Option<&Value> {
    match value {
        Value::Null | Value::Unknown => None,
        Value::String(text) if text.is_empty() => None,
        value => Some(value),
    }
}

/// Whether the value is set, as far as is known.
pub(super) fn may_be_given(value: &Value) -> bool {
    value.is_unknown() || given(value).is_some()
}

/// A given value as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match given(value)? {
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Map(parts) => {
            let parts: Vec<_> = parts.values().filter_map(text).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
        value => value.as_str().map(str::to_owned),
    }
}

/// Whether one known value becomes another.
pub(super) fn is_another(prior: &Value, planned: &Value) -> bool {
    matches!((given(prior), given(planned)), (Some(prior), Some(planned)) if prior != planned)
}
