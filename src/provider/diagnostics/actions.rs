//! Texts about actions.

use std::fmt::Display;

use super::message::messages;
use super::reads::message_of;
use super::{next_step, sentence, shown};
use crate::joonto::{E164, Error, Iccid, OrderId};
use crate::terraform::{Attr, Diagnostic};

messages! {
    "JN701" Error NOTHING_CHANGED "The action has no number"
        cause "`phone_number` of the action is not a number in E.164 form."
        cure "Correct it, then invoke the action again."
    /// An action on a number that is not one.
    fn without_number() at "phone_number";
        happened("phone_number is not a number in E.164 form.")
        next("Write it with its country code, such as \"+18016025346\", then invoke the action \
              again.")

    "JN702" Warning NOTHING_CHANGED "A configured iccid would swap the SIM back"
        cause "The action changes the SIM and not the configuration."
        cure "Where the configuration sets `iccid`, set it to the new SIM or remove it."
    /// A SIM that is swapped while the configuration names the old one. `number` is null where it
    /// is not known yet.
    fn swaps_back(number: Option<&str>, iccid: &Attr<String>)
        happened("The action changes the SIM and not the configuration. If {} configures iccid, \
                  the next plan brings the old SIM back.", match number {
            Some(number) => format!("the joonto_number of {number}"),
            None => "its joonto_number".to_owned(),
        })
        next("Where iccid is configured, {}.", match iccid {
            Attr::Null => "remove it",
            _ => "set it to the new SIM",
        })

    "JN703" Error NOTHING_CHANGED "The action cannot change {number}"
        cause "The number is unknown to the account, or its status does not allow the action."
        cure "Correct what the message names, then invoke the action again."
    /// The account has no such number.
    fn unknown(number: &E164) at "phone_number";
        happened("The API does not know {number} in this account.")
        next("Check the spelling of phone_number and the provider's credentials. A number that was \
              cancelled more than 30 days ago is lost.")
    /// The number is cancelled.
    fn is_cancelled(number: &E164) at "phone_number";
        happened("{number} is cancelled.")
        next("Reactivate it first, with the action joonto_number_reactivate. That works for 30 \
              days after the cancellation.")
    /// The number's SIM cannot be swapped any more.
    fn no_swaps_left(number: &E164) at "phone_number";
        happened("The SIM of {number} has no swaps left.")
        next("Contact Joonto support.")
    /// The number has this status, which is neither parked nor cancelled.
    fn not_ended(number: &E164, status: &str) at "phone_number";
        happened("The status of {number} is {}, which is neither parked nor cancelled.",
            shown(status))
        next("Invoke the action again when the status has changed, or contact Joonto support.")

    "JN704" Error UNCHANGED "{what} of {number} failed"
        cause "The API refused or failed the change, or could not be reached."
        cure "Correct what the message names, then invoke the action again."
    fn was_refused(number: &E164, what: &str, error: &Error)
        happened("{}.", sentence(error))
        next("Correct what the message names, then invoke the action again.")
    /// A change that the API took and then failed. `what` is such as "Parking".
    fn failed(number: &E164, what: &str, message: Option<&str>)
        happened("The API reported a failure: {}.", message_of(message))
        next("Change what the message names, or contact Joonto support. Then invoke the action \
              again.")

    "JN705" Error MAY_HAVE_CHANGED "{what} of {number} is still pending"
        cause "The API took the order and did not finish it within ten minutes."
        cure "Do not repeat the action; run `terraform plan` later to see the number's status."
    /// A change whose order is not finished.
    fn pending(number: &E164, what: &str, order: &OrderId, why: impl Display)
        happened("The API took order {order} and has not finished it: {why}.")
        next("{LATER}")

    "JN706" Error MAY_HAVE_CHANGED "{what} of {number} is not visible yet"
        cause "The API took the change, and reads of the number do not show it."
        cure "Do not repeat the action; run `terraform plan` later to see the number's status."
    /// A change that reads do not show. `status` is the number's, if it could be read.
    fn not_visible(number: &E164, what: &str, status: Option<&str>, why: impl Display)
        happened("The API took the change, and {number} does not show it: {}, and {why}.",
            match status {
                Some(status) => format!("its status is {}", shown(status)),
                None => "it could not be read".to_owned(),
            })
        next("{LATER}")

    "JN707" Error MAY_HAVE_CHANGED "The SIM of {number} may have been swapped"
        cause "The response to the swap was lost, and the number shows no other SIM so far."
        cure "Compare the number's `iccid` in some minutes, before you repeat the action."
    /// A swap whose response was lost, and which the number does not show.
    fn swap_unconfirmed(number: &E164, error: &Error)
        happened("{}. {number} shows no other SIM so far.", sentence(error))
        next("Run `terraform plan` in some minutes. If it shows the old iccid still, invoke the \
              action again: a second swap uses up one more of the number's swaps.")

    "JN708" Error MAY_HAVE_CHANGED "{what} of {number} is unconfirmed"
        cause "The response to the change was lost, so it may have taken effect."
        cure "Run `terraform plan` in some minutes, and repeat the action only if it shows no change."
    fn unconfirmed(number: &E164, what: &str, error: &Error)
        happened("{}.", sentence(error))
        next("Run `terraform plan` in some minutes. If it does not show the change, invoke the \
              action again.")

    "JN710" Warning PLANNED "{which} stops a line"
        cause "The action sets the status of a SIM to `Suspended`, which takes its number out of service."
        cure "Set the status to `Active` with the same action to start the line again."
    /// A SIM that is to be suspended: its ICCID, or "the action" where that is not known yet.
    fn suspends_line(which: &str) at "status";
        happened("The number of the SIM makes and takes no calls, sends and receives no messages, \
                  and carries no data while the SIM is suspended.")
        next("To start the line again, set the status to \"Active\" and invoke the action.")

    "JN711" Error NOTHING_CHANGED "The action has no SIM or no status"
        cause "`iccid` is not an ICCID, or `status` is neither `Active` nor `Suspended`."
        cure "Correct them, then invoke the action again."
    /// An action on a SIM whose ICCID or status cannot be read.
    fn without_sim() at "iccid";
        happened("iccid is not an ICCID, or status is neither \"Active\" nor \"Suspended\".")
        next("Correct them, then invoke the action again.")

    "JN712" Error NOTHING_CHANGED "The status of SIM {iccid} is not set"
        cause "The API refused the change, does not know the SIM, or could not be reached."
        cure "Correct what the message names, then invoke the action again."
    /// A SIM's status that the API does not set, as its response says.
    fn sim_status_refused(iccid: &Iccid) at "iccid";
        happened("The API reported that it did not set the status.")
        next("Check iccid and the provider's credentials: the SIM has to be in their account. Then \
              invoke the action again.")
    fn sim_status_not_set(iccid: &Iccid, error: &Error)
        happened("{}.", sentence(error))
        next("{}", next_step(error, "invoke the action again"))

    "JN713" Error MAY_HAVE_CHANGED "The status of SIM {iccid} is unconfirmed"
        cause "No usable response came to the change, so the status may be set."
        cure "Invoke the action again: setting a status twice is setting it once."
    fn sim_status_unconfirmed(iccid: &Iccid, error: &Error)
        happened("{}.", sentence(error))
        next("Invoke the action again: setting a status twice is setting it once.")

    "JN715" Error MAY_HAVE_CHANGED "{what} of {number} is unconfirmed"
        cause "The response to the change was lost, and repeating the change does no harm."
        cure "Invoke the action again."
    /// A change that may not have been made, and may be made twice.
    fn repeatable(number: &E164, what: &str, error: &Error)
        happened("{}.", sentence(error))
        next("Invoke the action again: repeating it does no harm.")
}

/// A change that the API refused, or whose response was lost. `what` is such as "Parking".
pub(in crate::provider) fn refused(number: &E164, what: &str, error: &Error) -> Diagnostic {
    match error.is_unconfirmed() {
        true => unconfirmed(number, what, error),
        false => was_refused(number, what, error),
    }
}

/// A SIM's status that the API refused, or whose last response was lost.
pub(in crate::provider) fn sim_status_failed(iccid: &Iccid, error: &Error) -> Diagnostic {
    let is_refused = |status| (400..500).contains(&status) && status != 408;
    match error.is_not_connected() || error.status().is_some_and(is_refused) {
        true => sim_status_not_set(iccid, error),
        false => sim_status_unconfirmed(iccid, error),
    }
}

const LATER: &str =
    "Do not repeat the action. Run `terraform plan` later to see the number's status.";
