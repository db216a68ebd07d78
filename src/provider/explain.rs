//! Errors of the API in the terms of the user: what happened, to which number or order, whether
//! money was spent, and what to do next.

use std::fmt::Display;

use time::OffsetDateTime;
use time::macros::format_description;

use super::account::Connection;
use super::number::Number;
use crate::joonto::{E164, Error, OrderId, ProvisionRequest, PurchaseError, StatusChange};
use crate::terraform::Diagnostic;

/// A purchase that did not end well.
pub(super) fn purchase_failed(request: &ProvisionRequest, error: &PurchaseError) -> Diagnostic {
    match error {
        PurchaseError::InDoubt { cause, sent_at } => {
            in_doubt(request, &cause.to_string(), Some(*sent_at))
        }
        PurchaseError::NothingBought(error) => Diagnostic::error(
            "No number was bought",
            format!(
                "{}. Nothing was bought and no money was spent.{}",
                sentence(error),
                hint(error)
            ),
        ),
    }
}

/// A purchase whose answer says nothing.
pub(super) fn purchase_in_doubt(request: &ProvisionRequest, cause: &str) -> Diagnostic {
    in_doubt(request, cause, None)
}

fn in_doubt(
    request: &ProvisionRequest,
    cause: &str,
    sent_at: Option<OffsetDateTime>,
) -> Diagnostic {
    let when = sent_at.and_then(|at| {
        let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
        at.format(&format).ok()
    });
    let when = when.map(|when| format!(" at {when}")).unwrap_or_default();
    let what = format!(
        "{} {}",
        request.number_type.as_str(),
        request.message_type.as_str()
    );
    Diagnostic::error(
        "A number may have been bought",
        format!(
            "The order for a number ({what}) was sent{when}, and how it ended is not known: \
             {cause}. It was not sent again, because that could buy a second number.\n\nBefore you \
             apply again, look in the account's inventory for a new {what} number. If there is \
             one, take it up with `terraform import ADDRESS NUMBER`, such as `terraform import \
             joonto_number.example +18016025346`. If there is none, nothing was bought and you can \
             apply again."
        ),
    )
}

/// An order that the API took and did not carry out.
pub(super) fn order_failed(order: Option<&OrderId>, message: Option<&str>) -> Diagnostic {
    let order = order
        .map(|id| format!("Order {id}"))
        .unwrap_or_else(|| "The order".to_owned());
    let message = message.unwrap_or("no reason was given");
    Diagnostic::error(
        "The order failed",
        format!(
            "{order} failed: {message}. No number was bought. Change what the message names, or \
             contact the vendor with the order id, and apply again."
        ),
    )
}

/// A number that could not be read.
pub(super) fn cannot_read(what: &str, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot read {what}"),
        format!(
            "{}. Nothing was changed, and what the state holds is kept.{}",
            sentence(error),
            hint(error)
        ),
    )
}

/// A number that could not be imported.
pub(super) fn cannot_import(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot import {what}"),
        format!("{what} cannot be imported: {why}. Check it, and the provider's credentials."),
    )
}

/// A change that was not made, as far as the API says.
pub(super) fn cannot_update(number: &E164, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot change {number}"),
        format!(
            "{}. Nothing was bought. The state holds what the API tells of the number now; apply \
             again to make the rest of the change.{}",
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
            "The API failed to change {number}: {}. The state holds what the API tells of it now.",
            message.unwrap_or("no reason was given")
        ),
    )
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
             {why}. Refresh later; what is still missing then is planned again.",
            named_status(status)
        ),
    )
}

/// A number that cannot be worked on before its order is complete.
pub(super) fn still_pending(
    order: &OrderId,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    Diagnostic::error(
        format!("Order {order} is still pending"),
        format!(
            "The number cannot be changed or ended before order {order} is complete{}: {why}. \
             Nothing was changed, and the state is kept. Try again later.",
            named_status(status)
        ),
    )
}

/// A number whose order is complete and which still could not be read.
pub(super) fn cannot_complete(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot read {name}"),
        format!("The order is complete, but the number could not be read: {why}"),
    )
}

/// An object with neither number nor order.
pub(super) fn nothing_to_ask_by() -> Diagnostic {
    Diagnostic::error(
        "A number without number and order",
        "The state holds a joonto_number with neither a phone number nor an order, so the API \
         cannot be asked about it. Remove it with `terraform state rm`; if you know the number, \
         import it.",
    )
}

/// A SIM that answers under another number than it did.
pub(super) fn moved_sim(was: &str, now: &E164) -> Diagnostic {
    Diagnostic::error(
        format!("The SIM of {was} now has the number {now}"),
        format!(
            "The API no longer knows {was}, and its SIM answers as {now}: the number was swapped \
             elsewhere. Nothing was removed and nothing will be bought. To go on with the new \
             number, run `terraform state rm ADDRESS` and `terraform import ADDRESS {now}` with \
             the address of this resource."
        ),
    )
}

/// A number that was not ended.
pub(super) fn cannot_end(number: &E164, change: &StatusChange, problem: &str) -> Diagnostic {
    let undone = match change {
        StatusChange::Park => "parked",
        _ => "cancelled",
    };
    Diagnostic::error(
        format!("{number} was not {undone}"),
        format!(
            "{number} is kept in the state, and may still be in service: {problem}. Apply again to \
             retry."
        ),
    )
}

/// Refuses to believe that a number is gone when the credentials are not those it was bought
/// with: to another account it never was there.
pub(super) fn same_account(number: &Number, connection: &Connection) -> Result<(), Diagnostic> {
    let ours = connection.client.fingerprint().to_string();
    match number.account_fingerprint.as_str() {
        Some(theirs) if theirs != ours => {
            let name = number.name();
            Err(Diagnostic::error(
                format!("{name} belongs to another account"),
                format!(
                    "{name} was bought with other credentials (or at another base_url) than the \
                     provider has now, so this account cannot tell whether it still exists. \
                     Nothing was changed, and the state is kept. Configure the credentials it was \
                     bought with. If the account really changed hands, remove the number with \
                     `terraform state rm` and import it anew."
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// What usually helps, for the refusals that are known.
fn hint(error: &Error) -> String {
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

/// The error as the beginning of a text: capitalised.
fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}
