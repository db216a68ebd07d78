//! From a response to a decided purchase.
//!
//! Once a number, or an order that has not failed, is known, nothing here is an error.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::core::Core;
use super::journal::{OpenPurchase, RecordName, Status};
use super::outcome::{Bought, NotBought, Notice};
use crate::context::Context;
use crate::joonto::{
    E164, NumberClass, NumberRecord, OrderClass, OrderEnd, OrderId, OrderPoll, Purchase, Receipt,
};

/// How long an order is asked that its response does not vouch for.
const ORDER_RESPONDS: Duration = Duration::from_secs(60);

/// The record's deadline is renewed when less than this is left.
const RENEW: Duration = Duration::from_secs(70);

/// What became of a purchase.
pub(super) enum Confirmed {
    /// A number, or an order that leads to one.
    Bought(Decided),
    /// Proof that nothing was bought.
    Refused(NotBought),
    /// Not known, for this reason.
    Unconfirmed(String),
}

/// A purchase that is decided: what there is to store.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub(super) receipt: Receipt,
    record: Option<Box<NumberRecord>>,
    is_complete: bool,
    bought_at: OffsetDateTime,
}

impl Decided {
    /// What is known from the order alone.
    pub(super) fn of_order(receipt: Receipt, at: OffsetDateTime) -> Self {
        Self {
            is_complete: receipt.class() == OrderClass::Done && receipt.number.is_some(),
            receipt,
            record: None,
            bought_at: at,
        }
    }

    /// A purchase whose number was read.
    pub(super) fn of_record(receipt: Receipt, record: NumberRecord, at: OffsetDateTime) -> Self {
        Self {
            receipt,
            record: Some(Box::new(record)),
            is_complete: true,
            bought_at: at,
        }
    }

    /// The same, bought at another time.
    pub(super) fn dated(self, bought_at: OffsetDateTime) -> Self {
        Self { bought_at, ..self }
    }

    /// What there is to store, whose purchase is recorded as `record`.
    pub(super) fn into_bought(self, record: &RecordName, notices: Vec<Notice>) -> Bought {
        Bought {
            receipt: self.receipt,
            record: self.record,
            is_complete: self.is_complete,
            notices,
            journal_entry: record.to_string(),
            run: record.run().to_string(),
            bought_at: self.bought_at,
        }
    }
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
        let (mut open, purchase) = (open.clone(), purchase.clone());
        async move {
            let mut notices = Vec::new();
            let confirmed = decide(&core, &mut open, purchase, &context, &mut notices).await;
            (confirmed, open, notices)
        }
    });
    match deciding.await {
        Ok(decided) => decided,
        Err(_) => {
            let at = core.client.server_time();
            let confirmed = match purchase {
                Purchase::Accepted(receipt) | Purchase::AskOrder(_, receipt) => {
                    Confirmed::Bought(Decided::of_order(receipt, at))
                }
                Purchase::Refused(error) => Confirmed::Refused(error.into()),
                Purchase::Unconfirmed(cause) => Confirmed::Unconfirmed(cause.to_string()),
            };
            (confirmed, open, vec![Notice::Panicked])
        }
    }
}

async fn decide(
    core: &Core,
    open: &mut OpenPurchase,
    purchase: Purchase,
    context: &Context,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let (asked, receipt) = match purchase {
        Purchase::Refused(error) => return Confirmed::Refused(error.into()),
        Purchase::Unconfirmed(cause) => return Confirmed::Unconfirmed(cause.to_string()),
        Purchase::AskOrder(order, receipt) => (Some(order), receipt),
        Purchase::Accepted(receipt) => (None, receipt),
    };
    if let Some(number) = &receipt.number
        && !core.take(open.name(), number).await
    {
        return Confirmed::Unconfirmed(format!(
            "the response names {number}, which another resource or another open purchase has"
        ));
    }
    if let Some(order) = asked {
        return ask_order(core, open, &order, receipt, context, notices).await;
    }
    if let Some(remark) = receipt.error_message.clone() {
        notices.push(Notice::Remark(remark));
    }
    let name = open.name().clone();
    complete(core, &name, Some(open), receipt, context, notices).await
}

/// Brings a purchase that has a number or an order to its end, as far as the wait allows.
pub(super) async fn complete(
    core: &Core,
    record: &RecordName,
    open: Option<&mut OpenPurchase>,
    mut receipt: Receipt,
    context: &Context,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let at = core.client.server_time();
    let is_done = receipt.class() == OrderClass::Done && receipt.number.is_some();
    if is_done {
        // The usual case: the response says it all.
        return Confirmed::Bought(Decided::of_order(receipt, at));
    }
    if let Some(id) = receipt.order_id.clone() {
        match poll(core, open, &id, &receipt, context).await {
            OrderEnd::Complete(order) => {
                receipt.order_status = order.order_status.or(receipt.order_status);
                let named = order.numbers.into_iter().next();
                name(core, record, &mut receipt, named, notices).await;
            }
            OrderEnd::Failed(order) => {
                return failed(core, &id, order.status_message, receipt, context, notices).await;
            }
            OrderEnd::Pending { status, why } => {
                receipt.order_status = status.or(receipt.order_status);
                notices.push(Notice::Pending(why));
                return Confirmed::Bought(Decided::of_order(receipt, at));
            }
        }
    }
    let at = core.client.server_time();
    let Some(number) = receipt.number.clone() else {
        notices.push(Notice::Unnamed);
        return Confirmed::Bought(Decided::of_order(receipt, at));
    };
    let why = match core.read_number(&number, context).await {
        Ok(Some(record)) => return Confirmed::Bought(Decided::of_record(receipt, record, at)),
        Ok(None) => "the API does not show the number yet".to_owned(),
        Err(error) => error.to_string(),
    };
    notices.push(Notice::Unread(why));
    Confirmed::Bought(Decided {
        is_complete: true,
        ..Decided::of_order(receipt, at)
    })
}

/// Polls an order until it is decided or the wait is over. Its record's deadline is renewed
/// meanwhile.
async fn poll(
    core: &Core,
    open: Option<&mut OpenPurchase>,
    id: &OrderId,
    receipt: &Receipt,
    context: &Context,
) -> OrderEnd {
    let mut polling = pin!(core.client.poll_order(id, context));
    let Some(open) = open else {
        return polling.await;
    };
    loop {
        // Never inside the `select`: a write that is cut short would go on by itself, and could
        // come after the one that says `returned`.
        let now = core.client.server_time();
        open.note_order(Status::Answered, receipt, now).await;
        let until = open.deadline() - RENEW - core.client.server_time();
        let until = Duration::try_from(until).unwrap_or_default();
        tokio::select! {
            biased;
            end = &mut polling => return end,
            () = context.clock().sleep(until.max(Duration::from_secs(1))) => {}
        }
    }
}

/// Takes over the number that a complete order names, unless it is somebody's already.
async fn name(
    core: &Core,
    record: &RecordName,
    receipt: &mut Receipt,
    named: Option<E164>,
    notices: &mut Vec<Notice>,
) {
    match named {
        Some(number) if receipt.number.as_ref() == Some(&number) => {}
        Some(number) if core.take(record, &number).await => receipt.number = Some(number),
        Some(number) => {
            receipt.number = None;
            notices.push(Notice::NamesAnother(number));
        }
        None => {}
    }
}

/// An order that says itself that it failed is a refusal; unless the account has the number that
/// the response names anyway.
async fn failed(
    core: &Core,
    order: &OrderId,
    message: Option<String>,
    receipt: Receipt,
    context: &Context,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let message = message.or_else(|| receipt.error_message.clone());
    let Some(number) = receipt.number.clone() else {
        return Confirmed::Refused(NotBought::OrderFailed(order.clone(), message));
    };
    match core.read_number(&number, context).await {
        Ok(Some(record)) if record.class() == NumberClass::Gone => {
            Confirmed::Refused(NotBought::OrderFailed(order.clone(), message))
        }
        Ok(Some(record)) => {
            notices.push(Notice::ReportedFailed(message));
            let at = core.client.server_time();
            Confirmed::Bought(Decided::of_record(receipt, record, at))
        }
        // A number was named: only its permanent absence would be proof.
        Ok(None) | Err(_) => Confirmed::Unconfirmed(format!(
            "order {order} failed, and {number}, which it names, could not be read"
        )),
    }
}

/// The response reports a failed order, or nothing but its id. Only the order itself can say that
/// nothing was bought, or that there is such an order.
async fn ask_order(
    core: &Core,
    open: &mut OpenPurchase,
    id: &OrderId,
    mut receipt: Receipt,
    context: &Context,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    // Nothing vouches for the order yet: the purchase stays unconfirmed.
    let now = core.client.server_time();
    open.note_order(Status::Sending, &receipt, now).await;
    let asking = context.within(ORDER_RESPONDS);
    let mut poll = OrderPoll::new(&core.client, id);
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
            failed(core, id, message, receipt, context, notices).await
        }
        Some(OrderEnd::Complete(order)) => {
            receipt.order_status = order.order_status;
            let (record, named) = (open.name().clone(), order.numbers.into_iter().next());
            name(core, &record, &mut receipt, named, notices).await;
            if reported_failed {
                notices.push(Notice::ReportedFailed(message));
            }
            complete(core, &record, Some(open), receipt, context, notices).await
        }
        // The order goes on, like any other.
        _ if poll.has_responded() => {
            receipt.order_status = None;
            let record = open.name().clone();
            complete(core, &record, Some(open), receipt, context, notices).await
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
