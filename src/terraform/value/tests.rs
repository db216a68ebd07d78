//! Values by example, and what holds for all of them.

use proptest::prelude::*;

use super::*;

/// A type and a value of it, with unknown parts.
pub(in crate::terraform) fn typed_value() -> impl Strategy<Value = (Type, Value)> {
    any_type().prop_flat_map(|ty| (Just(ty.clone()), value_of(ty, Parts::Any)))
}

/// A type and a value of it that is known throughout.
pub(in crate::terraform) fn known_value() -> impl Strategy<Value = (Type, Value)> {
    any_type().prop_flat_map(|ty| (Just(ty.clone()), value_of(ty, Parts::Known)))
}

#[derive(Clone, Copy, PartialEq)]
enum Parts {
    Any,
    Known,
}

fn any_type() -> BoxedStrategy<Type> {
    leaf_type()
        .prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(Type::list),
                inner.clone().prop_map(Type::set),
                inner.clone().prop_map(Type::map),
                prop::collection::btree_map("[a-z_]{1,8}", inner, 0..5).prop_map(Type::object),
            ]
        })
        .boxed()
}

fn leaf_type() -> BoxedStrategy<Type> {
    prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String),].boxed()
}

fn value_of(ty: Type, parts: Parts) -> BoxedStrategy<Value> {
    let unknown = match parts {
        Parts::Any => Just(Value::Unknown).boxed(),
        Parts::Known => Just(Value::Null).boxed(),
    };
    let some = match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => any_number(parts).prop_map(Value::Number).boxed(),
        Type::String => any_text().prop_map(Value::String).boxed(),
        Type::List(element) => elements(*element, parts).prop_map(Value::List).boxed(),
        Type::Set(element) => elements(*element, parts)
            .prop_map(without_duplicates)
            .prop_map(Value::List)
            .boxed(),
        Type::Map(element) => {
            let elements =
                prop::collection::btree_map("[a-z+0-9]{1,8}", value_of(*element, parts), 0..4);
            elements.prop_map(Value::object).boxed()
        }
        Type::Object(types) => types
            .into_iter()
            .map(|(name, ty)| (Just(name), value_of(ty, parts)))
            .collect::<Vec<_>>()
            .prop_map(Value::object)
            .boxed(),
    };
    prop_oneof![1 => Just(Value::Null), 1 => unknown, 8 => some].boxed()
}

fn elements(element: Type, parts: Parts) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(value_of(element, parts), 0..4)
}

fn any_text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(nfc)
}

/// A number; one that the state may hold is no float.
fn any_number(parts: Parts) -> BoxedStrategy<Number> {
    let float = any::<f64>().prop_filter_map("a NaN is no number", Number::from_f64);
    let integer = any::<i64>().prop_map(Number::from);
    let wide = any::<i128>().prop_map(Number::from);
    let text = "-?(0|[1-9][0-9]{0,39})(\\.[0-9]{1,40})?(e-?[0-9]{1,4})?"
        .prop_map(|text| text.parse().expect("the pattern is that of a number"));
    match parts {
        Parts::Any => prop_oneof![integer, wide, float, text].boxed(),
        Parts::Known => prop_oneof![integer, wide, text].boxed(),
    }
}

/// A known value as Terraform stores it.
fn state_json(value: &Value, ty: &Type) -> String {
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let object = |entries: Vec<String>| format!("{{{}}}", entries.join(","));
    match (value, ty) {
        (Value::Bool(bool), _) => bool.to_string(),
        (Value::Number(number), _) => match number.form() {
            number::Form::Int(integer) => integer.to_string(),
            number::Form::Float(_) => unreachable!("a state holds text"),
            number::Form::Text(text) => text.to_string(),
        },
        (Value::String(text), _) => quoted(text),
        (Value::List(elements), Type::List(ty) | Type::Set(ty)) => {
            list(elements.iter().map(|value| state_json(value, ty)).collect())
        }
        (Value::Map(elements), Type::Map(ty)) => {
            let element = |(name, value)| format!("\"{name}\": {}", state_json(value, ty));
            object(elements.iter().map(element).collect())
        }
        (Value::Map(attributes), Type::Object(types)) => {
            let attributes = attributes.iter().zip(types.values());
            object(
                attributes
                    .map(|((name, value), ty)| format!("\"{name}\": {}", state_json(value, ty)))
                    .collect(),
            )
        }
        _ => "null".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn debug_output_tells_nothing_of_the_content() {
    let value = Value::object([
        ("code", Value::from("LPA:1$secret")),
        ("pin", Value::from(4711)),
        ("on", Value::from(true)),
        ("none", Value::Null),
        ("later", Value::Unknown),
        ("list", Value::List(vec![Value::from("x")])),
    ]);
    assert_eq!(
        format!("{value:?}"),
        r#"{"code": string(12), "later": unknown, "list": [string(1)], "none": null, "#.to_owned()
            + r#""on": bool, "pin": number}"#
    );
}

#[test]
fn accessors_return_their_own_kind_only() {
    let value = Value::object([("a", Value::from(true)), ("b", Value::from("x"))]);
    assert_eq!(value.get("a"), Some(&Value::Bool(true)));
    assert_eq!(value.get("a").and_then(Value::as_str), None);
    assert_eq!(value.get("b").and_then(Value::as_str), Some("x"));
    assert_eq!(value.get("c"), None);
    assert_eq!(Value::Null.get("a"), None);
}

#[test]
fn only_what_has_no_unknown_part_is_wholly_known() {
    assert!(Value::List(vec![Value::Null, "x".into()]).is_wholly_known());
    let inside = Value::object([("a", Value::List(vec![Value::Unknown]))]);
    assert!(!inside.is_wholly_known());
    assert!(!inside.is_unknown());
}

#[test]
fn text_is_normalised() {
    assert_eq!(nfc("e\u{301}"), "é");
    assert_eq!(nfc("plain"), "plain");
    assert_eq!(nfc("e\u{301}".to_owned()), nfc("é"));
}

#[test]
fn a_message_is_read_in_either_form_and_nothing_is_null() {
    let wire = |msgpack: &'static [u8], json: &'static [u8]| DynamicValue {
        msgpack: msgpack.into(),
        json: json.into(),
    };
    let read = |wire: &DynamicValue| from_wire(Some(wire), &Type::String);
    assert_eq!(read(&wire(&[0xa1, b'x'], b"")), Ok("x".into()));
    assert_eq!(read(&wire(b"", br#""x""#)), Ok("x".into()));
    assert_eq!(read(&wire(&[0xa1, b'x'], b"not read")), Ok("x".into()));
    assert_eq!(read(&wire(b"", b"")), Ok(Value::Null));
    assert_eq!(from_wire(None, &Type::String), Ok(Value::Null));
    assert_eq!(
        to_wire(&"x".into(), &Type::String),
        Ok(wire(&[0xa1, b'x'], b""))
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_again((ty, value) in typed_value()) {
        let bytes = msgpack::encode(&value, &ty).expect("the value is of the type");
        prop_assert_eq!(msgpack::decode(&bytes, &ty), Ok(value));
    }

    #[test]
    fn types_are_read_again(ty in any_type()) {
        prop_assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
    }

    #[test]
    fn state_holds_the_same_values((ty, value) in known_value()) {
        let json = state_json(&value, &ty);
        prop_assert_eq!(json::decode_state(json.as_bytes(), &ty), Ok(value.clone()));
        prop_assert_eq!(json::decode(json.as_bytes(), &ty), Ok(value));
    }

    #[test]
    fn no_bytes_make_reading_fail_badly(
        ty in any_type(),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = msgpack::decode(&bytes, &ty);
        let _ = json::decode(&bytes, &ty);
        let _ = json::decode_state(&bytes, &ty);
        let _ = Type::from_json(&bytes);
    }

    /// One byte changed, put in or cut out: either it is refused or it is a value, which can be
    /// written again.
    #[test]
    fn no_damage_makes_reading_fail_badly(
        (ty, value) in typed_value(),
        place: prop::sample::Index,
        byte: u8,
        damage in 0..3,
    ) {
        let mut bytes = msgpack::encode(&value, &ty).expect("the value is of the type");
        let place = place.index(bytes.len());
        match damage {
            0 => bytes.insert(place, byte),
            1 => drop(bytes.remove(place)),
            _ => bytes.iter_mut().skip(place).take(1).for_each(|there| *there = byte),
        }
        if let Ok(value) = msgpack::decode(&bytes, &ty) {
            let again = msgpack::encode(&value, &ty).expect("what was read is of the type");
            prop_assert_eq!(msgpack::decode(&again, &ty), Ok(value));
        }
    }

    #[test]
    fn no_damage_to_state_makes_reading_fail_badly(
        (ty, value) in known_value(),
        place: prop::sample::Index,
        byte: u8,
    ) {
        let mut json = state_json(&value, &ty).into_bytes();
        json.insert(place.index(json.len()), byte);
        let _ = json::decode_state(&json, &ty);
    }
}
