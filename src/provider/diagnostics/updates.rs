//! Texts about updates of numbers.

use std::fmt::Display;

use super::reads::message_of;
use super::{Code, named_status, next_step, report, sentence};
use crate::joonto::{E164, Error, OrderId};
use crate::terraform::Diagnostic;

/// An update that was not made, as far as the API says.
pub(in crate::provider) fn refused(number: &E164, error: &Error) -> Diagnostic {
    report(
        Code::UpdateRefused,
        number.as_str(),
        format!("{}.", sentence(error)),
        format!(
            "{} If the state now shows the status Cancelled, reactivate {number} first: the next \
             plan buys another number otherwise.",
            next_step(error, "apply again")
        ),
    )
}

/// An update that the API took and then failed.
pub(in crate::provider) fn failed(number: &E164, message: Option<&str>) -> Diagnostic {
    report(
        Code::UpdateFailed,
        number.as_str(),
        format!(
            "The API failed to change {number}: {}.",
            message_of(message)
        ),
        "Change what the message names, then apply again.",
    )
}

/// Routes, or a caller name, that the API keeps although the update removes them.
pub(in crate::provider) fn cannot_unset(
    number: &E164,
    arguments: &[&'static str],
    why: &str,
) -> Diagnostic {
    let first = arguments.first().copied().unwrap_or_default();
    let names = arguments.join(" and ");
    report(
        Code::CannotUnset,
        &names,
        format!("The configuration takes {names} away from {number} with \"\", and {why}."),
        format!("Set another value, or remove {names} to keep the present one. Then apply again."),
    )
    .at_attribute(first)
}

/// An update whose order is not finished.
pub(in crate::provider) fn pending(
    number: &E164,
    order: &OrderId,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    report(
        Code::UpdatePending,
        number.as_str(),
        format!(
            "The API took the change of {number} as order {order} and has not finished it{}: \
             {why}.",
            named_status(status)
        ),
        "Plan again later. That plan reads the number and shows what is still to be changed.",
    )
}

/// An update after which the API returns more changes than were sent.
pub(in crate::provider) fn more_changed(number: &E164, arguments: &[&str]) -> Diagnostic {
    report(
        Code::MoreChanged,
        number.as_str(),
        format!(
            "The response to the change of {number} has other values than the state for arguments \
             that were not part of it: {}. The API changed them too, or somebody changed them \
             before.",
            arguments.join(", ")
        ),
        "Run `terraform plan`, which shows the difference.",
    )
}

/// A caller name that did not reach the API after the purchase.
pub(in crate::provider) fn name_unsent(name: &str, why: &str) -> Diagnostic {
    report(
        Code::CallerNameUnsent,
        name,
        format!("A purchase cannot carry a caller name, and the change that sets it was not made: {why}."),
        "Run `terraform plan`, which shows the caller name as a change in place, and apply that.",
    )
    .at_attribute("caller_name")
}

/// A new SIM whose QR code could not be read.
pub(in crate::provider) fn qr_code_unread(name: &str, error: &Error) -> Diagnostic {
    report(
        Code::QrCodeUnread,
        name,
        format!("The SIM of {name} was changed, and its new QR code cannot be read: {error}."),
        "Run `terraform plan`: it tries to read it again.",
    )
}
