//! JSON as the API writes it, read loosely.
//!
//! `serde_json::Value` sorts or replaces the keys of an object; here they stay in their order and
//! duplicates stay, since of two spellings of one name the first counts. No field is ever an
//! error: what is absent, null, or of an unexpected type is *not there*.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::secret::Secret;
use super::types::{AccountId, E164, OrderClass, OrderId};

/// A response that can be read from a body.
pub(super) trait FromResponse: Sized {
    /// Reads it. Returns nothing when the body cannot be such a response at all.
    fn read(body: &Json) -> Option<Self>;

    /// A text of the API's own, which may end up in an error: secrets in it are masked.
    fn remark(&mut self) -> Option<&mut String> {
        None
    }
}

/// A response of which nothing but its arrival counts; its words differ.
impl FromResponse for () {
    fn read(body: &Json) -> Option<Self> {
        LenientObject::of(body).map(|_| ())
    }
}

/// Any JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a body. What the label calls it does not matter; a byte-order mark is skipped.
    ///
    /// Returns nothing when it is not JSON, not UTF-8, or nested too deeply.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        serde_json::from_slice(body).ok()
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Json::Object(object))
    }
}

/// The fields of one JSON object.
#[derive(Clone, Copy, Debug)]
pub(super) struct LenientObject<'a>(&'a [(String, Json)]);

/// What a response says about a value that can also be empty.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Field<T> {
    /// The response does not speak of it.
    #[default]
    Absent,
    /// The response says there is none.
    Null,
    /// The response says what it is.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether the response speaks of it at all.
    pub const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<'a> LenientObject<'a> {
    /// The fields of a response whose documented names are `documented`.
    ///
    /// Where none of them is there but an object named `Data` is, the response is wrapped and its
    /// fields are inside. Returns nothing when the response is not an object.
    pub(super) fn of_response(json: &'a Json, documented: &[&str]) -> Option<Self> {
        let outer = Self::of(json)?;
        if documented.iter().any(|name| outer.has(name)) {
            return Some(outer);
        }
        let inner = outer.named("Data").find_map(Self::of);
        Some(inner.unwrap_or(outer))
    }

    /// The fields of an object.
    pub(super) fn of(json: &'a Json) -> Option<Self> {
        match json {
            Json::Object(entries) => Some(Self(entries)),
            _ => None,
        }
    }

    /// Whether a field is there, whatever it holds.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }

    /// Whether a field is there as a string.
    fn has_string(&self, name: &str) -> bool {
        self.named(name).any(|json| matches!(json, Json::Text(_)))
    }

    /// A text: a string that is not empty, or a whole number.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.named(name).find_map(text)
    }

    /// A text under one of several names; the first that tells counts.
    pub(super) fn text_of(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A text that may have been emptied.
    pub(super) fn field_text(&self, name: &str) -> Field<String> {
        if let Some(text) = self.text(name) {
            return Field::Value(text);
        }
        let is_empty = |json: &Json| matches!(json, Json::Null | Json::Text(_));
        if self.named(name).any(is_empty) {
            Field::Null
        } else {
            Field::Absent
        }
    }

    /// A truth value, as such or as the word.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.named(name).find_map(|json| match json {
            Json::Bool(value) => Some(*value),
            Json::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Json::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// A whole number that is not negative, as such or as digits.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.named(name).find_map(|json| match json {
            Json::Number(number) => number.as_u64(),
            Json::Text(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// A point in time as seconds since 1970.
    pub(super) fn seconds(&self, name: &str) -> Option<i64> {
        self.named(name).find_map(|json| match json {
            #[allow(clippy::cast_possible_truncation)] // Saturates, which is right here.
            Json::Number(number) => number.as_i64().or(number.as_f64().map(|s| s as i64)),
            Json::Text(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// A list, of whatever is in it.
    pub(super) fn list(&self, name: &str) -> Option<&'a [Json]> {
        self.named(name).find_map(|json| match json {
            Json::List(items) => Some(items.as_slice()),
            _ => None,
        })
    }

    /// The list that a response is about. Without one it says nothing, unless it says that there is
    /// none.
    pub(super) fn list_or_null(&self, name: &str) -> Option<&'a [Json]> {
        let is_null = || self.named(name).any(|json| *json == Json::Null);
        self.list(name).or_else(|| is_null().then_some(&[][..]))
    }

    /// Whether the API says itself that it did not do what was asked. A missing flag is no failure.
    pub(super) fn is_refusal(&self) -> bool {
        self.flag("Successful") == Some(false)
    }

    /// Why a response of HTTP 200 is a failure, if it is: an explicit false, a word for failure, or
    /// a message beside a word that does not mean success. What is absent is no failure.
    pub(super) fn failure(&self) -> Option<String> {
        let word = self.text("Status");
        let message = self.text_of(&["StatusMessage", "Message", "ErrorMessage"]);
        let class = OrderClass::of(word.as_deref());
        let is_failed = self.is_refusal() || class == OrderClass::Failed;
        match (is_failed, message) {
            (true, message) => Some(message.or(word).unwrap_or_else(|| "no reason".to_owned())),
            (false, Some(message)) if class == OrderClass::GoingOn && word.is_some() => {
                Some(message)
            }
            (false, _) => None,
        }
    }

    /// A phone number under one of several names.
    pub(super) fn e164(&self, names: &[&str]) -> Option<E164> {
        E164::parse(&self.text_of(names)?).ok()
    }

    /// An order's id of a response that buys: a spoilt one may hold anything, and an id is a text.
    pub(super) fn written_order_id(&self, name: &str) -> Option<OrderId> {
        self.has_string(name).then(|| self.order_id(name))?
    }

    /// An order's id.
    pub(super) fn order_id(&self, name: &str) -> Option<OrderId> {
        OrderId::parse(&self.text(name)?).ok()
    }

    /// The account's id.
    pub(super) fn account_id(&self) -> Option<AccountId> {
        AccountId::parse(&self.text("AccountId")?).ok()
    }

    /// One thing under three names: that of purchases, of changes of status, and of reads.
    pub(super) fn qr_code(&self) -> Option<Secret> {
        let link = self.text_of(&["QRCode", "QrCode", "QrActivationLink"])?;
        Some(Secret::new(link))
    }

    /// The objects in the first of several lists.
    pub(super) fn items(
        &self,
        names: &[&str],
    ) -> impl Iterator<Item = LenientObject<'a>> + use<'a> {
        let list = names.iter().find_map(|name| self.list(name));
        list.unwrap_or_default()
            .iter()
            .filter_map(LenientObject::of)
    }

    /// What stands under `name`: first under exactly this spelling, then under others, each in
    /// the order of the response.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &'a Json> {
        let exact = self.0.iter().filter(move |(key, _)| key == name);
        let other = self
            .0
            .iter()
            .filter(move |(key, _)| key != name && key.eq_ignore_ascii_case(name));
        exact.chain(other).map(|(_, value)| value)
    }

    /// All fields, in the order of the response.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// Reads one value as text. Empty and the word NULL mean null.
pub(super) fn text(json: &Json) -> Option<String> {
    match json {
        Json::Text(text) => {
            let trimmed = text.trim();
            let is_null = trimmed.is_empty() || trimmed.eq_ignore_ascii_case("null");
            (!is_null).then(|| trimmed.to_owned())
        }
        Json::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
