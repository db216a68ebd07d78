//! What Terraform sees of a route, made from the columns of its table: the schema, and the ways
//! between an object, a request and a response.

use std::future::Future;
use std::marker::PhantomData;

use super::validators;
use crate::context::Context;
use crate::joonto::{
    AccountId, Client, Column, Error, Field, Format, NumberRecord, Patch, Route, RouteKind,
    RoutePatch, RouteValue, Secret, ValueKind,
};
use crate::provider::diagnostics::{plans, routes};
use crate::provider::flatten::UnsetFields;
use crate::terraform::Diagnostics;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::object::{Blueprint, Object};
use crate::terraform::schema::Set;
use crate::terraform::schema::{Attribute, Block};
use crate::terraform::value::{Number, Value};

/// What the table of a kind of route does not say.
pub(in crate::provider) trait ManagedRoute: RouteKind {
    /// The type of the resource, and of the data source for one route.
    const TYPE_NAME: &'static str;
    /// The type of the data source for all routes of an account.
    const LIST_TYPE_NAME: &'static str;
    /// What the resource is.
    const DOC: &'static str;
    /// What a text is that cannot be the id of such a route.
    const NOT_AN_ID: &'static str;
    /// What reads do not return.
    const NOT_RETURNED: &'static str;
    /// What identifies a route of this kind.
    const IDENTITY: IdentitySchema;
    /// The texts by which a new route is recognized as the one that was to be created.
    const RECOGNIZED_BY: &'static [&'static str];

    /// The route of this kind that a number has.
    fn route_of(number: &NumberRecord) -> &Field<String>;

    /// Checks what spans attributes.
    fn validate(_: &RouteModel<Self>, _: &mut Diagnostics) {}

    /// What a read means beyond what its columns say.
    fn flatten(_: &mut RouteModel<Self>, _: &Route) {}

    /// What to say of a refused change beyond what the API says.
    fn hint(_: &RoutePatch) -> Option<&'static str> {
        None
    }

    /// Sees to it that a route just created is as it was asked for.
    fn verify_created(
        _: &mut RouteModel<Self>,
        _: &Route,
        _: &Client,
        _: &Context,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }
}

/// What Terraform keeps of a route.
pub(in crate::provider) type RouteModel<K> = Object<RouteBlock<K>>;

/// The block of the resource for a kind of route.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::provider) struct RouteBlock<K>(PhantomData<K>);

impl<K: ManagedRoute> Blueprint for RouteBlock<K> {
    fn block() -> Block {
        let id = format!("Id of the route, `{}...`", K::TABLE.prefix);
        let number_has = K::TABLE.noun.replace(' ', "_");
        let account_id = "Account (`AID-...`) that the route belongs to, needed by distributors with \
                          several accounts. Defaults to the provider's `account_id`. A change to \
                          another account needs a new route.";
        let fingerprint =
            "A short hash of the API's host and the account key: whose route this is.";
        let own = [
            Attribute::new::<String>("account_id", &[account_id])
                .optional_computed()
                .replaces(),
            computed("id", &format!("{id}, as `route_id`.")),
            computed(
                "route_id",
                &format!("{id}: the `{number_has}_id` of numbers."),
            ),
            computed("account_fingerprint", fingerprint),
        ];
        let columns = K::TABLE.columns.iter().flat_map(arguments);
        let doc = [
            K::DOC,
            "",
            "A change acts at once on every number of the route. Destroying a route is permanent: \
             numbers left on it lose their routing, and are named. With `create_before_destroy` \
             in the route's `lifecycle`, Terraform moves numbers off it before it deletes it, and \
             not after.",
        ];
        Block::new(&doc, columns.chain(own).collect(), Vec::new())
    }
}

/// The attributes by which users set a column.
fn arguments(column: &'static Column) -> Vec<Attribute> {
    let name = column.name;
    let standard = match (column.is_sensitive, column.is_returned()) {
        (true, _) => "Never compared with what the API returns.",
        (false, false) => "Not returned by the API.",
        (false, true) => "",
    };
    let doc = [&description(column), column.note, standard].join(" ");
    let attribute = attribute(column, &doc.replace("  ", " "));
    let attribute = match column.is_returned() && column.kind == ValueKind::Flag {
        _ if column.is_required => attribute.required(),
        true => attribute.optional_computed(),
        false => attribute.optional(),
    };
    let attribute = match column.kind {
        ValueKind::Text => attribute.validator(|text: &str| validators::text(column, text)),
        ValueKind::Number => attribute.validator(validators::whole_number),
        ValueKind::Port => attribute.validator(validators::port),
        ValueKind::Flag | ValueKind::Addresses => attribute,
    };
    let mut attributes = vec![match column.is_sensitive {
        true => attribute.sensitive(),
        false => attribute,
    }];
    if let Some((write_only, version)) = column.write_only {
        let doc = format!(
            "Same as `{name}`, but never stored in plan or state. Needs `{version}`, and \
             Terraform 1.11 or later."
        );
        let secret = Attribute::new::<String>(write_only, &[&doc]);
        let doc = format!("Version of `{write_only}`. Another number sends it again.");
        let number = Attribute::new::<Number>(version, &[&doc]);
        attributes.push(secret.optional().sensitive().write_only());
        attributes.push(number.optional().validator(validators::whole_number));
    }
    attributes
}

/// An attribute for the values of a column.
pub(super) fn attribute(column: &Column, doc: &str) -> Attribute {
    let doc = &[doc];
    match column.kind {
        ValueKind::Text => Attribute::new::<String>(column.name, doc),
        ValueKind::Flag => Attribute::new::<bool>(column.name, doc),
        ValueKind::Number | ValueKind::Port => Attribute::new::<Number>(column.name, doc),
        ValueKind::Addresses => Attribute::new::<Set<String>>(column.name, doc),
    }
}

/// A text that the provider sets.
pub(super) fn computed(name: &'static str, doc: &str) -> Attribute {
    Attribute::new::<String>(name, &[doc]).computed()
}

/// What a column is, and which values it may have.
pub(super) fn description(column: &Column) -> String {
    match (column.format, column.kind) {
        (Format::OneOf(words), _) => {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("{} One of {}.", column.doc, words.join(", "))
        }
        (_, ValueKind::Port) => format!("{} From 1 to 65535.", column.doc),
        _ => column.doc.to_owned(),
    }
}

impl<K: ManagedRoute> RouteModel<K> {
    /// What is sent so that `prior` becomes this. What is never stored is in `config` alone.
    pub(super) fn expand(&self, prior: &Self, config: &Self) -> RoutePatch {
        let change = |column: &'static Column| {
            let pair = |name| (prior.get(name), self.get(name));
            let stored = change(column, pair(column.name));
            let change = match column.write_only {
                None => stored,
                Some((write_only, version)) => {
                    change_secret(stored, pair(version), sent(column, config.get(write_only)))
                }
            };
            (column.name, change)
        };
        let changes = K::TABLE.columns.iter().map(change);
        changes.filter(|(_, change)| !change.is_keep()).collect()
    }

    /// Takes over what a read returns. What it does not return is no difference.
    pub(super) fn flatten(&mut self, returned: &Route, unset: UnsetFields) {
        for column in K::TABLE.columns {
            let Some(value) = returned.value(column.name) else {
                continue;
            };
            let kept = self.get(column.name);
            let is_left = unset == UnsetFields::Leave && !column.stays;
            // A flag that is off differs from one that is not there.
            let is_none = column.kind != ValueKind::Flag && value.is_nothing();
            if !(kept.is_null() && (is_left || is_none))
                && sent(column, kept).as_ref() != Some(value)
            {
                self.set(column.name, stored(value));
            }
        }
        K::flatten(self, returned);
        self.set("id", self.get("route_id").clone());
        // A route stays in its account, which may be returned by another kind of id than it was
        // named by.
        if self.get("account_id").is_null() {
            let account_id = returned.account_id.as_ref();
            self.set("account_id", account_id.map(AccountId::as_str));
        }
    }

    /// Of what was to be taken away, what is still there.
    pub(super) fn not_cleared(patch: &RoutePatch, returned: &Route) -> Vec<&'static str> {
        let is_there = |name: &str| {
            returned
                .value(name)
                .is_some_and(|value| !value.is_nothing())
        };
        cleared(patch).filter(|name| is_there(name)).collect()
    }

    /// Decides about switches that are left out of the configuration: off is as good as unset.
    pub(super) fn plan_switches(&mut self, config: &Self, prior: Option<&Self>) {
        for column in K::TABLE.columns.iter().filter(|column| column.is_switch()) {
            if config.get(column.name).is_null() {
                let prior = prior.and_then(|prior| prior.get(column.name).as_bool());
                self.set(column.name, prior.filter(|is_on| !is_on));
            }
        }
    }

    /// A route stays in its account: only another known one needs another route. Setting the
    /// account of a route that names none, or removing it, is written down and not sent.
    pub(super) fn plan_account(&mut self, prior: &Self, name: &str, diagnostics: &mut Diagnostics) {
        const ACCOUNT: &str = "account_id";
        let given = |route: &Self| match route.get(ACCOUNT) {
            Value::String(id) if id.is_empty() => Value::Null,
            other => other.clone(),
        };
        match (given(prior), given(self)) {
            (before, after) if before == after => {}
            (Value::Null, _) | (_, Value::Null) => {
                diagnostics.push(plans::set_at_creation_only(ACCOUNT, name));
            }
            (before, Value::Unknown) => {
                diagnostics.push(plans::keeps_value(ACCOUNT, name));
                self.set(ACCOUNT, before);
            }
            _ => diagnostics.push(routes::replaces(name)),
        }
    }

    /// Whether a route, new in the account, is the one that was to be created, as far as the API
    /// returns what it is.
    pub(super) fn is_created_as(&self, returned: &Route) -> bool {
        let agrees = |name: &&str| {
            let wanted = K::TABLE
                .column(name)
                .and_then(|it| sent(it, self.get(name)));
            let returned = returned.setting(name);
            *returned == Field::Absent || returned.value() == wanted.as_ref()
        };
        K::RECOGNIZED_BY.iter().all(agrees)
    }
}

/// The attributes whose settings are to be taken away.
pub(super) fn cleared(patch: &RoutePatch) -> impl Iterator<Item = &'static str> {
    let cleared = patch.iter().filter(|(_, change)| change.is_clear());
    cleared.map(|(name, _)| *name)
}

/// A value as it is sent; nothing if it stands for "not set".
fn sent(column: &Column, value: &Value) -> Option<RouteValue> {
    Some(match value {
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) if column.is_sensitive => RouteValue::Secret(Secret::new(text)),
        Value::String(text) => RouteValue::Text(text.clone()),
        Value::Bool(is_on) => RouteValue::Flag(*is_on),
        Value::Number(number) => RouteValue::Number(number.as_i64()?),
        Value::List(elements) => {
            let texts = elements.iter().filter_map(Value::as_str);
            RouteValue::Addresses(texts.map(str::to_owned).collect())
        }
        Value::Null | Value::Unknown | Value::Map(_) => return None,
    })
}

/// A value as it is stored.
pub(super) fn stored(value: &RouteValue) -> Value {
    match value {
        RouteValue::Text(text) => text.as_str().into(),
        RouteValue::Secret(secret) => secret.expose().into(),
        RouteValue::Flag(is_on) => (*is_on).into(),
        RouteValue::Number(number) => (*number).into(),
        RouteValue::Addresses(addresses) => {
            Value::List(addresses.iter().map(|text| text.as_str().into()).collect())
        }
    }
}

/// What is sent so that the first value becomes the second.
fn change(column: &Column, (prior, planned): (&Value, &Value)) -> Patch<RouteValue> {
    match (sent(column, prior), sent(column, planned)) {
        _ if !planned.is_wholly_known() => Patch::Keep,
        (prior, planned) if prior == planned => Patch::Keep,
        (_, Some(planned)) => Patch::Set(planned),
        (_, None) => Patch::Clear,
    }
}

/// What is sent of a secret that can be given in two ways: as an argument that is stored, and as
/// one that only the configuration holds, of which only another version shows that it is
/// another.
fn change_secret(
    stored: Patch<RouteValue>,
    (prior, planned): (&Value, &Value),
    write_only: Option<RouteValue>,
) -> Patch<RouteValue> {
    match write_only {
        Some(secret) if prior != planned => Patch::Set(secret),
        // It took the place of the stored one.
        Some(_) => Patch::Keep,
        None if stored.is_keep() && prior.as_number().is_some() && planned.is_null() => {
            Patch::Clear
        }
        None => stored,
    }
}

#[cfg(test)]
mod tests;
