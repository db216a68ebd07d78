//! What the API has to do with each attribute of a number. The model declares a column behind an
//! attribute; purchases, changes, reads and plans are made from all columns alike.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::model::Number;
use crate::joonto::{NumberRecord, ProvisionRequest, Receipt, Told, UpdateRequest};
use crate::terraform::Value;
use crate::terraform::model::{Accessor, Model};

/// Which attributes a record may set that so far have no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unset {
    /// None of those that the user could manage: what an update has to compare.
    Leave,
    /// All: the state holds what the API returns, configured or not.
    Fill,
}

/// When a value that the API returns is stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stores {
    /// Whenever it is another than that in the state.
    Always,
    /// Where the state has none.
    Gap,
    /// As [`Unset`] says: the user may manage the attribute, or leave it to others.
    Managed,
}

/// Which of the API's kinds of id can be compared with that in the state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ids {
    Any,
    /// Those with this prefix. Another kind is stored where the state has none of these.
    Prefer(&'static str),
    /// Those with this prefix. Another kind is never stored.
    Only(&'static str),
}

/// How one attribute is ordered, changed, read and compared.
pub(crate) struct Column {
    order: Option<fn(&mut ProvisionRequest, &Value)>,
    update: Option<fn(&mut UpdateRequest, &Value)>,
    receipt: Option<fn(&Receipt) -> Option<Value>>,
    read: Option<fn(&NumberRecord) -> Told<Value>>,
    stores: Stores,
    ids: Ids,
    same: fn(&str, &str) -> bool,
    replaces: Option<fn(&Value, &Value) -> bool>,
    detaches: bool,
    completes: bool,
}

/// A column of which nothing is declared yet.
pub(super) fn column() -> Column {
    Column {
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

impl Column {
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
    pub(super) fn read(self, get: fn(&NumberRecord) -> Told<Value>) -> Self {
        let read = Some(get);
        Self { read, ..self }
    }

    /// A read fills a gap, and replaces nothing: each endpoint has a value of its own.
    pub(super) fn fills_gap(self) -> Self {
        let stores = Stores::Gap;
        Self { stores, ..self }
    }

    /// The user may manage the attribute, or leave it to others. `""` is as good as unset.
    pub(super) fn managed(self) -> Self {
        let stores = Stores::Managed;
        Self { stores, ..self }
    }

    /// `""` takes the value away.
    pub(super) fn detaches(self) -> Self {
        let detaches = true;
        Self { detaches, ..self }
    }

    /// Ids with this prefix can be compared; another kind never takes the place of one.
    pub(super) fn prefers(self, prefix: &'static str) -> Self {
        let ids = Ids::Prefer(prefix);
        Self { ids, ..self }
    }

    /// Ids with this prefix can be compared; another kind is not stored.
    pub(super) fn only(self, prefix: &'static str) -> Self {
        let ids = Ids::Only(prefix);
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
    fn changes(&self, prior: &Value, planned: &Value) -> bool {
        match planned {
            Value::Unknown => true,
            Value::Null => false,
            planned if given(planned).is_none() => self.detaches && given(prior).is_some(),
            planned => prior != planned,
        }
    }

    fn is_same(&self, one: Option<&str>, other: Option<&str>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => (self.same)(one, other),
            _ => one == other,
        }
    }

    /// What a record has the state hold instead of `current`; nothing if that stays.
    fn returned(&self, current: &Value, record: &NumberRecord, unset: Unset) -> Option<Value> {
        let is_unset = current.is_null() || (given(current).is_none() && !self.detaches);
        match (self.read?(record), self.stores) {
            (Told::Nothing, _) => None,
            (_, Stores::Managed) if is_unset && unset == Unset::Leave => None,
            (Told::Value(told), Stores::Gap) => {
                (current.is_null() || current.is_unknown()).then_some(told)
            }
            (Told::Value(told), _) => {
                let is_same = self.is_same(text(current).as_deref(), text(&told).as_deref());
                (!is_same && self.can_replace(current, &told)).then_some(told)
            }
            (Told::Empty, _) => given(current).map(|_| Value::Null),
        }
    }

    fn can_replace(&self, current: &Value, told: &Value) -> bool {
        let has = |value: &Value, prefix| value.as_str().is_some_and(|id| id.starts_with(prefix));
        match self.ids {
            Ids::Any => true,
            Ids::Prefer(prefix) => has(told, prefix) || !has(current, prefix),
            Ids::Only(prefix) => has(told, prefix),
        }
    }
}

/// The columns of a number, in the order of the model.
static COLUMNS: LazyLock<Vec<(Accessor<Number>, Column)>> = LazyLock::new(Number::columns);

/// The columns that changes in place are made from.
fn updated() -> impl Iterator<Item = &'static (Accessor<Number>, Column)> {
    COLUMNS.iter().filter(|(_, column)| column.update.is_some())
}

/// The value, if it is known and set. `""` is unset.
fn given(value: &Value) -> Option<&Value> {
    match value {
        Value::Null | Value::Unknown => None,
        Value::String(text) if text.is_empty() => None,
        value => Some(value),
    }
}

/// Whether the value is set, as far as is known.
fn may_be_given(value: &Value) -> bool {
    value.is_unknown() || given(value).is_some()
}

/// A given value as text.
fn text(value: &Value) -> Option<String> {
    match given(value)? {
        Value::Bool(flag) => Some(flag.to_string()),
        value => value.as_str().map(str::to_owned),
    }
}

/// Whether one known value becomes another.
fn is_another(prior: &Value, planned: &Value) -> bool {
    matches!((given(prior), given(planned)), (Some(prior), Some(planned)) if prior != planned)
}

/// Sets in a purchase exactly what is planned.
pub(super) fn order(planned: &Number, request: &mut ProvisionRequest) {
    for (field, column) in &*COLUMNS {
        let value = field.get(planned);
        if let (Some(order), Some(value)) = (column.order, given(&value)) {
            order(request, value);
        }
    }
}

/// Stores what a purchase returned where the plan has no value.
pub(super) fn store_receipt(number: &mut Number, receipt: &Receipt) {
    for (field, column) in &*COLUMNS {
        if let Some(get) = column.receipt
            && field.get(number).is_unknown()
        {
            field.set(number, get(receipt).unwrap_or(Value::Null));
        }
    }
}

/// Stores what a record returns. What is absent or unreadable in it is never a difference.
pub(super) fn store_record(number: &mut Number, record: &NumberRecord, unset: Unset) {
    for (field, column) in &*COLUMNS {
        if let Some(value) = column.returned(&field.get(number), record, unset) {
            field.set(number, value);
        }
    }
}

/// An object of a data source, of what a record returns for attributes of these names.
pub(in crate::provider) fn of_record<M: Model>(record: &NumberRecord) -> M {
    let told = COLUMNS.iter().filter_map(|(field, column)| {
        let told = column.read?(record);
        Some((field.name, told.value()?.clone()))
    });
    M::from_value(Value::object(told)).unwrap_or_default()
}

/// The attributes whose planned values are sent, or may be.
pub(super) fn sent(prior: &Number, planned: &Number) -> BTreeSet<&'static str> {
    updated()
        .filter(|(field, column)| column.changes(&field.get(prior), &field.get(planned)))
        .map(|(field, _)| field.name)
        .collect()
}

/// Sets in a change exactly what changes.
pub(super) fn change(prior: &Number, planned: &Number, request: &mut UpdateRequest) {
    for (field, column) in updated() {
        let planned = field.get(planned);
        if let Some(update) = column.update
            && !planned.is_unknown()
            && column.changes(&field.get(prior), &planned)
        {
            update(request, &planned);
        }
    }
}

/// The attributes an update can change, as text.
pub(super) fn texts(number: &Number) -> impl Iterator<Item = (&'static str, Option<String>)> {
    updated().map(|(field, _)| (field.name, text(&field.get(number))))
}

/// Whether two texts of an attribute mean the same.
pub(super) fn is_same(name: &str, one: Option<&str>, other: Option<&str>) -> bool {
    let mut columns = updated().filter(|(field, _)| field.name == name);
    columns.all(|(_, column)| column.is_same(one, other))
}

/// The attributes an update can change that differ between the two.
pub(super) fn differences(a: &Number, b: &Number) -> BTreeSet<&'static str> {
    texts(a)
        .zip(texts(b))
        .filter(|((name, a), (_, b))| !is_same(name, a.as_deref(), b.as_deref()))
        .map(|((name, _), _)| name)
        .collect()
}

/// Copies these attributes from one number to another.
pub(super) fn copy<'a>(names: impl IntoIterator<Item = &'a str>, from: &Number, to: &mut Number) {
    for name in names {
        for (field, _) in COLUMNS.iter().filter(|(field, _)| field.name == name) {
            field.set(to, field.get(from));
        }
    }
}

/// No purchase returns these: what is not asked for is null until a refresh.
pub(super) fn null_what_is_not_asked_for(config: &Number, planned: &mut Number) {
    for (field, column) in &*COLUMNS {
        let is_unreturned = column.stores == Stores::Managed && column.receipt.is_none();
        if is_unreturned && field.get(config).is_null() {
            field.set(planned, Value::Null);
        }
    }
}

/// Another way to write the same value is no change, nor is `""`, which leaves things as they are.
pub(super) fn keep_equivalent(prior: &Number, planned: &mut Number) {
    let managed = COLUMNS
        .iter()
        .filter(|(_, column)| column.stores == Stores::Managed && !column.detaches);
    for (field, column) in managed {
        let (before, after) = (field.get(prior), field.get(planned));
        let is_same = match (text(&before), text(&after)) {
            (Some(before), Some(after)) => (column.same)(&before, &after),
            _ => after.as_str() == Some("") && !before.is_null(),
        };
        if is_same {
            field.set(planned, before);
        }
    }
}

/// The attributes of which one known value becomes another, which needs a new number.
pub(super) fn replacing(prior: &Number, planned: &Number) -> Vec<&'static str> {
    let replacing = COLUMNS.iter().filter(|(field, column)| {
        let (prior, planned) = (field.get(prior), field.get(planned));
        let replaces = |replaces: fn(&Value, &Value) -> bool| replaces(&prior, &planned);
        is_another(&prior, &planned) && column.replaces.is_some_and(replaces)
    });
    replacing.map(|(field, _)| field.name).collect()
}

/// An argument whose change would replace the number keeps its value until another one is known:
/// Terraform would take an unknown value for a change. Returns those kept.
pub(super) fn keep_until_known(prior: &Number, planned: &mut Number) -> Vec<&'static str> {
    let mut kept = Vec::new();
    for (field, _) in COLUMNS
        .iter()
        .filter(|(_, column)| column.replaces.is_some())
    {
        let before = field.get(prior);
        if field.get(planned).is_unknown() && given(&before).is_some() {
            field.set(planned, before);
            kept.push(field.name);
        }
    }
    kept
}

/// The attributes that the API never returns and that become set, or unset: nothing is known to
/// differ, so that is written down and not sent.
pub(super) fn only_recorded(prior: &Number, planned: &Number) -> Vec<&'static str> {
    let recorded = COLUMNS.iter().filter(|(field, column)| {
        let (prior, planned) = (field.get(prior), field.get(planned));
        let is_never_returned = column.replaces.is_some() && column.read.is_none();
        is_never_returned && given(&prior).is_some() != may_be_given(&planned)
    });
    recorded.map(|(field, _)| field.name).collect()
}

/// What a pending order brings is unknown until it completes.
pub(super) fn forget_until_complete(planned: &mut Number) {
    for (field, _) in COLUMNS.iter().filter(|(_, column)| column.completes) {
        field.set(planned, Value::Unknown);
    }
}

/// What the completed order has brought takes the place of what was unknown.
pub(super) fn carry_over(prior: &Number, planned: &mut Number) {
    for (field, _) in COLUMNS.iter().filter(|(_, column)| column.completes) {
        if field.get(planned).is_unknown() {
            field.set(planned, field.get(prior));
        }
    }
}

#[cfg(test)]
mod tests;
