//! What a stop says: the lines to paste come first, then what is known.

use super::message::messages;
use crate::joonto::E164;
use crate::provider::purchase::{
    Candidate, Choices, OpenPurchase, OpenWarning, RunChoices, Stop, describe, line_of,
};
use crate::terraform::Diagnostic;

messages! {
    "JN106" Error NOTHING_SENT "An earlier purchase comes first"
        cause "An earlier run left a purchase open, and this resource asks for something else."
        cure "Apply the configuration that made the purchase, or apply with a line of the message."
    /// An open purchase of another request comes first.
    fn held_back(stop: &Stop)
        happened("{}An earlier run sent {}. It may have bought a number, which no state is known \
                  to hold. This resource asks for another number, so it waits.",
            lead(stop), stop.what)
        next("Or restore the earlier configuration and apply it once: the resource that asks for \
              the same number handles the purchase.")

    "JN110" Error UNKNOWN "The purchase's outcome is unknown"
        cause "No usable response came to a purchase, and nothing proves whether it bought a number."
        cure "Find your number in the account, then apply with the line that names it."
    /// Whether a purchase of this run bought a number is not known.
    fn unconfirmed(stop: &Stop)
        happened("{}No usable response came to {}: {}. The provider cannot know whether that \
                  purchase bought a number, and never sends a purchase twice.",
            lead(stop), stop.what, stop.cause.as_deref().unwrap_or_default())
        next("{}", match &stop.choices {
            Some(choices) => format!(
                "{} This run sends no further purchase.{}",
                incomplete(choices),
                imports(choices)
            ),
            None => ELSEWHERE.to_owned(),
        })

    "JN111" Error NOTHING_SENT "An earlier purchase is open"
        cause "An earlier run made an equal purchase, and no state is known to hold its number."
        cure "Run `terraform plan` without `-target`, then apply with the line of the message."
    /// An equal purchase of an earlier run is open.
    fn open(stop: &Stop)
        happened("{}An earlier run made an equal purchase, and no state is known to hold its \
                  number: {}.", lead(stop), stop.what)
        next("{}", match &stop.choices {
            Some(choices) => format!(
                "First run `terraform plan` without `-target`: if this state holds the number, \
                 that closes the purchase. {}{}",
                incomplete(choices),
                imports(choices)
            ),
            None => ELSEWHERE.to_owned(),
        })

    "JN131" Warning NOTHING_CHANGED "Purchases of earlier runs are open"
        cause "Records of earlier purchases are open, and no state is known to hold their numbers."
        cure "Apply the state that made them, or apply with a line of the message."
    fn left_open(found: &str, advice: &str)
        happened("{found}")
        next("{advice}")
}

const ELSEWHERE: &str = "Another error of this apply shows the lines to paste.";

/// Open purchases that a plan came across.
pub(in crate::provider) fn purchases_open(warning: &OpenWarning) -> Diagnostic {
    let mut happened = Vec::new();
    let mut next = "An apply of the state that made a purchase resolves it. \
                    `terraform-provider-joonto --purchases` lists them all."
        .to_owned();
    if !warning.ours.is_empty() {
        happened.push(format!(
            "Earlier runs of this state left these purchases open: {}.",
            warning.ours.join("; ")
        ));
        next = "A resource that asks for the same number handles its purchase: it recovers the \
                number, or stops with the lines to paste."
            .to_owned();
        if !warning.choices.runs.is_empty() {
            next = format!(
                "{next} If no resource asks for it any more, apply with the line that fits:\n{}\
                 {}{}",
                lines(&warning.choices),
                incomplete(&warning.choices),
                imports(&warning.choices)
            );
        }
    }
    match warning.others {
        0 => {}
        1 => happened
            .push("1 open purchase of other states is recorded in the same place.".to_owned()),
        others => happened.push(format!(
            "{others} open purchases of other states are recorded in the same place."
        )),
    }
    left_open(&happened.join(" "), &next)
}

/// The open purchases of a place, for a terminal.
pub(in crate::provider) fn listing(place: &str, open: &[OpenPurchase]) -> String {
    if open.is_empty() {
        return format!("No purchase is open in {place}.\n");
    }
    let mut text = format!("Open purchases in {place}:\n\n");
    for open in open {
        text.push_str(&format!("  {} ({})\n", describe(open), open.path()));
    }
    let choices = Choices::of(open);
    text.push_str(&format!(
        "\nA plan without -target closes those whose numbers are in state. The resource that asks \
         for the same number handles any other. To resolve a run by hand, apply the state that \
         made it with one of its lines:\n\n{}",
        lines(&choices)
    ));
    text
}

/// What comes before lines.
pub(super) const PASTE: &str = "Set one of these environment variables, then apply. A number is \
                                stored in the resource that asked for it, and is not bought again:";

/// The lines to paste, which come first.
fn lead(stop: &Stop) -> String {
    match &stop.choices {
        Some(choices) if !choices.runs.is_empty() => {
            format!("{PASTE}\n{}\n", lines(choices))
        }
        _ => String::new(),
    }
}

/// Every line of some runs.
pub(super) fn lines(choices: &Choices) -> String {
    let runs = choices.runs.iter();
    runs.map(|run| run_lines(run, &choices.candidates))
        .collect()
}

fn run_lines(run: &RunChoices, candidates: &[Candidate]) -> String {
    if run.unknown == 0 {
        let label = match run.known.is_empty() && run.orders == 0 {
            true => "Only if nothing is to be stored of run",
            false => "To store the numbers of run",
        };
        let line = pasted(run, &[]);
        return format!("{label} {}:\n  {line}\n{}", run.run, without_orders(run));
    }
    let fits: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| run.fits.contains(&candidate.number))
        .collect();
    let mut text = String::new();
    if run.unknown > 1 {
        // One line that has to be completed: several numbers may be the user's.
        text.push_str(&format!(
            "With every number that is yours (at most {}) in place of +1NUMBER:\n  {}\n",
            run.unknown,
            pasted(run, &["+1NUMBER", "+1NUMBER"])
        ));
        if !fits.is_empty() {
            let listed: Vec<String> = fits.iter().map(|fit| described(fit)).collect();
            text.push_str(&format!("These may be yours: {}\n", listed.join("; ")));
        }
    } else {
        for fit in fits {
            text.push_str(&format!(
                "If it bought this number: {}\n  {}\n",
                described(fit),
                pasted(run, &[fit.number.as_str()])
            ));
        }
        text.push_str(&format!(
            "If it bought another number that your account shows:\n  {}\n",
            pasted(run, &["+1NUMBER"])
        ));
    }
    text.push_str(&format!(
        "Only if it bought nothing, and a plan ten minutes later lists no number of yours either:\n  \
         {}\n",
        pasted(run, &[])
    ));
    text + &without_orders(run)
}

/// The line for a run whose orders, or unreadable records, brought nothing that is to be stored.
fn without_orders(run: &RunChoices) -> String {
    if run.orders == 0 {
        return String::new();
    }
    let left = RunChoices {
        orders: 0,
        ..run.clone()
    };
    let line = pasted(&left, &[]);
    format!("Only if there is nothing to be stored in place of +1NUMBER:\n  {line}\n")
}

/// The line that stores what a run is known to have bought, and `more` of what is unconfirmed.
fn pasted(run: &RunChoices, more: &[&str]) -> String {
    let mut parts = Vec::new();
    let known = run.known.iter().map(E164::as_str);
    let known: Vec<&str> = known
        .chain(std::iter::repeat_n("+1NUMBER", run.orders))
        .collect();
    if !known.is_empty() || run.unknown == 0 {
        parts.push(run.run.resolved(&known));
    }
    if run.unknown > 0 {
        parts.push(run.run.unconfirmed().resolved(more));
    }
    line_of(&parts)
}

fn described(candidate: &Candidate) -> String {
    let status = candidate.status.as_deref().unwrap_or("status unknown");
    match &candidate.date {
        Some(date) => format!("{} ({status}, bought {date})", candidate.number),
        None => format!("{} ({status})", candidate.number),
    }
}

/// The limits of the list of numbers, where there can be one.
fn incomplete(choices: &Choices) -> String {
    if choices.runs.iter().all(|run| run.unknown == 0) {
        return "Use no line if another state holds the number.".to_owned();
    }
    let why = choices.problem.as_deref();
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    format!(
        "A number of the account that no state holds, and that was bought at that time, is most \
         likely the one. It may also belong to somebody else, or to another state. The account's \
         list may be incomplete{why}; a later apply searches again."
    )
}

/// The other way: an import, and the line that follows it.
fn imports(choices: &Choices) -> String {
    let run = choices.runs.iter().find(|run| run.unknown > 0);
    let Some(run) = run.or(choices.runs.first()) else {
        return String::new();
    };
    let listed = run.fits.first().or(run.known.first());
    let number = listed.map_or("+1NUMBER", E164::as_str);
    let mut left = run.clone();
    left.known.retain(|known| known.as_str() != number);
    left.orders -= usize::from(listed.is_none() && left.orders > 0);
    let line = pasted(&left, &[]);
    format!(
        "\n\nYou can import the number instead, into the resource that asked for it, if no other \
         state holds it:\n  terraform import ADDRESS {number}\nThen nothing is left to be stored. \
         After you have imported every number, apply with\n  {line}"
    )
}
