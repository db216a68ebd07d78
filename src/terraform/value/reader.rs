//! The primitives of MessagePack, read from a slice.
//!
//! The lengths that a message claims are never believed: what would need more bytes than there
//! are is refused before anything is allocated for it.

use rmp::Marker;
use rmp::decode::{self, NumValueReadError, ValueReadError};

use super::Number;
use super::error::DecodeFault;

/// What is still to be read of a message.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// The families of MessagePack's formats.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nil,
    Bool,
    Number,
    Str,
    Bin,
    Array,
    Map,
    Extension,
    Reserved,
}

impl Kind {
    /// The name of this kind, for errors.
    fn name(self) -> &'static str {
        match self {
            Self::Nil => "null",
            Self::Bool => "a bool",
            Self::Number => "a number",
            Self::Str => "a string",
            Self::Bin => "bytes",
            Self::Array => "an array",
            Self::Map => "a map",
            Self::Extension => "an unknown value",
            Self::Reserved => "a reserved byte",
        }
    }
}

impl From<Marker> for Kind {
    fn from(marker: Marker) -> Self {
        match marker {
            Marker::Null => Self::Nil,
            Marker::True | Marker::False => Self::Bool,
            Marker::FixPos(_)
            | Marker::FixNeg(_)
            | Marker::U8
            | Marker::U16
            | Marker::U32
            | Marker::U64
            | Marker::I8
            | Marker::I16
            | Marker::I32
            | Marker::I64
            | Marker::F32
            | Marker::F64 => Self::Number,
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => Self::Str,
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => Self::Bin,
            Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => Self::Array,
            Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => Self::Map,
            Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32 => Self::Extension,
            Marker::Reserved => Self::Reserved,
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What the next value is.
    pub(super) fn kind(&self) -> Result<Kind, DecodeFault> {
        self.marker().map(Kind::from)
    }

    /// Reads a nil.
    pub(super) fn nil(&mut self) -> Result<(), DecodeFault> {
        decode::read_nil(&mut self.rest).map_err(|error| fault(&error, Kind::Nil))
    }

    /// Reads a bool.
    pub(super) fn bool(&mut self) -> Result<bool, DecodeFault> {
        decode::read_bool(&mut self.rest).map_err(|error| fault(&error, Kind::Bool))
    }

    /// Reads text.
    pub(super) fn str(&mut self) -> Result<&'a str, DecodeFault> {
        let length =
            decode::read_str_len(&mut self.rest).map_err(|error| fault(&error, Kind::Str))?;
        std::str::from_utf8(self.take(length)?).map_err(|_| DecodeFault::NotUnicode)
    }

    /// Reads a number in any of the forms that Terraform's writers use.
    pub(super) fn number(&mut self) -> Result<Number, DecodeFault> {
        match self.marker()? {
            Marker::F32 => decode::read_f32(&mut self.rest)
                .map_err(|error| fault(&error, Kind::Number))
                .and_then(|float| Number::from_f64(float.into()).ok_or(DecodeFault::NotANumber)),
            Marker::F64 => decode::read_f64(&mut self.rest)
                .map_err(|error| fault(&error, Kind::Number))
                .and_then(|float| Number::from_f64(float).ok_or(DecodeFault::NotANumber)),
            marker if Kind::from(marker) == Kind::Str => {
                self.str()?.parse().map_err(|_| DecodeFault::NotANumber)
            }
            _ => decode::read_int::<i128, _>(&mut self.rest)
                .map(Number::from)
                .map_err(|error| match error {
                    NumValueReadError::TypeMismatch(marker) => wrong_kind(Kind::Number, marker),
                    _ => DecodeFault::Truncated,
                }),
        }
    }

    /// Reads how many elements follow: never more than bytes are left.
    pub(super) fn array_len(&mut self) -> Result<usize, DecodeFault> {
        let length =
            decode::read_array_len(&mut self.rest).map_err(|error| fault(&error, Kind::Array))?;
        self.plausible(length, 1)
    }

    /// Reads how many entries follow: never more than bytes are left for.
    pub(super) fn map_len(&mut self) -> Result<usize, DecodeFault> {
        let length =
            decode::read_map_len(&mut self.rest).map_err(|error| fault(&error, Kind::Map))?;
        self.plausible(length, 2)
    }

    /// Passes over an extension.
    pub(super) fn extension(&mut self) -> Result<(), DecodeFault> {
        let meta = decode::read_ext_meta(&mut self.rest)
            .map_err(|error| fault(&error, Kind::Extension))?;
        self.take(meta.size).map(drop)
    }

    fn marker(&self) -> Result<Marker, DecodeFault> {
        let first = self.rest.first().ok_or(DecodeFault::Truncated)?;
        Ok(Marker::from_u8(*first))
    }

    fn take(&mut self, length: u32) -> Result<&'a [u8], DecodeFault> {
        let length = usize::try_from(length).map_err(|_| DecodeFault::Truncated)?;
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(DecodeFault::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A claimed number of items, if that many can follow.
    fn plausible(&self, length: u32, least_bytes_each: usize) -> Result<usize, DecodeFault> {
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= self.rest.len() / least_bytes_each)
            .ok_or(DecodeFault::Truncated)
    }
}

fn fault(error: &ValueReadError, expected: Kind) -> DecodeFault {
    match error {
        ValueReadError::TypeMismatch(marker) => wrong_kind(expected, *marker),
        _ => DecodeFault::Truncated,
    }
}

fn wrong_kind(expected: Kind, found: Marker) -> DecodeFault {
    DecodeFault::WrongKind {
        expected: expected.name(),
        found: Kind::from(found).name(),
    }
}
