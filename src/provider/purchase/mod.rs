//! Buying exactly one number: the gate, the snapshot, and what becomes of a lost answer.
//!
//! The API has no key by which a repeated order is known, so a purchase is sent once. When its
//! answer is lost the inventory is asked: what it shows beyond a snapshot taken before the first
//! purchase, and beyond everything that is explained, is what the purchase brought. While that
//! is found out, no new purchase is sent.

mod evidence;
mod journal;
mod reconcile;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use tokio::sync::{OnceCell, RwLock};

use crate::joonto::{
    Client, E164, Error, OrderId, ProvisionAnswer, ProvisionRequest, PurchaseError,
    PurchaseReading, read_purchase,
};
use crate::wait::{Interrupted, Waits};

use evidence::Wanted;
use journal::{Scope, Ticket};
use reconcile::Doubt;

pub(super) use journal::{Journal, Receipt, reread};

/// How many pages of the inventory a snapshot reads at the most.
const SNAPSHOT_PAGES: u32 = 20;

/// The purchases of one account. Clones share everything.
#[derive(Clone, Debug)]
pub(super) struct Purchases(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client,
    journal: Journal,
    scope: Scope,
    /// Held by every purchase while it is under way; taken whole to find out about lost ones.
    gate: RwLock<()>,
    snapshot: OnceCell<Snapshot>,
    ledger: Mutex<Ledger>,
    /// Held while what earlier processes left is looked into.
    past: tokio::sync::Mutex<()>,
}

/// What an account owns, as its inventory says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Owned {
    /// Whose inventory it is, if it tells.
    account: Option<String>,
    numbers: BTreeSet<E164>,
}

/// What the account owned before the first purchase.
#[derive(Clone, Debug)]
enum Snapshot {
    /// This.
    Taken(Owned),
    /// It cannot be told, for this reason.
    Unavailable(String),
}

/// What became of the purchases of this process.
#[derive(Debug, Default)]
struct Ledger {
    /// Every number that is explained.
    known: BTreeSet<E164>,
    /// Orders that were taken and have not named a number yet.
    pending: BTreeMap<Ticket, (OrderId, Wanted)>,
    /// Purchases whose answer was lost.
    doubts: Vec<Doubt>,
    /// Those of them that were looked into in vain. What they bought may still turn up.
    unresolved: Vec<Doubt>,
    /// What was found out about them.
    verdicts: BTreeMap<Ticket, Verdict>,
}

/// A number that was bought.
#[derive(Debug)]
pub(super) enum Bought {
    /// The API said so.
    Answered(ProvisionAnswer),
    /// The answer was lost, and the account has the number.
    Adopted(E164),
    /// An earlier run bought it, and Terraform never got to store it.
    Claimed(Receipt),
}

/// A purchase that brought no number, as far as is known.
#[derive(Debug)]
pub(super) enum NotBought {
    /// No money was spent.
    Nothing(Error),
    /// No money was spent: the operation was given up before the purchase was sent.
    GivenUp(Interrupted),
    /// No money was spent: another process, whose journal this is, buys just the same and waits
    /// for the answer.
    Elsewhere(String),
    /// No money was spent now: an earlier run bought these just the same, and whether Terraform
    /// got to store them is not known. With the journals that say so.
    Unseen(Vec<(String, PathBuf)>),
    /// Whether money was spent is not known.
    InDoubt(InDoubt),
}

/// What is known of a purchase in doubt.
#[derive(Clone, Debug)]
pub(super) struct InDoubt {
    /// How the answer was lost.
    pub(super) cause: String,
    /// When the purchase was sent.
    pub(super) sent_at: OffsetDateTime,
    /// What the account says.
    pub(super) verdict: Verdict,
}

/// What the account says of a purchase in doubt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// It bought this number.
    Bought(E164),
    /// No number that it could have bought has shown up for a minute.
    NoneSeen,
    /// Numbers have shown up, and which of them it bought, if any, cannot be told.
    Unsure(Vec<E164>),
    /// The account could not be asked.
    Unknown(String),
    /// An earlier run left it, and these numbers have shown up since; the journal is there.
    LeftUnsure(Vec<E164>, String),
}

impl Purchases {
    /// The purchases that `client` makes in `workspace`.
    pub(super) fn new(client: Client, journal: Journal, workspace: &str) -> Self {
        let fingerprint = client.fingerprint();
        let scope = Scope::new(
            &client.base_url().to_string(),
            fingerprint.as_str(),
            workspace,
        );
        Self(Arc::new(Inner {
            client,
            journal,
            scope,
            gate: RwLock::new(()),
            snapshot: OnceCell::new(),
            ledger: Mutex::default(),
            past: tokio::sync::Mutex::new(()),
        }))
    }

    /// Buys one number. `warn` takes what the user should know besides; `answered` takes the
    /// answer the moment it is there, before anything else is done.
    pub(super) async fn buy(
        &self,
        request: &ProvisionRequest,
        waits: &Waits,
        warn: &(dyn Fn(&str, String) + Send + Sync),
        answered: &mut (dyn FnMut(&ProvisionAnswer) + Send),
    ) -> Result<Bought, NotBought> {
        let inner = &*self.0;
        let wanted = Wanted::of(request);
        if let Some(bought) = self.left_by_earlier_runs(&wanted, waits, warn).await? {
            return Ok(bought);
        }
        // A SIM knows its number: details settle that.
        if request.iccid.is_none() {
            let snapshot = inner.snapshot.get_or_try_init(|| self.take_snapshot(waits));
            snapshot.await.map_err(NotBought::Nothing)?;
        }

        let pass = waits
            .wait_for(inner.gate.read())
            .await
            .map_err(NotBought::GivenUp)?;
        let is_after_snapshot = inner.snapshot.initialized();
        let ticket = inner.journal.intend(&inner.scope, &wanted).await;
        if let Some(problem) = inner.journal.problem() {
            warn(
                "Purchases are not written down",
                format!(
                    "The provider cannot write its journal of purchases ({problem}). The apply goes \
                     on; but should Terraform be killed while a number is being bought, the next \
                     run cannot take that number up by itself."
                ),
            );
        }
        let sent_at = waits.clock().utc();
        let (lost, told) = match inner.client.provision(request, waits).await {
            Ok(answer) => {
                answered(&answer);
                match self.hold_against_order(&answer, waits).await {
                    None => {
                        self.note_answer(ticket, &wanted, &answer).await;
                        return Ok(Bought::Answered(answer));
                    }
                    Some(lost) => (lost, Some(answer)),
                }
            }
            Err(PurchaseError::NothingBought(error)) => {
                inner.journal.nothing(ticket).await;
                return Err(NotBought::Nothing(error));
            }
            Err(PurchaseError::InDoubt { cause, .. }) => (cause.to_string(), None),
        };
        tracing::warn!(
            cause = lost,
            "the answer to a purchase was lost; asking the inventory"
        );
        self.ledger()
            .doubts
            .push(Doubt::new(ticket, wanted.clone(), is_after_snapshot));
        drop(pass);
        match (self.find_out(ticket, waits).await, told) {
            (Verdict::Bought(number), told) => {
                let receipt = Receipt {
                    number: Some(number.to_string()),
                    ..told.as_ref().map(receipt).unwrap_or_default()
                };
                inner.journal.answered(ticket, receipt).await;
                Ok(Bought::Adopted(number))
            }
            // An order that may be one is kept and followed.
            (_, Some(answer)) if !self.is_no_order(&answer, waits).await => {
                self.ledger()
                    .unresolved
                    .retain(|doubt| doubt.ticket() != ticket);
                self.note_answer(ticket, &wanted, &answer).await;
                Ok(Bought::Answered(answer))
            }
            (verdict, _) => Err(NotBought::InDoubt(InDoubt {
                cause: lost,
                sent_at,
                verdict,
            })),
        }
    }

    /// Whether the answer is as good as none: it names no number, and nothing that would lead to
    /// one. Says how, if so.
    async fn hold_against_order(&self, answer: &ProvisionAnswer, waits: &Waits) -> Option<String> {
        let nothing = || Some("the answer names neither an order nor a readable number".to_owned());
        match read_purchase(answer) {
            PurchaseReading::Unusable => nothing(),
            PurchaseReading::Bought { .. } | PurchaseReading::Pending { .. }
                if answer.number().is_none() =>
            {
                match (&answer.order_id, &answer.order_status) {
                    (Some(_), Some(_)) => None,
                    // No word on how the order stands: perhaps this is no order at all.
                    (Some(order), None) => match self.0.client.order(order, waits).await {
                        Ok(_) => None,
                        Err(_) => Some(format!(
                            "the answer names no readable number, and order {order} cannot be read"
                        )),
                    },
                    (None, _) => nothing(),
                }
            }
            _ => None,
        }
    }

    /// Whether the answer names no order that the API knows.
    async fn is_no_order(&self, answer: &ProvisionAnswer, waits: &Waits) -> bool {
        match &answer.order_id {
            Some(order) => {
                let answered = self.0.client.order(order, waits).await;
                answered.is_err_and(|error| error.is_not_found())
            }
            None => true,
        }
    }

    /// Notes that an order, pending before, has named its number.
    pub(super) async fn completed(&self, order: &OrderId, number: Option<&E164>) {
        self.ledger().known.extend(number.cloned());
        if let (Some(ticket), Some(number)) = (self.no_longer_pending(order), number) {
            let receipt = Receipt {
                order_id: Some(order.to_string()),
                number: Some(number.to_string()),
                ..Receipt::default()
            };
            self.0.journal.answered(ticket, receipt).await;
        }
    }

    /// Notes that an order, pending before, has failed.
    pub(super) async fn failed(&self, order: &OrderId) {
        if let Some(ticket) = self.no_longer_pending(order) {
            self.0.journal.nothing(ticket).await;
        }
    }

    fn no_longer_pending(&self, order: &OrderId) -> Option<Ticket> {
        let pending = &mut self.ledger().pending;
        let (ticket, _) = pending.iter().find(|(_, (id, _))| id == order)?;
        let ticket = *ticket;
        pending.remove(&ticket);
        Some(ticket)
    }

    /// Notes that a number, or its order, is in state.
    pub(super) fn seen(&self, number: Option<&str>, order: Option<&str>) {
        let e164 = number.and_then(|number| E164::parse(number).ok());
        self.ledger().known.extend(e164);
        self.0.journal.seen(number, order);
    }

    async fn note_answer(&self, ticket: Ticket, wanted: &Wanted, answer: &ProvisionAnswer) {
        if matches!(read_purchase(answer), PurchaseReading::Failed { .. }) {
            return self.0.journal.nothing(ticket).await;
        }
        {
            let mut ledger = self.ledger();
            match (answer.number(), &answer.order_id) {
                (Some(number), _) => {
                    ledger.known.insert(number);
                }
                (None, Some(order)) => {
                    let pending = (order.clone(), wanted.clone());
                    ledger.pending.insert(ticket, pending);
                }
                (None, None) => {}
            }
        }
        self.0.journal.answered(ticket, receipt(answer)).await;
    }

    /// Reads what the account owns, before the first purchase.
    async fn take_snapshot(&self, waits: &Waits) -> Result<Snapshot, Error> {
        let inner = &*self.0;
        match reconcile::read_inventory(&inner.client, waits).await {
            Ok(Ok(inventory)) => {
                let numbers = inventory.numbers.into_iter();
                let owned = Owned {
                    account: inventory.account_id.map(|id| id.as_str().to_owned()),
                    numbers: numbers.filter_map(|record| record.number).collect(),
                };
                inner.journal.snapshot(&inner.scope, &owned).await;
                Ok(Snapshot::Taken(owned))
            }
            Ok(Err(incomplete)) => Ok(Snapshot::Unavailable(incomplete)),
            // A ready token is good for one endpoint: for the purchase, it is hoped.
            Err(error) if inner.client.has_ready_token() && error.is_unauthorized() => {
                Ok(Snapshot::Unavailable(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the journal keeps of an answer.
fn receipt(answer: &ProvisionAnswer) -> Receipt {
    Receipt {
        order_id: answer.order_id.as_ref().map(OrderId::to_string),
        order_date: answer.order_date.clone(),
        order_status: answer.order_status.clone(),
        number: answer.number().map(|number| number.to_string()),
        phone_number_id: answer.phone_number_id.clone(),
        subscriber_id: answer.subscriber_id.clone(),
        assigned_zip_code: answer.zip_code.clone(),
    }
}
