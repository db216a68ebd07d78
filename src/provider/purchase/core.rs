//! What all purchases of one account share: the client, the records, and what is known of numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, OnceLock};

use super::choices::Stops;
use super::gate::Gate;
use super::handed::Handed;
use super::journal::{Journal, OpenPortIn, OpenRecord, RecordName};
use super::resolve::Resolution;
use super::state;
use crate::context::Context;
use crate::joonto::{Client, E164, Error, Iccid, InventoryCache, Lookup, NumberRecord, OrderId};
use crate::sync::locked;

/// What the purchases of one account share.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) client: Client,
    pub(super) cache: InventoryCache,
    pub(super) journal: Arc<Journal>,
    pub(super) limit: u32,
    pub(super) disposable: Option<&'static str>,
    pub(super) resolution: Result<Resolution, String>,
    pub(super) gate: Gate,
    pub(super) handed: Handed,
    /// What the local state file held when this command began.
    pub(super) stored: OnceLock<Vec<state::StateNumber>>,
    /// One number of the user's line at a time is compared with records and claimed.
    pub(super) storing: tokio::sync::Mutex<()>,
    /// One purchase at a time for each SIM.
    pub(super) sims: Mutex<Vec<(String, Arc<tokio::sync::Mutex<()>>)>>,
    /// Numbers that this process cancelled. Reads may show them for a while.
    pub(super) cancelled: Mutex<BTreeSet<E164>>,
    pub(super) stops: Stops,
    pub(super) port_ins: PortIns,
    pub(super) planned: AtomicU32,
    pub(super) place_reported: AtomicBool,
    /// Whether a ready token was found to open the inventory.
    pub(super) token_checked: tokio::sync::OnceCell<()>,
}

/// What the port-ins of one account share.
#[derive(Debug, Default)]
pub(super) struct PortIns {
    /// The numbers that creates of this process submit, or have submitted, each with its record
    /// once there is one.
    pub(super) own: Mutex<BTreeMap<E164, Option<OpenPortIn>>>,
    /// The numbers and the orders that this process let go of.
    pub(super) gone: Mutex<BTreeSet<String>>,
    /// The numbers of port-ins that this plan destroys, and that it creates.
    pub(super) planned: Mutex<BTreeMap<E164, [bool; 2]>>,
    /// The orders that creates of this process have, each with its number.
    pub(super) taken: Mutex<BTreeMap<OrderId, E164>>,
    /// The orders that Terraform handed over to this process.
    pub(super) handed: Mutex<BTreeSet<OrderId>>,
    /// A plan has warned of what is open.
    pub(super) is_warned: AtomicBool,
    /// A port-in is unconfirmed: nothing more is submitted.
    pub(super) is_stopped: AtomicBool,
    /// What other processes had left open when this one first looked.
    pub(super) earlier: tokio::sync::OnceCell<Vec<OpenPortIn>>,
}

impl PortIns {
    /// The record of a create of this process that has not returned.
    pub(super) fn acting(&self, number: &E164) -> Option<OpenPortIn> {
        let own = locked(&self.own).get(number).cloned().flatten();
        own.filter(|open| !open.was_returned())
    }

    /// Keeps the record of a create of this process.
    pub(super) fn keep(&self, number: &E164, open: OpenPortIn) {
        locked(&self.own).insert(number.clone(), Some(open));
    }
}

impl Core {
    /// Reads a number, ahead of reads that can wait.
    pub(super) async fn read_number(
        &self,
        number: &E164,
        context: &Context,
    ) -> Result<Option<NumberRecord>, Error> {
        let lookup = Lookup::Number(number.clone());
        self.client.urgent().details(&lookup, context).await
    }

    /// Whether a resource in state has a port-in of this number, or with this order.
    pub(super) fn has_port_in(&self, of: &str) -> bool {
        self.handed.has_port_in(of) && !locked(&self.port_ins.gone).contains(of)
    }

    /// Takes a number for the purchase `name`. False if it is somebody's already: a record names
    /// it, or this command's plan was handed it.
    pub(super) async fn take(&self, name: &RecordName, number: &E164) -> bool {
        let is_in_use = self.in_use(Some(name)).await.has(number);
        // At last, and at once: of creates that hear of one number together, one gets it.
        !is_in_use && self.journal.reserve(name, number)
    }

    /// Whether a resource in state has the number: Terraform handed it over, or the local state
    /// file holds it, of which `-target` hands over a part.
    pub(super) fn is_in_state(&self, number: &E164) -> bool {
        let is_it = |stored: &state::StateNumber| stored.number.as_deref() == Some(number.as_str());
        let read = || self.journal.stored().unwrap_or_default();
        self.handed.holds(number) || self.stored.get_or_init(read).iter().any(is_it)
    }

    /// The numbers that records other than `except` name, or that a resource in state has.
    pub(super) async fn in_use<'a>(&'a self, except: Option<&'a RecordName>) -> InUse<'a> {
        let others = self.journal.others().await.unwrap_or_default();
        InUse::of(self, except, others)
    }
}

/// Numbers that belong to somebody.
pub(super) struct InUse<'a> {
    core: &'a Core,
    except: Option<&'a RecordName>,
    /// What other processes left open.
    others: Vec<OpenRecord>,
}

impl<'a> InUse<'a> {
    /// The numbers that belong to somebody, given what other processes left open.
    pub(super) fn of(
        core: &'a Core,
        except: Option<&'a RecordName>,
        others: Vec<OpenRecord>,
    ) -> Self {
        Self {
            core,
            except,
            others,
        }
    }

    pub(super) fn has(&self, number: &E164) -> bool {
        let mut others = self.others();
        self.core.is_in_state(number)
            || self.core.journal.names(number, self.except)
            || others.any(|open| open.number() == Some(number))
    }

    /// Whether another purchase for the SIM is open.
    pub(super) fn has_purchase_for(&self, iccid: &Iccid) -> bool {
        let own = self.core.journal.bought_for(iccid, self.except);
        own.is_some() || self.others().any(|open| open.is_for(iccid))
    }

    fn others(&self) -> impl Iterator<Item = &OpenRecord> {
        let is_other = |open: &&OpenRecord| Some(&open.name) != self.except;
        self.others.iter().filter(is_other)
    }
}
