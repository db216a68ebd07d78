//! Submitting a port-in exactly once.
//!
//! A submit costs a fee and has no key by which a repeated one is known, so it follows the rules of
//! purchases: it is recorded before it is sent, one whose response is lost is never repeated, and
//! its record is closed on evidence only. What is simpler here: a port-in names its number, so that
//! its record is found by it, and nothing is searched for.

mod notes;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::core::Core;
use super::journal::{OpenPortIn, RecordedPortIn, Status};
use super::outcome::NotBought;
use crate::context::Context;
use crate::joonto::{E164, Order, OrderId, PaidOutcome, PortInFields, PortInReceipt, PortInState};
use crate::sync::locked;

/// The port-ins of one account.
#[derive(Debug)]
pub(in crate::provider) struct PortIns {
    core: Arc<Core>,
    /// The numbers that creates of this process submit, or have submitted, each with its record
    /// once there is one.
    own: Mutex<BTreeMap<E164, Option<OpenPortIn>>>,
    /// The numbers and the orders that this process let go of.
    gone: Mutex<BTreeSet<String>>,
    /// The numbers of port-ins that this plan destroys, and that it creates.
    planned: Mutex<BTreeMap<E164, [bool; 2]>>,
    /// The orders that creates of this process have, each with its number.
    taken: Mutex<BTreeMap<OrderId, E164>>,
    /// A plan has warned of what is open.
    is_warned: AtomicBool,
    /// A port-in is unconfirmed: nothing more is submitted.
    is_stopped: AtomicBool,
    /// What other processes had left open when this one first looked.
    earlier: tokio::sync::OnceCell<Vec<OpenPortIn>>,
}

/// A port-in that the API has taken.
#[derive(Debug)]
pub(in crate::provider) struct Submitted {
    /// Its order.
    pub(in crate::provider) order_id: OrderId,
    /// What a submit of this create returned. None if an earlier run submitted it.
    pub(in crate::provider) receipt: Option<PortInReceipt>,
    /// What the order says. None if this create submitted it.
    pub(in crate::provider) recovered: Option<Order>,
    /// Orders of earlier runs for the number, which were cancelled.
    pub(in crate::provider) ended: Vec<OrderId>,
}

/// Why nothing was submitted, or nobody knows.
#[derive(Debug)]
pub(in crate::provider) enum NotSubmitted {
    /// As a purchase: it was refused, or something that it needs is missing, or the wait was cut
    /// short, or the outcome of another one of this run is unknown.
    AsPurchase(NotBought),
    /// Another resource of this apply, or another run at this moment, submits a port-in of the
    /// number.
    Twice,
    /// A resource in state has a port-in of the number.
    Held,
    /// Another state submitted a port-in of the number.
    OfAnotherState(Box<OpenPortIn>),
    /// The outcome of this submit is not known, for this reason.
    Unconfirmed(Box<OpenPortIn>, String),
    /// The outcome of an earlier submit is not known, or its record cannot be read.
    Open(Box<OpenPortIn>),
    /// An earlier run handed this order to Terraform, and no state is known to hold it.
    Returned(Box<OpenPortIn>, OrderId),
    /// The order of an earlier submit cannot be used.
    OrderUnfit(Box<UnfitOrder>),
}

/// An order that cannot be stored.
#[derive(Debug)]
pub(in crate::provider) struct UnfitOrder {
    /// The port-in that it is for.
    pub(in crate::provider) open: OpenPortIn,
    /// The order.
    pub(in crate::provider) order_id: OrderId,
    /// Why.
    pub(in crate::provider) why: String,
    /// Whether the user's line names it.
    pub(in crate::provider) is_said: bool,
    /// Whether it could not be read: then a later apply may find it.
    pub(in crate::provider) is_unread: bool,
}

impl From<NotBought> for NotSubmitted {
    fn from(why: NotBought) -> Self {
        Self::AsPurchase(why)
    }
}

/// What the user's line says of a port-in.
enum Said {
    /// It has this order.
    Order(OrderId),
    /// Nothing was submitted.
    Nothing,
}

impl PortIns {
    /// The port-ins of the account of `core`.
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self {
            core,
            own: Mutex::default(),
            gone: Mutex::default(),
            planned: Mutex::default(),
            taken: Mutex::default(),
            is_warned: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
            earlier: tokio::sync::OnceCell::new(),
        }
    }

    /// Submits a port-in, or finds the one that an earlier run submitted for the number.
    ///
    /// `awaits`: the create goes on for a while once the order is known.
    pub(in crate::provider) async fn submit(
        &self,
        number: &E164,
        fields: &PortInFields,
        awaits: bool,
        context: &Context,
    ) -> Result<Submitted, NotSubmitted> {
        if let Some(missing) = self.core.missing_option(false) {
            return Err(missing.into());
        }
        match locked(&self.own).entry(number.clone()) {
            Entry::Vacant(vacant) => vacant.insert(None),
            Entry::Occupied(_) => return Err(NotSubmitted::Twice),
        };
        let submitted = self.submit_once(number, fields, awaits, context).await;
        // What was not sent does not hold up another create.
        if matches!(&submitted, Err(why) if !matches!(why, NotSubmitted::Unconfirmed(..))) {
            locked(&self.own).remove(number);
        }
        submitted
    }

    /// Notes that this create still acts on its order.
    pub(in crate::provider) async fn renew(&self, number: &E164, order: &OrderId) {
        if let Some(mut open) = self.acting(number) {
            self.note_answered(&mut open, order).await;
            self.keep(number, open);
        }
    }

    /// Notes that the response to Terraform is about to leave. Says why it could not.
    pub(in crate::provider) async fn returned(
        &self,
        number: &E164,
        order: &OrderId,
        context: &Context,
    ) -> Option<String> {
        let mut open = self.acting(number)?;
        let noted = self.core.journal.returned(&mut open, order, context).await;
        self.keep(number, open);
        let problem = noted.err();
        problem.map(|error| format!("{}: {}", error.place, error.cause))
    }

    /// The record of a create of this process that has not returned.
    fn acting(&self, number: &E164) -> Option<OpenPortIn> {
        let own = locked(&self.own).get(number).cloned().flatten();
        own.filter(|open| !open.was_returned())
    }

    /// Keeps the record of a create of this process.
    fn keep(&self, number: &E164, open: OpenPortIn) {
        locked(&self.own).insert(number.clone(), Some(open));
    }

    /// Notes the order, and that this process acts on it.
    async fn note_answered(&self, open: &mut OpenPortIn, order: &OrderId) {
        let now = self.core.client.server_time();
        let journal = &self.core.journal;
        journal.note(open, Status::Answered, order, now).await;
    }

    /// Whether a resource in state has a port-in of this number, or with this order.
    fn is_held(&self, of: &str) -> bool {
        self.core.handed.has(&port_in_of(of)) && !locked(&self.gone).contains(of)
    }

    async fn submit_once(
        &self,
        number: &E164,
        fields: &PortInFields,
        awaits: bool,
        context: &Context,
    ) -> Result<Submitted, NotSubmitted> {
        let core = &self.core;
        let mut ended = Vec::new();
        if let Some(found) = self.meet(number, &mut ended, context).await? {
            return Ok(found);
        }
        let call = core.client.submit_port_in(number, fields);
        let mut call = call.map_err(NotBought::from)?;
        let (mut open, sent) = loop {
            let admission = call.admit(context).await.map_err(NotBought::from)?;
            let what = RecordedPortIn {
                phone_number: number.clone(),
                order_id: None,
            };
            let open = core.journal.open(what, core.client.server_time()).await;
            let open = open.map_err(NotBought::NotRecorded)?;
            if let Err(why) = self.may_submit(number, context).await {
                core.journal.close(&open).await;
                return Err(why);
            }
            match call.send::<PortInReceipt>(admission).await {
                PaidOutcome::Retry(_) => core.journal.close(&open).await,
                sent => break (open, sent),
            }
        };
        let cause = match sent {
            PaidOutcome::Response(receipt) => match self.order_of(&receipt, number) {
                Ok(order_id) => {
                    if awaits {
                        self.note_answered(&mut open, &order_id).await;
                    }
                    self.keep(number, open);
                    return Ok(Submitted {
                        order_id,
                        receipt: Some(receipt),
                        recovered: None,
                        ended,
                    });
                }
                Err(why) => why,
            },
            PaidOutcome::Refused(error) | PaidOutcome::Retry(error) => {
                core.journal.close(&open).await;
                return Err(NotBought::from(error).into());
            }
            PaidOutcome::Unconfirmed(error) => error.to_string(),
        };
        self.is_stopped.store(true, Ordering::Relaxed);
        tracing::warn!(cause, "the outcome of a port-in is unknown");
        Err(NotSubmitted::Unconfirmed(Box::new(open), cause))
    }

    /// Whether a recorded port-in may be sent. Nothing has left yet, so whatever came meanwhile
    /// still counts.
    async fn may_submit(&self, number: &E164, context: &Context) -> Result<(), NotSubmitted> {
        if self.is_held(number.as_str()) {
            return Err(NotSubmitted::Held);
        }
        // Another run may have recorded one. Each looks after its own record is written, so at
        // least one sees the other's.
        let others = self.core.journal.others::<RecordedPortIn>().await;
        let mut others = others.map_err(NotBought::RecordsUnreadable)?.into_iter();
        if others.any(|open| open.number() == Some(number)) {
            return Err(NotSubmitted::Twice);
        }
        if self.is_stopped.load(Ordering::Relaxed) {
            return Err(NotBought::RunStopped.into());
        }
        Ok(context.check().map_err(NotBought::Cancelled)?)
    }

    /// The order of a response to a submit; or why it is not known to be the submit's own.
    fn order_of(&self, receipt: &PortInReceipt, number: &E164) -> Result<OrderId, String> {
        let Some(order) = &receipt.order_id else {
            return Err("the response names no order".to_owned());
        };
        if let Some(other) = receipt.number.as_ref().filter(|other| *other != number) {
            return Err(format!(
                "the response names order {order} and another number, {other}"
            ));
        }
        let who = match () {
            () if self.is_held(order.as_str()) => "a resource in state",
            () if !self.take_order(order, number) => "another create",
            () => return Ok(order.clone()),
        };
        Err(format!("the response names order {order}, which {who} has"))
    }

    /// Takes an order for a number. False if a create of this process has it for another one.
    fn take_order(&self, order: &OrderId, number: &E164) -> bool {
        let mut taken = locked(&self.taken);
        taken.entry(order.clone()).or_insert_with(|| number.clone()) == number
    }

    /// Whether the process of a port-in has certainly ended, or can no longer act.
    async fn writer_is_over(&self, open: &OpenPortIn) -> bool {
        !open.may_act(self.core.client.server_time()) || open.writer_has_ended().await
    }

    /// What other processes had left open when this one first looked.
    async fn earlier(&self) -> Result<&[OpenPortIn], NotBought> {
        let open = self.earlier.get_or_try_init(|| self.core.journal.others());
        let open = open.await.map_err(NotBought::RecordsUnreadable)?;
        Ok(open)
    }

    /// Closes what other processes left open with that order.
    async fn close_orders(&self, order: &OrderId, is_closed: impl Fn(&OpenPortIn) -> bool) {
        // Creates report a place that cannot be read.
        let open = self.earlier().await.unwrap_or_default();
        let is_it = |open: &&OpenPortIn| open.order() == Some(order) && is_closed(open);
        for open in open.iter().filter(is_it) {
            self.core.journal.close(open).await;
        }
    }

    fn says_of(&self, open: &OpenPortIn) -> Option<Said> {
        let line = self.core.resolution.as_ref().ok()?;
        let name = open.line_name();
        match line.order_of(&name) {
            Some(order) => Some(Said::Order(order.clone())),
            None => line.of(&name)?.is_empty().then_some(Said::Nothing),
        }
    }

    /// Handles every open port-in that concerns a create for the number. Adds to `ended` what was
    /// cancelled.
    async fn meet(
        &self,
        number: &E164,
        ended: &mut Vec<OrderId>,
        context: &Context,
    ) -> Result<Option<Submitted>, NotSubmitted> {
        for open in self.earlier().await? {
            let concerns = match open.number() {
                Some(its) => its == number,
                None => open.is_ours,
            };
            if !concerns {
                continue;
            }
            if open.name.run() == self.core.journal.run().id() && open.record.is_ok() {
                return Err(NotSubmitted::Twice);
            }
            let written = self.core.await_writer(open.clone(), context).await;
            let Some(open) = written.map_err(NotBought::Cancelled)? else {
                continue;
            };
            if !self.writer_is_over(&open).await {
                return Err(NotSubmitted::Twice);
            }
            if !open.is_ours && self.says_of(&open).is_none() {
                return Err(NotSubmitted::OfAnotherState(Box::new(open)));
            }
            if let Some(found) = self.handle(open, number, ended, context).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Handles an open port-in of this state. None if the create may go on.
    async fn handle(
        &self,
        mut open: OpenPortIn,
        number: &E164,
        ended: &mut Vec<OrderId>,
        context: &Context,
    ) -> Result<Option<Submitted>, NotSubmitted> {
        let journal = &self.core.journal;
        let said = self.says_of(&open);
        let order_id = match &said {
            Some(Said::Nothing) => {
                journal.close(&open).await;
                return Ok(None);
            }
            Some(Said::Order(order)) => Some(order.clone()),
            None => open.order().cloned(),
        };
        let Some(order_id) = order_id else {
            return Err(NotSubmitted::Open(Box::new(open)));
        };
        let is_said = said.is_some();
        let unfit = |open, order_id, why, is_unread| {
            NotSubmitted::OrderUnfit(Box::new(UnfitOrder {
                open,
                order_id,
                why,
                is_said,
                is_unread,
            }))
        };
        let order = match self.core.client.port_in_order(&order_id, context).await {
            Ok(order) => order,
            Err(error) => {
                return Err(match error.interrupted() {
                    Some(why) => NotBought::Cancelled(why).into(),
                    None => unfit(open, order_id, error.to_string(), true),
                });
            }
        };
        // A record that cannot be read names no number, so that the order has to.
        let is_it =
            order.is_port_in_of(number) && (open.record.is_ok() || order.numbers.contains(number));
        let problem = match is_it {
            _ if self.is_held(order_id.as_str()) => Some("a resource in state has it"),
            // The create for the order's number stores it.
            false if open.record.is_err() && order.is_port_in() == Some(true) => return Ok(None),
            false => Some("the API does not say that it is a port-in of this number"),
            true if !self.take_order(&order_id, number) => Some("another create has it"),
            true => None,
        };
        if let Some(why) = problem {
            return Err(unfit(open, order_id, why.to_owned(), false));
        }
        if order.port_in_state() == Some(PortInState::Cancelled) {
            journal.close(&open).await;
            ended.push(order_id);
            return Ok(None);
        }
        if open.was_returned() && !is_said {
            return Err(NotSubmitted::Returned(Box::new(open), order_id));
        }
        let claim = journal.claim(&open, Some(number), Some(&order_id), is_said);
        open.claim = claim.await.map_err(NotBought::NotRecorded)?;
        if open.claim.is_none() {
            // Another recovery was first: it counts as returned.
            return Err(NotSubmitted::Returned(Box::new(open), order_id));
        }
        self.keep(number, open);
        Ok(Some(Submitted {
            order_id,
            receipt: None,
            recovered: Some(order),
            ended: std::mem::take(ended),
        }))
    }
}

/// What is noted of a resource in state that has the port-in of a number, or with an order.
fn port_in_of(what: &str) -> String {
    format!("{what} port-in")
}
