use super::*;

#[test]
fn each_type_has_the_json_form_of_the_protocol() {
    for (ty, json) in [
        (Type::String, r#""string""#),
        (Type::Number, r#""number""#),
        (Type::Bool, r#""bool""#),
        (Type::list(Type::String), r#"["list","string"]"#),
        (Type::set(Type::Number), r#"["set","number"]"#),
        (Type::map(Type::String), r#"["map","string"]"#),
        (
            Type::set(Type::list(Type::Bool)),
            r#"["set",["list","bool"]]"#,
        ),
        (
            Type::object([("b", Type::Bool), ("a", Type::Number)]),
            r#"["object",{"a":"number","b":"bool"}]"#,
        ),
    ] {
        assert_eq!(String::from_utf8_lossy(&ty.to_json()), json);
        assert_eq!(Type::from_json(json.as_bytes()), Ok(ty));
    }
}

#[test]
fn optional_attributes_are_attributes() {
    let json = br#" [ "object", {"a": "string"}, ["a"] ] "#;
    assert_eq!(
        Type::from_json(json),
        Ok(Type::object([("a", Type::String)]))
    );
}

#[test]
fn anything_else_is_refused() {
    for json in [
        "",
        "null",
        "5",
        "string",
        r#""text""#,
        r#"["list"]"#,
        r#"["tuple","string"]"#,
        r#"["object",["a"]]"#,
        r#"[["list"],"string"]"#,
        r#""string" x"#,
    ] {
        assert_eq!(
            Type::from_json(json.as_bytes()),
            Err(Fault::BadType.into()),
            "{json}"
        );
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| r#"["list","#.repeat(depth) + r#""bool""# + &"]".repeat(depth);
    assert!(Type::from_json(nested(100).as_bytes()).is_ok());
    assert!(Type::from_json(nested(200_000).as_bytes()).is_err());
}
