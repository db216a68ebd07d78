//! From a response to a decided purchase.
//!
//! Once a number, or an order that has not failed, is known, nothing here is an error.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::journal::OpenPurchase;
use super::{Bought, Inner, NotBought, Notice};
use crate::joonto::{
    E164, Lookup, NumberClass, NumberRecord, OrderClass, OrderEnd, OrderId, OrderPoll, Purchase,
    Receipt,
};
use crate::wait::Waits;

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

    /// What there is to store, whose purchase is recorded as `journal_entry`.
    pub(super) fn into_bought(self, journal_entry: String, notices: Vec<Notice>) -> Bought {
        Bought {
            receipt: self.receipt,
            record: self.record,
            is_complete: self.is_complete,
            notices,
            journal_entry,
            bought_at: self.bought_at,
        }
    }
}

impl Bought {
    /// The same, with what the user should know besides.
    pub(super) fn with(mut self, notices: Vec<Notice>) -> Self {
        self.notices.extend(notices);
        self
    }
}

/// Decides a purchase: checks what its response names, polls its order, reads its number.
///
/// In a task of its own, so that a panic ends there and what is known is still stored.
pub(super) async fn confirm(
    inner: &Arc<Inner>,
    open: OpenPurchase,
    purchase: Purchase,
    waits: &Waits,
) -> (Confirmed, OpenPurchase, Vec<Notice>) {
    let deciding = tokio::spawn({
        let (inner, waits) = (Arc::clone(inner), waits.clone());
        let (mut open, purchase) = (open.clone(), purchase.clone());
        async move {
            let mut notices = Vec::new();
            let confirmed = decide(&inner, &mut open, purchase, &waits, &mut notices).await;
            (confirmed, open, notices)
        }
    });
    match deciding.await {
        Ok(decided) => decided,
        Err(_) => {
            let at = inner.client.server_time();
            let confirmed = match purchase {
                Purchase::Bought(_, receipt)
                | Purchase::Pending(_, receipt)
                | Purchase::AskOrder(_, receipt) => {
                    Confirmed::Bought(Decided::of_order(receipt, at))
                }
                Purchase::Refused(error) => Confirmed::Refused(error.into()),
                Purchase::Unconfirmed { cause, .. } => Confirmed::Unconfirmed(cause.to_string()),
            };
            (confirmed, open, vec![Notice::Panicked])
        }
    }
}

async fn decide(
    inner: &Inner,
    open: &mut OpenPurchase,
    purchase: Purchase,
    waits: &Waits,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let (number, receipt) = match purchase {
        Purchase::Refused(error) => return Confirmed::Refused(error.into()),
        Purchase::Unconfirmed { cause, .. } => return Confirmed::Unconfirmed(cause.to_string()),
        Purchase::AskOrder(order, receipt) => {
            return ask_order(inner, open, &order, receipt, waits, notices).await;
        }
        Purchase::Bought(number, receipt) => (Some(number), receipt),
        Purchase::Pending(_, receipt) => (receipt.number.clone(), receipt),
    };
    if let Some(number) = number
        && inner.is_named(&number).await
    {
        return Confirmed::Unconfirmed(format!(
            "the response names {number}, which another resource or another open purchase has"
        ));
    }
    if let Some(remark) = receipt.error_message.clone() {
        notices.push(Notice::Remark(remark));
    }
    complete(inner, Some(open), receipt, waits, notices).await
}

/// Brings a purchase that has a number or an order to its end, as far as the wait allows.
pub(super) async fn complete(
    inner: &Inner,
    open: Option<&mut OpenPurchase>,
    mut receipt: Receipt,
    waits: &Waits,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let at = inner.client.server_time();
    let is_done = receipt.class() == OrderClass::Done && receipt.number.is_some();
    if is_done {
        // The usual case: the response says it all.
        return Confirmed::Bought(Decided::of_order(receipt, at));
    }
    if let Some(id) = receipt.order_id.clone() {
        match poll(inner, open, &id, &receipt, waits).await {
            OrderEnd::Complete(order) => {
                receipt.order_status = order.order_status.or(receipt.order_status);
                name(
                    inner,
                    &mut receipt,
                    order.numbers.into_iter().next(),
                    notices,
                )
                .await;
            }
            OrderEnd::Failed(order) => {
                return failed(inner, &id, order.status_message, receipt, waits, notices).await;
            }
            OrderEnd::Pending { status, why } => {
                receipt.order_status = status.or(receipt.order_status);
                notices.push(Notice::Pending(why));
                return Confirmed::Bought(Decided::of_order(receipt, at));
            }
        }
    }
    let at = inner.client.server_time();
    let Some(number) = receipt.number.clone() else {
        notices.push(Notice::Unnamed);
        return Confirmed::Bought(Decided::of_order(receipt, at));
    };
    let lookup = Lookup::Number(number);
    let why = match inner.client.urgent().details(&lookup, waits).await {
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
    inner: &Inner,
    open: Option<&mut OpenPurchase>,
    id: &OrderId,
    receipt: &Receipt,
    waits: &Waits,
) -> OrderEnd {
    let mut polling = pin!(inner.client.poll_order(id, waits));
    let Some(open) = open else {
        return polling.await;
    };
    loop {
        // Never inside the `select`: a write that is cut short would go on by itself, and could
        // come after the one that says `returned`.
        open.answered(receipt, inner.client.server_time()).await;
        let until = open.deadline() - RENEW - inner.client.server_time();
        let until = Duration::try_from(until).unwrap_or_default();
        tokio::select! {
            biased;
            end = &mut polling => return end,
            () = waits.clock().sleep(until.max(Duration::from_secs(1))) => {}
        }
    }
}

/// Takes over the number that a complete order names, unless it is somebody's already.
async fn name(
    inner: &Inner,
    receipt: &mut Receipt,
    named: Option<E164>,
    notices: &mut Vec<Notice>,
) {
    match named {
        Some(number) if receipt.number.as_ref() == Some(&number) => {}
        Some(number) if inner.is_named(&number).await => {
            receipt.number = None;
            notices.push(Notice::NamesAnother(number));
        }
        Some(number) => receipt.number = Some(number),
        None => {}
    }
}

/// An order that says itself that it failed is a refusal; unless the account has the number that
/// the response names all the same.
async fn failed(
    inner: &Inner,
    order: &OrderId,
    message: Option<String>,
    receipt: Receipt,
    waits: &Waits,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let message = message.or_else(|| receipt.error_message.clone());
    let record = match &receipt.number {
        Some(number) => {
            let lookup = Lookup::Number(number.clone());
            let record = inner.client.urgent().details(&lookup, waits).await;
            record.ok().flatten()
        }
        None => None,
    };
    match record.filter(|record| record.class() != NumberClass::Gone) {
        Some(record) => {
            notices.push(Notice::ReportedFailed(message));
            let at = inner.client.server_time();
            Confirmed::Bought(Decided::of_record(receipt, record, at))
        }
        None => Confirmed::Refused(NotBought::OrderFailed(order.clone(), message)),
    }
}

/// The response reports a failed order, or nothing but its id. Only the order itself can say that
/// nothing was bought, or that there is such an order.
async fn ask_order(
    inner: &Inner,
    open: &mut OpenPurchase,
    id: &OrderId,
    mut receipt: Receipt,
    waits: &Waits,
    notices: &mut Vec<Notice>,
) -> Confirmed {
    let asking = waits.within(ORDER_RESPONDS);
    let mut poll = OrderPoll::new(&inner.client, id);
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
            failed(inner, id, message, receipt, waits, notices).await
        }
        Some(OrderEnd::Complete(order)) => {
            receipt.order_status = order.order_status;
            name(
                inner,
                &mut receipt,
                order.numbers.into_iter().next(),
                notices,
            )
            .await;
            if reported_failed {
                notices.push(Notice::ReportedFailed(message));
            }
            complete(inner, Some(open), receipt, waits, notices).await
        }
        // The order goes on, like any other.
        _ if poll.has_responded() => {
            receipt.order_status = None;
            complete(inner, Some(open), receipt, waits, notices).await
        }
        _ => {
            open.answered(&receipt, inner.client.server_time()).await;
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
