//! What a stop tells the user: the purchases, candidates, and what there is to paste.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use time::OffsetDateTime;
use time::macros::format_description;

use super::journal::{OpenPurchase, Record, RecordedPurchase};
use super::run::RunId;
use crate::joonto::E164;

/// What this run has reported about its stops. Each full text appears once.
#[derive(Debug, Default)]
pub(super) struct Stops {
    pub(super) own: Mutex<Vec<OpenPurchase>>,
    /// Whether this run has printed the full text of its own purchases.
    pub(super) own_reported: tokio::sync::Mutex<bool>,
    pub(super) open_search: tokio::sync::Mutex<Option<Choices>>,
    pub(super) open_reported: AtomicBool,
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
    pub(super) runs: Vec<RunId>,
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
#[derive(Clone, Debug, Default)]
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
    pub(in crate::provider) fn of(open: &[OpenPurchase]) -> Self {
        Self::default().for_runs_of(open)
    }

    /// The same candidates, for the runs that left `open`.
    pub(super) fn for_runs_of(&self, open: &[OpenPurchase]) -> Self {
        Self {
            runs: RunChoices::of(open, &self.candidates),
            ..self.clone()
        }
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
    fn of(open: &[OpenPurchase], candidates: &[Candidate]) -> Vec<Self> {
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

    pub(super) fn none(run: RunId, candidates: &[Candidate]) -> Self {
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

/// Those of the open purchases whose number nothing names.
pub(super) fn unknown(open: &[OpenPurchase]) -> Vec<OpenPurchase> {
    // A known order leads to its number by itself.
    let is_unknown = |open: &&OpenPurchase| {
        open.record().is_some()
            && open.number().is_none()
            && (open.is_sending() || open.order().is_none())
    };
    open.iter().filter(is_unknown).cloned().collect()
}

/// The purchase in a few words: what was asked for, when, and what is known.
pub(in crate::provider) fn describe(open: &OpenPurchase) -> String {
    let Some(record) = open.record() else {
        return format!("the record {}, which cannot be read", open.name);
    };
    let sent = describe_sent(record);
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
pub(super) fn name_of(open: &OpenPurchase) -> String {
    match (open.number(), open.order()) {
        (Some(number), _) => number.to_string(),
        (None, Some(order)) => format!("order {order}"),
        (None, None) => format!("the purchase of record {}", open.name),
    }
}

/// A time, for texts.
pub(in crate::provider) fn time_of(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    time.format(&format).unwrap_or_default()
}

/// A purchase that was sent, in a few words.
pub(super) fn describe_sent(record: &Record<RecordedPurchase>) -> String {
    let request = &record.what.request;
    let when = time_of(record.sent_at());
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
