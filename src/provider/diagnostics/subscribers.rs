//! Every text that is about subscribers alone.

use super::message::messages;
use super::{sentence, shown};
use crate::joonto::Error;

messages! {
    "JN840" Error NOT_STORED "A new subscriber lacks arguments"
        cause "A new subscriber needs `name`, `role`, `account_id` and `password_wo`, and one of them is not set."
        cure "Set the arguments that the message lists, or import the subscriber."
    /// A subscriber to be created without all that this takes.
    fn incomplete(missing: &[&str])
        happened("To create a subscriber, the API needs more than an e-mail address. Not set: {}.",
            missing.join(", "))
        next("Set them. If the subscriber exists, import it:\n  terraform import ADDRESS ID\nwith \
              the address of this resource, and the subscriber's id or e-mail address.")

    "JN841" Error NOTHING_CHANGED "Not a phone number in phone_numbers"
        cause "An element of `phone_numbers` is not a number in E.164 form."
        cure "Write each number as a + and digits, such as `+18016025346`."
    /// An element of `phone_numbers` that is no number.
    fn number_invalid() at "phone_numbers";
        happened("An element is not a number in E.164 form.")
        next("Write each number as a + and digits, such as \"+18016025346\".")

    "JN842" Error NOT_STORED "The e-mail address has a subscriber already"
        cause "A subscriber has this e-mail address, which no two on the whole platform can share."
        cure "Import that subscriber if it is yours, or use another e-mail address."
    /// A subscriber of the distributor has the e-mail address.
    fn email_taken_by(id: &str) at "email";
        happened("The API refused it: {} has this e-mail address, and no other subscriber of the \
                  platform can.", shown(id))
        next("If it is the one you mean, import it:\n  terraform import ADDRESS '{id}'\nwith the \
              address of this resource. Otherwise use another e-mail address.")
    /// Somebody has the e-mail address, and the distributor's list does not say who.
    fn email_taken() at "email";
        happened("The API refused it: a subscriber has this e-mail address, and no other \
                  subscriber of the platform can. The provider cannot see whose it is.")
        next("If it is yours, import it:\n  terraform import ADDRESS ID\nwith the address of this \
              resource and the subscriber's id. Otherwise use another e-mail address.")

    "JN843" Error LAST_READ "{name} may not have been transferred"
        cause "The response to the transfer was lost, or the API shows the subscriber in another account."
        cure "Apply again: the provider reads the account before it transfers anything."
    /// A transfer whose response was lost, and which nothing shows to have happened.
    fn transfer_unconfirmed(name: &str, lost: &Error)
        happened("The response to the transfer was lost: {lost}. A read of the subscriber does not \
                  show it in the new account.")
        next("{TRANSFER_NEXT}")
    /// A transfer that the API refused while it does not tell where the subscriber is.
    fn transfer_refused(name: &str, refused: &Error)
        happened("{}. The API does not tell which account the subscriber is in, so it may have \
                  been transferred before.", sentence(refused))
        next("If it is in the new account, run `terraform state rm ADDRESS`, then `terraform \
              import ADDRESS ID`. Otherwise correct what the message names, then apply again.")
    /// A transfer that the API took and did not make.
    fn not_transferred(name: &str)
        happened("The API took the transfer, and shows the subscriber in another account.")
        next("{TRANSFER_NEXT}")

    "JN844" Error NOTHING_CHANGED "There is no password to send"
        cause "`password_wo_version` changed, and `password_wo` is not set."
        cure "Set `password_wo`, or leave the version as it is."
    /// A new version of a password that is not there.
    fn password_missing() at "password_wo_version";
        happened("password_wo_version changed, and password_wo is not set.")
        next("Set password_wo to the new password, or set password_wo_version back.")

    "JN845" Error LAST_READ "{name} has other phone numbers than configured"
        cause "The API took the change of `phone_numbers` and shows others."
        cure "Correct the numbers that the message names, then plan again."
    /// The numbers of a subscriber did not become those of the configuration.
    fn numbers_differ(name: &str, missing: &[&str], more: &[&str])
        happened("{}", others_shown(missing, more))
        next("{NUMBERS_NEXT}")

    "JN846" Error ONLY_READ "The list of subscribers is incomplete"
        cause "The list has entries without an id."
        cure "Plan again."
    /// Entries of the list without an id.
    fn list_incomplete(unreadable: usize, read: usize)
        happened("{read} subscribers were read, and {unreadable} entries have no id. The provider \
                  returns no incomplete list.")
        next("Plan again. If it persists, contact Joonto support.")

    "JN847" Warning CREATED "{name} has other phone numbers than configured"
        cause "The API created the subscriber and shows other numbers than `phone_numbers` has."
        cure "Correct the numbers that the message names, then plan again."
    /// The same of a subscriber that was just created.
    fn created_with_others(name: &str, missing: &[&str], more: &[&str])
        happened("{}", others_shown(missing, more))
        next("{NUMBERS_NEXT}")
}

const TRANSFER_NEXT: &str =
    "Apply again: the provider reads the account first, and transfers only what is not there yet.";

const NUMBERS_NEXT: &str = "Where the API keeps numbers, assign them to another subscriber or add \
                            them to phone_numbers. A number that is missing may belong to another \
                            account. Then plan again.";

fn others_shown(missing: &[&str], more: &[&str]) -> String {
    let part = |what: &str, numbers: &[&str]| match numbers.is_empty() {
        true => String::new(),
        false => format!(" {what}: {}.", shown(&numbers.join(", "))),
    };
    format!(
        "All phone numbers were sent, and the API shows others.{}{}",
        part("Missing", missing),
        part("Not configured", more)
    )
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(&'static str, crate::terraform::Diagnostic)> {
    let name = "subscriber TSUID-1";
    let error = || Error::refused_for_tests(400);
    vec![
        ("JN840", incomplete(&["name", "role"])),
        ("JN841", number_invalid()),
        ("JN842", email_taken_by("TSUID-1")),
        ("JN842", email_taken()),
        ("JN843", transfer_unconfirmed(name, &error())),
        ("JN843", transfer_refused(name, &error())),
        ("JN843", not_transferred(name)),
        ("JN844", password_missing()),
        (
            "JN845",
            numbers_differ(name, &["+18016025346"], &["+18016025347"]),
        ),
        ("JN847", created_with_others(name, &["+18016025346"], &[])),
        ("JN846", list_incomplete(1, 2)),
    ]
}
