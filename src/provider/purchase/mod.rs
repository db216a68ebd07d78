//! Buying exactly one number.
//!
//! The API has no key by which a repeated order is known, counting what is new in the account
//! proves nothing, and Terraform stores state late or not at all. So a purchase is recorded
//! before it is sent, its record is closed on evidence only, and where there is no evidence the
//! provider stops, shows what it knows, and takes one pasted line.
//!
//! Reads from the top: [`Purchases::buy`], then `meet` (what earlier runs left open comes
//! first), `confirm` (from a response to a decided purchase), and `stop`.

mod candidates;
mod choices;
mod confirm;
mod core;
mod files;
mod gate;
mod handed;
mod journal;
mod meet;
mod open;
mod outcome;
mod port_in;
mod proof;
mod purchases;
mod resolve;
mod run;
mod sim;
mod state;
mod stop;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use crate::context::Context;
use crate::joonto::{
    Client, E164, InventoryCache, PaidOutcome, ProvisionRequest, Purchase, Receipt,
};
use crate::sync::locked;

use self::core::Core;
use choices::Stops;
use gate::Gate;
use handed::Handed;
use journal::{Journal, RecordedPurchase, Scope};
use resolve::Resolution;
use state::StateId;

pub(super) use choices::{Candidate, Choices, RunChoices, Stop, describe, time_of};
#[cfg(feature = "fuzzing")]
pub(super) use journal::reread;
pub(super) use journal::{
    OpenPortIn, OpenPurchase, PlaceError, RecordName, SharedPlace, is_bucket_variable, list,
};
pub(super) use open::OpenWarning;
pub(super) use outcome::{Bought, NotBought, Notice, Obstacle};
pub(super) use port_in::{NotSubmitted, UnfitOrder};
pub(super) use proof::{day_before, purchase_date};
pub(super) use purchases::Purchases;
pub(super) use resolve::{VARIABLE, line_of};
pub use run::{Run, RunId, Runs};

/// How purchases of one configuration are made.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// Terraform's data directory.
    pub(super) data_directory: PathBuf,
    /// The workspace.
    pub(super) workspace: String,
    /// The place that `purchase_journal` names, and the `state_name`.
    pub(super) shared: Option<(SharedPlace, String)>,
    /// How many numbers a plan may buy; 0 means any number.
    pub(super) limit: u32,
    /// The variable by which this machine is known to be thrown away after the run, where its
    /// disk would hold the only records.
    pub(super) disposable: Option<&'static str>,
    /// What the user says of open purchases.
    pub(super) resolved: Option<String>,
}

impl Purchases {
    /// The purchases that `client` makes for `run`. Reads and sends nothing yet.
    pub(super) fn new(client: Client, cache: InventoryCache, run: Run, options: Options) -> Self {
        let fingerprint = client.fingerprint();
        let current = std::env::current_dir().unwrap_or_default();
        let directory = options.data_directory.join("joonto");
        let workspace = &options.workspace;
        let default = StateId::of_directory(&current, &options.data_directory, workspace);
        let shared = options.shared.as_ref();
        let shared = shared.map(|(place, name)| (place.clone(), StateId::named(name, workspace)));
        let base_url = client.base_url().to_string();
        let version_1 = Scope::of(&base_url, fingerprint.as_str(), workspace);
        let clock = Arc::clone(client.clock());
        let handed = Handed::new(directory.clone(), run.id(), Arc::clone(&clock));
        // A line that one account prints says nothing of another account's purchases.
        let run = run.of_account(fingerprint.as_str());
        let default = (directory, default);
        let account = fingerprint.to_string();
        let journal = Journal::new(default, shared, account, version_1, run, clock);
        let resolved = options.resolved.as_deref().unwrap_or_default();
        let core = Core {
            client,
            cache,
            journal,
            limit: options.limit,
            disposable: options.disposable,
            resolution: Resolution::parse(resolved),
            gate: Gate::new(),
            handed,
            stored: OnceLock::new(),
            storing: tokio::sync::Mutex::default(),
            sims: Mutex::default(),
            cancelled: Mutex::default(),
            stops: Stops::default(),
            planned: AtomicU32::new(0),
            place_reported: AtomicBool::new(false),
            token_checked: tokio::sync::OnceCell::new(),
        };
        Self::of(Arc::new(core))
    }

    /// Buys one number, or stores what an earlier run bought for the same request. Adds to `ended`
    /// what earlier runs bought for it and has ended, whose records are closed.
    ///
    /// `create_timeout` counts from the response on: until then it is our turn that is waited
    /// for, not the API's work.
    pub(super) async fn buy(
        &self,
        request: &ProvisionRequest,
        create_timeout: Duration,
        context: &Context,
        ended: &mut Vec<String>,
    ) -> Result<Bought, NotBought> {
        let core = &self.core;
        if let Some(missing) = core.missing_option(request.iccid.is_some()) {
            return Err(missing);
        }
        core.check_token(context).await?;
        let met = meet::meet(self, request, create_timeout, context, ended);
        if let Some(bought) = met.await? {
            return Ok(bought);
        }
        let mut order = core.client.order_number(request)?;
        let (purchase, open, passage, _sim) = loop {
            core.gate.wait(context).await?;
            // Before each attempt: what came to the SIM since proves nothing.
            let mut sim = core.free_sim(request, context).await?;
            let admission = order.admit(context).await?;
            // The gate may have closed during the wait. From here on it counts this purchase.
            let Some(passage) = core.gate.pass() else {
                continue;
            };
            let what = RecordedPurchase::new(request.clone(), sim.before.clone());
            let open = core.journal.open(what, core.client.server_time()).await;
            let open = open.map_err(NotBought::NotRecorded)?;
            // Another state may have recorded a purchase for the SIM meanwhile. Each looks after
            // its own record is written, so at least one sees the other's.
            if let Err(why) = core.refuse_rivals(request, &mut sim.ended, None).await {
                core.journal.close(&open).await;
                return Err(why);
            }
            // Nothing has left yet: a stop, or a response that was lost meanwhile, still counts.
            if context.check().is_err() || core.gate.is_shut() {
                core.journal.close(&open).await;
                context.check().map_err(NotBought::Cancelled)?;
                continue;
            }
            match order.send(admission).await {
                PaidOutcome::Retry(_) => core.journal.close(&open).await,
                sent => break (Purchase::of(sent), open, passage, sim),
            }
        };
        // At once: nothing may be sent after a response that is lost.
        let is_lost = matches!(purchase, Purchase::Unconfirmed(_));
        let proving = is_lost.then(|| core.gate.prove());
        if is_lost && request.iccid.is_none() {
            core.gate.close();
        }
        // An order that nothing vouches for may yet be unconfirmed: it is counted until it responds.
        let asked = matches!(purchase, Purchase::AskOrder(..)).then_some(passage);

        let limit = context.within(create_timeout);
        let (confirmed, mut open, mut notices) =
            confirm::confirm(core, open, purchase, &limit).await;
        let cause = match confirmed {
            confirm::Confirmed::Bought(bought) => {
                return Ok(core.returned(*bought, open, notices, context).await);
            }
            confirm::Confirmed::Refused(why) => {
                core.journal.close(&open).await;
                return Err(why);
            }
            confirm::Confirmed::Unconfirmed(cause) => cause,
        };
        tracing::warn!(cause, "the outcome of a purchase is unknown");
        let proving = proving.unwrap_or_else(|| core.gate.prove());
        drop(asked);
        if let Some(record) = core.prove_own(&mut open, context).await {
            drop(proving);
            notices.extend(record.number.clone().map(Notice::Adopted));
            let receipt = Receipt {
                number: record.number.clone(),
                ..Receipt::default()
            };
            let at = core.client.server_time();
            let adopted = Bought::of_record(&open.name, receipt, record, at);
            return Ok(core.returned(adopted, open, notices, context).await);
        }
        core.gate.close();
        let stop = stop::own(core, open, cause, proving, context).await;
        Err(NotBought::Unconfirmed(Box::new(stop)))
    }
}

impl Core {
    /// What is missing for anything that costs money. `names_sim`: the SIM proves the purchase, so a
    /// machine that is thrown away loses nothing.
    fn missing_option(&self, names_sim: bool) -> Option<NotBought> {
        if let Err(part) = &self.resolution {
            return Some(NotBought::LineMalformed(part.clone()));
        }
        let disposable = self.disposable.filter(|_| !names_sim);
        disposable.map(NotBought::NeedsPlace)
    }

    /// Whether a ready token lets purchases be looked up.
    async fn check_token(&self, context: &Context) -> Result<(), NotBought> {
        let Some(token) = self.client.ready_token() else {
            return Ok(());
        };
        if !token.names_account {
            return Err(NotBought::TokenCannotBuy(None));
        }
        let checked = self.token_checked.get_or_try_init(|| async {
            let page = self.client.urgent().inventory_page(1, context).await;
            page.map(drop)
        });
        match checked.await {
            Err(error) if error.is_unauthorized() => Err(NotBought::TokenCannotBuy(Some(error))),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(()),
        }
    }

    /// Has the record say that the response is about to leave, and lets it leave.
    async fn returned(
        &self,
        mut bought: Bought,
        mut open: OpenPurchase,
        notices: Vec<Notice>,
        context: &Context,
    ) -> Bought {
        if let Some(number) = &bought.receipt.number {
            self.cache.wrote(number);
        }
        let written = self.journal.returned(&mut open, &bought.receipt, context);
        let problem = written.await.err();
        bought.notices = notices;
        (bought.notices).extend(problem.map(|error| Notice::NotReturned(error.cause)));
        bought
    }

    /// The variable by which this machine is known to lose its records, once.
    fn needs_place(&self) -> Option<&'static str> {
        let is_first = || !self.place_reported.swap(true, Ordering::Relaxed);
        self.disposable.filter(|_| is_first())
    }
}

/// What planning, reading and destroying tell purchases.
impl Purchases {
    /// The numbers that Terraform hands over from state.
    pub(super) fn handed(&self) -> &Handed {
        &self.core.handed
    }

    /// A resource in state holds this number, or this order. Its purchase is held then.
    pub(super) async fn note_in_state(&self, number: Option<&str>, order: Option<&str>) {
        let number = number.and_then(|number| E164::parse(number).ok());
        if let Some(number) = &number {
            self.handed().note(number.as_str());
        }
        // Creates report a place that cannot be read.
        if let Ok(mut open) = self.open_records().await {
            let number = number.as_ref();
            open.close_held(&self.core, number, order, false).await;
        }
    }

    /// Whether a record names the number, or a resource in state has it.
    pub(super) async fn is_in_use(&self, number: &E164, path: Option<&str>) -> bool {
        let own = path.and_then(RecordName::of_path);
        self.core.in_use(own.as_ref()).await.has(number)
    }

    /// The purchase whose record has that path is held: its number was read from state.
    pub(super) async fn note_held(&self, path: &str) {
        self.core.journal.close_path(path).await;
    }

    /// Terraform let go of the number that `run` bought, which this process cancelled if
    /// `is_cancelled`. Its purchase is closed, also one of this very command.
    pub(super) async fn note_deleted(&self, number: &E164, run: Option<&str>, is_cancelled: bool) {
        if is_cancelled {
            locked(&self.core.cancelled).insert(number.clone());
        }
        self.core.journal.close_deleted(number, run).await;
        if let Ok(mut open) = self.open_records().await {
            open.close_deleted(&self.core, number).await;
        }
    }

    /// Counts a planned purchase.
    pub(super) fn plan(&self, names_sim: bool) -> Planned {
        let limit = self.core.limit;
        let planned = self.core.planned.fetch_add(1, Ordering::Relaxed) + 1;
        Planned {
            over_limit: (limit > 0 && planned == limit + 1).then_some(limit),
            needs_place: (!names_sim).then(|| self.core.needs_place()).flatten(),
        }
    }

    /// The places of records, for texts.
    pub(super) fn places(&self) -> Vec<String> {
        self.core.journal.place_names()
    }
}

/// What is wrong with one more purchase in the plan.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Planned {
    /// It is the first beyond this limit.
    pub(super) over_limit: Option<u32>,
    /// The records would be lost with this machine, as this variable shows. Said once.
    pub(super) needs_place: Option<&'static str>,
}
