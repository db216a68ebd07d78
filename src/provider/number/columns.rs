//! What the API has to do with the attributes of a number: purchases, changes, reads and plans are
//! made from all columns of the model alike.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::column::{NumberColumn, Stores, given, is_another, may_be_given, text};
use super::model::NumberModel;
use crate::joonto::{self, NumberRecord, ProvisionRequest, Receipt, Secret, UpdateRequest};
use crate::provider::flatten::UnsetFields;
use crate::terraform::Value;
use crate::terraform::schema::{Accessor, Annotated as _, Model};

/// The columns of a number, in the order of the model.
static COLUMNS: LazyLock<Vec<(Accessor<NumberModel>, NumberColumn)>> =
    LazyLock::new(NumberModel::columns);

/// The columns that changes in place are made from.
fn updated() -> impl Iterator<Item = &'static (Accessor<NumberModel>, NumberColumn)> {
    COLUMNS.iter().filter(|(_, column)| column.update.is_some())
}

/// Sets in a purchase exactly what is planned.
pub(super) fn order(planned: &NumberModel, request: &mut ProvisionRequest) {
    for (field, column) in &*COLUMNS {
        let value = field.get(planned);
        if let (Some(order), Some(value)) = (column.order, given(&value)) {
            order(request, value);
        }
    }
}

/// Stores what a purchase returned where the plan has no value.
pub(super) fn store_receipt(number: &mut NumberModel, receipt: &Receipt) {
    for (field, column) in &*COLUMNS {
        if let Some(get) = column.receipt
            && field.get(number).is_unknown()
        {
            field.set(number, get(receipt).unwrap_or(Value::Null));
        }
    }
    if let Some(link) = &receipt.qr_code {
        store_qr_link(number, link);
    }
}

/// Stores what a record returns. What is absent or unreadable in it is never a difference.
pub(super) fn store_record(number: &mut NumberModel, record: &NumberRecord, unset: UnsetFields) {
    for (field, column) in &*COLUMNS {
        if let Some(value) = column.returned(&field.get(number), record, unset) {
            field.set(number, value);
        }
    }
    if let Some(link) = &record.qr_code {
        store_qr_link(number, link);
    }
}

/// Stores a QR link that brings something new: only another activation code replaces the one in
/// the state, and a link without a code only fills a gap.
pub(super) fn store_qr_link(number: &mut NumberModel, link: &Secret) {
    let code = joonto::activation_code(link.expose());
    match (&code, number.activation_code.as_str()) {
        (Some(code), Some(kept)) if code.expose() == kept => return,
        (None, _) if number.qr_code.is_known() => return,
        _ => {}
    }
    number.qr_code = link.expose().into();
    number.activation_code = code.map(|code| code.expose().to_owned()).into();
}

/// An object of a data source, of what a record returns for attributes of these names.
pub(in crate::provider) fn of_record<M: Model>(record: &NumberRecord) -> M {
    let returned = COLUMNS.iter().filter_map(|(field, column)| {
        let returned = column.read?(record);
        Some((field.name, returned.value()?.clone()))
    });
    M::from_value(Value::object(returned)).unwrap_or_default()
}

/// The attributes whose planned values are sent, or may be.
pub(super) fn sent(prior: &NumberModel, planned: &NumberModel) -> BTreeSet<&'static str> {
    updated()
        .filter(|(field, column)| column.changes(&field.get(prior), &field.get(planned)))
        .map(|(field, _)| field.name)
        .collect()
}

/// Sets in a change exactly what changes.
pub(super) fn change(prior: &NumberModel, planned: &NumberModel, request: &mut UpdateRequest) {
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
pub(super) fn texts(number: &NumberModel) -> impl Iterator<Item = (&'static str, Option<String>)> {
    updated().map(|(field, _)| (field.name, text(&field.get(number))))
}

/// Whether two texts of an attribute mean the same.
pub(super) fn is_same(name: &str, one: Option<&str>, other: Option<&str>) -> bool {
    let mut columns = updated().filter(|(field, _)| field.name == name);
    columns.all(|(_, column)| column.is_same(one, other))
}

/// The attributes an update can change that differ between the two.
pub(super) fn differences(a: &NumberModel, b: &NumberModel) -> BTreeSet<&'static str> {
    texts(a)
        .zip(texts(b))
        .filter(|((name, a), (_, b))| !is_same(name, a.as_deref(), b.as_deref()))
        .map(|((name, _), _)| name)
        .collect()
}

/// Whether two numbers have another value of an attribute.
pub(super) fn differs(name: &str, one: &NumberModel, other: &NumberModel) -> bool {
    let mut columns = COLUMNS.iter().filter(|(field, _)| field.name == name);
    columns.any(|(field, _)| field.get(one) != field.get(other))
}

/// Copies these attributes from one number to another.
pub(super) fn copy<'a>(
    names: impl IntoIterator<Item = &'a str>,
    from: &NumberModel,
    to: &mut NumberModel,
) {
    for name in names {
        for (field, _) in COLUMNS.iter().filter(|(field, _)| field.name == name) {
            field.set(to, field.get(from));
        }
    }
}

/// No purchase returns these: what is not asked for is null until a refresh.
pub(super) fn null_what_is_not_asked_for(config: &NumberModel, planned: &mut NumberModel) {
    for (field, column) in &*COLUMNS {
        let is_unreturned = column.stores == Stores::Managed && column.receipt.is_none();
        if is_unreturned && field.get(config).is_null() {
            field.set(planned, Value::Null);
        }
    }
}

/// Another way to write the same value is no change, nor is `""`, which leaves things as they are.
pub(super) fn keep_equivalent(prior: &NumberModel, planned: &mut NumberModel) {
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
pub(super) fn replacing(prior: &NumberModel, planned: &NumberModel) -> Vec<&'static str> {
    let replacing = COLUMNS.iter().filter(|(field, column)| {
        let (prior, planned) = (field.get(prior), field.get(planned));
        let replaces = |replaces: fn(&Value, &Value) -> bool| replaces(&prior, &planned);
        is_another(&prior, &planned) && column.replaces.is_some_and(replaces)
    });
    replacing.map(|(field, _)| field.name).collect()
}

/// An argument whose change would replace the number keeps its value until another one is known:
/// Terraform would take an unknown value for a change. Returns those kept.
pub(super) fn keep_until_known(
    prior: &NumberModel,
    planned: &mut NumberModel,
) -> Vec<&'static str> {
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
pub(super) fn only_recorded(prior: &NumberModel, planned: &NumberModel) -> Vec<&'static str> {
    let recorded = COLUMNS.iter().filter(|(field, column)| {
        let (prior, planned) = (field.get(prior), field.get(planned));
        let is_never_returned = column.replaces.is_some() && column.read.is_none();
        is_never_returned && given(&prior).is_some() != may_be_given(&planned)
    });
    recorded.map(|(field, _)| field.name).collect()
}

/// What a pending order brings is unknown until it completes.
pub(super) fn forget_until_complete(planned: &mut NumberModel) {
    for (field, _) in COLUMNS.iter().filter(|(_, column)| column.completes) {
        field.set(planned, Value::Unknown);
    }
}

/// What the completed order has brought takes the place of what was unknown.
pub(super) fn carry_over(prior: &NumberModel, planned: &mut NumberModel) {
    for (field, _) in COLUMNS.iter().filter(|(_, column)| column.completes) {
        if field.get(planned).is_unknown() {
            field.set(planned, field.get(prior));
        }
    }
}

#[cfg(test)]
mod tests;
