//! Ordering one number: each attempt is admitted, sent once, and its response classified once.

mod receipt;
mod request;

use std::time::Duration;

use super::classify::{Effect, Retry};
use super::client::Client;
use super::error::Error;
use super::ids::OrderId;
use super::operation;
use super::rate_limit::Permit;
use super::retry::Patience;
use super::session::{Call, Pass, log_retry, read_response};
use super::words::OrderClass;
use crate::wait::Waits;

pub use self::receipt::Receipt;
pub use self::request::ProvisionRequest;

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

impl Client {
    /// The order of one number, to be admitted and sent.
    ///
    /// # Errors
    ///
    /// The request cannot be written as JSON.
    pub fn order_number(&self, request: &ProvisionRequest) -> Result<NumberOrder<'_>, Error> {
        NumberOrder::new(self, request)
    }
}

#[cfg(test)]
mod tests;
