//! Values as JSON: what Terraform keeps in its state, and the other form of a value on the wire.
//!
//! They are read one level at a time: numbers stay as they are written, and a key that occurs
//! twice is seen.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::error::{Fault, ValueError};
use super::{Type, Value, element_step, nfc, without_duplicates};
use crate::terraform::path::{Name, PathStep};

/// What to do about an object whose attributes are not those of its type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Objects {
    /// Refuse it.
    Exact,
    /// Take what there is: an older version of the provider may have written it.
    AsStored,
}

/// Reads a value from the wire, with the strictness of [`msgpack::decode`](super::msgpack::decode).
///
/// # Errors
///
/// If the bytes are not exactly one value of the type.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, ValueError> {
    read(parse(bytes)?, ty, Objects::Exact)
}

/// Reads a value from stored state: attributes that it lacks are null, and those that the type
/// does not know are dropped.
///
/// # Errors
///
/// If the bytes are not JSON, or hold something that is no value of the type.
pub fn decode_state(bytes: &[u8], ty: &Type) -> Result<Value, ValueError> {
    read(parse(bytes)?, ty, Objects::AsStored)
}

fn read(json: &RawValue, ty: &Type, objects: Objects) -> Result<Value, ValueError> {
    match (ty, json.get().as_bytes()) {
        (_, [b'n', ..]) => Ok(Value::Null),
        (Type::Bool, [b't', ..]) => Ok(Value::Bool(true)),
        (Type::Bool, [b'f', ..]) => Ok(Value::Bool(false)),
        (Type::Number, [b'-' | b'0'..=b'9', ..]) => read_number(json.get()),
        // What is beyond some JSON writers may be quoted.
        (Type::Number, [b'"', ..]) => read_number(&inside::<Text<'_>>(json)?.0),
        (Type::String, [b'"', ..]) => Ok(Value::String(nfc(inside::<Text<'_>>(json)?.0))),
        (Type::List(element), [b'[', ..]) => read_elements(json, element, objects).map(Value::List),
        (Type::Set(element), [b'[', ..]) => read_elements(json, element, objects)
            .map_err(ValueError::of_the_whole)
            .map(without_duplicates)
            .map(Value::List),
        (Type::Map(element), [b'{', ..]) => {
            let find = |key: &str| Some((Name::Owned(key.to_owned()), &**element));
            read_entries(json, find, objects).map(Value::Map)
        }
        (Type::Object(types), [b'{', ..]) => read_object(json, types, objects),
        (_, found) => Err(Fault::WrongKind {
            expected: ty.kind(),
            found: kind(found),
        }
        .into()),
    }
}

/// What JSON text is, for errors.
fn kind(text: &[u8]) -> &'static str {
    match text {
        [b'n', ..] => "null",
        [b't' | b'f', ..] => "a bool",
        [b'"', ..] => "a string",
        [b'[', ..] => "an array",
        [b'{', ..] => "an object",
        _ => "a number",
    }
}

fn read_number(text: &str) -> Result<Value, ValueError> {
    text.parse()
        .map(Value::Number)
        .map_err(|_| Fault::NotANumber.into())
}

fn read_elements(json: &RawValue, ty: &Type, objects: Objects) -> Result<Vec<Value>, ValueError> {
    let elements: Vec<&RawValue> = inside(json)?;
    let read_one =
        |(index, json)| read(json, ty, objects).map_err(|error| error.inside(element_step(index)));
    elements.into_iter().enumerate().map(read_one).collect()
}

fn read_object(
    json: &RawValue,
    types: &BTreeMap<Name, Type>,
    objects: Objects,
) -> Result<Value, ValueError> {
    let find = |name: &str| {
        let (name, ty) = types.get_key_value(name)?;
        Some((name.clone(), ty))
    };
    let mut attributes = read_entries(json, find, objects)?;
    for missing in types.keys() {
        if !attributes.contains_key(missing) {
            if objects == Objects::Exact {
                let step = PathStep::Attribute(missing.clone());
                return Err(ValueError::from(Fault::MissingAttribute).inside(step));
            }
            attributes.insert(missing.clone(), Value::Null);
        }
    }
    Ok(Value::Map(attributes))
}

/// The entries of an object or a map. Those of no type are skipped in what was stored.
fn read_entries<'t>(
    json: &RawValue,
    find: impl Fn(&str) -> Option<(Name, &'t Type)>,
    objects: Objects,
) -> Result<BTreeMap<Name, Value>, ValueError> {
    let mut entries = BTreeMap::new();
    for (name, json) in inside::<Entries<'_>>(json)?.0 {
        let step = || PathStep::Attribute(name.clone().into());
        let Some((key, ty)) = find(&name) else {
            match objects {
                Objects::AsStored => continue,
                Objects::Exact => {
                    return Err(ValueError::from(Fault::UnexpectedAttribute).inside(step()));
                }
            }
        };
        let value = read(json, ty, objects).map_err(|error| error.inside(step()))?;
        if entries.insert(key, value).is_some() {
            return Err(ValueError::from(Fault::DuplicateKey).inside(step()));
        }
    }
    Ok(entries)
}

/// Checks that `bytes` are JSON and nothing else.
fn parse(bytes: &[u8]) -> Result<&RawValue, Fault> {
    // The text of a syntax error may quote the value.
    serde_json::from_slice(bytes).map_err(|error| Fault::NotJson {
        line: error.line(),
        column: error.column(),
    })
}

/// Reads one level. All that can be wrong is text whose escapes are no characters.
fn inside<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Result<T, Fault> {
    serde_json::from_str(json.get()).map_err(|_| Fault::NotUnicode)
}

/// Text that is borrowed unless it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An object as the list of its entries, so that none hides another.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Entries<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(entry) = map.next_entry()? {
            self.0.push(entry);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
