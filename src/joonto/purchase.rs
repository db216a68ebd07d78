//! Ordering one number, and what the response to the order means.

mod receipt;
mod request;

use super::client::Client;
use super::error::{Error, Problem};
use super::operation;
use super::paid::{PaidCall, PaidOutcome};
use super::session::ApiCall;
use super::types::{OrderClass, OrderId};

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
    /// What it came to, by how its last attempt ended.
    #[must_use]
    pub fn of(outcome: PaidOutcome<Receipt>) -> Self {
        match outcome {
            PaidOutcome::Response(receipt) => Self::of_receipt(receipt),
            PaidOutcome::Refused(error) | PaidOutcome::Retry(error) => Self::Refused(error),
            PaidOutcome::Unconfirmed(error) => Self::Unconfirmed(error),
        }
    }

    /// Decides what a readable response means: HTTP 200 can be a failure.
    fn of_receipt(receipt: Receipt) -> Self {
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

impl Client {
    /// The order of one number, to be admitted and sent.
    ///
    /// # Errors
    ///
    /// The request cannot be written as JSON.
    pub fn order_number(&self, request: &ProvisionRequest) -> Result<PaidCall<'_>, Error> {
        let call = ApiCall::post(&operation::PROVISION, request)?;
        Ok(PaidCall::new(self, call))
    }
}

#[cfg(test)]
mod tests;
