//! Errors and warnings, each with a code that never changes.
//!
//! Every text says three things: what happened, what it cost, and what to do next.

pub(super) mod actions;
mod codes;
pub(super) mod configuration;
pub(super) mod data;
pub(super) mod destroys;
pub(super) mod e911;
pub(super) mod lists;
pub(super) mod objects;
pub(super) mod plans;
pub(super) mod port_ins;
pub(super) mod purchase;
pub(super) mod reads;
pub(super) mod routes;
pub(super) mod stops;
pub(super) mod subscribers;
pub(super) mod updates;
pub(super) mod values;
pub(super) mod webhooks;

use crate::joonto::Error;
use crate::terraform::Diagnostic;

use codes::Code;
pub use codes::{MESSAGES, Message, Severity};

/// What a message's event cost, in one wording. Each code has its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cost {
    /// No request left for this resource.
    NothingSent,
    /// Proof that nothing was bought.
    NothingBought,
    /// A number was bought, once.
    Bought,
    /// A number was ordered, once, and the order is all that is known.
    Ordered,
    /// It is not known whether anything was bought.
    Unknown,
    /// Nothing changed, at the API or in state.
    NothingChanged,
    /// The number was not changed; what else happened is not said.
    Unchanged,
    /// It is a plan that says so.
    Planned,
    /// A look-up, which changes nothing.
    OnlyRead,
    /// A record was closed.
    Closed,
    /// It is no longer in state.
    Removed,
    /// The number stays in state, and may have to be paid for.
    Kept,
    /// An update was not made, or not all of it.
    Refreshed,
    /// An update was made.
    Updated,
    /// A request was sent for the number, and may have taken effect.
    MayHaveChanged,
    /// A route or another object was created, once.
    Created,
    /// It is not known whether a route or another object was created.
    NotRepeated,
    /// An object was not created.
    NotStored,
    /// The state holds what was read of a route or another object.
    LastRead,
    /// No port-in was sent.
    NotSubmitted,
    /// A port-in was submitted, once.
    Submitted,
    /// It is not known whether a port-in was submitted.
    SubmitUnknown,
}

impl Cost {
    const fn sentence(self) -> &'static str {
        match self {
            Self::NothingSent => "No purchase was sent for this resource.",
            Self::NothingBought => "Nothing was bought and no money was spent.",
            Self::Bought => "One number was bought, and it is in the state.",
            Self::Ordered => "One number was ordered, and the order is in the state.",
            Self::Unknown => {
                "A number may have been bought and may cost money. It is not in the state, and \
                 nothing was sent again."
            }
            Self::NothingChanged => "Nothing was changed or bought.",
            Self::Unchanged => "The number was not changed.",
            Self::Planned => "Nothing is sent before the apply.",
            Self::OnlyRead => "Nothing was changed.",
            Self::Closed => "Its record is closed, and nothing else was changed for it.",
            Self::Removed => "Nothing was bought. It is removed from the state.",
            Self::Kept => {
                "Nothing was bought. The state keeps the number, which may be in service and is \
                 paid for until it is cancelled."
            }
            Self::Refreshed => "Nothing was bought, and the state holds what the API returns now.",
            Self::Updated => "The change was made, and nothing was bought.",
            Self::MayHaveChanged => {
                "The number may have changed. Nothing was bought, and nothing is sent again."
            }
            Self::Created => "It was created once, and it is in the state. No number was bought.",
            Self::NotRepeated => "It is not in the state, and nothing was sent again.",
            Self::NotStored => "Nothing was bought, and it is not in the state.",
            Self::NotSubmitted => "No port-in was submitted for this resource now.",
            Self::Submitted => "One port-in was submitted, and its order is in the state.",
            Self::SubmitUnknown => {
                "A port-in may have been submitted and may cost a fee. It is not in the state, and \
                 nothing was sent again."
            }
            Self::LastRead => {
                "Nothing was bought. The state holds what the API returned last for it."
            }
        }
    }
}

/// Builds a message: what happened, what it cost by its code, what to do next.
pub(super) fn report(
    code: Code,
    subject: &str,
    happened: impl AsRef<str>,
    next: impl AsRef<str>,
) -> Diagnostic {
    let (id, severity, cost, summary) = code.row();
    let summary = capitalised(&summary.replace("{}", subject));
    let detail = format!(
        "{} {} {}",
        happened.as_ref(),
        cost.sentence(),
        next.as_ref()
    );
    let diagnostic = match severity {
        Severity::Error => Diagnostic::error(summary, detail),
        Severity::Warning => Diagnostic::warning(summary, detail),
    };
    diagnostic.with_code(id)
}

/// Builds a message whose summary names no subject.
fn general(code: Code, happened: impl AsRef<str>, next: impl AsRef<str>) -> Diagnostic {
    report(code, "", happened, next)
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

/// Something that other credentials created: these cannot tell whether it exists.
fn other_credentials(name: &str) -> String {
    format!(
        "{} was created with other credentials, or at another base_url, than the provider has now. \
         With these, the provider cannot find out whether it exists.",
        capitalised(name)
    )
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
