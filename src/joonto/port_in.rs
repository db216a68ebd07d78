//! Port-ins: numbers that come from another carrier.
//!
//! A submit costs a fee and is sent once, like a purchase. What the API says about a port-in may
//! repeat the secrets of the losing account, so only words of a fixed list are ever shown.

use serde_json::{Map, Value};

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation::{PORT_IN, PORT_IN_CANCEL, PORT_IN_ELIGIBILITY, PORT_IN_UPDATE};
use super::order::Order;
use super::paid::PaidCall;
use super::secret::Secret;
use super::session::ApiCall;
use super::types::{E164, OrderClass, OrderId};
use crate::context::Context;

/// The state of a port-in's order, whichever of the API's three vocabularies names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PortInState {
    /// It waits for the losing carrier.
    Pending,
    /// The losing carrier accepted it, and it has a date.
    InProgress,
    /// The losing carrier refused it. Corrected data can be sent.
    ResolutionRequired,
    /// The number is in the account.
    Complete,
    /// It ended, and the number stays where it was.
    Cancelled,
}

/// Each state with its words, in lower-case letters alone. The first is how the provider spells it.
const STATES: [(PortInState, &str, &[&str]); 5] = [
    (
        PortInState::Pending,
        "Pending",
        &["pending", "submitted", "pendingcarrierapproval", "updated"],
    ),
    (
        PortInState::InProgress,
        "InProgress",
        &["inprogress", "scheduled"],
    ),
    (
        PortInState::ResolutionRequired,
        "ResolutionRequired",
        &["resolutionrequired", "rejected", "error"],
    ),
    (
        PortInState::Complete,
        "Complete",
        &["complete", "completed"],
    ),
    (
        PortInState::Cancelled,
        "Cancelled",
        &["cancelled", "canceled"],
    ),
];

impl PortInState {
    /// Reads a status word of the API. None for a word that no description lists: the order is open.
    pub fn of(word: &str) -> Option<Self> {
        let letters = word.chars().filter(|c| c.is_ascii_alphabetic());
        let letters = letters.collect::<String>().to_ascii_lowercase();
        let found = STATES
            .iter()
            .find(|(.., words)| words.contains(&letters.as_str()));
        found.map(|(state, ..)| *state)
    }

    /// How the provider spells it.
    pub fn as_str(self) -> &'static str {
        let found = STATES.iter().find(|(state, ..)| *state == self);
        found.map_or("", |(_, word, _)| word)
    }

    /// Whether it never changes again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Cancelled)
    }
}

/// The fields of a submit or an update, each sent only if it is here.
#[derive(Clone, Default)]
pub struct PortInFields {
    texts: Map<String, Value>,
    secrets: Vec<Secret>,
}

impl std::fmt::Debug for PortInFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortInFields").finish_non_exhaustive()
    }
}

impl PortInFields {
    /// Has a text sent.
    pub fn set(&mut self, name: &str, text: &str) {
        self.texts.insert(name.to_owned(), text.into());
    }

    /// Has a secret sent, which no text may repeat.
    pub fn set_secret(&mut self, name: &str, secret: &str) {
        self.set(name, secret);
        self.secrets.push(Secret::new(secret.to_owned()));
    }

    /// Has the address sent: the parts that are here.
    pub fn set_address<'a>(&mut self, parts: impl Iterator<Item = (&'a str, &'a str)>) {
        let parts = parts.map(|(name, text)| (name.to_owned(), Value::from(text)));
        let address = Value::Object(parts.collect());
        self.texts
            .insert("CurrentBillingAddress".to_owned(), address);
    }

    /// What is sent, for tests. Secrets are included.
    #[cfg(test)]
    pub(crate) fn as_json(&self) -> Value {
        Value::Object(self.texts.clone())
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    fn call(
        &self,
        operation: &'static super::Operation,
        (name, value): (&str, &str),
    ) -> Result<ApiCall, Error> {
        let mut request = self.texts.clone();
        request.insert(name.to_owned(), value.into());
        let call = ApiCall::post(operation, &request)?;
        Ok(call.with_secrets(self.secrets.clone()).about_secrets())
    }
}

/// The response to a submit, an update or a cancel.
#[derive(Clone, Debug)]
pub struct PortInReceipt {
    /// The order.
    pub order_id: Option<OrderId>,
    /// The order's status word.
    pub status: Option<String>,
    /// The number, if the response names it.
    pub number: Option<E164>,
}

impl FromResponse for PortInReceipt {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["OrderId", "Status", "OrderStatus"])?;
        Some(Self {
            order_id: fields.written_order_id("OrderId"),
            status: fields.text_of(&["Status", "OrderStatus"]),
            number: fields.e164(&["PhoneNumber"]),
        })
    }
}

impl PortInReceipt {
    /// The order's state. None for an unknown word, or none at all.
    pub fn state(&self) -> Option<PortInState> {
        PortInState::of(self.status.as_deref()?)
    }

    /// Whether it says that what was asked for failed.
    pub fn has_failed(&self) -> bool {
        OrderClass::of(self.status.as_deref()) == OrderClass::Failed
    }
}

impl Order {
    /// Whether it may be about the number: it lists the number, or none yet.
    pub fn may_be_of(&self, number: &E164) -> bool {
        self.numbers.is_empty() || self.numbers.contains(number)
    }

    /// Whether it says that it is a port-in of the number. One that says neither is another's.
    pub fn is_port_in_of(&self, number: &E164) -> bool {
        let is_listed = self.numbers.contains(number);
        self.may_be_of(number) && self.is_port_in().unwrap_or(is_listed)
    }

    /// Whether it says that it is a port-in. None if it does not say what it is.
    pub fn is_port_in(&self) -> Option<bool> {
        let kind = self.order_type.as_deref()?;
        Some(kind.to_ascii_lowercase().contains("port"))
    }

    /// The state of a port-in's order. None for an unknown word, or none at all.
    pub fn port_in_state(&self) -> Option<PortInState> {
        PortInState::of(self.order_status.as_deref()?)
    }
}

/// Whether a number can be ported in.
#[derive(Clone, Debug)]
pub struct Eligibility {
    /// The number it is about, if the response names it.
    number: Option<E164>,
    /// Whether it can.
    pub is_eligible: Option<bool>,
    /// Who has the number.
    pub current_carrier: Option<String>,
    /// What kind of number it is.
    pub number_type: Option<String>,
    /// What the API says to it.
    pub message: Option<String>,
}

impl FromResponse for Eligibility {
    fn read(body: &Json) -> Option<Self> {
        let documented = ["Eligible", "CurrentCarrier", "PhoneNumber", "NumberType"];
        let fields = LenientObject::of_response(body, &documented)?;
        Some(Self {
            number: fields.e164(&["PhoneNumber"]),
            is_eligible: fields.flag("Eligible"),
            current_carrier: fields.text("CurrentCarrier"),
            number_type: fields.text("NumberType"),
            message: fields.text("Message"),
        })
    }

    fn remark(&mut self) -> Option<&mut String> {
        self.message.as_mut()
    }
}

impl Client {
    /// Asks whether a number can be ported in.
    ///
    /// # Errors
    ///
    /// When the API refused to say, or could not be reached.
    pub async fn port_in_eligibility(
        &self,
        number: &E164,
        classification: &str,
        context: &Context,
    ) -> Result<Eligibility, Error> {
        let request = serde_json::json!({
            "PhoneNumber": number,
            "TargetClassification": classification,
        });
        let call = ApiCall::post(&PORT_IN_ELIGIBILITY, &request)?;
        let found: Eligibility = self.call(&call, context).await?;
        Error::check_subject(&PORT_IN_ELIGIBILITY, number, found.number.as_ref())?;
        Ok(found)
    }

    /// A submit, to be admitted and sent once.
    ///
    /// # Errors
    ///
    /// The request cannot be written as JSON.
    pub fn submit_port_in(
        &self,
        number: &E164,
        fields: &PortInFields,
    ) -> Result<PaidCall<'_>, Error> {
        let call = fields.call(&PORT_IN, ("PortInNumber", number.as_str()))?;
        Ok(PaidCall::new(self, call))
    }

    /// Updates an open order, which waits for the losing carrier again afterwards.
    ///
    /// # Errors
    ///
    /// When the API refused it, or could not be reached.
    pub async fn update_port_in(
        &self,
        order: &OrderId,
        fields: &PortInFields,
        context: &Context,
    ) -> Result<PortInReceipt, Error> {
        let call = fields.call(&PORT_IN_UPDATE, ("OrderId", order.as_str()))?;
        self.port_in_call(&PORT_IN_UPDATE, &call, order, context)
            .await
    }

    /// Cancels an open order.
    ///
    /// # Errors
    ///
    /// When the API refused it, or could not be reached.
    pub async fn cancel_port_in(
        &self,
        order: &OrderId,
        context: &Context,
    ) -> Result<PortInReceipt, Error> {
        let fields = PortInFields::default();
        let call = fields.call(&PORT_IN_CANCEL, ("OrderId", order.as_str()))?;
        self.port_in_call(&PORT_IN_CANCEL, &call, order, context)
            .await
    }

    async fn port_in_call(
        &self,
        operation: &'static super::Operation,
        call: &ApiCall,
        order: &OrderId,
        context: &Context,
    ) -> Result<PortInReceipt, Error> {
        let receipt: PortInReceipt = self.call(call, context).await?;
        Error::check_subject(operation, order, receipt.order_id.as_ref())?;
        Ok(receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_vocabularies_name_the_same_states() {
        for (words, state) in [
            (
                ["Pending", "Submitted", "Pending Carrier Approval"],
                PortInState::Pending,
            ),
            (
                ["InProgress", "Scheduled", "in_progress"],
                PortInState::InProgress,
            ),
            (
                ["ResolutionRequired", "Rejected", "ERROR"],
                PortInState::ResolutionRequired,
            ),
            (["Complete", "Completed", "complete"], PortInState::Complete),
            (
                ["Cancelled", "canceled", "CANCELLED"],
                PortInState::Cancelled,
            ),
        ] {
            for word in words {
                assert_eq!(PortInState::of(word), Some(state), "{word}");
            }
            assert_eq!(PortInState::of(state.as_str()), Some(state));
        }
        assert_eq!(PortInState::of("Processing by carrier"), None);
    }
}
