//! The values of settings, and how the API writes them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::lenient_json::{Field, Json, LenientObject};
use super::super::secret::Secret;
use super::table::{Column, ValueKind};

/// The value of a setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RouteValue {
    /// Text.
    Text(String),
    /// Text that must never be shown.
    Secret(Secret),
    /// On or off.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// IP addresses; their order means nothing.
    Addresses(BTreeSet<String>),
}

impl RouteValue {
    /// Whether a response with this says that the setting is not there.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Flag(is_on) => !is_on,
            Self::Addresses(addresses) => addresses.is_empty(),
            Self::Text(_) | Self::Secret(_) | Self::Number(_) => false,
        }
    }
}

impl Column {
    /// A value as requests have it.
    pub(super) fn write(&self, value: &RouteValue) -> Value {
        match value {
            RouteValue::Text(text) => json!(text),
            RouteValue::Secret(secret) => json!(secret),
            RouteValue::Flag(is_on) => json!(is_on),
            RouteValue::Number(number) if self.kind == ValueKind::Port => json!(number.to_string()),
            RouteValue::Number(number) => json!(number),
            RouteValue::Addresses(addresses) => {
                let items = addresses.iter();
                items
                    .map(|address| json!({ "IpAddress": address }))
                    .collect()
            }
        }
    }

    /// What a response says of it, by the first of its names that has a value.
    pub(super) fn read(&self, fields: LenientObject<'_>) -> Field<RouteValue> {
        let [first, other] = [self.api, self.also].map(|name| self.kind.read(fields, name));
        match (first, other) {
            (Field::Absent | Field::Null, other @ Field::Value(_)) => other,
            (first, _) => first,
        }
    }
}

impl ValueKind {
    fn read(self, fields: LenientObject<'_>, name: &str) -> Field<RouteValue> {
        let value = match self {
            Self::Text => {
                return match fields.field_text(name) {
                    Field::Value(text) => Field::Value(RouteValue::Text(text)),
                    Field::Null => Field::Null,
                    Field::Absent => Field::Absent,
                };
            }
            Self::Flag => fields.flag(name).map(RouteValue::Flag),
            Self::Number => whole_number(fields, name).map(RouteValue::Number),
            Self::Port => {
                let port = fields.text(name).and_then(|text| text.parse::<u16>().ok());
                port.map(|port| RouteValue::Number(port.into()))
            }
            Self::Addresses => fields.list(name).map(|items| {
                let address = |item| LenientObject::of(item)?.text("IpAddress");
                RouteValue::Addresses(items.iter().filter_map(address).collect())
            }),
        };
        value.map_or(Field::Absent, Field::Value)
    }
}

fn whole_number(fields: LenientObject<'_>, name: &str) -> Option<i64> {
    fields.named(name).find_map(|json| match json {
        Json::Number(number) => number.as_i64(),
        Json::Text(text) => text.trim().parse().ok(),
        _ => None,
    })
}
