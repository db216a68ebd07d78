//! An answer fitted to the plan it answers.

use crate::terraform::consistency::incompatibilities;
use crate::terraform::path::Step;
use crate::terraform::value::{Type, Value};

/// The object to store after `planned` was applied with the result `answer`.
///
/// What the plan knew stays verbatim; what it left unknown comes from the answer, and is null
/// where the answer does not tell. Terraform drops an object that does not fit its plan, and
/// with it whatever was bought, so the result is checked by Terraform's own rule, and an
/// attribute that would break it falls back to null.
pub(super) fn settle(planned: &Value, answer: Value, ty: &Type) -> Value {
    let mut settled = fill(planned, answer);
    for breach in incompatibilities(planned, &settled, ty) {
        tracing::error!(
            attribute = %breach.path,
            reason = %breach.reason,
            "an answer did not fit its plan; the attribute is stored as null"
        );
        if let ([Step::Attribute(name), ..], Value::Map(object)) =
            (breach.path.steps(), &mut settled)
        {
            object.insert(name.clone(), Value::Null);
        }
    }
    settled
}

/// What was found, without a plan to fit it to. Terraform refuses an object with unknown parts:
/// they become null.
pub(in crate::terraform) fn known(found: Value) -> Value {
    match found {
        Value::Unknown => Value::Null,
        Value::List(elements) => Value::List(elements.into_iter().map(known).collect()),
        Value::Map(elements) => Value::Map(
            elements
                .into_iter()
                .map(|(name, element)| (name, known(element)))
                .collect(),
        ),
        known => known,
    }
}

fn fill(planned: &Value, answer: Value) -> Value {
    match (planned, answer) {
        (Value::Unknown, answer) if answer.is_wholly_known() => answer,
        (Value::Unknown, _) => Value::Null,
        (Value::Map(planned), Value::Map(mut answer)) => Value::Map(
            planned
                .iter()
                .map(|(name, planned)| {
                    let answer = answer.remove(name).unwrap_or(Value::Null);
                    (name.clone(), fill(planned, answer))
                })
                .collect(),
        ),
        (Value::Map(planned), _) => Value::Map(
            planned
                .iter()
                .map(|(name, planned)| (name.clone(), fill(planned, Value::Null)))
                .collect(),
        ),
        (planned, answer) if planned.is_wholly_known() => {
            drop(answer);
            planned.clone()
        }
        (_, answer) => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    fn object(attributes: &[(&str, Value)]) -> Value {
        Value::Map(
            attributes
                .iter()
                .map(|(name, v)| ((*name).to_owned(), v.clone()))
                .collect(),
        )
    }

    fn ty() -> Type {
        Type::Object(
            ["area_code", "order_id", "qr_code"]
                .map(|name| (name.to_owned(), Type::String))
                .into(),
        )
    }

    #[test]
    fn arguments_stay_verbatim_and_unknowns_are_filled() {
        let planned = object(&[
            ("area_code", text("201")),
            ("order_id", Value::unknown()),
            ("qr_code", Value::unknown()),
        ]);
        let answer = object(&[("area_code", text("801")), ("order_id", text("JNUOID-1"))]);
        assert_eq!(
            settle(&planned, answer, &ty()),
            object(&[
                ("area_code", text("201")),
                ("order_id", text("JNUOID-1")),
                ("qr_code", Value::Null),
            ])
        );
    }

    #[test]
    fn nothing_unknown_is_ever_stored() {
        let planned = object(&[
            ("area_code", Value::Null),
            ("order_id", Value::unknown()),
            ("qr_code", Value::unknown()),
        ]);
        let answer = object(&[("order_id", Value::unknown())]);
        let settled = settle(&planned, answer, &ty());
        assert!(settled.is_wholly_known());
        assert_eq!(settled.get("area_code"), Some(&Value::Null));
    }
}
