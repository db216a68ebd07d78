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
use super::refinements::Refinements;
use super::{MAX_DEPTH, Type, Value, element_step, nfc, without_duplicates};
use crate::terraform::path::Step;

/// The code of an extension that tells something of the unknown value.
const REFINED: i8 = 12;

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
    let value = read(&mut reader, ty, 0)?;
    if reader.is_empty() {
        Ok(value)
    } else {
        Err(DecodeFault::TrailingBytes.into())
    }
}

fn read(reader: &mut Reader<'_>, ty: &Type, depth: usize) -> Result<Value, DecodeError> {
    if depth > MAX_DEPTH {
        return Err(DecodeFault::TooDeep.into());
    }
    match reader.kind()? {
        Kind::Nil => {
            reader.nil()?;
            return Ok(Value::Null);
        }
        Kind::Extension => {
            let extension = reader.extension()?;
            return Ok(Value::Unknown(if extension.code == REFINED {
                Refinements::decode(extension.body, ty)
            } else {
                Refinements::default()
            }));
        }
        _ => {}
    }
    match ty {
        Type::Bool => Ok(Value::Bool(reader.bool()?)),
        Type::Number => Ok(Value::Number(reader.number()?)),
        Type::String => Ok(Value::String(nfc(reader.str()?))),
        Type::Dynamic => read_dynamic(reader, depth),
        Type::List(element) => read_elements(reader, element, depth).map(Value::List),
        Type::Set(element) => read_elements(reader, element, depth)
            .map_err(At::of_the_whole)
            .map(without_duplicates)
            .map(Value::List),
        Type::Tuple(types) => read_tuple(reader, types, depth),
        Type::Map(element) => read_map(reader, element, depth),
        Type::Object(types) => read_object(reader, types, depth),
    }
}

fn read_dynamic(reader: &mut Reader<'_>, depth: usize) -> Result<Value, DecodeError> {
    match reader.array_len()? {
        2 => {
            let ty = Type::from_json(reader.bin()?)?;
            let value = read(reader, &ty, depth + 1)?;
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
        found => Err(DecodeFault::TupleLength { expected: 2, found }.into()),
    }
}

fn read_elements(
    reader: &mut Reader<'_>,
    element: &Type,
    depth: usize,
) -> Result<Vec<Value>, DecodeError> {
    let length = reader.array_len()?;
    let mut elements = Vec::with_capacity(length.min(RESERVED));
    for index in 0..length {
        let read = read(reader, element, depth + 1);
        elements.push(read.map_err(|error| error.inside(element_step(index)))?);
    }
    Ok(elements)
}

fn read_tuple(reader: &mut Reader<'_>, types: &[Type], depth: usize) -> Result<Value, DecodeError> {
    let found = reader.array_len()?;
    let expected = types.len();
    if found != expected {
        return Err(DecodeFault::TupleLength { expected, found }.into());
    }
    let read_one = |(index, ty)| {
        read(reader, ty, depth + 1).map_err(|error: DecodeError| error.inside(element_step(index)))
    };
    let elements = types.iter().enumerate().map(read_one);
    elements.collect::<Result<_, _>>().map(Value::List)
}

fn read_map(reader: &mut Reader<'_>, element: &Type, depth: usize) -> Result<Value, DecodeError> {
    let mut entries = BTreeMap::new();
    for _ in 0..reader.map_len()? {
        let key = nfc(reader.str()?);
        let value = read(reader, element, depth + 1)
            .map_err(|error| error.inside(Step::Key(key.clone())))?;
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
    depth: usize,
) -> Result<Value, DecodeError> {
    let mut attributes = BTreeMap::new();
    for _ in 0..reader.map_len()? {
        let name = reader.str()?;
        let step = || Step::Attribute(name.to_owned());
        let ty = types
            .get(name)
            .ok_or_else(|| At::from(DecodeFault::UnexpectedAttribute).inside(step()))?;
        let value = read(reader, ty, depth + 1).map_err(|error| error.inside(step()))?;
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
    write(&mut out, value, ty, 0)?;
    Ok(out.into_vec())
}

fn write(out: &mut ByteBuf, value: &Value, ty: &Type, depth: usize) -> Result<(), EncodeError> {
    if depth > MAX_DEPTH {
        return Err(EncodeFault::TooDeep.into());
    }
    match (ty, value) {
        (_, Value::Null) => {
            let Ok(()) = wire::write_nil(out);
            Ok(())
        }
        (_, Value::Unknown(refinements)) => {
            write_unknown(out, refinements, ty);
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
        (Type::Dynamic, Value::Dynamic(typed)) => {
            let (ty, value) = &**typed;
            let Ok(_) = wire::write_array_len(out, 2);
            let json = ty.to_json();
            let Ok(_) = wire::write_bin_len(out, length(json.len())?);
            out.as_mut_vec().extend_from_slice(&json);
            write(out, value, ty, depth + 1)
        }
        (Type::List(element), Value::List(elements)) => {
            let types = std::iter::repeat(&**element);
            write_elements(out, types.zip(elements), elements.len(), depth)
        }
        (Type::Set(element), Value::List(elements)) => write_set(out, elements, element, depth),
        (Type::Tuple(types), Value::List(elements)) => {
            let (expected, found) = (types.len(), elements.len());
            if expected != found {
                return Err(EncodeFault::TupleLength { expected, found }.into());
            }
            write_elements(out, types.iter().zip(elements), found, depth)
        }
        (Type::Map(element), Value::Map(entries)) => write_map(out, entries, element, depth),
        (Type::Object(types), Value::Map(attributes)) => {
            write_object(out, attributes, types, depth)
        }
        _ => Err(EncodeFault::WrongKind {
            expected: ty.kind(),
            found: value.kind(),
        }
        .into()),
    }
}

fn write_unknown(out: &mut ByteBuf, refinements: &Refinements, ty: &Type) {
    let body = refinements.encode(ty);
    match body.and_then(|body| Some((length(body.len()).ok()?, body))) {
        Some((length, body)) => {
            let Ok(_) = wire::write_ext_meta(out, length, REFINED);
            out.as_mut_vec().extend_from_slice(&body);
        }
        None => {
            let Ok(_) = wire::write_ext_meta(out, 1, 0);
            out.as_mut_vec().push(0);
        }
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

fn write_elements<'a>(
    out: &mut ByteBuf,
    elements: impl Iterator<Item = (&'a Type, &'a Value)>,
    count: usize,
    depth: usize,
) -> Result<(), EncodeError> {
    let Ok(_) = wire::write_array_len(out, length(count)?);
    for (index, (ty, value)) in elements.enumerate() {
        write(out, value, ty, depth + 1).map_err(|error| error.inside(element_step(index)))?;
    }
    Ok(())
}

/// Writes each element once. Their bytes tell whether two are equal, since each value has but one
/// spelling; what is not known yet equals nothing.
fn write_set(
    out: &mut ByteBuf,
    elements: &[Value],
    ty: &Type,
    depth: usize,
) -> Result<(), EncodeError> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    let mut count = 0;
    for value in elements {
        let mut element = ByteBuf::new();
        write(&mut element, value, ty, depth + 1).map_err(At::of_the_whole)?;
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
    depth: usize,
) -> Result<(), EncodeError> {
    let Ok(_) = wire::write_map_len(out, length(entries.len())?);
    for (key, value) in entries {
        write_str(out, key)
            .and_then(|()| write(out, value, ty, depth + 1))
            .map_err(|error| error.inside(Step::Key(key.clone())))?;
    }
    Ok(())
}

fn write_object(
    out: &mut ByteBuf,
    attributes: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
    depth: usize,
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
            .and_then(|()| write(out, value, ty, depth + 1))
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
