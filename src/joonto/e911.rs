//! The address that emergency services get for a number (E911).
//!
//! It is personal: no text that the API returns about it is ever shown.

use std::fmt;

use serde_json::{Map, Value};

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation::{E911_GET, E911_SET};
use super::session::ApiCall;
use super::types::{AccountId, E164, OrderClass};
use crate::context::Context;

/// What the parts of an address are called in requests and responses.
const NAMES: [&str; 5] = ["Street1", "Street2", "City", "State", "Zip"];

/// Words, each with the abbreviation of the US Postal Service. One stands for the other.
const ABBREVIATIONS: [(&str, &str); 35] = [
    ("ALLEY", "ALY"),
    ("APARTMENT", "APT"),
    ("AVENUE", "AVE"),
    ("BOULEVARD", "BLVD"),
    ("BUILDING", "BLDG"),
    ("CIRCLE", "CIR"),
    ("COURT", "CT"),
    ("COVE", "CV"),
    ("CREEK", "CRK"),
    ("CROSSING", "XING"),
    ("DRIVE", "DR"),
    ("EAST", "E"),
    ("EXPRESSWAY", "EXPY"),
    ("FLOOR", "FL"),
    ("FORT", "FT"),
    ("HIGHWAY", "HWY"),
    ("LANE", "LN"),
    ("MOUNT", "MT"),
    ("NORTH", "N"),
    ("NORTHEAST", "NE"),
    ("NORTHWEST", "NW"),
    ("PARKWAY", "PKWY"),
    ("PLACE", "PL"),
    ("PLAZA", "PLZ"),
    ("ROAD", "RD"),
    ("SAINT", "ST"),
    ("SOUTH", "S"),
    ("SOUTHEAST", "SE"),
    ("SOUTHWEST", "SW"),
    ("SQUARE", "SQ"),
    ("STREET", "ST"),
    ("SUITE", "STE"),
    ("TERRACE", "TER"),
    ("TRAIL", "TRL"),
    ("WEST", "W"),
];

/// An address: two lines of a street, city, state and zip code. What is not set is empty.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct E911Address([String; 5]);

impl fmt::Debug for E911Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("E911Address").finish_non_exhaustive()
    }
}

impl E911Address {
    /// An address of these parts, in the order of the postal lines.
    pub fn new(parts: [String; 5]) -> Self {
        Self(parts)
    }

    /// Its parts.
    pub fn parts(&self) -> &[String; 5] {
        &self.0
    }

    /// Which parts are the same in both: case, punctuation, blanks and abbreviations do not count,
    /// and of a zip code only the first five digits do.
    pub fn same_parts(&self, other: &Self) -> [bool; 5] {
        let [street1, street2, city, state, zip] = &other.0;
        let words = |part: usize, theirs: &str| words(&self.0[part]) == words(theirs);
        [
            words(0, street1),
            words(1, street2),
            words(2, city),
            words(3, state),
            five_digits(&self.0[4]) == five_digits(zip),
        ]
    }

    /// Whether both are the same address.
    pub fn is_same(&self, other: &Self) -> bool {
        self.same_parts(other).iter().all(|same| *same)
    }
}

/// The words of a part, without what does not count.
fn words(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let between_letters = |after: Option<&char>| {
            before.is_some_and(char::is_alphabetic) && after.is_some_and(|c| c.is_alphabetic())
        };
        match character {
            c if c.is_alphanumeric() => plain.extend(c.to_uppercase()),
            // "Winston-Salem" is two words, and "37-10" is one.
            '-' if !between_letters(characters.peek()) => {}
            '.' | '\'' | '\u{2019}' => {}
            _ => plain.push(' '),
        }
        before = Some(character);
    }
    let short = |word: &str| {
        let found = ABBREVIATIONS.iter().find(|(long, _)| *long == word);
        found.map_or(word, |(_, short)| short).to_owned()
    };
    plain.split_whitespace().map(short).collect()
}

fn five_digits(zip: &str) -> String {
    let digits = zip.chars().filter(char::is_ascii_digit);
    digits.take(5).collect()
}

/// What the API has for a number.
#[derive(Debug)]
pub struct E911Record {
    /// The number it is about, if the response names it.
    number: Option<E164>,
    /// The account of the number.
    pub account_id: Option<AccountId>,
    /// The address. None if there is none.
    pub address: Option<E911Address>,
}

impl FromResponse for E911Record {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["E911Address", "PhoneNumber"])?;
        let nested = fields.named("E911Address").find_map(LenientObject::of);
        let address = nested
            .map(|nested| E911Address(NAMES.map(|name| nested.text(name).unwrap_or_default())));
        Some(Self {
            number: fields.e164(&["PhoneNumber"]),
            account_id: fields.account_id(),
            address: address.filter(|address| *address != E911Address::default()),
        })
    }
}

/// The status word of the response to a change.
struct Outcome(Option<String>);

impl FromResponse for Outcome {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["PhoneNumber", "Status"])?;
        Some(Self(fields.text("Status")))
    }
}

impl Client {
    /// Reads the address of a number. A number without one and one that the API does not know are
    /// the same: none.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn e911_address(
        &self,
        number: &E164,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Option<E911Record>, Error> {
        let mut query = vec![("PhoneNumber", number.to_string())];
        query.extend(account_id.map(|id| ("AccountId", id.to_string())));
        let call = ApiCall::get(&E911_GET, query).personal();
        let Some(record) = self.find::<E911Record>(&call, context).await? else {
            return Ok(None);
        };
        Error::check_subject(&E911_GET, number, record.number.as_ref())?;
        Ok(record.address.is_some().then_some(record))
    }

    /// Sets the address of a number. Returns whether the response confirms it: one with an unknown
    /// status word leaves that to a read.
    ///
    /// # Errors
    ///
    /// When the API refused it, or could not be reached.
    pub async fn set_e911_address(
        &self,
        number: &E164,
        account_id: Option<&AccountId>,
        address: &E911Address,
        context: &Context,
    ) -> Result<bool, Error> {
        let text = |text: &str| Value::from(text);
        let mut request = Map::from_iter([("PhoneNumber".to_owned(), text(number.as_str()))]);
        for (name, part) in NAMES.iter().zip(address.parts()) {
            request.insert((*name).to_owned(), text(part));
        }
        if let Some(id) = account_id {
            request.insert("AccountId".to_owned(), text(id.as_str()));
        }
        let call = ApiCall::post(&E911_SET, &request)?.personal();
        let Outcome(status) = self.call(&call, context).await?;
        match status.as_deref().map(|status| OrderClass::of(Some(status))) {
            None | Some(OrderClass::Done) => Ok(true),
            Some(OrderClass::GoingOn) => Ok(false),
            Some(OrderClass::Failed) => Err(Error::refused_personally(&E911_SET)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(parts: [&str; 5]) -> E911Address {
        E911Address::new(parts.map(str::to_owned))
    }

    #[test]
    fn spellings_of_one_address_are_the_same() {
        let written = address(["1 Sample Way", "", "Lehi", "UT", "84043"]);
        let returned = address(["1  SAMPLE WAY", "", "LEHI", "ut", "84043-0001"]);
        assert!(written.is_same(&returned));
        for (one, other) in [
            (
                "12 N. Main Street, Apt #5-B",
                "12 NORTH MAIN ST APARTMENT 5B",
            ),
            ("37-10 O'Brien Blvd.", "3710 OBRIEN BOULEVARD"),
            ("Winston-Salem", "WINSTON SALEM"),
            ("St. George", "SAINT GEORGE"),
        ] {
            assert_eq!(words(one), words(other));
        }
    }

    #[test]
    fn another_address_differs() {
        for (one, other) in [
            ("1 2nd St", "12nd St"),
            ("1 Main St", "1 Main Ave"),
            ("1 Main St", "1 N Main St"),
            ("1 Main St", "11 Main St"),
            ("", "Apt 1"),
        ] {
            assert_ne!(words(one), words(other));
        }
        let here = address(["1 Sample Way", "", "Lehi", "UT", "84043"]);
        let there = address(["1 Sample Way", "", "Lehi", "UT", "84044-0001"]);
        assert_eq!(here.same_parts(&there), [true, true, true, true, false]);
    }

    #[test]
    fn nulls_are_no_address() {
        for body in [
            r#"{"PhoneNumber": "+12025550143", "E911Address": null}"#,
            r#"{"PhoneNumber": "+12025550143", "E911Address": {"Street1": null, "Zip": ""}}"#,
        ] {
            let json = Json::read(body.as_bytes()).expect("JSON");
            let record = E911Record::read(&json).expect("a record");
            assert_eq!(record.address, None, "{body}");
        }
    }
}
