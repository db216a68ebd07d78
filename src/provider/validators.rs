//! Validators of single attributes: which rule a value breaks, and what would be right.
//!
//! No text repeats the value: it may be a secret, and of any length.

use super::number::DeletionPolicy;
use crate::joonto::{E164, Iccid, MessageType, NumberType, SimStatus};
use crate::terraform;
use crate::terraform::Attr;
use crate::terraform::schema::Set;

/// Whether a value is valid; if not, which rule it breaks.
pub(in crate::provider) type Validity = Result<(), String>;

pub(in crate::provider) fn one_of(allowed: &[&str], text: &str) -> Validity {
    if allowed.contains(&text) {
        return Ok(());
    }
    let allowed: Vec<_> = allowed.iter().map(|word| format!("{word:?}")).collect();
    Err(format!(
        "The value is not one of those allowed: {}.",
        allowed.join(", ")
    ))
}

/// The text, if it is known and set. `""` is unset.
pub(in crate::provider) fn given(attr: &Attr<String>) -> Option<&str> {
    attr.as_str().filter(|text| !text.is_empty())
}

/// The same validator, for an argument that `""` leaves unset.
pub(in crate::provider) fn unset_or(check: impl Fn(&str) -> Validity) -> impl Fn(&str) -> Validity {
    move |text| match text {
        "" => Ok(()),
        text => check(text),
    }
}

/// The outcome of a validator, whose text says what a value would have to be.
pub(in crate::provider) fn valid_if(is_valid: bool, text: &str) -> Validity {
    is_valid.then_some(()).ok_or_else(|| text.to_owned())
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(in crate::provider) fn number_type(text: &str) -> Validity {
    one_of(&NumberType::ALL.map(NumberType::as_str), text)
}

pub(in crate::provider) fn message_type(text: &str) -> Validity {
    one_of(&MessageType::ALL.map(MessageType::as_str), text)
}

pub(in crate::provider) fn sim_status(text: &str) -> Validity {
    one_of(&SimStatus::ALL.map(SimStatus::as_str), text)
}

pub(in crate::provider) fn deletion_policy(text: &str) -> Validity {
    one_of(&DeletionPolicy::ALL.map(DeletionPolicy::word), text)
}

pub(in crate::provider) fn area_code(text: &str) -> Validity {
    valid_if(
        digits(text, 3) && text.as_bytes().first().is_some_and(|first| *first >= b'2'),
        "The value is not an area code. An area code has three digits, the first of them 2 to 9, \
         such as \"201\".",
    )
}

pub(in crate::provider) fn zip_code(text: &str) -> Validity {
    valid_if(
        digits(text, 5),
        "The value is not a US zip code. A zip code has five digits, such as \"84043\". One with a \
         leading zero needs quotes: \"02134\", because Terraform drops the zero of a number.",
    )
}

/// A zip code, with or without the four digits behind it.
pub(in crate::provider) fn zip_plus_four(text: &str) -> Validity {
    let Some((zip, four)) = text.split_once('-') else {
        return zip_code(text);
    };
    valid_if(
        digits(four, 4),
        "The value is not a US zip code. A zip code has five digits, and may have four more behind \
         a hyphen, such as \"84043-0001\".",
    )?;
    zip_code(zip)
}

pub(in crate::provider) fn state(text: &str) -> Validity {
    valid_if(
        text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()),
        "The value is not a state. A state has two letters, such as \"UT\".",
    )
}

pub(in crate::provider) fn filled(text: &str) -> Validity {
    valid_if(!text.is_empty(), "The value is empty.")
}

/// A number as the API writes it, so that it compares with what is computed elsewhere.
pub(in crate::provider) fn phone_number(text: &str) -> Validity {
    valid_if(
        number(text).is_some(),
        "The value is not a number in E.164 form: a + and digits, such as \"+18016025346\".",
    )
}

/// The numbers of a set, each as the API writes it.
pub(in crate::provider) fn numbers(set: &Attr<Set<String>>) -> Vec<E164> {
    let elements = set.known().into_iter().flat_map(Set::known);
    elements.filter_map(|text| number(text)).collect()
}

/// Whether an element of a set is no number. One that is empty or has white space around it is an
/// error already.
pub(in crate::provider) fn has_no_number(set: &Attr<Set<String>>) -> bool {
    let mut elements = set.known().into_iter().flat_map(Set::known);
    elements.any(|text| !text.is_empty() && text.trim() == text && number(text).is_none())
}

fn number(text: &str) -> Option<E164> {
    let number = E164::parse(text).ok();
    number.filter(|number| number.as_str() == text)
}

pub(in crate::provider) fn iccid(text: &str) -> Validity {
    valid_if(
        Iccid::parse(text).is_ok(),
        "The value is not an ICCID. An ICCID has 18 to 20 digits, the first of them 89, and may \
         end in one filler letter, such as \"8901240397190195850\".",
    )
}

pub(in crate::provider) fn message_route_id(text: &str) -> Validity {
    valid_if(
        !text.starts_with("CRID-"),
        "The value begins with CRID-, so it is a voice route. Message routes begin with MRID-. \
         Perhaps message_route_id and voice_route_id are swapped.",
    )
}

pub(in crate::provider) fn voice_route_id(text: &str) -> Validity {
    valid_if(
        !text.starts_with("MRID-"),
        "The value begins with MRID-, so it is a message route. Voice routes begin with CRID-. \
         Perhaps voice_route_id and message_route_id are swapped.",
    )
}

pub(in crate::provider) fn duration(text: &str) -> Validity {
    terraform::duration::parse(text).map(drop)
}

#[cfg(test)]
mod tests;
