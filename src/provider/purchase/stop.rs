//! Stopping where there is no evidence: what the user can paste is printed in full once.

use std::sync::atomic::Ordering;

use super::candidates::find;
use super::choices::{Choices, RunChoices, Stop, Unknown, describe, describe_sent, unknown};
use super::core::Core;
use super::earlier::{Earlier, await_writer};
use super::gate::Proving;
use super::journal::{OpenPurchase, OpenRecord};
use crate::context::Context;
use crate::sync::locked;

/// Stops for an own purchase that is unconfirmed. Its record stays open.
pub(super) async fn own(
    core: &Core,
    open: &OpenPurchase,
    cause: String,
    proving: Proving<'_>,
    context: &Context,
) -> Stop {
    let unknown = Unknown {
        run: core.journal.run().id().clone(),
        request: open.request().clone(),
        sent_at: open.sent_at(),
    };
    let what = describe_sent(&unknown.request, unknown.sent_at);
    locked(&core.stops.own).push(unknown);
    drop(proving);
    // Those that were sent run to their end: the search counts them all.
    core.gate.all_ended(context).await;
    let mut reported = core.stops.own_reported.lock().await;
    let mut choices = None;
    if !*reported {
        let unknown = locked(&core.stops.own).clone();
        let found = find(core, &unknown, context).await;
        let mut run = RunChoices::none(core.journal.run().id().clone(), &found.candidates);
        // Another process of this command may have lost a response, too: one line is for all.
        let counted = core.journal.count_unconfirmed().await;
        run.unknown = counted.max(locked(&core.stops.own).len());
        choices = Some(found.choices(vec![run]));
        *reported = true;
    }
    Stop {
        what,
        cause: Some(cause),
        choices,
    }
}

/// Stops for an open purchase of an earlier run that equals the create.
pub(super) async fn open(earlier: &Earlier, open: &OpenRecord, context: &Context) -> Stop {
    let choices = open_choices(earlier, context).await;
    let is_first = !earlier
        .core
        .stops
        .open_reported
        .swap(true, Ordering::Relaxed);
    let now = earlier.core.journal.reread(open).await;
    Stop {
        what: describe(now.as_ref().unwrap_or(open)),
        cause: None,
        choices: is_first.then_some(choices),
    }
}

/// Stops for an open purchase that another create equals.
pub(super) async fn held_back(earlier: &Earlier, open: &OpenRecord, context: &Context) -> Stop {
    let run = open.name.run();
    let mut choices = match open.is_sending() {
        true => open_choices(earlier, context).await,
        // Its order or number is known: there is nothing to search for.
        false => {
            let known = earlier.with(async |all| all.choices_of(run)).await;
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
async fn open_choices(earlier: &Earlier, context: &Context) -> Choices {
    let loaded = earlier.with(async |open| open.ours()).await;
    let mut search = earlier.core.stops.open_search.lock().await;
    // As they are now: some were under way when they were loaded, or are recovered since.
    let mut all = Vec::new();
    for open in loaded.unwrap_or_default() {
        match await_writer(&earlier.core, open.clone(), context).await {
            Ok(now) => all.extend(now),
            Err(_) => all.push(open),
        }
    }
    // What this run recovered is stored already.
    let own = earlier.core.journal.run().id().as_str();
    all.retain(|open| open.last_written().is_none_or(|(_, by)| by != own));
    if search.is_none() {
        let unknown = unknown(&all);
        *search = Some(find(&earlier.core, &unknown, context).await);
    }
    search.clone().unwrap_or_default().choices_of(&all)
}
