//! A number as reads return it, and reading one: by two names, since the documentation has both,
//! and never mistaking another number's response for it.

use std::fmt;
use std::sync::OnceLock;

use super::client::Client;
use super::error::Error;
use super::lenient_json::{Field, FromResponse, Json, LenientObject};
use super::operation;
use super::secret::Secret;
use super::session::ApiCall;
use super::types::{E164, Iccid, MessageType, NumberClass, NumberType, OrderId};
use crate::context::Context;

/// A number, as details and inventory tell it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NumberRecord {
    /// The number.
    pub number: Option<E164>,
    /// Its id on reads: `TNID-…`. Never compare it to the `NID-…` of a purchase.
    pub number_id: Option<String>,
    /// Its order on reads: `TNOID-…`. Never compare it to the `JNUOID-…` of a write.
    pub order_id: Option<OrderId>,
    /// `Mobile` or the like; [`number_type`](Self::number_type) has what a purchase calls it.
    pub number_type_word: Option<String>,
    /// `MVNO`, `IoT` or the like.
    pub classification: Option<String>,
    /// `A2P`, `p2p` or the like; [`message_type`](Self::message_type) has it as in a purchase.
    pub message_type_word: Option<String>,
    /// Whether it takes part in messaging.
    pub message_enabled: Option<bool>,
    /// Whether it takes part in calls.
    pub voice_enabled: Option<bool>,
    /// The route of its messages.
    pub message_route_id: Field<String>,
    /// The route of its calls. On details it can be a name of another kind than `CRID-…`.
    pub voice_route_id: Field<String>,
    /// Its status word.
    pub status: Option<String>,
    /// The day it was bought.
    pub original_date_purchased: Option<String>,
    /// The subscriber it is tied to.
    pub assigned_subscriber_id: Option<String>,
    /// Its SIM as it came; [`iccid`](Self::iccid) has it checked.
    pub iccid_text: Option<String>,
    /// The link that activates an eSIM.
    pub qr_code: Option<Secret>,
    /// How often its SIM can still be swapped. Changes by itself.
    pub swaps_remaining: Option<u64>,
    /// What is booked. The inventory alone tells it.
    pub product_type: Option<String>,
    /// Its caller name as one text. An update takes two.
    pub caller_name: Option<String>,
}

impl NumberRecord {
    /// The type under which such a number is bought, if the record tells.
    pub fn number_type(&self) -> Option<NumberType> {
        let lower = |word: &Option<String>| word.as_ref().map(|word| word.to_lowercase());
        let classification = lower(&self.classification);
        let voip = Some(NumberType::Voip.as_str());
        if lower(&self.number_type_word).as_deref() == voip || classification.as_deref() == voip {
            return Some(NumberType::Voip);
        }
        NumberType::parse(&classification?)
    }

    /// The message type, if the record tells.
    pub fn message_type(&self) -> Option<MessageType> {
        MessageType::parse(&self.message_type_word.as_ref()?.to_lowercase())
    }

    /// Its SIM, if the record has a valid ICCID.
    pub fn iccid(&self) -> Option<Iccid> {
        Iccid::parse(self.iccid_text.as_deref()?).ok()
    }

    /// What its status word amounts to.
    pub fn class(&self) -> NumberClass {
        NumberClass::of(self.status.as_deref())
    }

    // `PortOutPin` is left where it is: a secret that nothing here needs.
    pub(super) fn of(fields: LenientObject<'_>) -> Self {
        Self {
            number: fields.e164(&["Number", "PhoneNumber"]),
            number_id: fields.text("TNID"),
            order_id: fields.order_id("OrderId"),
            number_type_word: fields.text("NumberType"),
            classification: fields.text("Classification"),
            message_type_word: fields.text("MessageType"),
            message_enabled: fields.flag("MessageEnabled"),
            voice_enabled: fields.flag("VoiceEnabled"),
            message_route_id: fields.field_text("MessageRouteId"),
            voice_route_id: fields.field_text("VoiceRouteId"),
            status: fields.text("Status"),
            original_date_purchased: fields.text("OriginalDatePurchased"),
            assigned_subscriber_id: fields.text("AssignedSubscriberId"),
            iccid_text: fields.text("Iccid"),
            qr_code: fields.qr_code(),
            swaps_remaining: fields.count("SwapsRemaining"),
            product_type: fields.text("ProductType"),
            caller_name: fields.text("Cnam"),
        }
    }
}

impl FromResponse for NumberRecord {
    fn read(body: &Json) -> Option<Self> {
        let documented = [
            "Number",
            "PhoneNumber",
            "TNID",
            "Iccid",
            "Status",
            "Classification",
        ];
        let record = Self::of(LenientObject::of_response(body, &documented)?);
        // An object that tells nothing is not a number.
        (record != Self::default()).then_some(record)
    }
}

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

/// The names under which details take a number: the documentation has both.
const NAMES: [&str; 2] = ["Number", "PhoneNumber"];

/// The name that has worked, once one has; then the other is no longer tried.
type KnownName = OnceLock<&'static str>;

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
    /// Also when only responses about another number came: that says nothing about the one asked
    /// for, least of all that it is gone.
    pub async fn details(
        &self,
        lookup: &Lookup,
        context: &Context,
    ) -> Result<Option<NumberRecord>, Error> {
        match lookup {
            Lookup::Number(number) => self.details_by_number(number, context).await,
            Lookup::Sim(iccid) => match self.details_by_sim(iccid, context).await? {
                Details::Found(record) => Ok(Some(*record)),
                Details::NotFound => Ok(None),
                Details::Misunderstood(error) => Err(error),
            },
        }
    }

    async fn details_by_number(
        &self,
        number: &E164,
        context: &Context,
    ) -> Result<Option<NumberRecord>, Error> {
        let known = self.kept::<KnownName>().get().copied();
        let first = known.unwrap_or(NAMES[0]);
        let first = match self.details_named(first, number, context).await? {
            Details::Found(record) => return Ok(Some(*record)),
            Details::NotFound if known.is_some() => return Ok(None),
            Details::Misunderstood(error) if known.is_some() => return Err(error),
            first => first,
        };
        let second = self.details_named(NAMES[1], number, context).await?;
        match (first, second) {
            (_, Details::Found(record)) => Ok(Some(*record)),
            (Details::NotFound, Details::NotFound) => Ok(None),
            // One name was refused as malformed, so the other one is the API's, and it says no.
            (Details::NotFound, Details::Misunderstood(error))
            | (Details::Misunderstood(error), Details::NotFound)
                if error.is_refused_with(400) =>
            {
                Ok(None)
            }
            (Details::Misunderstood(error), _) | (_, Details::Misunderstood(error)) => Err(error),
            (Details::Found(record), _) => Ok(Some(*record)),
        }
    }

    async fn details_named(
        &self,
        name: &'static str,
        number: &E164,
        context: &Context,
    ) -> Result<Details, Error> {
        let query = vec![(name, number.as_str().to_owned())];
        let details = self.details_found(query, context).await?;
        let Details::Found(mut record) = details else {
            return Ok(details);
        };
        match &record.number {
            Some(answered) if answered != number => {
                let another = Error::another_subject(&operation::DETAILS, number, answered);
                return Ok(Details::Misunderstood(another));
            }
            // A record that does not name its number is taken for the one asked for.
            _ => record.number = Some(number.clone()),
        }
        self.kept::<KnownName>().get_or_init(|| name);
        Ok(Details::Found(record))
    }

    async fn details_by_sim(&self, iccid: &Iccid, context: &Context) -> Result<Details, Error> {
        let query = vec![("ICCID", iccid.digits().to_owned())];
        let details = self.details_found(query, context).await?;
        if let Details::Found(record) = &details
            && let Some(answered) = record.iccid()
            && !answered.same_sim(iccid)
        {
            let another = Error::another_subject(&operation::DETAILS, iccid, &answered);
            return Ok(Details::Misunderstood(another));
        }
        Ok(details)
    }

    async fn details_found(
        &self,
        query: Vec<(&'static str, String)>,
        context: &Context,
    ) -> Result<Details, Error> {
        match self
            .call(&ApiCall::get(&operation::DETAILS, query), context)
            .await
        {
            Ok(record) => Ok(Details::Found(Box::new(record))),
            Err(error) if error.is_not_found() => Ok(Details::NotFound),
            Err(error) if error.is_refused_with(400) => Ok(Details::Misunderstood(error)),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
