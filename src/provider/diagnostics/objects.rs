//! Every text that is the same for all resources beside numbers.

use super::codes::Code;
use super::{general_step, other_credentials, report, sentence, shown};
use crate::joonto::Error;
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// What the API or the network says.
pub(super) fn failed(code: Code, name: &str, error: &Error, next: &str) -> Diagnostic {
    report(code, name, format!("{}.", sentence(error)), next)
}

/// The API refused to create it, or could not be reached.
pub(in crate::provider) fn not_created(name: &str, error: &Error) -> Diagnostic {
    let next = general_step(error, "apply again");
    failed(Code::ObjectNotCreated, name, error, &next)
}

/// The response to its creation was lost, and nothing shows whether it was created: `why`.
pub(in crate::provider) fn unconfirmed(name: &str, lost: &Error, why: &str) -> Diagnostic {
    let happened = format!("The response to creating {name} was lost: {lost}. {why}");
    let next = "Look for it in the account before you apply again. If it is there, import it:\n  \
                terraform import ADDRESS ID\nwith the address of this resource and the id that \
                its documentation page names.";
    report(Code::ObjectUnconfirmed, name, happened, next)
}

/// The response to its creation was lost, and the account shows that it was created.
pub(in crate::provider) fn adopted(name: &str, lost: &Error) -> Diagnostic {
    let happened = format!(
        "The response to creating {name} was lost: {lost}. The account shows it, exactly once and \
         as it was requested."
    );
    report(
        Code::ObjectAdopted,
        name,
        happened,
        "Nothing needs to be done.",
    )
}

/// It could not be read.
pub(in crate::provider) fn unreadable(name: &str, error: &Error) -> Diagnostic {
    let next = general_step(error, "plan again");
    failed(Code::ObjectUnreadable, name, error, &next)
}

/// The account no longer has it.
pub(in crate::provider) fn gone(name: &str) -> Diagnostic {
    let happened = format!("The API no longer knows {name}.");
    let next = "The next apply creates it again. If its id changes, set the new one where the old one \
                is named.";
    report(Code::ObjectGone, name, happened, next)
}

/// The account has no such object to import.
pub(in crate::provider) fn not_imported(name: &str, type_name: &str) -> Diagnostic {
    let happened = format!("The account has no {type_name} that can be imported as {name}.");
    let next = "Check the id, and whether the provider's credentials belong to the same account.";
    report(Code::ObjectNotImported, name, happened, next)
}

/// A text that cannot be the key of such an object: it `is no` key.
pub(in crate::provider) fn not_a_key(id: &str, problem: &str, type_name: &str) -> Diagnostic {
    let happened = format!("{} {problem}.", shown(id));
    let next = "The documentation page of the resource says what it is imported by.";
    report(Code::ObjectKeyInvalid, type_name, happened, next)
}

/// It was created with other credentials, to which alone its absence would mean something.
pub(in crate::provider) fn another_account(name: &str) -> Diagnostic {
    let happened = other_credentials(name);
    let next = "Configure the credentials and base_url it was created with, then plan again. If \
                only the key of the same account is new, run `terraform state rm ADDRESS`, then \
                `terraform import ADDRESS ID`. Do not apply in between: that could create a second one.";
    report(Code::ObjectOfAnotherAccount, name, happened, next)
}

/// A change that the API did not make, or not wholly.
pub(in crate::provider) fn not_changed(name: &str, error: &Error) -> Diagnostic {
    let next = general_step(error, "apply again");
    failed(Code::ObjectNotChanged, name, error, &next)
}

/// It could not be deleted.
pub(in crate::provider) fn not_deleted(name: &str, error: &Error) -> Diagnostic {
    failed(Code::ObjectNotDeleted, name, error, "Apply again to retry.")
}

/// A plan that destroys what the API cannot delete.
pub(in crate::provider) fn will_stay(name: &str, stays: &str) -> Diagnostic {
    let happened = format!("The API cannot delete this. {stays}");
    let next = "If that is not what you want, change it before you destroy the resource.";
    report(Code::ObjectWillStay, name, happened, next)
}

/// What was destroyed stays at the API.
pub(in crate::provider) fn stays(name: &str, stays: &str) -> Diagnostic {
    let happened = format!("The API cannot delete this. {stays}");
    let next = "To manage it again, import it.";
    report(Code::ObjectStays, name, happened, next)
}

/// A word that the API's description does not list.
pub(in crate::provider) fn unknown_word(argument: &str, word: &str, known: &[&str]) -> Diagnostic {
    let happened = format!(
        "{} is not among the values that the API describes: {}.",
        shown(word),
        known.join(", ")
    );
    let next = "If the API refuses it, use one of these values.";
    report(Code::UnknownWord, argument, happened, next).at_attribute(argument)
}

/// Warns of a planned word that the API's description does not list, unless it was there before:
/// advice that never nags. The attribute comes with its name and its prior value.
pub(in crate::provider) fn warn_of_unknown_word(
    (argument, prior, planned): (&str, Option<&Attr<String>>, &Attr<String>),
    known: &[&str],
    diagnostics: &mut Diagnostics,
) {
    let word = planned.as_str().filter(|word| !word.is_empty());
    let is_known = |word: &str| known.iter().any(|one| one.eq_ignore_ascii_case(word));
    if let Some(word) = word.filter(|word| prior != Some(planned) && !is_known(word)) {
        diagnostics.push(unknown_word(argument, word, known));
    }
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let name = "webhook WID-1";
    let error = || Error::refused_for_tests(500);
    vec![
        (Code::ObjectNotCreated, not_created(name, &error())),
        (
            Code::ObjectUnconfirmed,
            unconfirmed(name, &error(), "The list of webhooks cannot be read."),
        ),
        (Code::ObjectAdopted, adopted(name, &error())),
        (Code::ObjectUnreadable, unreadable(name, &error())),
        (Code::ObjectGone, gone(name)),
        (
            Code::ObjectNotImported,
            not_imported(name, "joonto_webhook"),
        ),
        (
            Code::ObjectKeyInvalid,
            not_a_key(&"x".repeat(3000), "is no id", "joonto_webhook"),
        ),
        (Code::ObjectOfAnotherAccount, another_account(name)),
        (Code::ObjectNotChanged, not_changed(name, &error())),
        (Code::ObjectNotDeleted, not_deleted(name, &error())),
        (Code::ObjectWillStay, will_stay(name, "The limit stays.")),
        (Code::ObjectStays, stays(name, "The limit stays.")),
        (Code::UnknownWord, unknown_word("events", "x", &["y"])),
    ]
}
