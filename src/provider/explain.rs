//! Errors of the API in the terms of the user: what happened, to which number or order, whether
//! money was spent, and what to do next.

use std::fmt::Display;

use super::diagnostics::capitalised;
use super::number::RouteOf;
use crate::joonto::{E164, Error, Inventory, Lookup, OrderId};
use crate::terraform::Diagnostic;

/// What to do about a read that failed.
pub(super) fn next_step(error: &Error) -> &'static str {
    match error {
        Error::NotConnected { .. } => {
            " Check this machine's network, the proxy if one is named, and base_url; then try again."
        }
        _ if error.may_pass() => " Try again; if it lasts, ask the vendor.",
        _ => "",
    }
}

/// An import of a number that has ended.
pub(super) fn import_of_ended(what: &str, status: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot import {what}"),
        format!(
            "{what} has ended: its status is {status:?}, so there is nothing left to manage. \
             Nothing was changed. A number that was cancelled can be reactivated for 30 days: \
             reactivate it first, then import it."
        ),
    )
}

/// An import of something the account does not have. `inventory` is what it has, if that could
/// be read.
pub(super) fn import_of_unknown(lookup: &Lookup, inventory: Option<&Inventory>) -> Diagnostic {
    let known = inventory.map(|inventory| inventory.numbers.len());
    let likely = match (lookup, known) {
        (_, Some(0)) => "The account has no numbers at all, so most likely it belongs to another \
                         account than the provider's credentials: check those"
            .to_owned(),
        (Lookup::Number(_), Some(count)) => format!(
            "The credentials are good: the account shows {count} other number{}. So most likely it \
             is mistyped, was cancelled more than 30 days ago, or belongs to another account",
            if count == 1 { "" } else { "s" }
        ),
        (Lookup::Sim(_), Some(_)) => "The credentials are good: the account has numbers. So most \
                                      likely the ICCID is mistyped, the SIM carries no number, or \
                                      it belongs to another account; import by the number instead"
            .to_owned(),
        (_, None) => "Most likely it is mistyped, or it belongs to another account than the \
                      provider's credentials"
            .to_owned(),
    };
    Diagnostic::error(
        format!("Cannot import {lookup}"),
        format!(
            "The API does not know {lookup} in this account, and answers alike for what does not \
             exist and for what is another account's. {likely}. Nothing was changed."
        ),
    )
}

/// A change that was not made, as far as the API says.
pub(super) fn cannot_update(number: &E164, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot change {number}"),
        format!(
            "{}. Changing {number} buys nothing. The state holds what the API returns of the number \
             now. If its status is Cancelled there, the number has ended, and the next plan buys \
             another: reactivate it first to keep it. Otherwise apply again to make the rest of \
             the change.{}",
            sentence(error),
            hint(error)
        ),
    )
}

/// A change that the API took and did not make.
pub(super) fn update_failed(number: &E164, message: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        format!("{number} was not changed"),
        format!(
            "The API failed to change {number}: {}. Nothing was bought, and the state holds what \
             the API tells of the number now. Change what the message names and apply again.",
            message.unwrap_or("no reason was given")
        ),
    )
}

/// Routes that the API does not let go of.
pub(super) fn cannot_clear(
    number: &E164,
    routes: &[(&'static str, RouteOf)],
    why: &str,
) -> Diagnostic {
    let names: Vec<_> = routes.iter().map(|(name, _)| *name).collect();
    let names = names.join(" and ");
    let first = routes.first().map(|(name, _)| *name).unwrap_or_default();
    Diagnostic::error(
        format!("The API does not allow unsetting {names}"),
        format!(
            "{number} was to be taken off its route ({names} = \"\"), and {why}. Nothing was \
             bought, and the state holds what the API tells of the number now. Name another route, \
             or leave {names} out of the configuration to keep the one it has."
        ),
    )
    .at_attribute(first)
}

/// A change that is still under way.
pub(super) fn update_pending(
    number: &E164,
    order: &OrderId,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    Diagnostic::error(
        format!("The change of {number} is still pending"),
        format!(
            "The API took the change of {number} as order {order} and has not finished it{}: \
             {why}. Nothing is bought by it. Plan again later: the number is read then, and what is \
             still missing is planned again.",
            named_status(status)
        ),
    )
}

/// What usually helps, for the refusals that are known.
pub(super) fn hint(error: &Error) -> String {
    let message = error.message().unwrap_or_default().to_ascii_lowercase();
    let hint = if message.contains("producttype") {
        "The API asks for a product today: set product_type."
    } else if message.contains("voip") || message.contains("numbertype") {
        "The vendor no longer lists voip numbers; mvno and iot are on offer."
    } else if message.contains("messagerouteid") {
        "Check message_route_id: the route must exist, in the account the number is bought for."
    } else if message.contains("accountid") {
        "Check account_id: distributors with several accounts have to name one of theirs."
    } else {
        return String::new();
    };
    format!(" {hint}")
}

fn named_status(status: Option<&str>) -> String {
    status
        .map(|status| format!(" (its status is {status:?})"))
        .unwrap_or_default()
}

/// The error as the beginning of a text.
pub(super) fn sentence(error: &Error) -> String {
    capitalised(&error.to_string())
}

#[cfg(test)]
mod tests;
