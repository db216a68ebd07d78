use super::*;

fn json(text: &str) -> Json {
    Json::read(text.as_bytes()).expect("JSON")
}

/// Runs `check` on the fields of `text`.
fn with<T>(text: &str, check: impl FnOnce(LenientObject<'_>) -> T) -> T {
    let json = json(text);
    check(LenientObject::of(&json).expect("object"))
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
fn null_is_not_the_same_as_absent() {
    let returned = |json: &str| with(json, |f| f.field_text("A"));
    assert_eq!(returned("{}"), Field::Absent);
    assert_eq!(returned(r#"{"a": {}}"#), Field::Absent);
    assert_eq!(returned(r#"{"a": null}"#), Field::Null);
    assert_eq!(returned(r#"{"A": ""}"#), Field::Null);
    assert_eq!(returned(r#"{"A": "x"}"#), Field::Value("x".into()));
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
fn a_wrapped_response_is_unwrapped() {
    let wrapped = json(r#"{"Successful": true, "data": {"OrderId": "a"}}"#);
    let fields = LenientObject::of_response(&wrapped, &["OrderId"]).expect("object");
    assert_eq!(fields.text("OrderId"), Some("a".into()));
    let plain = json(r#"{"OrderId": null, "Data": {"OrderId": "a"}}"#);
    let fields = LenientObject::of_response(&plain, &["OrderId"]).expect("object");
    assert_eq!(fields.text("OrderId"), None);
    assert!(LenientObject::of_response(&json("[]"), &["OrderId"]).is_none());
    assert!(LenientObject::of_response(&json("null"), &["OrderId"]).is_none());
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
