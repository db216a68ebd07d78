//! Every text that is about subscribers alone.

use super::codes::Code;
use super::{general, report, sentence, shown};
use crate::joonto::Error;
use crate::terraform::Diagnostic;

/// A subscriber to be created without all that this takes.
pub(in crate::provider) fn incomplete(missing: &[&str]) -> Diagnostic {
    let happened = format!(
        "To create a subscriber, the API needs more than an e-mail address. Not set: {}.",
        missing.join(", ")
    );
    let next = "Set them. If the subscriber exists, import it:\n  terraform import ADDRESS ID\nwith \
                the address of this resource, and the subscriber's id or e-mail address.";
    general(Code::SubscriberIncomplete, happened, next)
}

/// An element of `phone_numbers` that is no number.
pub(in crate::provider) fn number_invalid() -> Diagnostic {
    general(
        Code::SubscriberNumberInvalid,
        "An element is not a number in E.164 form.",
        "Write each number as a + and digits, such as \"+18016025346\".",
    )
    .at_attribute("phone_numbers")
}

/// Somebody has the e-mail address. `id` is the subscriber, if the distributor's list has it.
pub(in crate::provider) fn email_taken(id: Option<&str>) -> Diagnostic {
    let (happened, next) = match id {
        Some(id) => (
            format!(
                "The API refused it: {} has this e-mail address, and no other subscriber of the \
                 platform can.",
                shown(id)
            ),
            format!(
                "If it is the one you mean, import it:\n  terraform import ADDRESS '{id}'\nwith the \
                 address of this resource. Otherwise use another e-mail address."
            ),
        ),
        None => (
            "The API refused it: a subscriber has this e-mail address, and no other subscriber of \
             the platform can. The provider cannot see whose it is."
                .to_owned(),
            "If it is yours, import it:\n  terraform import ADDRESS ID\nwith the address of this \
             resource and the subscriber's id. Otherwise use another e-mail address."
                .to_owned(),
        ),
    };
    general(Code::SubscriberEmailTaken, happened, next).at_attribute("email")
}

/// A transfer whose response was lost, and which nothing shows to have happened.
pub(in crate::provider) fn transfer_unconfirmed(name: &str, lost: &Error) -> Diagnostic {
    let happened = format!(
        "The response to the transfer was lost: {lost}. A read of the subscriber does not show it \
         in the new account."
    );
    report(
        Code::SubscriberNotTransferred,
        name,
        happened,
        TRANSFER_NEXT,
    )
}

/// A transfer that the API refused while it does not tell where the subscriber is.
pub(in crate::provider) fn transfer_refused(name: &str, refused: &Error) -> Diagnostic {
    let happened = format!(
        "{}. The API does not tell which account the subscriber is in, so it may have been \
         transferred before.",
        sentence(refused)
    );
    let next = "If it is in the new account, run `terraform state rm ADDRESS`, then `terraform \
                import ADDRESS ID`. Otherwise correct what the message names, then apply again.";
    report(Code::SubscriberNotTransferred, name, happened, next)
}

/// A transfer that the API took and did not make.
pub(in crate::provider) fn not_transferred(name: &str) -> Diagnostic {
    let happened = "The API took the transfer, and shows the subscriber in another account.";
    report(
        Code::SubscriberNotTransferred,
        name,
        happened,
        TRANSFER_NEXT,
    )
}

const TRANSFER_NEXT: &str =
    "Apply again: the provider reads the account first, and transfers only what is not there yet.";

/// A new version of a password that is not there.
pub(in crate::provider) fn password_missing() -> Diagnostic {
    general(
        Code::SubscriberPasswordMissing,
        "password_wo_version changed, and password_wo is not set.",
        "Set password_wo to the new password, or set password_wo_version back.",
    )
    .at_attribute("password_wo_version")
}

/// The numbers of a subscriber did not become those of the configuration.
pub(in crate::provider) fn numbers_differ(
    name: &str,
    missing: &[&str],
    more: &[&str],
) -> Diagnostic {
    numbers(Code::SubscriberNumbersDiffer, name, missing, more)
}

/// The same of a subscriber that was just created.
pub(in crate::provider) fn created_with_others(
    name: &str,
    missing: &[&str],
    more: &[&str],
) -> Diagnostic {
    numbers(Code::SubscriberCreatedWithOthers, name, missing, more)
}

fn numbers(code: Code, name: &str, missing: &[&str], more: &[&str]) -> Diagnostic {
    let part = |what: &str, numbers: &[&str]| match numbers.is_empty() {
        true => String::new(),
        false => format!(" {what}: {}.", shown(&numbers.join(", "))),
    };
    let happened = format!(
        "All phone numbers were sent, and the API shows others.{}{}",
        part("Missing", missing),
        part("Not configured", more)
    );
    let next = "Where the API keeps numbers, assign them to another subscriber or add them to \
                phone_numbers. A number that is missing may belong to another account. Then plan \
                again.";
    report(code, name, happened, next)
}

/// Entries of the list without an id.
pub(in crate::provider) fn list_incomplete(unreadable: usize, read: usize) -> Diagnostic {
    let happened = format!(
        "{read} subscribers were read, and {unreadable} entries have no id. The provider returns \
         no incomplete list."
    );
    let next = "Plan again. If it persists, contact Joonto support.";
    general(Code::SubscribersIncomplete, happened, next)
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let name = "subscriber TSUID-1";
    let error = || Error::refused_for_tests(400);
    vec![
        (Code::SubscriberIncomplete, incomplete(&["name", "role"])),
        (Code::SubscriberNumberInvalid, number_invalid()),
        (Code::SubscriberEmailTaken, email_taken(Some("TSUID-1"))),
        (Code::SubscriberEmailTaken, email_taken(None)),
        (
            Code::SubscriberNotTransferred,
            transfer_unconfirmed(name, &error()),
        ),
        (
            Code::SubscriberNotTransferred,
            transfer_refused(name, &error()),
        ),
        (Code::SubscriberNotTransferred, not_transferred(name)),
        (Code::SubscriberPasswordMissing, password_missing()),
        (
            Code::SubscriberNumbersDiffer,
            numbers_differ(name, &["+18016025346"], &["+18016025347"]),
        ),
        (
            Code::SubscriberCreatedWithOthers,
            created_with_others(name, &["+18016025346"], &[]),
        ),
        (Code::SubscribersIncomplete, list_incomplete(1, 2)),
    ]
}
