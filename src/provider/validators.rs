//! Checks of single attributes: which rule a value breaks, and what would be right.
//!
//! No text repeats the value: it may be a secret, and of any length.

use super::number::DeletionPolicy;
use crate::joonto::{E164, Iccid, MessageType, NumberType};
use crate::terraform;

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

/// The same validator, for an argument that `""` leaves unset.
pub(in crate::provider) fn unset_or(check: impl Fn(&str) -> Validity) -> impl Fn(&str) -> Validity {
    move |text| match text {
        "" => Ok(()),
        text => check(text),
    }
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

pub(in crate::provider) fn deletion_policy(text: &str) -> Validity {
    one_of(&DeletionPolicy::ALL.map(DeletionPolicy::word), text)
}

pub(in crate::provider) fn area_code(text: &str) -> Validity {
    match digits(text, 3) && text.as_bytes().first().is_some_and(|first| *first >= b'2') {
        true => Ok(()),
        false => Err(
            "The value is not an area code. An area code has three digits, the first of \
                      them 2 to 9, such as \"201\"."
                .to_owned(),
        ),
    }
}

pub(in crate::provider) fn zip_code(text: &str) -> Validity {
    match digits(text, 5) {
        true => Ok(()),
        false => Err(
            "The value is not a US zip code. A zip code has five digits, such as \
                      \"84043\". One with a leading zero needs quotes: \"02134\", because \
                      Terraform drops the zero of a number."
                .to_owned(),
        ),
    }
}

pub(in crate::provider) fn phone_number(text: &str) -> Validity {
    match E164::parse(text) {
        // As the API writes it, so that it compares with what is computed elsewhere.
        Ok(number) if number.as_str() == text => Ok(()),
        _ => Err(
            "The value is not a number in E.164 form: a + and digits, such as \
                  \"+18016025346\"."
                .to_owned(),
        ),
    }
}

pub(in crate::provider) fn iccid(text: &str) -> Validity {
    match Iccid::parse(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(
            "The value is not an ICCID. An ICCID has 18 to 20 digits, the first of them \
                       89, and may end in one filler letter, such as \"8901240397190195850\"."
                .to_owned(),
        ),
    }
}

pub(in crate::provider) fn message_route_id(text: &str) -> Validity {
    match text.starts_with("CRID-") {
        false => Ok(()),
        true => Err(
            "The value begins with CRID-, so it is a voice route. Message routes begin \
                     with MRID-. Perhaps message_route_id and voice_route_id are swapped."
                .to_owned(),
        ),
    }
}

pub(in crate::provider) fn voice_route_id(text: &str) -> Validity {
    match text.starts_with("MRID-") {
        false => Ok(()),
        true => Err(
            "The value begins with MRID-, so it is a message route. Voice routes begin \
                     with CRID-. Perhaps voice_route_id and message_route_id are swapped."
                .to_owned(),
        ),
    }
}

pub(in crate::provider) fn duration(text: &str) -> Validity {
    terraform::duration::parse(text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(check: fn(&str) -> Validity, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
        for text in bad {
            assert!(check(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn enumerations_take_their_words_only_and_list_them() {
        accepts(
            number_type,
            &["mvno", "iot", "voip"],
            &["", "MVNO", "mobile"],
        );
        accepts(message_type, &["a2p", "p2p"], &["A2P", "sms"]);
        accepts(
            deletion_policy,
            &["cancel", "park", "abandon", "prevent"],
            &["delete", "Cancel"],
        );
        let problem = number_type("mobile").expect_err("not a number type");
        assert!(problem.contains(r#""mvno", "iot", "voip""#), "{problem}");
    }

    #[test]
    fn area_codes_have_three_digits_from_200_up() {
        accepts(
            area_code,
            &["201", "999"],
            &["", "20", "2011", "101", "0201", "2a1", "２01"],
        );
    }

    #[test]
    fn zip_codes_have_five_digits() {
        accepts(
            zip_code,
            &["84043", "00501"],
            &["", "8404", "840431", "84043-1234", "8404a"],
        );
    }

    #[test]
    fn iccids_have_18_to_20_digits_and_perhaps_a_filler_letter() {
        accepts(
            iccid,
            &[
                "890124039719019585",
                "8901240397190195850",
                "89012403971901958501",
                "8901240397190195850F",
                "8901240397190195850f",
            ],
            &[
                "",
                "89012403971901958",
                "890124039719019585012",
                "7901240397190195850",
                "8901240397190195850FF",
                "89012403971901958F0",
                "8901-2403-9719-0195",
            ],
        );
    }

    #[test]
    fn swapped_routes_are_noticed_and_other_shapes_are_not_judged() {
        accepts(message_route_id, &["MRID-1", "", "T9992774"], &["CRID-1"]);
        accepts(voice_route_id, &["CRID-1", "", "T9992774"], &["MRID-1"]);
    }
}
