//! Ordering one number: each attempt is admitted, sent once, and its response classified once.

mod receipt;
mod request;

use std::time::Duration;

use super::classify::Effect;
use super::client::Client;
use super::error::{Error, Problem, given_up};
use super::operation;
use super::retry::RetryPolicy;
use super::session::{ApiCall, AttemptResult};
use super::types::{OrderClass, OrderId};
use crate::context::Context;

pub use self::receipt::Receipt;
pub use self::request::ProvisionRequest;
pub use super::session::Admission;

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
            None => {
                let problem = match receipt.error_message {
                    Some(message) => {
                        format!("the message {message:?} and no order that can be read")
                    }
                    None if receipt.number.is_some() => {
                        "a failed order without an id, and a number".to_owned()
                    }
                    None => "neither a number nor an order".to_owned(),
                };
                let unreadable = Problem::Unreadable {
                    status: 200,
                    problem,
                };
                Self::Unconfirmed(Error::new(&operation::PROVISION, unreadable))
            }
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

/// The order of one number. Owns how often, and after which wait, it may be sent again: after a
/// missing connection and after a 429 within `max_retries`, after a 401 or 403 once.
pub struct NumberOrder<'a> {
    client: &'a Client,
    call: ApiCall,
    policy: RetryPolicy,
    wait: Duration,
}

impl<'a> NumberOrder<'a> {
    pub(super) fn new(client: &'a Client, request: &ProvisionRequest) -> Result<Self, Error> {
        Ok(Self {
            client,
            call: ApiCall::post(&operation::PROVISION, request)?,
            policy: RetryPolicy::new(client.settings().max_retries),
            wait: Duration::ZERO,
        })
    }

    /// Waits until an attempt may be sent: for the back-off, a token, and the request limit.
    ///
    /// # Errors
    ///
    /// There is no token, or the wait was cut short. Nothing was sent.
    pub async fn admit(&mut self, context: &Context) -> Result<Admission<'a>, Error> {
        let wait = std::mem::take(&mut self.wait);
        if !wait.is_zero() {
            let slept = context.sleep(wait).await;
            slept.map_err(given_up(&operation::PROVISION))?;
        }
        self.client.admit(&self.call, context).await
    }

    /// Sends the order on a connection of its own and classifies the response. Once sent it is
    /// awaited, also when Terraform asks to stop.
    pub async fn send(&mut self, admission: Admission<'a>) -> Attempt {
        let policy = &mut self.policy;
        match self.client.attempt(&self.call, admission, policy).await {
            AttemptResult::Response(receipt, _) => Attempt::Done(Purchase::of(receipt)),
            AttemptResult::Retry(error, wait) => {
                self.wait = wait;
                Attempt::Retry(error)
            }
            AttemptResult::Failed(error, Effect::Reported | Effect::Unknown) => {
                Attempt::Done(Purchase::Unconfirmed(error))
            }
            AttemptResult::Failed(error, _) => Attempt::Done(Purchase::Refused(error)),
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
