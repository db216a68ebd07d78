//! Every text about webhooks that is not the same for all objects.

use super::message::messages;
use super::shown;
use crate::terraform::{AttributePath, Diagnostic};

messages! {
    "JN830" Error NOTHING_CHANGED "The authentication does not fit its type"
        cause "An argument that the type needs is missing, or one is set that it does not use."
        cure "Set what the type needs and nothing else."
    fn arguments_unfit(problem: &str)
        happened("In the authentication block, {problem}.")
        next("Set username and password_wo for type \"basic\", token_wo for \"token\", and none of \
              these for \"none\".")

    "JN831" Error NOTHING_CHANGED "The events cannot be sent"
        cause "There is no event, one has a comma in its name, or they are too long together."
        cure "Name at least one event, and at most 255 characters in all."
    /// Events that cannot be sent: `problem`.
    fn events_unfit(problem: &str) at "events";
        happened("The API takes the events as one text with commas between them, and {problem}.")
        next("Name at least one event, each without a comma, and at most 255 characters in all.")

    "JN832" Warning ONLY_READ "{name} is not active"
        cause "The API returns the webhook with `Active` false, which no request can change."
        cure "Replace the webhook, or contact Joonto support."
    /// The API says that it sends no events to it.
    fn inactive(name: &str)
        happened("The API returns this webhook as not active, so it may send no events.")
        next("The API has no operation that activates it. Replace it with `-replace` and this \
              resource's address, or contact Joonto support.")

    "JN833" Error LAST_READ "{name} was not deleted"
        cause "The API responded to the deletion with a status word for a failure."
        cure "Apply again, and contact Joonto support if it persists."
    /// The response to its deletion says that it failed, with this word.
    fn not_deleted(name: &str, word: &str)
        happened("The API responded to the deletion with the status {}.", shown(word))
        next("Apply again. If it persists, contact Joonto support.")
}

/// An `authentication` block that lacks an argument, or has one that its type does not use.
/// `problem` says which.
pub(in crate::provider) fn authentication_unfit(problem: &str) -> Diagnostic {
    let block = AttributePath::root().attribute("authentication");
    arguments_unfit(problem).at(block.attribute("type"))
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let name = "webhook WID-1";
    vec![
        ("JN830", authentication_unfit("token_wo is missing")),
        ("JN831", events_unfit("there is none")),
        ("JN832", inactive(name)),
        ("JN833", not_deleted(name, "Failed")),
    ]
}
