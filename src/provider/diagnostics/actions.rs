//! Texts about actions.

use std::fmt::Display;

use super::{Code, general, next_step, report, sentence, shown};
use crate::joonto::{E164, Error, Iccid, OrderId};
use crate::terraform::{Attr, Diagnostic};

/// Why an action cannot change a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::provider) enum ActionObstacle<'a> {
    /// The account has no such number.
    Unknown,
    /// The number is cancelled.
    Cancelled,
    /// The number's SIM cannot be swapped any more.
    NoSwaps,
    /// The number has this status, which is neither parked nor cancelled.
    Status(&'a str),
}

/// An action on a number that is not one.
pub(in crate::provider) fn without_number() -> Diagnostic {
    general(
        Code::ActionWithoutNumber,
        "phone_number is not a number in E.164 form.",
        "Write it with its country code, such as \"+18016025346\", then invoke the action again.",
    )
    .at_attribute("phone_number")
}

/// A SIM that is swapped while the configuration names the old one. `number` is null where it is
/// not known yet.
pub(in crate::provider) fn swaps_back(number: Option<&str>, iccid: &Attr<String>) -> Diagnostic {
    let whose = match number {
        Some(number) => format!("the joonto_number of {number}"),
        None => "its joonto_number".to_owned(),
    };
    let what = match iccid {
        Attr::Null => "remove it",
        _ => "set it to the new SIM",
    };
    general(
        Code::SwapsBack,
        format!(
            "The action changes the SIM and not the configuration. If {whose} configures iccid, \
             the next plan brings the old SIM back."
        ),
        format!("Where iccid is configured, {what}."),
    )
}

/// A number that the action cannot change.
pub(in crate::provider) fn impossible(number: &E164, obstacle: ActionObstacle<'_>) -> Diagnostic {
    let (happened, next) = match obstacle {
        ActionObstacle::Unknown => (
            format!("The API does not know {number} in this account."),
            "Check the spelling of phone_number and the provider's credentials. A number that was \
             cancelled more than 30 days ago is lost.",
        ),
        ActionObstacle::Cancelled => (
            format!("{number} is cancelled."),
            "Reactivate it first, with the action joonto_number_reactivate. That works for 30 days \
             after the cancellation.",
        ),
        ActionObstacle::NoSwaps => (
            format!("The SIM of {number} has no swaps left."),
            "Contact Joonto support.",
        ),
        ActionObstacle::Status(status) => (
            format!(
                "The status of {number} is {}, which is neither parked nor cancelled.",
                shown(status)
            ),
            "Invoke the action again when the status has changed, or contact Joonto support.",
        ),
    };
    report(Code::ActionImpossible, number.as_str(), happened, next).at_attribute("phone_number")
}

/// A change that the API refused, or whose response was lost. `what` is such as "Parking".
pub(in crate::provider) fn refused(number: &E164, what: &str, error: &Error) -> Diagnostic {
    let (code, next) = match error.is_unconfirmed() {
        true => (
            Code::ActionUnconfirmed,
            "Run `terraform plan` in some minutes. If it does not show the change, invoke the \
             action again.",
        ),
        false => (
            Code::ActionFailed,
            "Correct what the message names, then invoke the action again.",
        ),
    };
    let subject = format!("{what} of {number}");
    report(code, &subject, format!("{}.", sentence(error)), next)
}

/// A change that may not have been made, and may be made twice.
pub(in crate::provider) fn repeatable(number: &E164, what: &str, error: &Error) -> Diagnostic {
    report(
        Code::ActionRepeatable,
        &format!("{what} of {number}"),
        format!("{}.", sentence(error)),
        "Invoke the action again: repeating it does no harm.",
    )
}

/// A change that the API took and then failed.
pub(in crate::provider) fn failed(number: &E164, what: &str, message: Option<&str>) -> Diagnostic {
    report(
        Code::ActionFailed,
        &format!("{what} of {number}"),
        format!(
            "The API reported a failure: {}.",
            super::reads::message_of(message)
        ),
        "Change what the message names, or contact Joonto support. Then invoke the action again.",
    )
}

/// A change whose order is not finished.
pub(in crate::provider) fn pending(
    number: &E164,
    what: &str,
    order: &OrderId,
    why: impl Display,
) -> Diagnostic {
    report(
        Code::ActionPending,
        &format!("{what} of {number}"),
        format!("The API took order {order} and has not finished it: {why}."),
        LATER,
    )
}

/// A change that reads do not show. `status` is the number's, if it could be read.
pub(in crate::provider) fn not_visible(
    number: &E164,
    what: &str,
    status: Option<&str>,
    why: impl Display,
) -> Diagnostic {
    let status = match status {
        Some(status) => format!("its status is {}", shown(status)),
        None => "it could not be read".to_owned(),
    };
    report(
        Code::ActionNotVisible,
        &format!("{what} of {number}"),
        format!("The API took the change, and {number} does not show it: {status}, and {why}."),
        LATER,
    )
}

/// A swap whose response was lost, and which the number does not show.
pub(in crate::provider) fn swap_unconfirmed(number: &E164, error: &Error) -> Diagnostic {
    report(
        Code::SwapUnconfirmed,
        number.as_str(),
        format!("{}. {number} shows no other SIM so far.", sentence(error)),
        "Run `terraform plan` in some minutes. If it shows the old iccid still, invoke the action \
         again: a second swap uses up one more of the number's swaps.",
    )
}

/// A SIM that is to be suspended. `iccid` is null where it is not known yet.
pub(in crate::provider) fn suspends_line(iccid: Option<&str>) -> Diagnostic {
    let which = iccid.unwrap_or("the action");
    report(
        Code::SuspendsLine,
        which,
        "The number of the SIM makes and takes no calls, sends and receives no messages, and \
         carries no data while the SIM is suspended.",
        "To start the line again, set the status to \"Active\" and invoke the action.",
    )
    .at_attribute("status")
}

/// An action on a SIM whose ICCID or status cannot be read.
pub(in crate::provider) fn without_sim() -> Diagnostic {
    general(
        Code::ActionWithoutSim,
        "iccid is not an ICCID, or status is neither \"Active\" nor \"Suspended\".",
        "Correct them, then invoke the action again.",
    )
    .at_attribute("iccid")
}

/// A SIM's status that the API does not set, as its response says.
pub(in crate::provider) fn sim_status_refused(iccid: &Iccid) -> Diagnostic {
    report(
        Code::SimStatusFailed,
        iccid.digits(),
        "The API reported that it did not set the status.",
        "Check iccid and the provider's credentials: the SIM has to be in their account. Then \
         invoke the action again.",
    )
    .at_attribute("iccid")
}

/// A SIM's status that the API refused, or whose last response was lost.
pub(in crate::provider) fn sim_status_failed(iccid: &Iccid, error: &Error) -> Diagnostic {
    let is_refused = |status| (400..500).contains(&status) && status != 408;
    let (code, next) = match error.is_not_connected() || error.status().is_some_and(is_refused) {
        true => (
            Code::SimStatusFailed,
            next_step(error, "invoke the action again"),
        ),
        false => (
            Code::SimStatusUnconfirmed,
            "Invoke the action again: setting a status twice is setting it once.".to_owned(),
        ),
    };
    report(code, iccid.digits(), format!("{}.", sentence(error)), next)
}

const LATER: &str =
    "Do not repeat the action. Run `terraform plan` later to see the number's status.";
