use super::*;

fn number_type() -> Type {
    Type::object([
        ("id", Type::String),
        ("price", Type::Number),
        ("tags", Type::set(Type::String)),
        ("timeouts", Type::object([("create", Type::String)])),
    ])
}

fn fault(result: Result<Value, ValueError>) -> (String, Fault) {
    let error = result.expect_err("the test gives bad JSON");
    (error.path.to_string(), error.fault)
}

#[test]
fn stored_state_may_lack_attributes_and_have_others() {
    let stored = br#"{
        "id": "+18016025346",
        "price": 0.10,
        "gone_since": {"a": [1, 2, "\ud800"]}
    }"#;
    assert_eq!(
        decode_state(stored, &number_type()),
        Ok(Value::object([
            ("id", Value::from("+18016025346")),
            ("price", Value::Number("0.10".parse().expect("a number"))),
            ("tags", Value::Null),
            ("timeouts", Value::Null),
        ]))
    );
}

#[test]
fn a_value_on_the_wire_must_be_exact() {
    let ty = Type::object([("a", Type::object([("b", Type::Bool)]))]);
    assert_eq!(
        fault(decode(br#"{"a": {}}"#, &ty)),
        ("a.b".into(), Fault::MissingAttribute)
    );
    assert_eq!(
        fault(decode(br#"{"a": {"b": true, "c": 1}}"#, &ty)),
        ("a.c".into(), Fault::UnexpectedAttribute)
    );
    assert!(decode(br#"{"a": {"b": true}}"#, &ty).is_ok());
}

#[test]
fn numbers_are_never_rounded() {
    for text in [
        "0.1",
        "9223372036854775808",
        "18446744073709551617",
        "1e400",
        "-1E-400",
        "3.141592653589793238462643383279",
    ] {
        let expected = Value::Number(text.parse().expect("a number"));
        assert_eq!(
            decode(text.as_bytes(), &Type::Number),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_without_its_content() {
    for (json, path, expected) in [
        (r#"{"id": "a", "id": "b"}"#, "id", Fault::DuplicateKey),
        (
            r#"{"timeouts": {"create": "\ud800"}}"#,
            "timeouts.create",
            Fault::NotUnicode,
        ),
        (
            r#"{"tags": ["a", 5]}"#,
            "tags",
            Fault::WrongKind {
                expected: "a string",
                found: "a number",
            },
        ),
        (r#"{"price": "dear"}"#, "price", Fault::NotANumber),
        (
            "{\n\"id\": oops}",
            "",
            Fault::NotJson { line: 2, column: 7 },
        ),
        ("{} {}", "", Fault::NotJson { line: 1, column: 4 }),
        ("", "", Fault::NotJson { line: 1, column: 0 }),
    ] {
        assert_eq!(
            fault(decode_state(json.as_bytes(), &number_type())),
            (path.to_owned(), expected),
            "{json}"
        );
    }
}

#[test]
fn text_is_normalised_and_sets_hold_each_value_once() {
    let json = r#"["e\u0301", "é", "é"]"#;
    assert_eq!(
        decode(json.as_bytes(), &Type::set(Type::String)),
        Ok(Value::List(vec!["é".into()]))
    );
}
