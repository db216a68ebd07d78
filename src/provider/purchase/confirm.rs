//! From a response to a decided purchase.
//!
//! Once a number, or an order that has not failed, is known, nothing here is an error.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::journal::{OpenPurchase, Status};
use super::outcome::{Bought, NotBought, Notice};
use crate::context::Context;
use crate::joonto::{
    E164, NumberClass, OrderClass, OrderEnd, OrderId, OrderPoll, Purchase, Receipt,
};

/// How long an order is asked that its response does not vouch for.
const ORDER_RESPONDS: Duration = Duration::from_secs(60);

/// The record's deadline is renewed when half of its time is over.
const RENEW_AFTER: Duration = Duration::from_secs(70);

/// What became of a purchase.
pub(super) enum Confirmed {
    /// A number, or an order that leads to one.
    Bought(Box<Bought>),
    /// Proof that nothing was bought.
    Refused(NotBought),
    /// Not known, for this reason.
    Unconfirmed(String),
}

/// Decides a purchase: checks what its response names, polls its order, reads its number.
///
/// In a task of its own, so that a panic ends there and what is known is still stored.
pub(super) async fn confirm(
    core: &Arc<Core>,
    open: OpenPurchase,
    purchase: Purchase,
    context: &Context,
) -> (Confirmed, OpenPurchase, Vec<Notice>) {
    let deciding = tokio::spawn({
        let (core, context) = (Arc::clone(core), context.clone());
        let (open, purchase) = (open.clone(), purchase.clone());
        async move {
            let mut confirmation = Confirmation::new(&core, open, true, &context);
            let confirmed = confirmation.decide(purchase).await;
            (confirmed, confirmation.open, confirmation.notices)
        }
    });
    match deciding.await {
        Ok(decided) => decided,
        Err(_) => {
            let at = core.client.server_time();
            let confirmed = match purchase {
                Purchase::Accepted(receipt) | Purchase::AskOrder(_, receipt) => {
                    Confirmed::Bought(Box::new(Bought::of_order(&open.name, receipt, at)))
                }
                Purchase::Refused(error) => Confirmed::Refused(error.into()),
                Purchase::Unconfirmed(cause) => Confirmed::Unconfirmed(cause.to_string()),
            };
            (confirmed, open, vec![Notice::Panicked])
        }
    }
}

/// A purchase that is being decided.
pub(super) struct Confirmation<'a> {
    core: &'a Core,
    open: OpenPurchase,
    /// Whether this process sent it. Nobody else writes its record.
    is_own: bool,
    context: &'a Context,
    pub(super) notices: Vec<Notice>,
}

impl<'a> Confirmation<'a> {
    pub(super) fn new(
        core: &'a Core,
        open: OpenPurchase,
        is_own: bool,
        context: &'a Context,
    ) -> Self {
        Self {
            core,
            open,
            is_own,
            context,
            notices: Vec::new(),
        }
    }

    async fn decide(&mut self, purchase: Purchase) -> Confirmed {
        let (asked, receipt) = match purchase {
            Purchase::Refused(error) => return Confirmed::Refused(error.into()),
            Purchase::Unconfirmed(cause) => return Confirmed::Unconfirmed(cause.to_string()),
            Purchase::AskOrder(order, receipt) => (Some(order), receipt),
            Purchase::Accepted(receipt) => (None, receipt),
        };
        if let Some(number) = &receipt.number
            && !self.core.take(&self.open.name, number).await
        {
            return Confirmed::Unconfirmed(format!(
                "the response names {number}, which another resource or another open purchase has"
            ));
        }
        if let Some(order) = asked {
            return self.ask_order(&order, receipt).await;
        }
        let remark = receipt.error_message.clone();
        self.notices.extend(remark.map(Notice::Remark));
        self.complete(receipt).await
    }

    /// Brings a purchase that has a number or an order to its end, as far as the wait allows.
    pub(super) async fn complete(&mut self, mut receipt: Receipt) -> Confirmed {
        if receipt.class() == OrderClass::Done && receipt.number.is_some() {
            // The usual case: the response says it all.
            return Confirmed::Bought(Box::new(self.of_order(receipt)));
        }
        if let Some(id) = receipt.order_id.clone() {
            let began = self.core.client.server_time();
            match self.poll(&id, &receipt).await {
                OrderEnd::Complete(order) => {
                    receipt.order_status = order.order_status.or(receipt.order_status);
                    let named = order.numbers.into_iter().next();
                    self.name(&mut receipt, named).await;
                }
                OrderEnd::Failed(order) => {
                    return self.failed(&id, order.status_message, receipt).await;
                }
                OrderEnd::Pending { status, why } => {
                    receipt.order_status = status.or(receipt.order_status);
                    self.notices.push(Notice::Pending(why));
                    let bought = Bought::of_order(&self.open.name, receipt, began);
                    return Confirmed::Bought(Box::new(bought));
                }
            }
        }
        let Some(number) = receipt.number.clone() else {
            self.notices.push(Notice::Unnamed);
            return Confirmed::Bought(Box::new(self.of_order(receipt)));
        };
        let at = self.core.client.server_time();
        let why = match self.core.read_number(&number, self.context).await {
            Ok(Some(record)) => {
                let bought = Bought::of_record(&self.open.name, receipt, record, at);
                return Confirmed::Bought(Box::new(bought));
            }
            Ok(None) => "the API does not show the number yet".to_owned(),
            Err(error) => error.to_string(),
        };
        self.notices.push(Notice::Unread(why));
        Confirmed::Bought(Box::new(Bought {
            is_complete: true,
            ..Bought::of_order(&self.open.name, receipt, at)
        }))
    }

    /// What is known from the order alone, now.
    fn of_order(&self, receipt: Receipt) -> Bought {
        Bought::of_order(&self.open.name, receipt, self.core.client.server_time())
    }

    /// Has the record say what the order returned, and that this process acts on it.
    async fn note(&mut self, status: Status, receipt: &Receipt) {
        let now = self.core.client.server_time();
        let journal = &self.core.journal;
        journal.note(&mut self.open, status, receipt, now).await;
    }

    /// Polls an order until it is decided or the wait is over. Its record's deadline is renewed
    /// meanwhile.
    async fn poll(&mut self, id: &OrderId, receipt: &Receipt) -> OrderEnd {
        let (core, context) = (self.core, self.context);
        let mut polling = pin!(core.client.poll_order(id, context));
        if !self.is_own {
            return polling.await;
        }
        loop {
            // Never inside the `select`: a write that is cut short would go on by itself, and could
            // come after the one that says `returned`.
            let renew_at = core.client.server_time() + RENEW_AFTER;
            self.note(Status::Answered, receipt).await;
            let until = Duration::try_from(renew_at - core.client.server_time());
            let until = until.unwrap_or_default().max(Duration::from_secs(1));
            tokio::select! {
                biased;
                end = &mut polling => return end,
                () = context.clock().sleep(until) => {}
            }
        }
    }

    /// Takes over the number that a complete order names, unless it is somebody's already.
    async fn name(&mut self, receipt: &mut Receipt, named: Option<E164>) {
        match named {
            Some(number) if receipt.number.as_ref() == Some(&number) => {}
            Some(number) if self.core.take(&self.open.name, &number).await => {
                receipt.number = Some(number);
            }
            Some(number) => {
                receipt.number = None;
                self.notices.push(Notice::NamesAnother(number));
            }
            None => {}
        }
    }

    /// An order that says itself that it failed is a refusal; unless the account has the number
    /// that the response names anyway.
    async fn failed(
        &mut self,
        order: &OrderId,
        message: Option<String>,
        receipt: Receipt,
    ) -> Confirmed {
        let message = message.or_else(|| receipt.error_message.clone());
        let refused = |message| Confirmed::Refused(NotBought::OrderFailed(order.clone(), message));
        let Some(number) = receipt.number.clone() else {
            return refused(message);
        };
        match self.core.read_number(&number, self.context).await {
            Ok(Some(record)) if record.class() == NumberClass::Gone => refused(message),
            Ok(Some(record)) => {
                self.notices.push(Notice::ReportedFailed(message));
                let at = self.core.client.server_time();
                Confirmed::Bought(Box::new(Bought::of_record(
                    &self.open.name,
                    receipt,
                    record,
                    at,
                )))
            }
            // A number was named: only its permanent absence would be proof.
            Ok(None) | Err(_) => Confirmed::Unconfirmed(format!(
                "order {order} failed, and {number}, which it names, could not be read"
            )),
        }
    }

    /// The response reports a failed order, or nothing but its id. Only the order itself can say
    /// that nothing was bought, or that there is such an order.
    async fn ask_order(&mut self, id: &OrderId, mut receipt: Receipt) -> Confirmed {
        // Nothing vouches for the order yet: the purchase stays unconfirmed.
        self.note(Status::Sending, &receipt).await;
        let asking = self.context.within(ORDER_RESPONDS);
        let mut poll = OrderPoll::new(&self.core.client, id);
        let end = loop {
            match poll.step(&asking).await {
                None if !poll.has_responded() => {}
                end => break end,
            }
        };
        let message = receipt.error_message.clone();
        let reported_failed = receipt.class() == OrderClass::Failed;
        match end {
            Some(OrderEnd::Failed(order)) => {
                let message = order.status_message.or(message);
                self.failed(id, message, receipt).await
            }
            Some(OrderEnd::Complete(order)) => {
                receipt.order_status = order.order_status;
                let named = order.numbers.into_iter().next();
                self.name(&mut receipt, named).await;
                if reported_failed {
                    self.notices.push(Notice::ReportedFailed(message));
                }
                self.complete(receipt).await
            }
            // The order goes on, like any other.
            _ if poll.has_responded() => {
                receipt.order_status = None;
                self.complete(receipt).await
            }
            _ => {
                let message = message.map(|text| format!(" ({text})")).unwrap_or_default();
                let says = match reported_failed {
                    true => format!("reports that order {id} failed{message}"),
                    false => format!("does not say how order {id} stands{message}"),
                };
                Confirmed::Unconfirmed(format!(
                    "the response {says}, and the order itself could not be read"
                ))
            }
        }
    }
}
