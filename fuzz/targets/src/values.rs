//! Terraform's values, as MessagePack and as JSON.

use std::sync::LazyLock;

use terraform_provider_joonto::terraform::value::{Number, Type, Value, json, msgpack};

use crate::{Allowance, Seed};

pub(crate) const ALLOWANCE: Allowance = Allowance {
    fixed: 64 << 10,
    per_byte: 4 << 10,
};

/// The types that are read; the first byte of an input picks one.
static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
    let object = Type::object([
        ("bool", Type::Bool),
        ("list", Type::list(Type::String)),
        ("nested", Type::object([("bool", Type::Bool)])),
        ("number", Type::Number),
        ("set", Type::set(Type::String)),
        ("string", Type::String),
    ]);
    vec![
        Type::list(Type::object([("a", Type::Number)])),
        Type::Number,
        Type::String,
        Type::set(object.clone()),
        object,
    ]
});

const LIST: u8 = 0;
const NUMBER: u8 = 1;
const STRING: u8 = 2;
const OBJECTS: u8 = 3;
const OBJECT: u8 = 4;

/// The type that an input asks for, and the bytes to read as it.
fn split(input: &[u8]) -> Option<(&'static Type, &[u8])> {
    let (pick, bytes) = input.split_first()?;
    Some((TYPES.get(usize::from(*pick) % TYPES.len())?, bytes))
}

pub(crate) fn read_msgpack(input: &[u8]) {
    let Some((ty, bytes)) = split(input) else {
        return;
    };
    match msgpack::decode(bytes, ty) {
        Ok(value) => assert_written_and_read(&value, ty),
        Err(error) => assert_presentable(&error.to_string(), bytes),
    }
}

pub(crate) fn read_json(input: &[u8]) {
    let Some((ty, bytes)) = split(input) else {
        return;
    };
    for read in [json::decode(bytes, ty), json::decode_state(bytes, ty)] {
        match read {
            Ok(value) => assert_written_and_read(&value, ty),
            Err(error) => assert_presentable(&error.to_string(), bytes),
        }
    }
    if let Ok(ty) = Type::from_json(bytes) {
        assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
    }
}

/// What was read is a value of the type, and stays the same when it is written and read again.
fn assert_written_and_read(value: &Value, ty: &Type) {
    let written = match msgpack::encode(value, ty) {
        Ok(written) => written,
        Err(error) => panic!("what was read cannot be written: {error}"),
    };
    assert_eq!(msgpack::decode(&written, ty).as_ref(), Ok(value));
    let _ = format!("{value:?}");
}

/// An error names places and kinds; it is not much longer than what it is about.
fn assert_presentable(error: &str, bytes: &[u8]) {
    assert!(error.len() <= 500 + 8 * bytes.len(), "{}", error.len());
}

fn object() -> Value {
    Value::object([
        ("bool", Value::from(true)),
        ("list", Value::List(vec!["a".into(), Value::Null])),
        ("nested", Value::object([("bool", Value::Unknown)])),
        ("number", number("0.1")),
        ("set", Value::List(vec!["a".into(), "b".into()])),
        ("string", "e\u{301}".into()),
    ])
}

fn number(text: &str) -> Value {
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

pub(crate) fn msgpack_seeds() -> Vec<Seed> {
    let values = [
        ("object", OBJECT, object()),
        (
            "objects",
            OBJECTS,
            Value::List(vec![object(), Value::Unknown]),
        ),
        ("unknown", STRING, Value::Unknown),
        ("integer", NUMBER, number("-32769")),
        (
            "float",
            NUMBER,
            Number::from_f64(0.5).map_or(Value::Null, Value::Number),
        ),
        ("digits", NUMBER, number("-18446744073709551617.25e-3")),
        (
            "list",
            LIST,
            Value::List(vec![Value::object([("a", Value::from(5))])]),
        ),
    ];
    let mut seeds: Vec<Seed> = values
        .into_iter()
        .filter_map(|(name, pick, value)| {
            let bytes = msgpack::encode(&value, TYPES.get(usize::from(pick))?).ok()?;
            Some((name, [vec![pick], bytes].concat()))
        })
        .collect();
    // A set of 4,294,967,295 objects, a text as long and an extension as long, in a few bytes.
    seeds.push((
        "claims-elements",
        vec![OBJECTS, 0xdd, 0xff, 0xff, 0xff, 0xff, 0x80],
    ));
    seeds.push((
        "claims-entries",
        vec![OBJECT, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, b'a'],
    ));
    seeds.push((
        "claims-text",
        vec![STRING, 0xdb, 0xff, 0xff, 0xff, 0xff, b'a'],
    ));
    seeds.push((
        "claims-extension",
        vec![STRING, 0xc9, 0xff, 0xff, 0xff, 0xff, 12, 0x81],
    ));
    // An unknown value that is said to begin with `pfx-` and not to be null.
    let refined = b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4pfx-";
    seeds.push(("refined", [&[STRING], &refined[..]].concat()));
    seeds
}

pub(crate) fn json_seeds() -> Vec<Seed> {
    let object = r#"{"bool": true, "list": ["a", null],
        "nested": {"bool": null}, "number": "0.1",
        "set": ["a", "b", "a"], "string": "e\u0301"}"#;
    let texts = [
        ("object", OBJECT, object.to_owned()),
        ("objects", OBJECTS, format!("[{object}, null]")),
        (
            "older",
            OBJECT,
            r#"{"string": "x", "gone": {"a": [1, {}]}}"#.to_owned(),
        ),
        ("number", NUMBER, "-18446744073709551617.25e-3".to_owned()),
        ("text", STRING, r#""a \"quoted\" \ud83d\ude00""#.to_owned()),
        ("list", LIST, r#"[{"a": 5}, null]"#.to_owned()),
        (
            "type",
            STRING,
            r#"["object", {"a": ["set", "bool"]}, ["a"]]"#.to_owned(),
        ),
    ];
    texts
        .into_iter()
        .map(|(name, pick, text)| (name, [vec![pick], text.into_bytes()].concat()))
        .collect()
}
