//! Every text that is the same for all resources beside numbers.

use super::message::messages;
use super::{capitalised, general_step, sentence, shown};
use crate::joonto::{Error, OrderId};
use crate::terraform::{Attr, Diagnostics};

messages! {
    "JN801" Error NOT_STORED "{name} was not created"
        cause "The API refused to create the object, or could not be reached."
        cure "Correct what the message names, then apply again."
    /// The API refused to create it, or could not be reached.
    fn not_created(name: &str, error: &Error)
        happened("{}.", sentence(error))
        next("{}", general_step(error, "apply again"))

    "JN802" Error NOT_REPEATED "{name} may have been created"
        cause "The response was lost, and nothing shows for certain whether the object was created."
        cure "Look for it in the account, and import it if it is there."
    /// The response to its creation was lost, and nothing shows whether it was created: `why`.
    fn unconfirmed(name: &str, lost: &Error, why: &str)
        happened("The response to creating {name} was lost: {lost}. {why}")
        next("Look for it in the account before you apply again. If it is there, import it:\n  \
              terraform import ADDRESS ID\nwith the address of this resource and the id that its \
              documentation page names.")

    "JN803" Warning CREATED "Adopted {name} after a lost response"
        cause "The response was lost, and the account shows exactly the object that was requested."
        cure "Nothing needs to be done."
    /// The response to its creation was lost, and the account shows that it was created.
    fn adopted(name: &str, lost: &Error)
        happened("The response to creating {name} was lost: {lost}. The account shows it, exactly \
                  once and as it was requested.")
        next("Nothing needs to be done.")

    "JN804" Error NOTHING_CHANGED "Cannot read {name}"
        cause "The API refused to return the object, or could not be reached."
        cure "Correct what the message names, then plan again."
    /// It could not be read.
    fn unreadable(name: &str, error: &Error)
        happened("{}.", sentence(error))
        next("{}", general_step(error, "plan again"))
    /// The order of a port-in is about another number.
    fn order_of_another(name: &str, order: &OrderId)
        happened("The API says that order {order} is about another number.")
        next("Contact Joonto support with the order id. To stop managing it, run `terraform state \
              rm ADDRESS`.")

    "JN805" Warning REMOVED "{name} no longer exists"
        cause "The API no longer knows the object."
        cure "Apply to create it again."
    /// The account no longer has it.
    fn gone(name: &str)
        happened("The API no longer knows {name}.")
        next("The next apply creates it again. If its id changes, set the new one where the old \
              one is named.")

    "JN806" Error NOTHING_CHANGED "Cannot import {name}"
        cause "The account has no object with this id."
        cure "Check the id and the provider's credentials."
    /// The account has no such object to import.
    fn not_imported(name: &str, type_name: &str)
        happened("The account has no {type_name} that can be imported as {name}.")
        next("Check the id, and whether the provider's credentials belong to the same account.")
    /// An order that no import of a port-in can take: `name` shows `what`.
    fn order_not_imported(name: &str, what: &str)
        happened("{} {what}.", capitalised(name))
        next("Check the id. An order just placed may show its number later.")

    "JN807" Error NOTHING_CHANGED "Not an import id of a {type_name}"
        cause "The text is not what such an object is imported by."
        cure "Give the id that the resource's documentation page names."
    /// A text that cannot be the key of such an object: it `is no` key.
    fn not_a_key(id: &str, problem: &str, type_name: &str)
        happened("{} {problem}.", shown(id))
        next("The documentation page of the resource says what it is imported by.")

    "JN808" Error NOTHING_CHANGED "{name} was created with other credentials"
        cause "The object was created with other credentials, or at another `base_url`."
        cure "Configure the credentials that it was created with."
    /// It was created with other credentials, to which alone its absence would mean something.
    fn another_account(name: &str)
        happened("{} was created with other credentials, or at another base_url, than the provider \
                  has now. With these, the provider cannot find out whether it exists.",
            capitalised(name))
        next("Configure the credentials and base_url it was created with, then plan again. If only \
              the key of the same account is new, run `terraform state rm ADDRESS`, then \
              `terraform import ADDRESS ID`. Do not apply in between: that could create a second \
              one.")

    "JN809" Error LAST_READ "Cannot change {name}"
        cause "The API refused the change, or could not be reached."
        cure "Correct what the message names, then apply again."
    /// A change that the API did not make, or not wholly.
    fn not_changed(name: &str, error: &Error)
        happened("{}.", sentence(error))
        next("{}", general_step(error, "apply again"))

    "JN810" Error LAST_READ "{name} was not deleted"
        cause "The API refused to delete the object, or could not be reached."
        cure "Apply again."
    /// It could not be deleted.
    fn not_deleted(name: &str, error: &Error)
        happened("{}.", sentence(error))
        next("Apply again to retry.")

    "JN811" Warning PLANNED "Destroying {name} leaves it in place"
        cause "The plan destroys an object that the API cannot delete."
        cure "Change it before you destroy the resource, if it should not stay as it is."
    /// A plan that destroys what the API cannot delete.
    fn will_stay(name: &str, stays: &str)
        happened("The API cannot delete this. {stays}")
        next("If that is not what you want, change it before you destroy the resource.")

    "JN812" Warning REMOVED "{name} stays in place"
        cause "The object was destroyed, and the API cannot delete it."
        cure "Import it, to manage it again."
    /// What was destroyed stays at the API.
    fn stays(name: &str, stays: &str)
        happened("The API cannot delete this. {stays}")
        next("To manage it again, import it.")

    "JN813" Warning PLANNED "A value of {argument} is unknown"
        cause "The value is not among those that the API describes."
        cure "Use one of the values that the message lists, if the API refuses this one."
    /// A word that the API's description does not list.
    fn unknown_word(argument: &str, word: &str, known: &[&str]) at argument;
        happened("{} is not among the values that the API describes: {}.",
            shown(word), known.join(", "))
        next("If the API refuses it, use one of these values.")
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
pub(super) fn samples() -> Vec<(&'static str, crate::terraform::Diagnostic)> {
    let name = "webhook WID-1";
    let error = || Error::refused_for_tests(500);
    vec![
        ("JN801", not_created(name, &error())),
        (
            "JN802",
            unconfirmed(name, &error(), "The list of webhooks cannot be read."),
        ),
        ("JN803", adopted(name, &error())),
        ("JN804", unreadable(name, &error())),
        ("JN805", gone(name)),
        ("JN806", not_imported(name, "joonto_webhook")),
        (
            "JN807",
            not_a_key(&"x".repeat(3000), "is no id", "joonto_webhook"),
        ),
        ("JN808", another_account(name)),
        ("JN809", not_changed(name, &error())),
        ("JN810", not_deleted(name, &error())),
        ("JN811", will_stay(name, "The limit stays.")),
        ("JN812", stays(name, "The limit stays.")),
        ("JN813", unknown_word("events", "x", &["y"])),
    ]
}
