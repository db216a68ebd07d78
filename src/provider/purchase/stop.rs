//! Stopping where there is no evidence: one search for candidates, and what the user can paste.
//!
//! Candidates are advice. None is ever adopted.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

use super::Inner;
use super::gate::Proving;
use super::journal::{OpenPurchase, OpenRecord};
use super::meet::await_writer;
use super::open;
use super::proof::is_late_enough;
use super::run::RunId;
use crate::joonto::{E164, NumberClass, NumberRecord, ProvisionRequest};
use crate::sync::locked;
use crate::wait::Waits;

/// How many pages of the inventory are read at most.
pub(super) const PAGES: u32 = 20;

/// How long candidates are searched for, and the pause between two reads.
const SEARCH: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(5);

/// What this run has reported about its stops. Each full text appears once.
#[derive(Debug, Default)]
pub(super) struct Stops {
    own: Mutex<Vec<Unknown>>,
    /// Whether this run has printed the full text of its own purchases.
    own_told: tokio::sync::Mutex<bool>,
    open_search: tokio::sync::Mutex<Option<Search>>,
    open_told: AtomicBool,
}

/// A purchase whose outcome is unknown.
#[derive(Clone, Debug)]
pub(super) struct Unknown {
    run: RunId,
    request: ProvisionRequest,
    sent_at: OffsetDateTime,
}

/// A number that may be what an unconfirmed purchase bought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::provider) struct Candidate {
    /// The number.
    pub(in crate::provider) number: E164,
    /// Its status word.
    pub(in crate::provider) status: Option<String>,
    /// When it was bought, as the API writes it.
    pub(in crate::provider) date: Option<String>,
    /// The runs with a purchase that it fits.
    runs: Vec<RunId>,
}

#[cfg(test)]
impl Candidate {
    /// A candidate of no run, for tests of texts.
    pub(in crate::provider) fn of(number: E164) -> Self {
        Self {
            number,
            status: Some("Active".into()),
            date: None,
            runs: Vec::new(),
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    candidates: Vec<Candidate>,
    /// Why the list is known to be incomplete.
    problem: Option<String>,
}

impl Search {
    /// What the user can paste for the runs that left `open`.
    pub(super) fn choices_of(&self, open: &[OpenRecord]) -> Choices {
        self.choices(RunChoices::of(open, &self.candidates))
    }

    fn choices(&self, runs: Vec<RunChoices>) -> Choices {
        Choices {
            runs,
            candidates: self.candidates.clone(),
            problem: self.problem.clone(),
        }
    }

    /// The same, of one read of the inventory.
    pub(super) fn of_one_read(mut self) -> Self {
        let once = || "it was read once".to_owned();
        self.problem.get_or_insert_with(once);
        self
    }
}

/// Why a create stops.
#[derive(Debug)]
pub(in crate::provider) struct Stop {
    /// The purchase, in a few words.
    pub(in crate::provider) what: String,
    /// What became of the response, for a purchase of this run.
    pub(in crate::provider) cause: Option<String>,
    /// What the user can paste; nothing where another error of the run says it.
    pub(in crate::provider) choices: Option<Choices>,
}

/// What the user can paste, and what is known.
#[derive(Clone, Debug)]
pub(in crate::provider) struct Choices {
    /// By run.
    pub(in crate::provider) runs: Vec<RunChoices>,
    /// Every candidate.
    pub(in crate::provider) candidates: Vec<Candidate>,
    /// Why the list is known to be incomplete.
    pub(in crate::provider) problem: Option<String>,
}

/// What is still to be stored of one run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::provider) struct RunChoices {
    /// The run.
    pub(in crate::provider) run: RunId,
    /// The numbers that its records name.
    pub(in crate::provider) known: Vec<E164>,
    /// How many of its orders are known and name no number yet.
    pub(in crate::provider) orders: usize,
    /// How many of its purchases are unconfirmed.
    pub(in crate::provider) unknown: usize,
    /// The candidates that fit one of them.
    pub(in crate::provider) fits: Vec<E164>,
}

impl Choices {
    /// What is known of `open` without a search.
    pub(in crate::provider) fn of(open: &[OpenRecord]) -> Self {
        Search::default().choices_of(open)
    }

    /// Leaves out a number that is not to be stored.
    pub(super) fn forget(&mut self, number: Option<&E164>) {
        for run in &mut self.runs {
            run.known.retain(|known| Some(known) != number);
            run.fits.retain(|fit| Some(fit) != number);
        }
    }
}

impl RunChoices {
    /// The choices of the runs that left `open`.
    fn of(open: &[OpenRecord], candidates: &[Candidate]) -> Vec<Self> {
        let mut runs: BTreeMap<RunId, Self> = BTreeMap::new();
        for open in open {
            let run = open.name.run();
            let choices = runs
                .entry(run.clone())
                .or_insert_with(|| Self::none(run.clone(), candidates));
            match open.number() {
                Some(number) => choices.known.push(number.clone()),
                None if open.is_sending() => choices.unknown += 1,
                None => choices.orders += 1,
            }
        }
        runs.into_values().collect()
    }

    fn none(run: RunId, candidates: &[Candidate]) -> Self {
        let fits = candidates
            .iter()
            .filter(|candidate| candidate.runs.contains(&run))
            .map(|candidate| candidate.number.clone())
            .collect();
        Self {
            run,
            known: Vec::new(),
            orders: 0,
            unknown: 0,
            fits,
        }
    }
}

/// Stops for an own purchase that is unconfirmed. Its record stays open.
pub(super) async fn own(
    inner: &Inner,
    open: &OpenPurchase,
    cause: String,
    proving: Proving<'_>,
    waits: &Waits,
) -> Stop {
    let unknown = Unknown {
        run: inner.journal.run().id().clone(),
        request: open.request().clone(),
        sent_at: open.sent_at(),
    };
    let what = describe_sent(&unknown.request, unknown.sent_at);
    locked(&inner.stops.own).push(unknown);
    drop(proving);
    // Those that were sent run to their end: the search counts them all.
    inner.gate.settled(waits).await;
    let mut told = inner.stops.own_told.lock().await;
    let mut choices = None;
    if !*told {
        let unknown = locked(&inner.stops.own).clone();
        let found = find(inner, &unknown, waits).await;
        let mut run = RunChoices::none(inner.journal.run().id().clone(), &found.candidates);
        // Another process of this command may have lost a response, too: one line is for all.
        let counted = inner.journal.count_unconfirmed().await;
        run.unknown = counted.max(locked(&inner.stops.own).len());
        choices = Some(found.choices(vec![run]));
        *told = true;
    }
    Stop {
        what,
        cause: Some(cause),
        choices,
    }
}

/// Stops for an open purchase of an earlier run that equals the create.
pub(super) async fn open(inner: &Inner, open: &OpenRecord, waits: &Waits) -> Stop {
    let choices = open_choices(inner, waits).await;
    let is_first = !inner.stops.open_told.swap(true, Ordering::Relaxed);
    let now = inner.journal.reread(open).await;
    Stop {
        what: describe(now.as_ref().unwrap_or(open)),
        cause: None,
        choices: is_first.then_some(choices),
    }
}

/// Stops for an open purchase that another create equals.
pub(super) async fn held_back(inner: &Inner, open: &OpenRecord, waits: &Waits) -> Stop {
    let run = open.name.run();
    let mut choices = match open.is_sending() {
        true => open_choices(inner, waits).await,
        // Its order or number is known: there is nothing to search for.
        false => {
            let known = open::with(inner, async |all| all.choices_of(run)).await;
            known.unwrap_or_else(|_| Choices::of(std::slice::from_ref(open)))
        }
    };
    choices.runs.retain(|choices| choices.run == *run);
    choices.candidates.retain(|fit| fit.runs.contains(run));
    Stop {
        what: describe(open),
        cause: None,
        choices: Some(choices),
    }
}

/// What is known of every open purchase of this state.
async fn open_choices(inner: &Inner, waits: &Waits) -> Choices {
    let loaded = open::with(inner, async |open| open.ours()).await;
    let mut search = inner.stops.open_search.lock().await;
    // As they are now: some were under way when they were loaded, or are recovered since.
    let mut all = Vec::new();
    for open in loaded.unwrap_or_default() {
        match await_writer(inner, open.clone(), waits).await {
            Ok(now) => all.extend(now),
            Err(_) => all.push(open),
        }
    }
    // What this run recovered is stored already.
    let own = inner.journal.run().id().as_str();
    all.retain(|open| open.last_written().is_none_or(|(_, by)| by != own));
    if search.is_none() {
        let unknown = unknown(&all);
        *search = Some(find(inner, &unknown, waits).await);
    }
    search.clone().unwrap_or_default().choices_of(&all)
}

/// Those of the open purchases whose number nothing names.
pub(super) fn unknown(open: &[OpenRecord]) -> Vec<Unknown> {
    // A known order leads to its number by itself.
    let unnamed = open
        .iter()
        .filter(|open| open.number().is_none() && (open.is_sending() || open.order().is_none()));
    unnamed
        .filter_map(|open| {
            let record = open.record()?;
            Some(Unknown {
                run: open.name.run().clone(),
                request: record.request.clone(),
                sent_at: record.sent_at(),
            })
        })
        .collect()
}

/// Reads the inventory once: the candidates, and why there may be more.
pub(super) async fn look(inner: &Inner, unknown: &[Unknown], waits: &Waits) -> Search {
    match inner.client.urgent().inventory(PAGES, waits).await {
        Ok(inventory) => {
            let problem = (!inventory.is_complete)
                .then(|| format!("the inventory could not be read whole; {PAGES} pages at most"));
            Search {
                candidates: candidates(inner, unknown, &inventory.numbers).await,
                problem,
            }
        }
        Err(error) => Search {
            problem: Some(error.to_string()),
            ..Search::default()
        },
    }
}

/// Searches the inventory for candidates. Ends early once two reads list the same ones, at least
/// as many as purchases are unknown.
async fn find(inner: &Inner, unknown: &[Unknown], waits: &Waits) -> Search {
    if unknown.is_empty() {
        return Search::default();
    }
    let waits = waits.within(SEARCH);
    let mut before: Option<Vec<E164>> = None;
    let mut found = Search::default();
    loop {
        let now = look(inner, unknown, &waits).await;
        if waits.check().is_err() && before.is_some() {
            // The search is over; what the last read found stays.
            break;
        }
        found = now;
        let now: Vec<E164> = found.candidates.iter().map(|c| c.number.clone()).collect();
        let is_stable = before.as_ref() == Some(&now) && found.problem.is_none();
        if is_stable && now.len() >= unknown.len() {
            break;
        }
        before = Some(now);
        if waits.sleep(PAUSE).await.is_err() {
            break;
        }
    }
    found
}

async fn candidates(
    inner: &Inner,
    unknown: &[Unknown],
    numbers: &[NumberRecord],
) -> Vec<Candidate> {
    let in_use = inner.in_use(None).await;
    let mut candidates = Vec::new();
    for record in numbers {
        let Some(number) = &record.number else {
            continue;
        };
        if in_use.has(number) || record.class() == NumberClass::Gone {
            continue;
        }
        let fits =
            |one: &&Unknown| is_late_enough(record, one.sent_at) && one.request.admits(record);
        let mut runs: Vec<RunId> = unknown.iter().filter(fits).map(|u| u.run.clone()).collect();
        runs.dedup();
        if !runs.is_empty() {
            candidates.push(Candidate {
                number: number.clone(),
                status: record.status.clone(),
                date: record.original_date_purchased.clone(),
                runs,
            });
        }
    }
    candidates.sort_by(|a, b| a.number.cmp(&b.number));
    candidates
}

/// The purchase in a few words: what was asked for, when, and what is known.
pub(in crate::provider) fn describe(open: &OpenRecord) -> String {
    let Some(record) = open.record() else {
        return format!("the record {}, which cannot be read", open.name);
    };
    let sent = describe_sent(&record.request, record.sent_at());
    let run = open.name.run();
    let known = match (open.number(), open.order(), open.was_returned()) {
        (Some(number), _, true) => {
            format!("{number} was returned to Terraform, and no later command has seen it in state")
        }
        (Some(number), _, false) => format!("it bought {number}"),
        (None, Some(order), _) => format!("its order is {order}"),
        (None, None, _) => "its outcome is unknown".to_owned(),
    };
    format!("{sent} in run {run}: {known}")
}

/// What a record's purchase is called: its number, its order, or its record.
pub(super) fn name_of(open: &OpenRecord) -> String {
    match (open.number(), open.order()) {
        (Some(number), _) => number.to_string(),
        (None, Some(order)) => format!("order {order}"),
        (None, None) => format!("the purchase of record {}", open.name),
    }
}

fn describe_sent(request: &ProvisionRequest, sent_at: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let when = sent_at.format(&format).unwrap_or_default();
    let sim = match &request.iccid {
        Some(iccid) => format!(" for SIM {iccid}"),
        None => String::new(),
    };
    let area = match (&request.area_code, &request.zip_code) {
        (Some(area), _) => format!(", area code {area}"),
        (None, Some(zip)) => format!(", zip code {zip}"),
        (None, None) => String::new(),
    };
    format!(
        "the purchase of a number ({} {}{area}){sim} at {when}",
        request.number_type.as_str(),
        request.message_type.as_str()
    )
}
