//! An order, and polling it until it is decided.

use std::time::Duration;

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation;
use super::session::ApiCall;
use super::single_flight::{Fetched, SingleFlight};
use super::types::{E164, OrderClass, OrderId};
use crate::context::{Context, Interrupted};

/// An order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Order {
    /// Its id.
    pub order_id: Option<OrderId>,
    /// What kind of order it is, such as `portin`.
    pub order_type: Option<String>,
    /// Its status word.
    pub order_status: Option<String>,
    /// What went wrong, if anything did.
    pub status_message: Option<String>,
    /// The numbers in it. May be empty until it is complete.
    pub numbers: Vec<E164>,
}

impl Order {
    /// What its status word amounts to.
    pub fn class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }
}

impl FromResponse for Order {
    fn read(body: &Json) -> Option<Self> {
        let fields =
            LenientObject::of_response(body, &["OrderId", "OrderStatus", "PhoneNumbersOrdered"])?;
        Some(Self {
            order_id: fields.order_id("OrderId"),
            order_type: fields.text("OrderType"),
            order_status: fields.text("OrderStatus"),
            status_message: fields.text_of(&["OrderStatusMessage", "ErrorMessage"]),
            numbers: fields
                .items(&["PhoneNumbersOrdered"])
                .filter_map(|item| item.e164(&["Number", "PhoneNumber"]))
                .collect(),
        })
    }

    fn remark(&mut self) -> Option<&mut String> {
        self.status_message.as_mut()
    }
}

/// The first wait between two reads of an order, and the longest.
const POLL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// How long one read of an order also serves other calls that ask for it.
const SHARED: Duration = Duration::from_secs(1);

/// How polling an order ended.
#[derive(Debug)]
pub enum OrderEnd {
    /// The order is complete.
    Complete(Order),
    /// The order failed.
    Failed(Order),
    /// Neither, as far as it was polled.
    Pending {
        /// The last status word of the API, if there was one.
        status: Option<String>,
        /// Why polling ended.
        why: Interrupted,
    },
}

/// An order that is read again and again, after 2 s at first and 30 s at last.
///
/// A read that fails says nothing about the order, nor does one that does not find it: an order
/// just placed may not be visible yet.
#[derive(Debug)]
pub struct OrderPoll<'a> {
    client: &'a Client,
    id: &'a OrderId,
    pause: Duration,
    status: Option<String>,
    responded: bool,
}

impl<'a> OrderPoll<'a> {
    /// Polls the order `id`. Reads nothing yet.
    pub fn new(client: &'a Client, id: &'a OrderId) -> Self {
        Self {
            client,
            id,
            pause: POLL.0,
            status: None,
            responded: false,
        }
    }

    /// Polls until the order is decided or the wait is over.
    pub async fn run(mut self, context: &Context) -> OrderEnd {
        loop {
            if let Some(end) = self.step(context).await {
                return end;
            }
        }
    }

    /// Whether the API has responded for this order at all.
    pub fn has_responded(&self) -> bool {
        self.responded
    }

    /// The last status word of the API, if there was one.
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }

    /// Reads the order once. Waits for the next read if it is not decided.
    pub async fn step(&mut self, context: &Context) -> Option<OrderEnd> {
        match self.client.shared_order(self.id, context).await {
            Ok(order) => {
                self.responded = true;
                match order.class() {
                    OrderClass::Done => return Some(OrderEnd::Complete(order)),
                    OrderClass::Failed => return Some(OrderEnd::Failed(order)),
                    OrderClass::GoingOn => {
                        self.status = order.order_status.or(self.status.take());
                    }
                }
            }
            Err(error) => tracing::warn!(order = %self.id, %error, "the order could not be read"),
        }
        if let Err(why) = context.sleep(self.pause).await {
            return Some(OrderEnd::Pending {
                status: self.status.take(),
                why,
            });
        }
        self.pause = (self.pause * 3 / 2).min(POLL.1);
        None
    }
}

fn order_call(id: &OrderId) -> ApiCall {
    let query = vec![("OrderId", id.as_str().to_owned())];
    ApiCall::get(&operation::ORDER, query)
}

impl Client {
    /// Reads an order.
    ///
    /// # Errors
    ///
    /// A refusal with status 404 ([`Error::is_not_found`]) is usual for an order just placed.
    /// An error is also a response about another order: it says nothing about this one.
    pub async fn order(&self, id: &OrderId, context: &Context) -> Result<Order, Error> {
        self.read_order(id, order_call(id), context).await
    }

    /// Reads the order of a port-in, of which the API may repeat secrets in an error.
    ///
    /// # Errors
    ///
    /// As those of [`order`](Self::order).
    pub async fn port_in_order(&self, id: &OrderId, context: &Context) -> Result<Order, Error> {
        let call = order_call(id).about_secrets();
        self.read_order(id, call, context).await
    }

    async fn read_order(
        &self,
        id: &OrderId,
        call: ApiCall,
        context: &Context,
    ) -> Result<Order, Error> {
        let order: Order = self.call(&call, context).await?;
        Error::check_subject(&operation::ORDER, id, order.order_id.as_ref())?;
        Ok(order)
    }

    /// Reads an order. Calls that ask for it at the same time share one read: the numbers of a
    /// joint change have one order.
    async fn shared_order(&self, id: &OrderId, context: &Context) -> Result<Order, Error> {
        let reads = self.kept::<SingleFlight<OrderId, Order>>();
        let will_do = |last: Fetched<'_, Order>| last.result.is_ok() && last.age < SHARED;
        let fetch = self.order(id, context);
        reads
            .get(id, &operation::ORDER, context, will_do, fetch)
            .await
    }

    /// Polls an order until it is decided or the wait is over.
    pub async fn poll_order(&self, id: &OrderId, context: &Context) -> OrderEnd {
        OrderPoll::new(self, id).run(context).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Order {
        Order::read(&Json::read(text.as_bytes()).expect("JSON")).expect("a response")
    }

    #[test]
    fn orders() {
        let order: Order = read(
            r#"{"OrderDate": "2026-11-23T00:12:08.89", "OrderId": "JNUOID-1", "OrderStatus": "Error", "OrderStatusMessage": "8A",
                "OrderType": "portin", "PhoneNumbersOrdered": [{"Number": "12025550143"}, {"Number": null}, null]}"#,
        );
        assert_eq!(order.class(), OrderClass::Failed);
        assert_eq!(order.status_message.as_deref(), Some("8A"));
        assert_eq!(order.numbers, [E164::parse("+12025550143").expect("valid")]);
        assert!(
            read(r#"{"PhoneNumbersOrdered": {"Number": "+12025550143"}}"#)
                .numbers
                .is_empty()
        );
    }
}
