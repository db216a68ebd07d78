//! Values as MessagePack, the form in which Terraform sends and expects them.
//!
//! Reading follows the type: it takes every spelling of a value that some version of Terraform
//! or OpenTofu writes, and nothing that is not exactly one value of the type. Writing has one
//! spelling for each value.

use std::collections::{BTreeMap, HashSet};

use rmp::encode::{self as wire, buffer::ByteBuf};

use super::error::{At, DecodeError, DecodeFault, EncodeError, EncodeFault};
use super::number::{Number, WireForm};
use super::reader::{Kind, Reader};
use super::{Type, Value, element_step, nfc, without_duplicates};
use crate::terraform::path::Step;

/// The most elements that space is reserved for before they are read.
const RESERVED: usize = 256;

/// Reads a value of a type. No bytes at all are a null.
///
/// # Errors
///
/// If the bytes are not exactly one value of the type.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, DecodeError> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader, ty)?;
    if reader.is_empty() {
        Ok(value)
    } else {
        Err(DecodeFault::TrailingBytes.into())
    }
}

fn read(reader: &mut Reader<'_>, ty: &Type) -> Result<Value, DecodeError> {
    match reader.kind()? {
        Kind::Nil => {
            reader.nil()?;
            return Ok(Value::Null);
        }
        Kind::Extension => {
            // What it may say about the value is of no use here: no plan depends on it.
            reader.extension()?;
            return Ok(Value::Unknown);
        }
        _ => {}
    }
    match ty {
        Type::Bool => Ok(Value::Bool(reader.bool()?)),
        Type::Number => Ok(Value::Number(reader.number()?)),
        Type::String => Ok(Value::String(nfc(reader.str()?))),
        Type::List(element) => read_elements(reader, element).map(Value::List),
        Type::Set(element) => read_elements(reader, element)
            .map_err(At::of_the_whole)
            .map(without_duplicates)
            .map(Value::List),
        Type::Map(element) => read_map(reader, element),
        Type::Object(types) => read_object(reader, types),
    }
}

fn read_elements(reader: &mut Reader<'_>, element: &Type) -> Result<Vec<Value>, DecodeError> {
    let length = reader.array_len()?;
    let mut elements = Vec::with_capacity(length.min(RESERVED));
    for index in 0..length {
        let read = read(reader, element);
        elements.push(read.map_err(|error| error.inside(element_step(index)))?);
    }
    Ok(elements)
}

fn read_map(reader: &mut Reader<'_>, element: &Type) -> Result<Value, DecodeError> {
    let mut entries = BTreeMap::new();
    for _ in 0..reader.map_len()? {
        let key = nfc(reader.str()?);
        let value = read(reader, element).map_err(|error| error.inside(Step::Key(key.clone())))?;
        if entries.contains_key(&key) {
            return Err(At::from(DecodeFault::DuplicateKey).inside(Step::Key(key)));
        }
        entries.insert(key, value);
    }
    Ok(Value::Map(entries))
}

fn read_object(
    reader: &mut Reader<'_>,
    types: &BTreeMap<String, Type>,
) -> Result<Value, DecodeError> {
    let mut attributes = BTreeMap::new();
    for _ in 0..reader.map_len()? {
        let name = reader.str()?;
        let step = || Step::Attribute(name.to_owned());
        let ty = types
            .get(name)
            .ok_or_else(|| At::from(DecodeFault::UnexpectedAttribute).inside(step()))?;
        let value = read(reader, ty).map_err(|error| error.inside(step()))?;
        if attributes.insert(name.to_owned(), value).is_some() {
            return Err(At::from(DecodeFault::DuplicateKey).inside(step()));
        }
    }
    match types.keys().find(|name| !attributes.contains_key(*name)) {
        Some(missing) => {
            Err(At::from(DecodeFault::MissingAttribute).inside(Step::Attribute(missing.clone())))
        }
        None => Ok(Value::Map(attributes)),
    }
}

/// Writes a value as the type asks for it.
///
/// # Errors
///
/// If the value is not one of the type.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, EncodeError> {
    let mut out = ByteBuf::new();
    write(&mut out, value, ty)?;
    Ok(out.into_vec())
}

fn write(out: &mut ByteBuf, value: &Value, ty: &Type) -> Result<(), EncodeError> {
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
        (Type::Map(element), Value::Map(entries)) => write_map(out, entries, element),
        (Type::Object(types), Value::Map(attributes)) => write_object(out, attributes, types),
        _ => Err(EncodeFault::WrongKind {
            expected: ty.kind(),
            found: value.kind(),
        }
        .into()),
    }
}

/// Writes a number in the form that Terraform itself would choose.
pub(super) fn write_number(out: &mut ByteBuf, number: &Number) {
    match number.wire_form() {
        WireForm::Int(integer) => {
            let Ok(_) = wire::write_sint(out, integer);
        }
        WireForm::Float(float) => {
            let Ok(()) = wire::write_f64(out, float);
        }
        WireForm::Text(text) => {
            let Ok(()) = wire::write_str(out, &text);
        }
    }
}

fn write_str(out: &mut ByteBuf, text: &str) -> Result<(), EncodeError> {
    let text = nfc(text);
    length(text.len())?;
    let Ok(()) = wire::write_str(out, &text);
    Ok(())
}

fn write_elements(out: &mut ByteBuf, elements: &[Value], ty: &Type) -> Result<(), EncodeError> {
    let Ok(_) = wire::write_array_len(out, length(elements.len())?);
    for (index, value) in elements.iter().enumerate() {
        write(out, value, ty).map_err(|error| error.inside(element_step(index)))?;
    }
    Ok(())
}

/// Writes each element once. Their bytes tell whether two are equal, since each value has but one
/// spelling; what is not known yet equals nothing.
fn write_set(out: &mut ByteBuf, elements: &[Value], ty: &Type) -> Result<(), EncodeError> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    let mut count = 0;
    for value in elements {
        let mut element = ByteBuf::new();
        write(&mut element, value, ty).map_err(At::of_the_whole)?;
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

fn write_map(
    out: &mut ByteBuf,
    entries: &BTreeMap<String, Value>,
    ty: &Type,
) -> Result<(), EncodeError> {
    let Ok(_) = wire::write_map_len(out, length(entries.len())?);
    for (key, value) in entries {
        write_str(out, key)
            .and_then(|()| write(out, value, ty))
            .map_err(|error| error.inside(Step::Key(key.clone())))?;
    }
    Ok(())
}

fn write_object(
    out: &mut ByteBuf,
    attributes: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
) -> Result<(), EncodeError> {
    let at = |name: &String, error: EncodeError| error.inside(Step::Attribute(name.clone()));
    if let Some(extra) = attributes.keys().find(|name| !types.contains_key(*name)) {
        return Err(at(extra, EncodeFault::UnexpectedAttribute.into()));
    }
    let Ok(_) = wire::write_map_len(out, length(types.len())?);
    for (name, ty) in types {
        let value = attributes
            .get(name)
            .ok_or_else(|| at(name, EncodeFault::MissingAttribute.into()))?;
        write_str(out, name)
            .and_then(|()| write(out, value, ty))
            .map_err(|error| at(name, error))?;
    }
    Ok(())
}

/// A length as the format has it.
fn length(length: usize) -> Result<u32, EncodeFault> {
    u32::try_from(length).map_err(|_| EncodeFault::TooLong)
}

#[cfg(test)]
mod tests;
