//! Every text about webhooks that is not the same for all objects.

use super::codes::Code;
use super::{general, report, shown};
use crate::terraform::{AttributePath, Diagnostic};

/// An `authentication` block that lacks an argument, or has one that its type does not use.
/// `problem` says which.
pub(in crate::provider) fn authentication_unfit(problem: &str) -> Diagnostic {
    general(
        Code::WebhookAuthenticationUnfit,
        format!("In the authentication block, {problem}."),
        "Set username and password_wo for type \"basic\", token_wo for \"token\", and none of \
         these for \"none\".",
    )
    .at(AttributePath::root()
        .attribute("authentication")
        .attribute("type"))
}

/// Events that cannot be sent: `problem`.
pub(in crate::provider) fn events_unfit(problem: &str) -> Diagnostic {
    general(
        Code::WebhookEventsUnfit,
        format!("The API takes the events as one text with commas between them, and {problem}."),
        "Name at least one event, each without a comma, and at most 255 characters in all.",
    )
    .at_attribute("events")
}

/// The API says that it sends no events to it.
pub(in crate::provider) fn inactive(name: &str) -> Diagnostic {
    report(
        Code::WebhookInactive,
        name,
        "The API returns this webhook as not active, so it may send no events.",
        "The API has no operation that activates it. Replace it with `-replace` and this \
         resource's address, or contact Joonto support.",
    )
}

/// The response to its deletion says that it failed, with this word.
pub(in crate::provider) fn not_deleted(name: &str, word: &str) -> Diagnostic {
    report(
        Code::WebhookNotDeleted,
        name,
        format!(
            "The API responded to the deletion with the status {}.",
            shown(word)
        ),
        "Apply again. If it persists, contact Joonto support.",
    )
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let name = "webhook WID-1";
    vec![
        (
            Code::WebhookAuthenticationUnfit,
            authentication_unfit("token_wo is missing"),
        ),
        (Code::WebhookEventsUnfit, events_unfit("there is none")),
        (Code::WebhookInactive, inactive(name)),
        (Code::WebhookNotDeleted, not_deleted(name, "Failed")),
    ]
}
