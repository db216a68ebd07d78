//! Texts about changes of status: what destroying a number came to.

use std::fmt::Display;

use super::message::messages;
use super::named_status;
use super::reads::message_of;
use crate::joonto::{E164, OrderId, StatusChange};
use crate::terraform::Diagnostic;

messages! {
    "JN420" Error KEPT "{number} was not cancelled"
        cause "The API refused the cancellation, failed it, or does not know the number."
        cure "Read the message, then apply again."
    fn not_cancelled(number: &E164, why: &str, advice: &str)
        happened("{number} was not cancelled{why}.")
        next("{advice}")

    "JN421" Error KEPT "{number} was not parked"
        cause "The API refused to park the number, failed to, or does not know it."
        cure "Read the message, then apply again."
    fn not_parked(number: &E164, why: &str, advice: &str)
        happened("{number} was not parked{why}.")
        next("{advice}")

    "JN422" Error KEPT "The change of {number} is pending"
        cause "The order to cancel or park the number did not finish within `timeouts.delete`."
        cure "Apply again later: the provider follows the same order."
    fn order_unfinished(number: &E164, order: &OrderId, status: &str, why: &str)
        happened("The API took the change of {number} as order {order}, which is not \
                  finished{status}: {why}.")
        next("Apply again later: the provider follows the same order and sends no second one. If \
              the order never ends, contact Joonto support with its id.")
    fn order_without_id(number: &E164, status: &str, why: &str)
        happened("The API took the change of {number} as an order without an id, and the number \
                  does not show the change{status}: {why}.")
        next("Plan again later: a refresh sees whether the number has ended. Apply again if it has \
              not.")

    "JN424" Error NOTHING_CHANGED "Order {order} is still pending"
        cause "The purchase order is not complete, so there is no number to change or cancel yet."
        cure "Apply again later."
    /// A number that cannot be changed or destroyed before its purchase order is complete.
    fn order_pending(order: &OrderId, status: Option<&str>, why: impl Display)
        happened("The number was ordered, and cannot be changed, cancelled or parked before order \
                  {order} is complete{}: {why}.", named_status(status))
        next("The state is kept. Apply again later. To stop managing the order here, run \
              `terraform state rm ADDRESS` with the address of this resource; no state then holds \
              the number that it may still buy.")

    "JN425" Error NOTHING_CHANGED "Cannot read {name}"
        cause "The order is complete, and its number cannot be read."
        cure "Apply again later."
    /// The order is complete, and the number could not be read.
    fn not_completed(name: &str, why: &str)
        happened("The order is complete and the number was bought, but it cannot be read: {why}")
        next("The state is kept. Apply again later.")

    "JN426" Error NOTHING_BOUGHT "Order {order} failed"
        cause "The purchase order failed before its number could be changed."
        cure "Change what the message names, then apply again."
    /// The purchase order failed while it was polled.
    fn order_failed(order: &OrderId, message: Option<&str>)
        happened("Order {order} failed: {}.", message_of(message))
        next("Change what the message names, or contact Joonto support with the order id. Then \
              apply again.")
}

/// A number that was not cancelled or parked, as far as is known.
pub(in crate::provider) fn not_ended(
    number: &E164,
    change: &StatusChange,
    problem: &str,
) -> Diagnostic {
    let why = format!(", as far as the API says: {problem}");
    not_changed(number, change, &why, "Apply again to retry.")
}

/// The API failed the change of this number.
pub(in crate::provider) fn change_failed(
    number: &E164,
    change: &StatusChange,
    order: Option<&OrderId>,
    message: Option<&str>,
) -> Diagnostic {
    let order = order.map(|id| format!(" in order {id}"));
    let why = format!(
        ". The API reported a failure{}: {}",
        order.unwrap_or_default(),
        message_of(message)
    );
    let advice = "Change what the message names, then apply again.";
    not_changed(number, change, &why, advice)
}

/// The API does not know the number that it was asked to change.
pub(in crate::provider) fn not_visible(number: &E164, change: &StatusChange) -> Diagnostic {
    let why = ". The request was sent, and the API responded that it does not know the number \
               (HTTP 404). The number is not visible yet if it was bought some minutes ago";
    let advice = "Apply again in some minutes. A plan removes a number from the state once \
                  look-ups and the whole inventory prove that it is gone. To forget it before that, \
                  run `terraform state rm ADDRESS` with the address of this resource.";
    not_changed(number, change, why, advice)
}

fn not_changed(number: &E164, change: &StatusChange, why: &str, advice: &str) -> Diagnostic {
    match change {
        StatusChange::Park => not_parked(number, why, advice),
        _ => not_cancelled(number, why, advice),
    }
}

/// The change is an order that does not end in time.
pub(in crate::provider) fn change_pending(
    number: &E164,
    order: Option<&OrderId>,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    let (status, why) = (named_status(status), why.to_string());
    match order {
        Some(order) => order_unfinished(number, order, &status, &why),
        None => order_without_id(number, &status, &why),
    }
}
