//! Reading one number: by two names, since the documentation has both, and never mistaking
//! another number's answer for it.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use super::answers::NumberRecord;
use super::client::Client;
use super::error::Error;
use super::ids::{E164, Iccid};
use super::operation;
use super::session::Call;
use crate::wait::Waits;

/// What a number is looked up by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Lookup {
    /// The number itself.
    Number(E164),
    /// The SIM it is on.
    Sim(Iccid),
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Sim(iccid) => write!(f, "the number of SIM {iccid}"),
        }
    }
}

/// The name under which details take a number: the documentation has both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Spelling {
    Number = 1,
    PhoneNumber = 2,
}

impl Spelling {
    const fn name(self) -> &'static str {
        match self {
            Self::Number => "Number",
            Self::PhoneNumber => "PhoneNumber",
        }
    }
}

/// The spelling that has worked, if one has; then the other is no longer tried.
#[derive(Debug, Default)]
pub(super) struct KnownSpelling(AtomicU8);

impl KnownSpelling {
    fn get(&self) -> Option<Spelling> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some(Spelling::Number),
            2 => Some(Spelling::PhoneNumber),
            _ => None,
        }
    }

    fn set(&self, spelling: Spelling) {
        self.0.store(spelling as u8, Ordering::Relaxed);
    }
}

/// How one attempt to read details ended.
enum Details {
    Found(Box<NumberRecord>),
    NotFound,
    /// About another number, or refused as malformed: perhaps the name was not understood.
    Misunderstood(Error),
}

impl Client {
    /// Reads a number. Nothing when the API says that this account has no such number.
    ///
    /// # Errors
    ///
    /// [`Error::AnotherSubject`] when only answers about another number came: that says nothing
    /// about the one asked for, least of all that it is gone.
    pub async fn details(
        &self,
        lookup: &Lookup,
        waits: &Waits,
    ) -> Result<Option<NumberRecord>, Error> {
        match lookup {
            Lookup::Number(number) => self.details_by_number(number, waits).await,
            Lookup::Sim(iccid) => match self.details_by_sim(iccid, waits).await? {
                Details::Found(record) => Ok(Some(*record)),
                Details::NotFound => Ok(None),
                Details::Misunderstood(error) => Err(error),
            },
        }
    }

    async fn details_by_number(
        &self,
        number: &E164,
        waits: &Waits,
    ) -> Result<Option<NumberRecord>, Error> {
        let known = self.known_spelling().get();
        let first = known.unwrap_or(Spelling::Number);
        let first = match self.details_spelled(first, number, waits).await? {
            Details::Found(record) => return Ok(Some(*record)),
            Details::NotFound if known.is_some() => return Ok(None),
            Details::Misunderstood(error) if known.is_some() => return Err(error),
            first => first,
        };
        let second = self
            .details_spelled(Spelling::PhoneNumber, number, waits)
            .await?;
        match (first, second) {
            (_, Details::Found(record)) => Ok(Some(*record)),
            (Details::NotFound, Details::NotFound) => Ok(None),
            // One name was refused as malformed, so the other one is the API's, and it says no.
            (Details::NotFound, Details::Misunderstood(Error::Refused { .. }))
            | (Details::Misunderstood(Error::Refused { .. }), Details::NotFound) => Ok(None),
            (Details::Misunderstood(error), _) | (_, Details::Misunderstood(error)) => Err(error),
            (Details::Found(record), _) => Ok(Some(*record)),
        }
    }

    async fn details_spelled(
        &self,
        spelling: Spelling,
        number: &E164,
        waits: &Waits,
    ) -> Result<Details, Error> {
        let query = vec![(spelling.name(), number.as_str().to_owned())];
        let details = self.details_found(query, waits).await?;
        let Details::Found(mut record) = details else {
            return Ok(details);
        };
        match &record.number {
            Some(answered) if answered != number => {
                return Ok(Details::Misunderstood(another_subject(number, answered)));
            }
            // A record that does not name its number is taken for the one asked for.
            _ => record.number = Some(number.clone()),
        }
        self.known_spelling().set(spelling);
        Ok(Details::Found(record))
    }

    async fn details_by_sim(&self, iccid: &Iccid, waits: &Waits) -> Result<Details, Error> {
        let query = vec![("ICCID", iccid.digits().to_owned())];
        let details = self.details_found(query, waits).await?;
        if let Details::Found(record) = &details
            && let Some(answered) = record.iccid()
            && !answered.same_sim(iccid)
        {
            return Ok(Details::Misunderstood(another_subject(iccid, &answered)));
        }
        Ok(details)
    }

    async fn details_found(
        &self,
        query: Vec<(&'static str, String)>,
        waits: &Waits,
    ) -> Result<Details, Error> {
        match self
            .call(&Call::get(&operation::DETAILS, query), waits)
            .await
        {
            Ok(record) => Ok(Details::Found(Box::new(record))),
            Err(Error::Refused { status: 404, .. }) => Ok(Details::NotFound),
            Err(error @ Error::Refused { status: 400, .. }) => Ok(Details::Misunderstood(error)),
            Err(error) => Err(error),
        }
    }
}

fn another_subject(asked: &impl fmt::Display, answered: &impl fmt::Display) -> Error {
    Error::AnotherSubject {
        operation: &operation::DETAILS,
        asked: asked.to_string(),
        answered: answered.to_string(),
    }
}
