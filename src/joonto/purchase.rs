//! Ordering one number: each attempt is admitted, sent once, and its response classified once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answers::{Answer, order_id, qr_code};
use super::classify::{Effect, Retry};
use super::client::Client;
use super::error::Error;
use super::fields::Fields;
use super::ids::{E164, OrderId};
use super::json::Json;
use super::operation;
use super::rate_limit::Permit;
use super::requests::ProvisionRequest;
use super::retry::Patience;
use super::secret::Secret;
use super::session::{Call, Pass, log_retry, read_response};
use super::words::OrderClass;
use crate::wait::Waits;

/// What an order returned. Every field is optional: the API guarantees none.
///
/// As JSON it holds no secret and no text of the API's own.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Receipt {
    /// The order: `JNUOID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// When the order was placed, as the API writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_date: Option<String>,
    /// The order's status word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_status: Option<String>,
    /// The number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<E164>,
    /// The number's id in orders: `NID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// The subscriber the number is assigned to: `TSUID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_id: Option<String>,
    /// The zip code the number was given, which may differ from the one asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_zip_code: Option<String>,
    /// The SIM the number was given, as the API writes it.
    #[serde(skip)]
    pub iccid: Option<String>,
    /// The link that activates an eSIM.
    #[serde(skip)]
    pub qr_code: Option<Secret>,
    /// What the API says about a problem.
    #[serde(skip)]
    pub error_message: Option<String>,
}

impl Receipt {
    /// What the order's status word amounts to.
    #[must_use]
    pub fn class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }

    /// What to call the purchase in a text: its number, or its order.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match (&self.number, &self.order_id) {
            (Some(number), _) => Some(number.to_string()),
            (None, Some(order)) => Some(format!("order {order}")),
            (None, None) => None,
        }
    }
}

impl Answer for Receipt {
    fn read(body: &Json) -> Option<Self> {
        let documented = [
            "OrderId",
            "OrderStatus",
            "PhoneNumberAssigned",
            "PhoneNumberId",
            "ErrorMessage",
        ];
        let fields = Fields::of_answer(body, &documented)?;
        Some(Self {
            // A spoilt response may hold anything: an order's id is a text.
            order_id: fields
                .has_string("OrderId")
                .then(|| order_id(fields, "OrderId"))
                .flatten(),
            order_date: fields.text("OrderDate"),
            order_status: fields.text("OrderStatus"),
            number: fields
                .text("PhoneNumberAssigned")
                .and_then(|text| E164::parse(&text).ok()),
            phone_number_id: fields.text("PhoneNumberId"),
            subscriber_id: fields.text("SubscriberId"),
            assigned_zip_code: fields.text("ZipCode"),
            iccid: fields.text("ICCID"),
            qr_code: qr_code(fields),
            error_message: fields.text("ErrorMessage"),
        })
    }
}

/// What a purchase came to, decided once.
#[derive(Clone, Debug)]
pub enum Purchase {
    /// The response names a number, or an order that has not failed.
    Accepted(Receipt),
    /// The response reports a failed order, or says nothing but an order's id: the order itself
    /// decides.
    AskOrder(OrderId, Receipt),
    /// Proof that nothing was bought.
    Refused(Error),
    /// Whether a number was bought is not known, for this reason: never send it again.
    Unconfirmed(Error),
}

impl Purchase {
    /// Decides what a readable response means: HTTP 200 can be a failure.
    pub(super) fn of(receipt: Receipt) -> Self {
        let has_failed = receipt.class() == OrderClass::Failed;
        let says_little = receipt.order_status.is_none() && receipt.number.is_none();
        match &receipt.order_id {
            Some(order) if has_failed || says_little => Self::AskOrder(order.clone(), receipt),
            Some(_) => Self::Accepted(receipt),
            None if receipt.number.is_some() && !has_failed => Self::Accepted(receipt),
            None => Self::Unconfirmed(Error::Unreadable {
                operation: &operation::PROVISION,
                status: 200,
                problem: match receipt.error_message {
                    Some(message) => {
                        format!("the message {message:?} and no order that can be read")
                    }
                    None if receipt.number.is_some() => {
                        "a failed order without an id, and a number".to_owned()
                    }
                    None => "neither a number nor an order".to_owned(),
                },
            }),
        }
    }
}

/// How one attempt ended.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// Nothing was bought, for this reason. The order may be admitted again.
    Retry(Error),
    /// The order must not be sent again.
    Done(Purchase),
}

/// Leave to send one attempt. Nothing has been sent.
#[derive(Debug)]
pub struct Admission<'a> {
    pass: Pass,
    permit: Permit<'a>,
}

impl Admission<'_> {
    /// Gives the leave back: nothing is sent.
    pub fn give_back(self) {
        self.permit.give_back();
    }
}

/// The order of one number. Owns how often, and after which wait, it may be sent again: after a
/// missing connection and after a 429 within `max_retries`, after a 401 or 403 once.
pub struct NumberOrder<'a> {
    client: &'a Client,
    call: Call,
    retries: Patience,
    token_renewed: bool,
    wait: Duration,
}

impl<'a> NumberOrder<'a> {
    pub(super) fn new(client: &'a Client, request: &ProvisionRequest) -> Result<Self, Error> {
        Ok(Self {
            client,
            call: Call::post(&operation::PROVISION, request)?,
            retries: Patience::new(client.settings().max_retries),
            token_renewed: false,
            wait: Duration::ZERO,
        })
    }

    /// Waits until an attempt may be sent: for the back-off, a token, and the request limit.
    ///
    /// # Errors
    ///
    /// There is no token, or the wait was cut short. Nothing was sent.
    pub async fn admit(&mut self, waits: &Waits) -> Result<Admission<'a>, Error> {
        let wait = std::mem::take(&mut self.wait);
        if !wait.is_zero() {
            let slept = waits.sleep(wait).await;
            slept.map_err(|reason| Error::Interrupted {
                operation: &operation::PROVISION,
                reason,
            })?;
        }
        let (pass, permit) = self.client.admit(&operation::PROVISION, waits).await?;
        Ok(Admission { pass, permit })
    }

    /// Sends the order on a connection of its own and classifies the response. Once sent it is
    /// awaited, also when Terraform asks to stop.
    pub async fn send(&mut self, admission: Admission<'a>) -> Attempt {
        let Admission { pass, permit } = admission;
        let client = self.client;
        let sent = match client.send(&self.call, &pass) {
            Ok(sending) => sending.await,
            Err(error) => return Attempt::Done(Purchase::Refused(error)),
        };
        drop(permit);
        let told = client.told_wait(&sent);
        let (delivery, receipt) = read_response::<Receipt>(&sent);
        let effect = delivery.effect(operation::PROVISION.safety());
        if let (Effect::Told, Some(mut receipt)) = (effect, receipt) {
            let said = receipt.error_message.take();
            receipt.error_message = said.map(|said| client.masked(&said, &pass));
            return Attempt::Done(Purchase::of(receipt));
        }
        let error = client.describe(&self.call, sent, &pass, None);
        if matches!(error, Error::Setup { .. }) {
            // Waiting does not mend this machine.
            return Attempt::Done(Purchase::Refused(error));
        }
        let may_retry = match effect {
            Effect::Retry(Retry::NotConnected) => match self.retries.next(None) {
                Some(wait) => {
                    log_retry(&error, wait);
                    self.wait = wait;
                    true
                }
                None => false,
            },
            Effect::Retry(Retry::RateLimited) => match self.retries.next_after_limit(told) {
                Some(wait) => {
                    // Everyone waits, and this order with them.
                    client.limiter().pause(wait);
                    true
                }
                None => false,
            },
            Effect::Retry(Retry::TokenRefused) => {
                !std::mem::replace(&mut self.token_renewed, true)
                    && client.renew_token(&operation::PROVISION, &pass).await
            }
            Effect::Refused => false,
            Effect::Told | Effect::Unknown => {
                return Attempt::Done(Purchase::Unconfirmed(error));
            }
        };
        match may_retry {
            true => Attempt::Retry(error),
            false => Attempt::Done(Purchase::Refused(error)),
        }
    }
}

#[cfg(test)]
mod tests;
