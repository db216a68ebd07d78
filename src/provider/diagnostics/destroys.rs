//! Texts about changes of status: what destroying a number came to.

use std::fmt::Display;

use super::reads::message_of;
use super::{Code, named_status, report};
use crate::joonto::{E164, OrderId, StatusChange};
use crate::terraform::Diagnostic;

/// A number that was not cancelled or parked, as far as is known.
pub(in crate::provider) fn not_ended(
    number: &E164,
    change: &StatusChange,
    problem: &str,
) -> Diagnostic {
    let (code, word) = not(change);
    report(
        code,
        number.as_str(),
        format!("{number} was not {word}, as far as the API says: {problem}."),
        "Apply again to retry.",
    )
}

/// The API failed the change of this number.
pub(in crate::provider) fn change_failed(
    number: &E164,
    change: &StatusChange,
    order: Option<&OrderId>,
    message: Option<&str>,
) -> Diagnostic {
    let (code, word) = not(change);
    let order = order
        .map(|id| format!(" in order {id}"))
        .unwrap_or_default();
    report(
        code,
        number.as_str(),
        format!(
            "{number} was not {word}. The API reported a failure{order}: {}.",
            message_of(message)
        ),
        "Change what the message names, then apply again.",
    )
}

/// The API does not know the number that it was asked to change.
pub(in crate::provider) fn not_visible(number: &E164, change: &StatusChange) -> Diagnostic {
    let (code, word) = not(change);
    report(
        code,
        number.as_str(),
        format!(
            "{number} was not {word}. The request was sent, and the API responded that it does not \
             know the number (HTTP 404). The number is not visible yet if it was bought some \
             minutes ago."
        ),
        "Apply again in some minutes. A plan removes a number from the state once look-ups and \
         the whole inventory prove that it is gone. To forget it before that, run `terraform state rm \
         ADDRESS` with the address of this resource.",
    )
}

/// The change is an order that does not end in time.
pub(in crate::provider) fn change_pending(
    number: &E164,
    order: Option<&OrderId>,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    let (order, next) = match order {
        Some(id) => (
            format!("order {id}, which is not finished"),
            "Apply again later: the provider follows the same order and sends no second one. If the \
             order never ends, contact Joonto support with its id.",
        ),
        None => (
            "an order without an id, and the number does not show the change".to_owned(),
            "Plan again later: a refresh sees whether the number has ended. Apply again if it has \
             not.",
        ),
    };
    report(
        Code::StatusOrderPending,
        number.as_str(),
        format!(
            "The API took the change of {number} as {order}{}: {why}.",
            named_status(status)
        ),
        next,
    )
}

/// A number that cannot be changed or destroyed before its purchase order is complete.
pub(in crate::provider) fn order_pending(
    order: &OrderId,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    report(
        Code::OrderStillPending,
        &format!("order {order}"),
        format!(
            "The number was ordered, and cannot be changed, cancelled or parked before order \
             {order} is complete{}: {why}.",
            named_status(status)
        ),
        "The state is kept. Apply again later. To stop managing the order here, run `terraform \
         state rm ADDRESS` with the address of this resource; no state then holds \
         the number that it may still buy.",
    )
}

/// The purchase order failed while it was polled.
pub(in crate::provider) fn order_failed(order: &OrderId, message: Option<&str>) -> Diagnostic {
    report(
        Code::OrderFailedMeanwhile,
        &format!("order {order}"),
        format!("Order {order} failed: {}.", message_of(message)),
        "Change what the message names, or contact Joonto support with the order id. Then apply \
         again.",
    )
}

/// The order is complete, and the number could not be read.
pub(in crate::provider) fn not_completed(name: &str, why: &str) -> Diagnostic {
    report(
        Code::NumberNotCompleted,
        name,
        format!("The order is complete and the number was bought, but it cannot be read: {why}"),
        "The state is kept. Apply again later.",
    )
}

fn not(change: &StatusChange) -> (Code, &'static str) {
    match change {
        StatusChange::Park => (Code::NumberNotParked, "parked"),
        _ => (Code::NumberNotCancelled, "cancelled"),
    }
}
