//! Errors and warnings, each with a code that never changes.
//!
//! Every text says three things: what happened, what it cost, and what to do next. Each code is
//! declared once, with its texts, in the file of its subject.

pub(super) mod actions;
pub(super) mod configuration;
mod cost;
pub(super) mod data;
pub(super) mod destroys;
pub(super) mod e911;
pub(super) mod lists;
mod message;
pub(super) mod objects;
pub(super) mod plans;
pub(super) mod port_ins;
pub(super) mod purchase;
pub(super) mod reads;
pub(super) mod routes;
pub(super) mod stops;
pub(super) mod subscribers;
mod table;
pub(super) mod updates;
pub(super) mod values;
pub(super) mod webhooks;

use std::fmt;

use crate::joonto::Error;
use crate::terraform::Diagnostic;

pub use message::{Message, Severity};
pub use table::messages;

/// Builds a message: what happened, what it cost, what to do next.
fn report(
    code: &'static str,
    severity: Severity,
    summary: fmt::Arguments<'_>,
    happened: fmt::Arguments<'_>,
    cost: &str,
    next: fmt::Arguments<'_>,
) -> Diagnostic {
    let summary = capitalised(&summary.to_string());
    let detail = format!("{happened} {cost} {next}");
    let diagnostic = match severity {
        Severity::Error => Diagnostic::error(summary, detail),
        Severity::Warning => Diagnostic::warning(summary, detail),
    };
    diagnostic.with_code(code)
}

/// The API's error as the beginning of a text, without a full stop.
pub(super) fn sentence(error: &Error) -> String {
    capitalised(&error.to_string())
}

/// What to do about an error of the API. `again` is what comes last, such as "plan again".
pub(super) fn next_step(error: &Error, again: &str) -> String {
    match hint(error) {
        Some(hint) => format!("{hint} Then {again}."),
        None => general_step(error, again),
    }
}

/// The same for an error that is not about a number.
fn general_step(error: &Error, again: &str) -> String {
    match error {
        _ if error.is_not_connected() => {
            format!("Check this machine's network, its proxy and base_url, then {again}.")
        }
        _ if error.is_transient() => format!(
            "{} later. If it persists, contact Joonto support.",
            capitalised(again)
        ),
        _ if error.message().is_none() => format!(
            "Check the arguments, and account_id if the distributor has several accounts, then \
             {again}."
        ),
        _ => format!("Correct what the message names, then {again}."),
    }
}

/// What helps with a refusal about a number that is known.
fn hint(error: &Error) -> Option<&'static str> {
    let message = error.message()?.to_ascii_lowercase();
    let hints = [
        (
            "producttype",
            "Set product_type: the API asks for it today.",
        ),
        (
            "voip",
            "Choose mvno or iot: the vendor no longer lists voip numbers.",
        ),
        (
            "numbertype",
            "Choose mvno or iot: the vendor no longer lists voip numbers.",
        ),
        (
            "messagerouteid",
            "Check message_route_id: the route has to be in the account that the number is \
             bought for.",
        ),
        (
            "accountid",
            "Check account_id: distributors with several accounts have to name one of theirs.",
        ),
    ];
    let found = hints.iter().find(|(word, _)| message.contains(word));
    found.map(|(_, hint)| *hint)
}

/// The status of an order, as an aside.
fn named_status(status: Option<&str>) -> String {
    status
        .map(|status| format!(" (its status is {status:?})"))
        .unwrap_or_default()
}

/// How much of a text that somebody else wrote is shown.
const SHOWN: usize = 80;

/// A text that somebody else wrote, in quotes: on one line, and no longer than it may be.
pub(super) fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(SHOWN).collect::<String>())
}

/// The text with a capital letter at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    // The names of arguments and variables keep theirs.
    let is_name = text
        .split(' ')
        .next()
        .is_some_and(|word| word.contains('_'));
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if !is_name => first.to_uppercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
