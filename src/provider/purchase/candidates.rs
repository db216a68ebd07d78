//! The search for numbers that unconfirmed purchases may have bought.
//!
//! Candidates are advice. None is ever adopted.

use std::time::Duration;

use super::choices::{Candidate, Choices};
use super::core::Core;
use super::journal::OpenPurchase;
use super::proof::is_late_enough;
use super::run::RunId;
use crate::context::Context;
use crate::joonto::{E164, NumberClass, NumberRecord};

/// How many pages of the inventory are read at most.
pub(super) const PAGES: u32 = 20;

/// How long candidates are searched for, and the pause between two reads.
const SEARCH: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(5);

/// Reads the inventory once: the candidates, and why there may be more.
pub(super) async fn look(core: &Core, unknown: &[OpenPurchase], context: &Context) -> Choices {
    match core.client.urgent().inventory(PAGES, context).await {
        Ok(inventory) => {
            let problem = (!inventory.is_complete)
                .then(|| format!("the inventory could not be read whole; {PAGES} pages at most"));
            Choices {
                candidates: candidates(core, unknown, &inventory.numbers).await,
                problem,
                ..Choices::default()
            }
        }
        Err(error) => Choices {
            problem: Some(error.to_string()),
            ..Choices::default()
        },
    }
}

/// Searches the inventory for candidates. Ends early once two reads list the same ones, at least
/// as many as purchases are unknown.
pub(super) async fn find(core: &Core, unknown: &[OpenPurchase], context: &Context) -> Choices {
    if unknown.is_empty() {
        return Choices::default();
    }
    let context = context.within(SEARCH);
    let mut before: Option<Vec<E164>> = None;
    let mut found = Choices::default();
    loop {
        let now = look(core, unknown, &context).await;
        if context.check().is_err() && before.is_some() {
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
        if context.sleep(PAUSE).await.is_err() {
            break;
        }
    }
    found
}

async fn candidates(
    core: &Core,
    unknown: &[OpenPurchase],
    numbers: &[NumberRecord],
) -> Vec<Candidate> {
    let in_use = core.in_use(None).await;
    let mut candidates = Vec::new();
    for record in numbers {
        let Some(number) = &record.number else {
            continue;
        };
        if in_use.has(number) || record.class() == NumberClass::Gone {
            continue;
        }
        let fits = |one: &&OpenPurchase| {
            one.record().is_some_and(|sent| {
                is_late_enough(record, sent.sent_at()) && sent.what.request.admits(record)
            })
        };
        let fitting = unknown.iter().filter(fits);
        let mut runs: Vec<RunId> = fitting.map(|one| one.name.run().clone()).collect();
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
