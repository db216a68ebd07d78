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

pub(super) use journal::{Journal, Receipt};

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

/// What the account owned before the first purchase.
#[derive(Clone, Debug)]
enum Snapshot {
    /// These numbers.
    Taken(BTreeSet<E164>),
    /// It cannot be told, for this reason.
    Unavailable(String),
}

/// What became of the purchases of this process.
#[derive(Debug, Default)]
struct Ledger {
    /// Every number that is explained.
    known: BTreeSet<E164>,
    /// Orders that were taken and have not named a number yet.
    pending: BTreeMap<String, (Ticket, Wanted)>,
    /// Purchases whose answer was lost.
    doubts: Vec<Doubt>,
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

    /// Buys one number. `warn` takes what the user should know besides.
    pub(super) async fn buy(
        &self,
        request: &ProvisionRequest,
        waits: &Waits,
        warn: &(dyn Fn(&str, String) + Send + Sync),
    ) -> Result<Bought, NotBought> {
        let inner = &*self.0;
        let wanted = Wanted::of(request);
        if let Some(bought) = self.left_by_earlier_runs(&wanted, waits, warn).await? {
            return Ok(bought);
        }
        if request.iccid.is_none() {
            let snapshot = inner
                .snapshot
                .get_or_try_init(|| self.take_snapshot(waits))
                .await;
            snapshot.map_err(NotBought::Nothing)?;
        }

        let pass = waits
            .wait_for(inner.gate.read())
            .await
            .map_err(NotBought::GivenUp)?;
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
        let lost = match inner.client.provision(request, waits).await {
            Ok(answer) if read_purchase(&answer) != PurchaseReading::Unusable => {
                self.note_answer(ticket, &wanted, &answer).await;
                return Ok(Bought::Answered(answer));
            }
            Ok(_) => "the answer names neither an order nor a number".to_owned(),
            Err(PurchaseError::NothingBought(error)) => {
                inner.journal.nothing(ticket).await;
                return Err(NotBought::Nothing(error));
            }
            Err(PurchaseError::InDoubt { cause, .. }) => cause.to_string(),
        };
        tracing::warn!(
            cause = lost,
            "the answer to a purchase was lost; asking the inventory"
        );
        self.ledger()
            .doubts
            .push(Doubt::new(ticket, request, wanted));
        drop(pass);
        match self.find_out(ticket, waits).await {
            Verdict::Bought(number) => Ok(Bought::Adopted(number)),
            verdict => Err(NotBought::InDoubt(InDoubt {
                cause: lost,
                sent_at,
                verdict,
            })),
        }
    }

    /// Notes that an order, pending before, has named its number.
    pub(super) async fn completed(&self, order: &OrderId, number: Option<&E164>) {
        let pending = {
            let mut ledger = self.ledger();
            ledger.known.extend(number.cloned());
            ledger.pending.remove(order.as_str())
        };
        if let (Some((ticket, _)), Some(number)) = (pending, number) {
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
        let pending = self.ledger().pending.remove(order.as_str());
        if let Some((ticket, _)) = pending {
            self.0.journal.nothing(ticket).await;
        }
    }

    /// Notes that a number, or its order, is in state.
    pub(super) fn seen(&self, number: Option<&str>, order: Option<&str>) {
        self.0.journal.seen(number, order);
    }

    async fn note_answer(&self, ticket: Ticket, wanted: &Wanted, answer: &ProvisionAnswer) {
        let failed = matches!(read_purchase(answer), PurchaseReading::Failed { .. });
        if failed {
            return self.0.journal.nothing(ticket).await;
        }
        let number = answer.number();
        {
            let mut ledger = self.ledger();
            match (&number, &answer.order_id) {
                (Some(number), _) => drop(ledger.known.insert(number.clone())),
                (None, Some(order)) => {
                    let pending = (ticket, wanted.clone());
                    ledger.pending.insert(order.as_str().to_owned(), pending);
                }
                (None, None) => {}
            }
        }
        let receipt = Receipt {
            order_id: answer.order_id.as_ref().map(OrderId::to_string),
            order_date: answer.order_date.clone(),
            order_status: answer.order_status.clone(),
            number: number.map(|number| number.to_string()),
            phone_number_id: answer.phone_number_id.clone(),
            subscriber_id: answer.subscriber_id.clone(),
            assigned_zip_code: answer.zip_code.clone(),
        };
        self.0.journal.answered(ticket, receipt).await;
    }

    /// Reads what the account owns, before the first purchase.
    async fn take_snapshot(&self, waits: &Waits) -> Result<Snapshot, Error> {
        let inner = &*self.0;
        match reconcile::read_inventory(&inner.client, waits).await {
            Ok(Ok(inventory)) => {
                let numbers = inventory
                    .numbers
                    .into_iter()
                    .filter_map(|record| record.number)
                    .collect();
                inner.journal.snapshot(&inner.scope, &numbers).await;
                Ok(Snapshot::Taken(numbers))
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
