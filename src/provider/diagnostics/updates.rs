//! Texts about updates of numbers.

use std::fmt::Display;

use super::message::messages;
use super::reads::message_of;
use super::{named_status, next_step, sentence};
use crate::joonto::{E164, Error, OrderId};
use crate::terraform::Diagnostic;

messages! {
    "JN401" Error REFRESHED "Cannot change {number}"
        cause "The API refused the change, or did not respond."
        cure "Change what the message names, then apply again."
    /// An update that was not made, as far as the API says.
    fn refused(number: &E164, error: &Error)
        happened("{}.", sentence(error))
        next("{} If the state now shows the status Cancelled, reactivate {number} first: the next \
              plan buys another number otherwise.", next_step(error, "apply again"))

    "JN402" Error REFRESHED "{number} was not changed"
        cause "The API took the change and then reported that it failed."
        cure "Change what the message names, then apply again."
    /// An update that the API took and then failed.
    fn failed(number: &E164, message: Option<&str>)
        happened("The API failed to change {number}: {}.", message_of(message))
        next("Change what the message names, then apply again.")

    "JN403" Error REFRESHED "The API does not allow unsetting {names}"
        cause "The configuration sets a route or a part of `caller_name` to `\"\"`, and the API keeps it."
        cure "Set another value, or remove the argument to keep the present one."
    fn kept(number: &E164, names: &str, why: &str)
        happened("The configuration takes {names} away from {number} with \"\", and {why}.")
        next("Set another value, or remove {names} to keep the present one. Then apply again.")

    "JN404" Error MAY_HAVE_CHANGED "The update of {number} is pending"
        cause "The API took the change and did not finish it within `timeouts.update`."
        cure "Plan again later."
    /// An update whose order is not finished.
    fn pending(number: &E164, order: &OrderId, status: Option<&str>, why: impl Display)
        happened("The API took the change of {number} as order {order} and has not finished it{}: \
                  {why}.", named_status(status))
        next("Plan again later. That plan reads the number and shows what is still to be changed.")

    "JN405" Warning UPDATED "More of {number} has changed than was sent"
        cause "The response to the change has other values for arguments that were not part of it."
        cure "Run `terraform plan`, which shows the difference."
    /// An update after which the API returns more changes than were sent.
    fn more_changed(number: &E164, arguments: &[&str])
        happened("The response to the change of {number} has other values than the state for \
                  arguments that were not part of it: {}. The API changed them too, or somebody \
                  changed them before.", arguments.join(", "))
        next("Run `terraform plan`, which shows the difference.")

    "JN406" Warning UPDATED "The QR code of {name} was not read"
        cause "The SIM was changed, and a read of its QR code failed."
        cure "Run `terraform plan`, which reads it again."
    /// A new SIM whose QR code could not be read.
    fn qr_code_unread(name: &str, error: &Error)
        happened("The SIM of {name} was changed, and its new QR code cannot be read: {error}.")
        next("Run `terraform plan`: it tries to read it again.")

    "JN407" Warning BOUGHT "The caller name of {name} is not set"
        cause "A purchase cannot carry a caller name, and the change that follows it failed."
        cure "Run `terraform plan`, which shows the caller name as a change, and apply that."
    /// A caller name that did not reach the API after the purchase.
    fn name_unsent(name: &str, why: &str) at "caller_name";
        happened("A purchase cannot carry a caller name, and the change that sets it was not made: \
                  {why}.")
        next("Run `terraform plan`, which shows the caller name as a change in place, and apply \
              that.")
}

/// Routes, or a caller name, that the API keeps although the update removes them.
pub(in crate::provider) fn cannot_unset(
    number: &E164,
    arguments: &[&'static str],
    why: &str,
) -> Diagnostic {
    let first = arguments.first().copied().unwrap_or_default();
    kept(number, &arguments.join(" and "), why).at_attribute(first)
}
