//! What all purchases of one account share: the client, the records, and what is known of numbers.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::choices::Stops;
use super::gate::Gate;
use super::handed::Handed;
use super::journal::{ACTS_FOR, Journal, OpenPurchase, OpenRecord, RecordName, Recorded};
use super::resolve::Resolution;
use super::state;
use crate::context::{Context, Interrupted};
use crate::joonto::{Client, E164, Error, Iccid, InventoryCache, Lookup, NumberRecord};

/// How often what is open is read again while its process may still act.
const REREAD: Duration = Duration::from_secs(1);

/// What the purchases of one account share.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) client: Client,
    pub(super) cache: InventoryCache,
    pub(super) journal: Journal,
    pub(super) limit: u32,
    pub(super) disposable: Option<&'static str>,
    pub(super) resolution: Result<Resolution, String>,
    pub(super) gate: Gate,
    pub(super) handed: Handed,
    /// What the local state file held when this command began.
    pub(super) stored: OnceLock<Option<Vec<state::StateNumber>>>,
    /// One number of the user's line at a time is compared with records and claimed.
    pub(super) storing: tokio::sync::Mutex<()>,
    /// One purchase at a time for each SIM.
    pub(super) sims: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Numbers that this process cancelled. Reads may show them for a while.
    pub(super) cancelled: Mutex<BTreeSet<E164>>,
    pub(super) stops: Stops,
    pub(super) planned: AtomicU32,
    pub(super) place_reported: AtomicBool,
    /// Whether a ready token was found to open the inventory.
    pub(super) token_checked: tokio::sync::OnceCell<()>,
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
        self.handed.has(number.as_str()) || self.stored().unwrap_or_default().iter().any(is_it)
    }

    /// What the local state file holds, where it can be read.
    pub(super) fn stored(&self) -> Option<&[state::StateNumber]> {
        let stored = self.stored.get_or_init(|| self.journal.stored());
        stored.as_deref()
    }

    /// The numbers that records other than `except` name, or that a resource in state has.
    pub(super) async fn in_use<'a>(&'a self, except: Option<&'a RecordName>) -> InUse<'a> {
        let others = self.journal.others().await.unwrap_or_default();
        InUse {
            core: self,
            except,
            others,
        }
    }

    /// Waits while the process of something open may still act. Nothing if it closed it meanwhile.
    pub(super) async fn await_writer<R: Recorded>(
        &self,
        mut open: OpenRecord<R>,
        context: &Context,
    ) -> Result<Option<OpenRecord<R>>, Interrupted> {
        if open.may_act(self.client.server_time()) {
            // The deadline is by the API's clock, which a first response tells.
            let _ = self.client.urgent().inventory_page(1, context).await;
        }
        let last = context.clock().now() + ACTS_FOR;
        while open.may_act(self.client.server_time())
            && context.clock().now() < last
            && !open.writer_has_ended().await
        {
            context.sleep(REREAD).await?;
            match self.journal.reread(&open).await {
                Some(now) => open = now,
                None => return Ok(None),
            }
        }
        // It may have been written once more before its process ended.
        Ok(self.journal.reread(&open).await)
    }
}

/// Numbers that belong to somebody.
pub(super) struct InUse<'a> {
    pub(super) core: &'a Core,
    pub(super) except: Option<&'a RecordName>,
    /// What other processes left open.
    pub(super) others: Vec<OpenPurchase>,
}

impl InUse<'_> {
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

    fn others(&self) -> impl Iterator<Item = &OpenPurchase> {
        let is_other = |open: &&OpenPurchase| Some(&open.name) != self.except;
        self.others.iter().filter(is_other)
    }
}
