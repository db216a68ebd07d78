//! The rule by example, and what holds for all values.

use proptest::prelude::*;

use super::*;
use crate::terraform::value::tests::{known_value, typed_value};
use crate::terraform::value::{Number, to_wire};

/// What the check finds, as `path: reason`.
fn found(planned: &Value, actual: &Value, ty: &Type) -> Vec<(String, Reason)> {
    incompatibilities(planned, actual, ty)
        .into_iter()
        .map(|found| (found.path.to_string(), found.reason))
        .collect()
}

fn list<V: Into<Value>>(elements: impl IntoIterator<Item = V>) -> Value {
    Value::List(elements.into_iter().map(Into::into).collect())
}

fn strings() -> [Value; 2] {
    ["a".into(), "b".into()]
}

#[test]
fn what_the_plan_knew_must_stay() {
    let ty = Type::object([
        ("area_code", Type::String),
        ("enabled", Type::Bool),
        ("price", Type::Number),
        ("zip_code", Type::String),
    ]);
    let planned = Value::object([
        ("area_code", Value::from("801")),
        ("enabled", true.into()),
        ("price", 1.into()),
        ("zip_code", Value::Null),
    ]);
    assert_eq!(found(&planned, &planned, &ty), []);

    let actual = Value::object([
        ("area_code", Value::Null),
        ("enabled", false.into()),
        ("price", 2.into()),
        ("zip_code", "84043".into()),
    ]);
    assert_eq!(
        found(&planned, &actual, &ty),
        [
            ("area_code".to_owned(), Reason::BecameNull),
            ("enabled".to_owned(), Reason::Changed),
            ("price".to_owned(), Reason::Changed),
            ("zip_code".to_owned(), Reason::WasNull),
        ]
    );
}

#[test]
fn what_the_plan_did_not_know_may_become_anything_of_its_type() {
    let unknown = Value::Unknown;
    for value in [Value::Null, "x".into()] {
        assert_eq!(found(&unknown, &value, &Type::String), []);
    }
    let wrong = [(String::new(), Reason::WrongType)];
    assert_eq!(found(&unknown, &true.into(), &Type::String), wrong);
    assert_eq!(found(&"x".into(), &true.into(), &Type::String), wrong);

    let ty = Type::object([("a", Type::Bool)]);
    let lacking = Value::Map(BTreeMap::new());
    assert_eq!(found(&unknown, &lacking, &ty), wrong);
}

#[test]
fn nothing_may_be_left_unknown() {
    let ty = Type::object([
        ("list", Type::list(Type::String)),
        ("object", Type::object([("k", Type::String)])),
        ("set", Type::set(Type::String)),
    ]);
    let planned = Value::object([
        ("list", Value::Unknown),
        ("object", Value::object([("k", Value::from("v"))])),
        ("set", list(["a"])),
    ]);
    let actual = Value::object([
        ("list", list(["a".into(), Value::Unknown])),
        ("object", Value::object([("k", Value::Unknown)])),
        ("set", list([Value::Unknown])),
    ]);
    assert_eq!(
        found(&planned, &actual, &ty),
        [
            ("list[1]".to_owned(), Reason::StillUnknown),
            ("object.k".to_owned(), Reason::StillUnknown),
            ("set".to_owned(), Reason::StillUnknown),
        ]
    );
}

#[test]
fn lists_keep_their_elements() {
    let ty = Type::list(Type::String);
    let (one, two) = (list(["a"]), list(strings()));
    let at_1 = |reason| [("[1]".to_owned(), reason)];
    assert_eq!(found(&two, &one, &ty), at_1(Reason::Missing));
    assert_eq!(found(&one, &two, &ty), at_1(Reason::Unplanned));
}

#[test]
fn an_object_keeps_the_attributes_of_its_type() {
    let ty = Type::object([("a", Type::Bool), ("b", Type::Bool)]);
    let planned = Value::object([("a", Value::Null), ("b", Value::Unknown)]);
    let actual = Value::object([("a", Value::Null), ("x", Value::Null)]);
    assert_eq!(
        found(&planned, &actual, &ty),
        [
            ("b".to_owned(), Reason::Missing),
            ("x".to_owned(), Reason::Unplanned),
        ]
    );
    let empty = Value::Map(BTreeMap::new());
    assert_eq!(found(&empty, &empty, &ty).len(), 2);
}

#[test]
fn a_set_may_shrink_but_never_grow() {
    let ty = Type::set(Type::String);
    let two_unknown = list([Value::Unknown, Value::Unknown]);
    assert_eq!(found(&two_unknown, &list(["a"]), &ty), []);
    assert_eq!(found(&two_unknown, &list(strings()), &ty), []);
    assert_eq!(
        found(&two_unknown, &list(["a", "b", "c"]), &ty),
        [(
            String::new(),
            Reason::SetGrew {
                planned: 2,
                actual: 3
            }
        )]
    );
    // The same element twice is one element, and the order of elements is none.
    assert_eq!(found(&list(strings()), &list(["b", "a", "b"]), &ty), []);
}

#[test]
fn each_element_of_a_set_needs_a_partner() {
    let element = Type::object([("id", Type::String), ("name", Type::String)]);
    let ty = Type::object([("rules", Type::set(element))]);
    let rules = |pairs: &[(Option<&str>, &str)]| {
        let rule = |(id, name): &(Option<&str>, &str)| {
            let id = id.map_or(Value::Unknown, Value::from);
            Value::object([("id", id), ("name", Value::from(*name))])
        };
        Value::object([("rules", Value::List(pairs.iter().map(rule).collect()))])
    };
    let planned = rules(&[(None, "x"), (Some("2"), "y")]);
    let fine = rules(&[(Some("2"), "y"), (Some("1"), "x")]);
    assert_eq!(found(&planned, &fine, &ty), []);

    let other = rules(&[(Some("1"), "x"), (Some("2"), "z")]);
    assert_eq!(
        found(&planned, &other, &ty),
        [
            ("rules".to_owned(), Reason::SetElementMissing),
            ("rules".to_owned(), Reason::SetElementUnplanned),
        ]
    );
}

#[test]
fn text_is_compared_as_terraform_does() {
    let decomposed = Value::String("e\u{301}".into());
    assert_eq!(found(&"é".into(), &decomposed, &Type::String), []);
    let ty = Type::set(Type::String);
    assert_eq!(found(&list(["é"]), &list([decomposed]), &ty), []);
}

#[test]
fn what_is_stored_is_the_plan_with_its_unknowns_filled() {
    let ty = Type::object(["area_code", "order_id", "qr_code"].map(|name| (name, Type::String)));
    let planned = Value::object([
        ("area_code", Value::from("201")),
        ("order_id", Value::Unknown),
        ("qr_code", Value::Unknown),
    ]);
    for (order_id, stored) in [
        (Value::from("JNUOID-1"), Value::from("JNUOID-1")),
        (Value::Unknown, Value::Null),
        // What does not fit the plan.
        (true.into(), Value::Null),
    ] {
        let answer = Value::object([("area_code", Value::from("801")), ("order_id", order_id)]);
        let expected = Value::object([
            ("area_code", Value::from("201")),
            ("order_id", stored),
            ("qr_code", Value::Null),
        ]);
        assert_eq!(conform(&planned, answer, &ty), expected);
    }
}

#[test]
fn what_was_planned_to_be_null_stays_null() {
    let ty = Type::object([("area_code", Type::String), ("order_id", Type::String)]);
    let planned = Value::object([("area_code", Value::Null), ("order_id", Value::Unknown)]);
    let answer = Value::object([("area_code", Value::from("801")), ("order_id", Value::Null)]);
    let conformed = conform(&planned, answer, &ty);
    assert_eq!(conformed.get("area_code"), Some(&Value::Null));
    assert!(conformed.is_wholly_known());
}

#[test]
fn reasons_read_as_sentences_and_keep_values_to_themselves() {
    let ty = Type::object([("qr_code", Type::String)]);
    let with = |code: &str| Value::object([("qr_code", Value::from(code))]);
    let found = incompatibilities(&with("LPA:1$secret"), &with("LPA:1$other"), &ty);
    let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["qr_code differs from the planned value"]);

    let gone = incompatibilities(&with("x"), &Value::Null, &ty);
    let texts: Vec<_> = gone.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["the object was planned to have a value, but is null"]
    );
}

/// The value with parts of it made unknown, as the plan of it might have been.
fn veiled(value: &Value, in_sets: bool, ty: &Type, veil: &mut impl FnMut() -> bool) -> Value {
    if veil() {
        return Value::Unknown;
    }
    match (ty, value) {
        (Type::Set(_), _) if !in_sets => value.clone(),
        (Type::Set(ty) | Type::List(ty), Value::List(elements)) => list(
            elements
                .iter()
                .map(|element| veiled(element, in_sets, ty, veil)),
        ),
        (Type::Map(ty), Value::Map(elements)) => {
            let element = |(name, value): (&crate::terraform::path::Name, _)| {
                (name.clone(), veiled(value, in_sets, ty, veil))
            };
            Value::object(elements.iter().map(element))
        }
        (Type::Object(types), Value::Map(attributes)) => Value::object(
            attributes
                .iter()
                .zip(types.values())
                .map(|((name, value), ty)| (name.clone(), veiled(value, in_sets, ty, veil))),
        ),
        _ => value.clone(),
    }
}

/// The value with one leaf changed: the one that `countdown` leaves with 0, of those that the
/// plan knew.
fn changed(planned: &Value, actual: &Value, countdown: &mut usize) -> Value {
    let mut is_next = || {
        let now = *countdown == 0;
        *countdown = countdown.wrapping_sub(1);
        now
    };
    match (planned, actual) {
        (Value::Unknown, _) => actual.clone(),
        (Value::List(planned), Value::List(actual)) => list(
            planned
                .iter()
                .zip(actual)
                .map(|(planned, actual)| changed(planned, actual, countdown)),
        ),
        (Value::Map(planned), Value::Map(actual)) => Value::object(planned.iter().zip(actual).map(
            |((name, planned), (_, actual))| (name.clone(), changed(planned, actual, countdown)),
        )),
        (_, Value::Bool(bool)) if is_next() => (!bool).into(),
        (_, Value::Number(number)) if is_next() => {
            let zero = Number::from(0_i64);
            Value::from(i64::from(*number == zero))
        }
        (_, Value::String(text)) if is_next() => format!("{text}x").into(),
        (_, Value::Null) if is_next() => true.into(),
        _ => actual.clone(),
    }
}

/// How many leaves of a value are known.
fn known_leaves(value: &Value) -> usize {
    match value {
        Value::Unknown => 0,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
        Value::List(elements) => elements.iter().map(known_leaves).sum(),
        Value::Map(elements) => elements.values().map(known_leaves).sum(),
    }
}

/// Answers yes and no as the list says, over and over.
fn repeating(answers: &[bool]) -> impl FnMut() -> bool {
    let mut answers = answers.iter().copied().cycle();
    move || answers.next().unwrap_or(false)
}

fn answers() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(prop::bool::weighted(0.3), 1..20)
}

proptest! {
    #[test]
    fn a_plan_is_kept_by_what_fills_its_unknown_parts(
        (ty, actual) in known_value(),
        answers in answers(),
    ) {
        let planned = veiled(&actual, true, &ty, &mut repeating(&answers));
        prop_assert_eq!(found(&planned, &actual, &ty), []);
    }

    #[test]
    fn a_single_change_of_what_the_plan_knew_is_found(
        (ty, actual) in known_value(),
        answers in answers(),
        leaf: prop::sample::Index,
    ) {
        // One leaf that the plan knew there is in any case.
        let planned = veiled(&actual, false, &ty, &mut repeating(&answers));
        let ty = Type::object([("one", ty), ("other", Type::Bool)]);
        let planned = Value::object([("one", planned), ("other", true.into())]);
        let actual = Value::object([("one", actual), ("other", true.into())]);
        let leaf = leaf.index(known_leaves(&planned));
        let changed = changed(&planned, &actual, &mut { leaf });
        prop_assert_ne!(found(&planned, &changed, &ty), []);
    }

    #[test]
    fn what_is_taken_can_be_written(
        ((ty, planned), (_, actual)) in (typed_value(), typed_value()),
    ) {
        for planned in [planned, Value::Unknown] {
            if incompatibilities(&planned, &actual, &ty).is_empty() {
                prop_assert!(actual.is_wholly_known());
                prop_assert!(to_wire(&actual, &ty).is_ok());
            }
        }
    }
}
