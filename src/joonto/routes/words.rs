//! Values of routes that look different on the wire than they are.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::super::lenient_json::Json;
use super::super::lenient_json::{Fields, Told};

/// A value that answers tell.
pub(super) trait FromWire: Sized {
    /// Reads it from the first of `names` that tells.
    fn told(fields: Fields<'_>, names: &[&str]) -> Told<Self>;
}

fn first<T>(names: &[&str], read: impl Fn(&str) -> Option<T>) -> Told<T> {
    match names.iter().find_map(|name| read(name)) {
        Some(value) => Told::Value(value),
        None => Told::Nothing,
    }
}

impl FromWire for String {
    fn told(fields: Fields<'_>, names: &[&str]) -> Told<Self> {
        let told = names.iter().map(|name| fields.told_text(name));
        told.max_by_key(|told| match told {
            Told::Nothing => 0,
            Told::Empty => 1,
            Told::Value(_) => 2,
        })
        .unwrap_or_default()
    }
}

impl FromWire for bool {
    fn told(fields: Fields<'_>, names: &[&str]) -> Told<Self> {
        first(names, |name| fields.flag(name))
    }
}

impl FromWire for i64 {
    fn told(fields: Fields<'_>, names: &[&str]) -> Told<Self> {
        first(names, |name| {
            fields.named(name).find_map(|json| match json {
                Json::Number(number) => number.as_i64(),
                Json::Text(text) => text.trim().parse().ok(),
                _ => None,
            })
        })
    }
}

/// A port, which the wire has as text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Port(pub u16);

impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl FromWire for Port {
    fn told(fields: Fields<'_>, names: &[&str]) -> Told<Self> {
        first(names, |name| fields.text(name)?.parse().ok().map(Self))
    }
}

/// IP addresses; their order means nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Addresses(pub BTreeSet<String>);

impl Serialize for Addresses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Item<'a> {
            #[serde(rename = "IpAddress")]
            address: &'a str,
        }
        serializer.collect_seq(self.0.iter().map(|address| Item { address }))
    }
}

impl FromWire for Addresses {
    fn told(fields: Fields<'_>, names: &[&str]) -> Told<Self> {
        first(names, |name| {
            let items = fields.list(name)?.iter();
            let address = |item| Fields::of(item)?.text("IpAddress");
            Some(Self(items.filter_map(address).collect()))
        })
    }
}
