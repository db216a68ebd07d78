//! Reads the fields of an answer the way the API writes them: loosely.
//!
//! No field is ever an error. What is absent, null, or of an unexpected type is *not told*.

use super::json::Json;

/// The fields of one JSON object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(&'a [(String, Json)]);

/// What an answer says about a value that can also be empty.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Told<T> {
    /// The answer does not speak of it.
    #[default]
    Nothing,
    /// The answer says there is none.
    Empty,
    /// The answer says what it is.
    Value(T),
}

impl<T> Told<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Empty => None,
        }
    }

    /// Whether the answer speaks of it at all.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

impl<'a> Fields<'a> {
    /// The fields of an answer whose documented names are `documented`.
    ///
    /// Where none of them is there but an object named `Data` is, the answer is wrapped and its
    /// fields are inside. Returns nothing when the answer is not an object.
    pub(super) fn of_answer(json: &'a Json, documented: &[&str]) -> Option<Self> {
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
    pub(super) fn has_string(&self, name: &str) -> bool {
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
    pub(super) fn told_text(&self, name: &str) -> Told<String> {
        if let Some(text) = self.text(name) {
            return Told::Value(text);
        }
        let is_empty = |json: &Json| matches!(json, Json::Null | Json::Text(_));
        if self.named(name).any(is_empty) {
            Told::Empty
        } else {
            Told::Nothing
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

    /// What stands under `name`: first under exactly this spelling, then under others, each in
    /// the order of the answer.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &'a Json> {
        let exact = self.0.iter().filter(move |(key, _)| key == name);
        let other = self
            .0
            .iter()
            .filter(move |(key, _)| key != name && key.eq_ignore_ascii_case(name));
        exact.chain(other).map(|(_, value)| value)
    }

    /// All fields, in the order of the answer.
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
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::read(text.as_bytes()).expect("JSON")
    }

    /// Runs `check` on the fields of `text`.
    fn with<T>(text: &str, check: impl FnOnce(Fields<'_>) -> T) -> T {
        let json = json(text);
        check(Fields::of(&json).expect("object"))
    }

    #[test]
    fn keys_match_in_any_case() {
        assert_eq!(
            with(r#"{"orderid": "a"}"#, |f| f.text("OrderId")),
            Some("a".into())
        );
        assert_eq!(with(r#"{"x": "a"}"#, |f| f.text("OrderId")), None);
    }

    #[test]
    fn of_two_spellings_the_documented_one_counts_then_the_first() {
        let text = |json: &str| with(json, |f| f.text("OrderId"));
        assert_eq!(
            text(r#"{"ORDERID": "a", "OrderId": "b"}"#),
            Some("b".into())
        );
        assert_eq!(
            text(r#"{"orderid": "a", "ORDERID": "b"}"#),
            Some("a".into())
        );
        assert_eq!(
            text(r#"{"ORDERID": "b", "orderid": "a"}"#),
            Some("b".into())
        );
        assert_eq!(
            text(r#"{"OrderId": "a", "OrderId": "b"}"#),
            Some("a".into())
        );
        assert_eq!(
            text(r#"{"OrderId": null, "orderid": "b"}"#),
            Some("b".into())
        );
    }

    #[test]
    fn texts() {
        let text = |value: &str| with(&format!(r#"{{"A": {value}}}"#), |f| f.text("A"));
        assert_eq!(text(r#""201""#), Some("201".into()));
        assert_eq!(text("993"), Some("993".into()));
        assert_eq!(text(r#"" padded ""#), Some("padded".into()));
        for nothing in [
            "null",
            r#""""#,
            r#"" ""#,
            r#""NULL""#,
            "{}",
            "[]",
            "true",
            "1.5",
            r#"["a"]"#,
        ] {
            assert_eq!(text(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn emptied_is_not_the_same_as_not_told() {
        let told = |json: &str| with(json, |f| f.told_text("A"));
        assert_eq!(told("{}"), Told::Nothing);
        assert_eq!(told(r#"{"a": {}}"#), Told::Nothing);
        assert_eq!(told(r#"{"a": null}"#), Told::Empty);
        assert_eq!(told(r#"{"A": ""}"#), Told::Empty);
        assert_eq!(told(r#"{"A": "x"}"#), Told::Value("x".into()));
    }

    #[test]
    fn flags_and_counts() {
        let flag = |value: &str| with(&format!(r#"{{"A": {value}}}"#), |f| f.flag("a"));
        assert_eq!(flag("true"), Some(true));
        assert_eq!(flag(r#""True""#), Some(true));
        assert_eq!(flag(r#""FALSE""#), Some(false));
        for nothing in ["null", "1", r#""yes""#, "[]", "{}"] {
            assert_eq!(flag(nothing), None, "{nothing}");
        }
        let count = |value: &str| with(&format!(r#"{{"A": {value}}}"#), |f| f.count("a"));
        assert_eq!(count("2"), Some(2));
        assert_eq!(count(r#""2""#), Some(2));
        for nothing in ["-1", "1.5", "null", r#""two""#, "{}"] {
            assert_eq!(count(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_wrapped_answer_is_unwrapped() {
        let wrapped = json(r#"{"Successful": true, "data": {"OrderId": "a"}}"#);
        let fields = Fields::of_answer(&wrapped, &["OrderId"]).expect("object");
        assert_eq!(fields.text("OrderId"), Some("a".into()));
        let plain = json(r#"{"OrderId": null, "Data": {"OrderId": "a"}}"#);
        let fields = Fields::of_answer(&plain, &["OrderId"]).expect("object");
        assert_eq!(fields.text("OrderId"), None);
        assert!(Fields::of_answer(&json("[]"), &["OrderId"]).is_none());
        assert!(Fields::of_answer(&json("null"), &["OrderId"]).is_none());
    }

    #[test]
    fn bodies() {
        assert!(
            Json::read(b"\xef\xbb\xbf{\"A\": 1}").is_some(),
            "byte-order mark"
        );
        assert!(Json::read(b"{\"A\": \"\xff\"}").is_none(), "not UTF-8");
        assert!(Json::read(b"{\"A\": ").is_none(), "cut off");
        assert!(Json::read(b"").is_none());
        assert!(Json::read(b"<html></html>").is_none());
        assert!(
            Json::read(&vec![b'['; 100_000]).is_none(),
            "no stack is deep enough"
        );
    }
}
