//! Stopping where there is no evidence: what the user can paste is printed in full once.

use std::sync::atomic::Ordering;

use super::candidates::find;
use super::choices::{Choices, RunChoices, Stop, describe, describe_sent, unknown};
use super::core::Core;
use super::gate::Proving;
use super::journal::OpenPurchase;
use super::purchases::Purchases;
use crate::context::Context;
use crate::sync::locked;

/// Stops for an own purchase that is unconfirmed. Its record stays open.
pub(super) async fn own(
    core: &Core,
    open: OpenPurchase,
    cause: String,
    proving: Proving<'_>,
    context: &Context,
) -> Stop {
    let what = open.record().map(describe_sent).unwrap_or_default();
    locked(&core.stops.own).push(open);
    drop(proving);
    // Those that were sent run to their end: the search counts them all.
    core.gate.all_ended(context).await;
    let mut reported = core.stops.own_reported.lock().await;
    let mut choices = None;
    if !*reported {
        let unknown = locked(&core.stops.own).clone();
        let mut found = find(core, &unknown, context).await;
        let mut run = RunChoices::none(core.journal.run().id().clone(), &found.candidates);
        // Another process of this command may have lost a response, too: one line is for all.
        let counted = core.journal.count_unconfirmed().await;
        run.unknown = counted.max(locked(&core.stops.own).len());
        found.runs = vec![run];
        choices = Some(found);
        *reported = true;
    }
    Stop {
        what,
        cause: Some(cause),
        choices,
    }
}

/// Stops for an open purchase of an earlier run that equals the create.
pub(super) async fn open(purchases: &Purchases, open: &OpenPurchase, context: &Context) -> Stop {
    let choices = open_choices(purchases, context).await;
    let core = &purchases.core;
    let is_first = !core.stops.open_reported.swap(true, Ordering::Relaxed);
    let now = core.journal.reread(open).await;
    Stop {
        what: describe(now.as_ref().unwrap_or(open)),
        cause: None,
        choices: is_first.then_some(choices),
    }
}

/// Stops for an open purchase that another create equals.
pub(super) async fn held_back(
    purchases: &Purchases,
    open: &OpenPurchase,
    context: &Context,
) -> Stop {
    let run = open.name.run();
    let mut choices = match open.is_sending() {
        true => open_choices(purchases, context).await,
        // Its order or number is known: there is nothing to search for.
        false => match purchases.open_records().await {
            Ok(all) => all.choices_of(run),
            Err(_) => Choices::of(std::slice::from_ref(open)),
        },
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
async fn open_choices(purchases: &Purchases, context: &Context) -> Choices {
    let core = &purchases.core;
    let loaded = purchases.open_records().await.map(|open| open.ours());
    let mut search = core.stops.open_search.lock().await;
    // As they are now: some were under way when they were loaded, or are recovered since.
    let mut all = Vec::new();
    for open in loaded.unwrap_or_default() {
        match core.await_writer(open.clone(), context).await {
            Ok(now) => all.extend(now),
            Err(_) => all.push(open),
        }
    }
    // What this run recovered is stored already.
    let own = core.journal.run().id().as_str();
    all.retain(|open| open.last_written().is_none_or(|(_, by)| by != own));
    if search.is_none() {
        *search = Some(find(core, &unknown(&all), context).await);
    }
    search.clone().unwrap_or_default().for_runs_of(&all)
}
