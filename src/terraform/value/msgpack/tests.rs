//! The format by example: bytes as Terraform sends them and expects them.

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).expect("the test gives hex"))
        .collect()
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().expect("the test gives a number"))
}

fn float(float: f64) -> Value {
    Number::from_f64(float).map_or(Value::Null, Value::Number)
}

/// That the bytes are read as the value and the value is written as the bytes.
fn assert_same(hex: &str, ty: &Type, value: &Value) {
    assert_eq!(decode(&bytes(hex), ty).as_ref(), Ok(value), "read {hex}");
    assert_eq!(encode(value, ty), Ok(bytes(hex)), "write {hex}");
}

fn decode_fault(hex: &str, ty: &Type) -> (String, Fault) {
    let error = decode(&bytes(hex), ty).expect_err("the test gives bad bytes");
    (error.path.to_string(), error.fault)
}

fn encode_fault(value: &Value, ty: &Type) -> (String, Fault) {
    let error = encode(value, ty).expect_err("the test gives a bad value");
    (error.path.to_string(), error.fault)
}

#[test]
fn the_examples_of_the_protocol_hold_in_both_directions() {
    let object = Type::object([
        ("num", Type::Number),
        ("ro", Type::String),
        ("value", Type::String),
    ]);
    assert_same("c0", &object, &Value::Null);
    assert_same(
        "83 a3 6e756d a3 302e31 a2 726f c0 a5 76616c7565 a1 78",
        &object,
        &Value::object([
            ("num", number("0.1")),
            ("ro", Value::Null),
            ("value", "x".into()),
        ]),
    );
    assert_same("d4 00 00", &Type::String, &Value::Unknown);
}

#[test]
fn numbers_take_the_form_that_terraform_gives_them() {
    for (text, hex) in [
        ("0", "00"),
        ("127", "7f"),
        ("128", "cc 80"),
        ("65536", "ce 00010000"),
        ("-1", "ff"),
        ("-129", "d1 ff7f"),
        ("9223372036854775807", "cf 7fffffffffffffff"),
        ("-9223372036854775808", "d3 8000000000000000"),
        // 2^63 and 2^64 are beyond int64, so they are digits.
        (
            "9223372036854775808",
            "b3 39323233333732303336383534373735383038",
        ),
        (
            "18446744073709551616",
            "b4 3138343436373434303733373039353531363136",
        ),
        ("0.1", "a3 302e31"),
        ("1e400", "a5 3165343030"),
        ("inf", "cb 7ff0000000000000"),
        ("-inf", "cb fff0000000000000"),
    ] {
        assert_same(hex, &Type::Number, &number(text));
    }
    for (number, hex) in [
        (0.5, "cb 3fe0000000000000"),
        (-2.25, "cb c002000000000000"),
        (1_800_004_679_551_617.2, "cb 43199460fe132a05"),
        (f64::from_bits(1), "cb 0000000000000001"),
        (9_223_372_036_854_775_808.0, "cb 43e0000000000000"),
    ] {
        assert_same(hex, &Type::Number, &float(number));
    }
}

#[test]
fn numbers_are_read_in_whatever_form_they_come() {
    for (hex, text) in [
        ("d3 0000000000000005", "5"),
        ("cf ffffffffffffffff", "18446744073709551615"),
        ("cb 4014000000000000", "5"),
        ("a4 352e3030", "5"),
        ("d9 01 35", "5"),
    ] {
        assert_eq!(
            decode(&bytes(hex), &Type::Number),
            Ok(number(text)),
            "{hex}"
        );
    }
    for (hex, number) in [
        ("ca 3fc00000", 1.5),
        ("ca 3dcccccd", 0.1_f32.into()),
        ("cb 3fb999999999999a", 0.1),
    ] {
        let read = decode(&bytes(hex), &Type::Number);
        assert_eq!(read, Ok(float(number)), "{hex}");
    }
    for hex in ["cb 7ff8000000000000", "ca 7fc00000", "a0", "a3 6e616e"] {
        let expected = (String::new(), Fault::NotANumber);
        assert_eq!(decode_fault(hex, &Type::Number), expected, "{hex}");
    }
}

#[test]
fn every_extension_is_an_unknown_value() {
    for hex in [
        "d4 05 00",
        "d5 7f 0000",
        "d6 0c 00000000",
        "d8 0c 00000000000000000000000000000000",
        "c7 00 0c",
        "c7 03 0d 8101c2",
        "c8 0001 00 ff",
        "c9 00000001 00 ff",
    ] {
        for ty in [Type::String, Type::list(Type::Bool)] {
            assert_eq!(decode(&bytes(hex), &ty), Ok(Value::Unknown), "{hex}");
        }
    }
}

#[test]
fn no_bytes_are_a_null() {
    assert_eq!(decode(&[], &Type::Bool), Ok(Value::Null));
}

#[test]
fn objects_are_read_in_any_order_and_written_sorted() {
    let ty = Type::object([("a", Type::Bool), ("b", Type::Bool)]);
    let value = Value::object([("b", Value::from(false)), ("a", Value::from(true))]);
    assert_eq!(decode(&bytes("82 a162 c2 a161 c3"), &ty), Ok(value.clone()));
    assert_eq!(encode(&value, &ty), Ok(bytes("82 a161 c3 a162 c2")));
}

#[test]
fn an_object_must_have_the_attributes_of_its_type() {
    let ty = Type::object([("t", Type::object([("a", Type::Bool)]))]);
    for (hex, path, fault) in [
        ("80", "t", Fault::MissingAttribute),
        ("81 a174 80", "t.a", Fault::MissingAttribute),
        (
            "81 a174 82 a161 c3 a178 c3",
            "t.x",
            Fault::UnexpectedAttribute,
        ),
        ("81 a174 82 a161 c3 a161 c3", "t.a", Fault::DuplicateKey),
    ] {
        assert_eq!(decode_fault(hex, &ty), (path.to_owned(), fault), "{hex}");
    }
    let with = |inner| Value::object([("t", inner)]);
    assert_eq!(
        encode_fault(&with(Value::Map(BTreeMap::new())), &ty),
        ("t.a".into(), Fault::MissingAttribute)
    );
    let extra = Value::object([("a", Value::Null), ("x", Value::Null)]);
    assert_eq!(
        encode_fault(&with(extra), &ty),
        ("t.x".into(), Fault::UnexpectedAttribute)
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let wrong = |expected, found| Fault::WrongKind { expected, found };
    for (hex, ty, path, fault) in [
        ("c3 00", Type::Bool, "", Fault::TrailingBytes),
        ("c1", Type::Bool, "", wrong("a bool", "a reserved byte")),
        ("a2 61", Type::String, "", Fault::Truncated),
        ("a1 ff", Type::String, "", Fault::NotUnicode),
        ("05", Type::String, "", wrong("a string", "a number")),
        ("80", Type::list(Type::Bool), "", wrong("an array", "a map")),
        (
            "92 c3 a161",
            Type::list(Type::Bool),
            "[1]",
            wrong("a bool", "a string"),
        ),
        // What is inside a set has no address.
        (
            "81 a161 91 05",
            Type::object([("a", Type::set(Type::Bool))]),
            "a",
            wrong("a bool", "a number"),
        ),
    ] {
        assert_eq!(decode_fault(hex, &ty), (path.to_owned(), fault), "{hex}");
    }
}

#[test]
fn a_value_of_another_kind_is_not_written() {
    let wrong = |expected, found| Fault::WrongKind { expected, found };
    for (value, ty, path, fault) in [
        (
            Value::from("x"),
            Type::Number,
            "",
            wrong("a number", "a string"),
        ),
        (
            Value::List(vec![true.into(), "x".into()]),
            Type::list(Type::Bool),
            "[1]",
            wrong("a bool", "a string"),
        ),
        (
            Value::object([("s", Value::List(vec!["x".into()]))]),
            Type::object([("s", Type::set(Type::Bool))]),
            "s",
            wrong("a bool", "a string"),
        ),
    ] {
        assert_eq!(encode_fault(&value, &ty), (path.to_owned(), fault));
    }
}

#[test]
fn text_is_normalised_in_both_directions() {
    let decomposed = "a3 65cc81";
    assert_eq!(decode(&bytes(decomposed), &Type::String), Ok("é".into()));
    assert_eq!(
        encode(&Value::String("e\u{301}".into()), &Type::String),
        Ok(bytes("a2 c3a9"))
    );
}

#[test]
fn a_set_holds_each_known_value_once() {
    let ty = Type::set(Type::String);
    let distinct = Value::List(vec!["b".into(), "a".into()]);
    assert_eq!(decode(&bytes("93 a162 a161 a162"), &ty), Ok(distinct));

    let doubled = Value::List(vec![
        "é".into(),
        "a".into(),
        Value::String("e\u{301}".into()),
    ]);
    assert_eq!(encode(&doubled, &ty), Ok(bytes("92 a2c3a9 a161")));

    // What is not known yet may still turn out different.
    let unknowns = Value::List(vec![Value::Unknown, Value::Unknown]);
    assert_same("92 d40000 d40000", &ty, &unknowns);
}

#[test]
fn a_claimed_length_is_not_believed() {
    for (hex, ty) in [
        ("db ffffffff 61", Type::String),
        ("db ffffffff 61", Type::Number),
        ("dd ffffffff c0 c0", Type::list(Type::Bool)),
        ("dd ffffffff c0 c0", Type::set(Type::Bool)),
        ("df ffffffff a161 c0", Type::object([("a", Type::Bool)])),
        ("c9 ffffffff 0c 81", Type::Bool),
    ] {
        let fault = decode_fault(hex, &ty).1;
        let refused = matches!(fault, Fault::Truncated | Fault::WrongKind { .. });
        assert!(refused, "{hex}: {fault}");
    }
}
