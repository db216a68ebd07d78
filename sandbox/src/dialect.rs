//! Habits of the service that go through all its responses, each by a switch.

use serde_json::{Value, json};

use crate::ids::Ids;
use crate::reply::Reply;
use crate::switches::Switches;

/// The response in the dialect the switches ask for.
pub(crate) fn speak(reply: Reply, switches: &Switches, ids: &mut Ids) -> Reply {
    let plain = !switches.random_key_case
        && !switches.wrapped_responses
        && !switches.numbers_without_plus
        && !switches.blank_for_null;
    if plain {
        return reply;
    }
    let Ok(mut value) = serde_json::from_slice(&reply.body) else {
        return reply;
    };
    if switches.numbers_without_plus {
        each_value(&mut value, &mut |value| {
            if let Value::String(text) = value
                && let Some(digits) = text.strip_prefix('+')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
            {
                *text = digits.to_owned();
            }
        });
    }
    if switches.blank_for_null {
        each_value(&mut value, &mut |value| {
            if value.is_null() {
                *value = json!("");
            }
        });
    }
    if switches.wrapped_responses && reply.status == 200 {
        value = json!({ "Successful": true, "Data": value });
    }
    if switches.random_key_case {
        value = recased(value, ids);
    }
    Reply {
        body: value.to_string().into_bytes(),
        ..reply
    }
}

fn each_value(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| each_value(value, change)),
        Value::Array(items) => items.iter_mut().for_each(|value| each_value(value, change)),
        plain => change(plain),
    }
}

/// Every letter of every key in a case of its own.
fn recased(value: Value, ids: &mut Ids) -> Value {
    let letter = |c: char, ids: &mut Ids| match ids.below(2) {
        0 => c.to_ascii_lowercase(),
        _ => c.to_ascii_uppercase(),
    };
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let key: String = key.chars().map(|c| letter(c, ids)).collect();
                (key, recased(value, ids))
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| recased(item, ids)).collect(),
        other => other,
    }
}
