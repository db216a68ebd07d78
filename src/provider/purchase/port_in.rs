//! Submitting a port-in exactly once.
//!
//! A submit costs a fee and has no key by which a repeated one is known, so it follows the rules of
//! purchases: it is recorded before it is sent, and one whose response is lost is never repeated.
//! What is simpler here: a port-in names its number, so that its record is found by it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Purchases;
use super::core::Core;
use super::journal::{ACTS_FOR, OpenPortIn};
use super::outcome::NotBought;
use super::resolve::Resolution;
use crate::context::{Context, Interrupted};
use crate::joonto::{
    E164, Error, Order, OrderId, PaidOutcome, PortInFields, PortInReceipt, PortInState,
};
use crate::sync::locked;

/// How often an open port-in is read again while its process may still act.
const REREAD: Duration = Duration::from_secs(1);

/// A port-in that the API has taken.
#[derive(Debug)]
pub(in crate::provider) struct Submitted {
    /// Its order.
    pub(in crate::provider) order_id: OrderId,
    /// What a submit of this create returned. None if an earlier run submitted it.
    pub(in crate::provider) receipt: Option<PortInReceipt>,
    /// What the order says. None if this create submitted it.
    pub(in crate::provider) recovered: Option<Order>,
    /// Why its record could not be updated.
    pub(in crate::provider) not_noted: Option<String>,
}

/// Why nothing was submitted, or nobody knows.
#[derive(Debug)]
pub(in crate::provider) enum NotSubmitted {
    /// What every request that costs money needs is missing.
    NotReady(NotBought),
    /// Proof that nothing was submitted.
    Refused(Error),
    /// The wait was cut short before anything was sent.
    Cancelled(Interrupted),
    /// Another port-in of this run is unconfirmed, so nothing was sent.
    RunStopped,
    /// Another resource of this apply, or another run, submits a port-in of the number.
    Twice,
    /// The outcome of this submit is not known, for this reason.
    Unconfirmed(Box<OpenPortIn>, String),
    /// The outcome of an earlier submit is not known.
    Open(Box<OpenPortIn>),
    /// The order of an earlier submit cannot be read.
    OrderUnreadable(Box<OpenPortIn>, OrderId, Error),
    /// The order of an earlier submit, or of the user's line, is about another number.
    OrderOfAnother(Box<OpenPortIn>, OrderId),
    /// A record of this state cannot be read, for this reason.
    RecordUnreadable(Box<OpenPortIn>, String),
}

impl From<Error> for NotSubmitted {
    fn from(error: Error) -> Self {
        match error.interrupted() {
            Some(why) => Self::Cancelled(why),
            None => Self::Refused(error),
        }
    }
}

impl Purchases {
    /// Submits a port-in, or finds the one that an earlier run submitted for the number.
    pub(in crate::provider) async fn submit_port_in(
        &self,
        number: &E164,
        fields: &PortInFields,
        context: &Context,
    ) -> Result<Submitted, NotSubmitted> {
        let core = self.core();
        if let Some(missing) = core.missing_option(false) {
            return Err(NotSubmitted::NotReady(missing));
        }
        if !locked(&core.port_ins.submitted).insert(number.clone()) {
            return Err(NotSubmitted::Twice);
        }
        if let Some(found) = core.meet_port_in(number, context).await? {
            return Ok(found);
        }
        let mut call = core.client.submit_port_in(number, fields)?;
        let is_stopped = || core.port_ins.is_stopped.load(Ordering::Relaxed);
        let (open, sent) = loop {
            let admission = call.admit(context).await?;
            if is_stopped() {
                admission.give_back();
                return Err(NotSubmitted::RunStopped);
            }
            let now = core.client.server_time();
            let open = match core.journal.open_port_in(number, now).await {
                Ok(open) => open,
                Err(error) => {
                    admission.give_back();
                    return Err(NotSubmitted::NotReady(NotBought::NotRecorded(error)));
                }
            };
            // Another run may have recorded one meanwhile. Each looks after its own record is
            // written, so at least one sees the other's. A response may also have been lost, or a
            // stop have come: nothing has left yet.
            let refusal = match core.has_rival(&open, number).await {
                Ok(true) => Some(NotSubmitted::Twice),
                Err(why) => Some(why),
                Ok(false) if is_stopped() => Some(NotSubmitted::RunStopped),
                Ok(false) => context.check().err().map(NotSubmitted::Cancelled),
            };
            if let Some(why) = refusal {
                admission.give_back();
                core.journal.delete_port_in(&open).await;
                return Err(why);
            }
            match call.send::<PortInReceipt>(admission).await {
                PaidOutcome::Retry(_) => core.journal.delete_port_in(&open).await,
                sent => break (open, sent),
            }
        };
        let cause = match sent {
            PaidOutcome::Response(receipt) => match &receipt.order_id {
                Some(order) if receipt.number.as_ref().is_none_or(|it| it == number) => {
                    let order_id = order.clone();
                    let noted = core.journal.note_port_in(&open, &order_id, context).await;
                    return Ok(Submitted {
                        order_id,
                        receipt: Some(receipt),
                        recovered: None,
                        not_noted: noted
                            .err()
                            .map(|error| format!("{}: {}", error.place, error.cause)),
                    });
                }
                Some(_) => "the response is about another number".to_owned(),
                None => "the response names no order".to_owned(),
            },
            PaidOutcome::Refused(error) | PaidOutcome::Retry(error) => {
                core.journal.delete_port_in(&open).await;
                return Err(error.into());
            }
            PaidOutcome::Unconfirmed(error) => error.to_string(),
        };
        core.port_ins.is_stopped.store(true, Ordering::Relaxed);
        tracing::warn!(cause, "the outcome of a port-in is unknown");
        Err(NotSubmitted::Unconfirmed(Box::new(open), cause))
    }

    /// A state holds this order: its record is closed.
    pub(in crate::provider) async fn note_port_in_held(&self, order: &str) {
        let core = self.core();
        locked(&core.port_ins.held).insert(order.to_owned());
        let open = core.earlier_port_ins().await;
        core.journal.close_order(open, order, false).await;
    }

    /// Terraform let go of this order: its record is closed, also one of this very command.
    pub(in crate::provider) async fn note_port_in_deleted(
        &self,
        order: &str,
        number: Option<&E164>,
    ) {
        let core = self.core();
        if let Some(number) = number {
            locked(&core.port_ins.submitted).remove(number);
        }
        let open = core.journal.port_ins().await.unwrap_or_default();
        core.journal.close_order(&open, order, true).await;
    }

    /// The variable by which this machine is known to lose its records, once.
    pub(in crate::provider) fn port_in_needs_place(&self) -> Option<&'static str> {
        let is_first = || !self.core().place_reported.swap(true, Ordering::Relaxed);
        self.core().disposable.filter(|_| is_first())
    }

    /// Loads what earlier runs left open, for plans to warn of.
    pub(in crate::provider) async fn load_port_ins(&self) {
        self.core().earlier_port_ins().await;
    }

    /// The open port-in of a number that is planned, if an earlier run left one.
    pub(in crate::provider) fn open_port_in(&self, number: &E164) -> Option<&OpenPortIn> {
        let open = self.core().port_ins.earlier.get()?;
        let held = locked(&self.core().port_ins.held);
        let is_held = |open: &OpenPortIn| open.order().is_some_and(|id| held.contains(id.as_str()));
        open.iter().find(|open| {
            let record = open.record();
            record.is_some_and(|record| record.phone_number == *number) && !is_held(open)
        })
    }
}

impl Core {
    async fn earlier_port_ins(&self) -> &[OpenPortIn] {
        let list = || async { self.journal.port_ins().await.unwrap_or_default() };
        self.port_ins.earlier.get_or_init(list).await
    }

    /// Handles every open port-in that concerns a create for the number.
    async fn meet_port_in(
        &self,
        number: &E164,
        context: &Context,
    ) -> Result<Option<Submitted>, NotSubmitted> {
        let unreadable = |error| NotSubmitted::NotReady(NotBought::RecordsUnreadable(error));
        for open in self.journal.port_ins().await.map_err(unreadable)? {
            let concerns = match &open.record {
                Ok(record) => record.phone_number == *number,
                Err(_) => open.is_ours,
            };
            if !concerns {
                continue;
            }
            if open.is_of(self.journal.run().id()) && open.record.is_ok() {
                return Err(NotSubmitted::Twice);
            }
            let line = open.line_name();
            let said = self.resolution.as_ref().ok();
            if said
                .and_then(|said| said.of(&line))
                .is_some_and(<[E164]>::is_empty)
            {
                self.journal.close_port_in(&open).await;
                continue;
            }
            let written = self.await_port_in(open, context).await;
            let Some(open) = written.map_err(NotSubmitted::Cancelled)? else {
                continue;
            };
            if let Some(found) = self.look_up_port_in(open, number, said, context).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Reads the order of an open port-in. None if the create may go on.
    async fn look_up_port_in(
        &self,
        open: OpenPortIn,
        number: &E164,
        said: Option<&Resolution>,
        context: &Context,
    ) -> Result<Option<Submitted>, NotSubmitted> {
        let by_line = said.and_then(|said| said.order_of(&open.line_name()));
        let Some(order_id) = open.order().or(by_line).cloned() else {
            return Err(match &open.record {
                Ok(_) => NotSubmitted::Open(Box::new(open)),
                Err(why) => {
                    let why = why.clone();
                    NotSubmitted::RecordUnreadable(Box::new(open), why)
                }
            });
        };
        let order = match self.client.order(&order_id, context).await {
            Ok(order) => order,
            Err(error) => {
                return Err(match error.interrupted() {
                    Some(why) => NotSubmitted::Cancelled(why),
                    None => NotSubmitted::OrderUnreadable(Box::new(open), order_id, error),
                });
            }
        };
        if !order.numbers.is_empty() && !order.numbers.contains(number) {
            return match &open.record {
                Ok(_) => Err(NotSubmitted::OrderOfAnother(Box::new(open), order_id)),
                // The create for the order's number stores it.
                Err(_) => Ok(None),
            };
        }
        if order.port_in_state() == Some(PortInState::Cancelled) {
            self.journal.close_port_in(&open).await;
            return Ok(None);
        }
        let noted = match open.order() {
            Some(_) => Ok(()),
            None => self.journal.note_port_in(&open, &order_id, context).await,
        };
        Ok(Some(Submitted {
            order_id,
            receipt: None,
            recovered: Some(order),
            not_noted: noted
                .err()
                .map(|error| format!("{}: {}", error.place, error.cause)),
        }))
    }

    /// Whether another process has recorded a port-in of the number.
    async fn has_rival(&self, own: &OpenPortIn, number: &E164) -> Result<bool, NotSubmitted> {
        let unreadable = |error| NotSubmitted::NotReady(NotBought::RecordsUnreadable(error));
        let all = self.journal.port_ins().await.map_err(unreadable)?;
        let is_rival = |other: &OpenPortIn| {
            let is_it = other
                .record()
                .is_some_and(|record| record.phone_number == *number);
            is_it && other.path() != own.path()
        };
        Ok(all.iter().any(is_rival))
    }

    /// Waits while the process of the port-in may still act. Nothing if it closed it meanwhile.
    async fn await_port_in(
        &self,
        mut open: OpenPortIn,
        context: &Context,
    ) -> Result<Option<OpenPortIn>, Interrupted> {
        let last = context.clock().now() + ACTS_FOR;
        while open.may_act(self.client.server_time())
            && context.clock().now() < last
            && !self.journal.port_in_writer_has_ended(&open).await
        {
            context.sleep(REREAD).await?;
            match self.journal.reread_port_in(&open).await {
                Some(now) => open = now,
                None => return Ok(None),
            }
        }
        Ok(self.journal.reread_port_in(&open).await)
    }
}
