//! Values as MessagePack, the form in which Terraform sends and expects them.
//!
//! Reading follows the type: it takes every spelling of a value that some version of Terraform
//! or OpenTofu writes, and nothing that is not exactly one value of the type. Writing has one
//! spelling for each value.

use std::collections::{BTreeMap, HashSet};

use rmp::Marker;
use rmp::decode::{self, ValueReadError};
use rmp::encode::{self as wire, buffer::ByteBuf};

use super::error::{Fault, ValueError};
use super::number::{Form, Number};
use super::{Type, Value, element_step, nfc, without_duplicates};
use crate::terraform::path::{Name, PathStep};

/// The names of kinds of values that a message is read by.
const NULL: &str = "null";
const NUMBER: &str = "a number";
const STRING: &str = "a string";
const UNKNOWN: &str = "an unknown value";

/// The most elements that space is reserved for before they are read.
const RESERVED: usize = 256;

/// Reads a value of a type. No bytes at all are a null.
///
/// # Errors
///
/// If the bytes are not exactly one value of the type.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, ValueError> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let mut rest = bytes;
    let value = read(&mut rest, ty)?;
    match rest.is_empty() {
        true => Ok(value),
        false => Err(Fault::TrailingBytes.into()),
    }
}

/// Reads a value off the front of what is left of a message.
fn read(rest: &mut &[u8], ty: &Type) -> Result<Value, ValueError> {
    match kind(marker(rest)?) {
        NULL => {
            decode::read_nil(rest).map_err(fault(NULL))?;
            return Ok(Value::Null);
        }
        UNKNOWN => {
            // What it may say about the value is of no use here: no plan depends on it.
            let meta = decode::read_ext_meta(rest).map_err(fault(UNKNOWN))?;
            take(rest, meta.size)?;
            return Ok(Value::Unknown);
        }
        _ => {}
    }
    match ty {
        Type::Bool => Ok(Value::Bool(
            decode::read_bool(rest).map_err(fault("a bool"))?,
        )),
        Type::Number => Ok(Value::Number(read_number(rest)?)),
        Type::String => Ok(Value::String(nfc(read_str(rest)?))),
        Type::List(element) => read_elements(rest, element).map(Value::List),
        Type::Set(element) => read_elements(rest, element)
            .map_err(ValueError::of_the_whole)
            .map(without_duplicates)
            .map(Value::List),
        Type::Map(element) => {
            let find = |key: &str| Some((Name::Owned(key.to_owned()), &**element));
            read_entries(rest, find).map(Value::Map)
        }
        Type::Object(types) => read_object(rest, types),
    }
}

/// Reads a number in any of the forms that Terraform's writers use.
fn read_number(rest: &mut &[u8]) -> Result<Number, Fault> {
    let number = match (marker(rest)?, kind(marker(rest)?)) {
        (Marker::F32, _) => {
            let float = decode::read_f32(rest).map_err(fault(NUMBER))?;
            Number::from_f64(float.into())
        }
        (Marker::F64, _) => Number::from_f64(decode::read_f64(rest).map_err(fault(NUMBER))?),
        (_, STRING) => read_str(rest)?.parse().ok(),
        (_, NUMBER) => {
            let integer = decode::read_int::<i128, _>(rest);
            Some(integer.map_err(|_| Fault::Truncated)?.into())
        }
        (found, _) => return Err(fault(NUMBER)(ValueReadError::TypeMismatch(found))),
    };
    number.ok_or(Fault::NotANumber)
}

fn read_str<'a>(rest: &mut &'a [u8]) -> Result<&'a str, Fault> {
    let length = decode::read_str_len(rest).map_err(fault(STRING))?;
    std::str::from_utf8(take(rest, length)?).map_err(|_| Fault::NotUnicode)
}

fn read_elements(rest: &mut &[u8], element: &Type) -> Result<Vec<Value>, ValueError> {
    let length = decode::read_array_len(rest).map_err(fault("an array"))?;
    let length = plausible(length, 1, rest)?;
    let mut elements = Vec::with_capacity(length.min(RESERVED));
    for index in 0..length {
        let read = read(rest, element);
        elements.push(read.map_err(|error| error.inside(element_step(index)))?);
    }
    Ok(elements)
}

fn read_object(rest: &mut &[u8], types: &BTreeMap<Name, Type>) -> Result<Value, ValueError> {
    let attributes = read_entries(rest, |name| {
        let (name, ty) = types.get_key_value(name)?;
        Some((name.clone(), ty))
    })?;
    match types.keys().find(|name| !attributes.contains_key(*name)) {
        Some(missing) => {
            Err(ValueError::from(Fault::MissingAttribute)
                .inside(PathStep::Attribute(missing.clone())))
        }
        None => Ok(Value::Map(attributes)),
    }
}

fn read_entries<'t>(
    rest: &mut &[u8],
    find: impl Fn(&str) -> Option<(Name, &'t Type)>,
) -> Result<BTreeMap<Name, Value>, ValueError> {
    let mut entries = BTreeMap::new();
    let length = decode::read_map_len(rest).map_err(fault("a map"))?;
    for _ in 0..plausible(length, 2, rest)? {
        let name = read_str(rest)?;
        let step = || PathStep::Attribute(name.to_owned().into());
        let (key, ty) = find(name)
            .ok_or_else(|| ValueError::from(Fault::UnexpectedAttribute).inside(step()))?;
        let value = read(rest, ty).map_err(|error| error.inside(step()))?;
        if entries.insert(key, value).is_some() {
            return Err(ValueError::from(Fault::DuplicateKey).inside(step()));
        }
    }
    Ok(entries)
}

fn marker(rest: &[u8]) -> Result<Marker, Fault> {
    let first = rest.first().ok_or(Fault::Truncated)?;
    Ok(Marker::from_u8(*first))
}

fn take<'a>(rest: &mut &'a [u8], length: u32) -> Result<&'a [u8], Fault> {
    let length = usize::try_from(length).map_err(|_| Fault::Truncated)?;
    rest.split_off(..length).ok_or(Fault::Truncated)
}

/// A claimed number of items, if that many can follow: lengths are never believed, and nothing is
/// allocated for what would need more bytes than there are.
fn plausible(length: u32, least_bytes_each: usize, rest: &[u8]) -> Result<usize, Fault> {
    usize::try_from(length)
        .ok()
        .filter(|length| *length <= rest.len() / least_bytes_each)
        .ok_or(Fault::Truncated)
}

/// The name of what a marker begins, for errors.
fn kind(marker: Marker) -> &'static str {
    match marker {
        Marker::Null => NULL,
        Marker::True | Marker::False => "a bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => STRING,
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "an array",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map",
        Marker::FixExt1
        | Marker::FixExt2
        | Marker::FixExt4
        | Marker::FixExt8
        | Marker::FixExt16
        | Marker::Ext8
        | Marker::Ext16
        | Marker::Ext32 => UNKNOWN,
        Marker::Reserved => "a reserved byte",
        _ => NUMBER,
    }
}

/// What keeps a value of another kind, or one that is cut off, from being `expected`.
fn fault(expected: &'static str) -> impl Fn(ValueReadError) -> Fault {
    move |error| match error {
        ValueReadError::TypeMismatch(found) => Fault::WrongKind {
            expected,
            found: kind(found),
        },
        _ => Fault::Truncated,
    }
}

/// Writes a value as the type asks for it.
///
/// # Errors
///
/// If the value is not one of the type.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, ValueError> {
    let mut out = ByteBuf::new();
    write(&mut out, value, ty)?;
    Ok(out.into_vec())
}

fn write(out: &mut ByteBuf, value: &Value, ty: &Type) -> Result<(), ValueError> {
    match (ty, value) {
        (_, Value::Null) => {
            let Ok(()) = wire::write_nil(out);
            Ok(())
        }
        (_, Value::Unknown) => {
            let Ok(_) = wire::write_ext_meta(out, 1, 0);
            out.as_mut_vec().push(0);
            Ok(())
        }
        (Type::Bool, Value::Bool(bool)) => {
            let Ok(()) = wire::write_bool(out, *bool);
            Ok(())
        }
        (Type::Number, Value::Number(number)) => {
            write_number(out, number);
            Ok(())
        }
        (Type::String, Value::String(text)) => write_str(out, text),
        (Type::List(element), Value::List(elements)) => write_elements(out, elements, element),
        (Type::Set(element), Value::List(elements)) => write_set(out, elements, element),
        (Type::Map(ty), Value::Map(elements)) => {
            let elements = elements.iter().map(|(name, value)| (name, value, &**ty));
            write_entries(out, elements)
        }
        (Type::Object(types), Value::Map(attributes)) => write_object(out, attributes, types),
        _ => Err(Fault::WrongKind {
            expected: ty.kind(),
            found: value.kind(),
        }
        .into()),
    }
}

/// Writes a number in the form that it came in.
fn write_number(out: &mut ByteBuf, number: &Number) {
    match number.form() {
        Form::Int(integer) => {
            let Ok(_) = wire::write_sint(out, *integer);
        }
        Form::Float(bits) => {
            let Ok(()) = wire::write_f64(out, f64::from_bits(*bits));
        }
        Form::Text(text) => {
            let Ok(()) = wire::write_str(out, text);
        }
    }
}

fn write_str(out: &mut ByteBuf, text: &str) -> Result<(), ValueError> {
    let text = nfc(text);
    length(text.len())?;
    let Ok(()) = wire::write_str(out, &text);
    Ok(())
}

fn write_elements(out: &mut ByteBuf, elements: &[Value], ty: &Type) -> Result<(), ValueError> {
    let Ok(_) = wire::write_array_len(out, length(elements.len())?);
    for (index, value) in elements.iter().enumerate() {
        write(out, value, ty).map_err(|error| error.inside(element_step(index)))?;
    }
    Ok(())
}

/// Writes each element once. Their bytes tell whether two are equal, since each value has but one
/// spelling; what is not known yet equals nothing.
fn write_set(out: &mut ByteBuf, elements: &[Value], ty: &Type) -> Result<(), ValueError> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    let mut count = 0;
    for value in elements {
        let mut element = ByteBuf::new();
        write(&mut element, value, ty).map_err(ValueError::of_the_whole)?;
        let element = element.into_vec();
        if value.is_wholly_known() {
            if seen.contains(&element) {
                continue;
            }
            seen.insert(element.clone());
        }
        distinct.extend(element);
        count += 1;
    }
    let Ok(_) = wire::write_array_len(out, length(count)?);
    out.as_mut_vec().extend(distinct);
    Ok(())
}

fn write_object(
    out: &mut ByteBuf,
    attributes: &BTreeMap<Name, Value>,
    types: &BTreeMap<Name, Type>,
) -> Result<(), ValueError> {
    let at = |name: &Name, error: ValueError| error.inside(PathStep::Attribute(name.clone()));
    if let Some(extra) = attributes.keys().find(|name| !types.contains_key(*name)) {
        return Err(at(extra, Fault::UnexpectedAttribute.into()));
    }
    let attribute = |(name, ty)| match attributes.get(name) {
        Some(value) => Ok((name, value, ty)),
        None => Err(at(name, Fault::MissingAttribute.into())),
    };
    let attributes: Vec<_> = types.iter().map(attribute).collect::<Result<_, _>>()?;
    write_entries(out, attributes.into_iter())
}

fn write_entries<'a>(
    out: &mut ByteBuf,
    entries: impl ExactSizeIterator<Item = (&'a Name, &'a Value, &'a Type)>,
) -> Result<(), ValueError> {
    let Ok(_) = wire::write_map_len(out, length(entries.len())?);
    for (name, value, ty) in entries {
        write_str(out, name)
            .and_then(|()| write(out, value, ty))
            .map_err(|error| error.inside(PathStep::Attribute(name.clone())))?;
    }
    Ok(())
}

/// A length as the format has it.
fn length(length: usize) -> Result<u32, Fault> {
    u32::try_from(length).map_err(|_| Fault::TooLong)
}

#[cfg(test)]
mod tests;
