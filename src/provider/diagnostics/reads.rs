//! Texts about reading numbers: what a read found, and what it proves.

use super::{Code, general, next_step, report, sentence, shown};
use crate::joonto::{
    AccountFingerprint, E164, Error, Inventory, Lookup, OrderId, TooManyMissing, Unlisted,
};
use crate::terraform::Diagnostic;

/// What the user sets to accept that missing numbers are gone.
const ACCEPT: &str = "JOONTO_ACCEPT_MISSING=1";

/// The number's own record says that it has ended.
pub(in crate::provider) fn ended(name: &str, status: &str) -> Diagnostic {
    report(
        Code::NumberEnded,
        name,
        format!("The API returns the status {status:?} for {name}."),
        format!(
            "The next apply buys another number in its place. If it was cancelled by mistake, \
             reactivate it within 30 days of the cancellation, then import it before you \
             apply:\n  terraform import ADDRESS {name}\nwith the address of this resource."
        ),
    )
}

/// Details and the inventory prove that the account no longer has the number.
pub(in crate::provider) fn gone(name: &str) -> Diagnostic {
    report(
        Code::NumberGone,
        name,
        format!(
            "A look-up of {name} finds nothing, and the account's whole inventory does not list it."
        ),
        "The next apply buys another number in its place. If it was cancelled by mistake, \
         reactivate it within 30 days of the cancellation and import it before you apply.",
    )
}

/// A number that was bought a moment ago.
pub(in crate::provider) fn young(name: &str) -> Diagnostic {
    report(
        Code::NumberYoung,
        name,
        format!(
            "The API does not show {name}. It was bought less than 15 minutes ago, and reads can \
             lag behind a purchase."
        ),
        "The state keeps it. Plan again in some minutes.",
    )
}

/// One read shows the number, the other does not.
pub(in crate::provider) fn disagree(name: &str, is_shown_by_details: bool) -> Diagnostic {
    let (shows, other) = match is_shown_by_details {
        true => ("A look-up shows", "the inventory does not show it as live"),
        false => ("The inventory lists", "a look-up does not show it as live"),
    };
    report(
        Code::ReadsDisagree,
        name,
        format!("{shows} {name}, and {other}."),
        "The state keeps it, and nothing needs to be done. If this persists, contact Joonto support \
         with the number.",
    )
}

/// A miss that the inventory does not confirm.
pub(in crate::provider) fn unconfirmed(name: &str, why: &Unlisted) -> Diagnostic {
    report(
        Code::NumberUnconfirmed,
        name,
        format!(
            "A look-up of {name} finds nothing, and the inventory does not confirm that it is gone: {}.",
            inventory(why)
        ),
        format!(
            "The state keeps it. Check the provider's credentials and the account. {}",
            accept("the number")
        ),
    )
}

/// A miss that nothing confirms or excuses.
pub(in crate::provider) fn unproved(name: &str, why: &Unlisted) -> Diagnostic {
    report(
        Code::NumberUnproved,
        name,
        format!(
            "A look-up of {name} finds nothing, and only a whole inventory of its account can prove \
             that it is gone: {}.",
            inventory(why)
        ),
        format!(
            "The state keeps it. Plan again once the inventory can be read. {}",
            accept("the number")
        ),
    )
}

/// More missing numbers than can be drift. The first such error of a run names them all.
pub(in crate::provider) fn too_many(name: &str, misses: &TooManyMissing) -> Diagnostic {
    let (missing, read) = (misses.missing.len(), misses.read);
    let count = format!("{missing} of the {read} numbers that this run has read are missing");
    let (happened, next) = match misses.is_first {
        true => (
            format!("{count}: {}.", list(&misses.missing)),
            format!(
                "The state keeps them all. Up to five missing numbers are drift; more look like \
                 the credentials of another account, or like an outage. Check the provider's \
                 credentials and the account, then plan again. {}",
                accept("the numbers")
            ),
        ),
        false => (
            format!("{name} is not visible either. {count}."),
            "The state keeps them all. Another error of this run lists those that were known \
             then, and says what to do: check the credentials, then plan again."
                .to_owned(),
        ),
    };
    report(Code::TooManyMissing, name, happened, next)
}

/// A number that was bought, or last seen, with other credentials.
pub(in crate::provider) fn another_account(
    name: &str,
    theirs: &str,
    ours: &AccountFingerprint,
) -> Diagnostic {
    report(
        Code::NumberOfAnotherAccount,
        name,
        format!(
            "{name} was bought with the account {theirs} (account_fingerprint), and the provider's \
             credentials are those of the account {ours}. This account cannot tell whether the \
             number still exists."
        ),
        "The state keeps it. Configure the credentials and base_url it was bought with, then plan \
         again. If the number is no longer yours, run `terraform state rm ADDRESS` with the \
         address of this resource.",
    )
}

/// A number that is not visible, and nobody knows whose it is.
pub(in crate::provider) fn account_unknown(name: &str) -> Diagnostic {
    report(
        Code::AccountUnknown,
        name,
        format!(
            "The API does not find {name} with the provider's credentials, and the state does not \
             say which account bought it. Either another account has the number, or it is lost."
        ),
        "The state keeps it. Configure the credentials of the account that bought it, then plan \
         again. If that account does not list it either, it is lost: run `terraform state rm \
         ADDRESS` with the address of this resource. The apply after that buys another number, \
         unless you remove the resource.",
    )
}

/// A SIM that has another number now.
pub(in crate::provider) fn moved_sim(was: &str, now: &E164) -> Diagnostic {
    report(
        Code::SimMoved,
        was,
        format!(
            "The API no longer knows {was}, and its SIM has the number {now}. The number was \
             swapped elsewhere."
        ),
        format!(
            "To go on with the new number, run these with the address of this resource:\n  \
             terraform state rm ADDRESS\n  terraform import ADDRESS {now}"
        ),
    )
}

/// A number that could not be read.
pub(in crate::provider) fn unreadable(what: &str, error: &Error) -> Diagnostic {
    report(
        Code::NumberUnreadable,
        what,
        format!("{}.", sentence(error)),
        format!("The state is kept. {}", next_step(error, "plan again")),
    )
}

/// The digits lead to a number that was bought by another purchase.
pub(in crate::provider) fn somebody_elses(name: &str) -> Diagnostic {
    report(
        Code::NumberOfSomebodyElse,
        name,
        format!(
            "The id and the purchase date of {name} are no longer those that this resource was \
             first read with. The number was released, and somebody bought it again."
        ),
        "Run `terraform state rm ADDRESS` with the address of this resource. The apply after that \
         buys another number, unless you remove the resource. If your own team bought it again, \
         import it instead.",
    )
}

/// An order that a read does not find.
pub(in crate::provider) fn order_not_visible(order: &OrderId) -> Diagnostic {
    report(
        Code::OrderNotVisible,
        &format!("order {order}"),
        format!("The API does not show order {order} at the moment."),
        "The state keeps it. Run `terraform plan` later: it asks again.",
    )
}

/// A pending order in state has failed since.
pub(in crate::provider) fn order_failed_later(
    order: &OrderId,
    message: Option<&str>,
) -> Diagnostic {
    report(
        Code::OrderFailedLater,
        &format!("order {order}"),
        format!(
            "Order {order} was pending, and has failed: {}.",
            message_of(message)
        ),
        "The next apply places another order. Change what the message names before that.",
    )
}

/// An object with neither number nor order, where one of them is needed.
pub(in crate::provider) fn nothing_to_ask_by() -> Diagnostic {
    general(Code::NothingToAskBy, NEITHER, REMOVE_AND_IMPORT)
}

/// An object with neither number nor order, which a read leaves as it is.
pub(in crate::provider) fn nothing_to_read_by() -> Diagnostic {
    general(Code::NothingToReadBy, NEITHER, REMOVE_AND_IMPORT)
}

const NEITHER: &str = "The state holds a joonto_number with neither a phone number nor an order. \
                       So the provider cannot ask the API about it.";

const REMOVE_AND_IMPORT: &str = "Look in the account for a number that no state holds: an \
                                 earlier run may have bought it. Run `terraform state rm ADDRESS`, \
                                 then import that number. Without an import, the next apply buys \
                                 one.";

/// A text that names no number to import.
pub(in crate::provider) fn import_id_invalid(id: &str) -> Diagnostic {
    general(
        Code::ImportIdInvalid,
        format!("{} names no number.", shown(id)),
        "Import a joonto_number by its E.164 number with the country code, such as \
         \"+18016025346\", or by its SIM, such as \"iccid:8901240397190195850\".",
    )
}

/// An import without what only the inventory returns.
pub(in crate::provider) fn import_incomplete(what: &str, error: &Error) -> Diagnostic {
    report(
        Code::ImportIncomplete,
        what,
        format!(
            "The inventory cannot be read: {error}. It alone returns the product_type of {what}, \
             and its subscriber and voice route by the ids that configurations use."
        ),
        "What is missing is unset in the state. If the configuration sets it, the next apply sends \
         it, which changes nothing.",
    )
}

/// An import of a number that has ended.
pub(in crate::provider) fn import_of_ended(what: &str, status: &str) -> Diagnostic {
    report(
        Code::ImportEnded,
        what,
        format!("{what} has ended: its status is {status:?}."),
        "A cancelled number can be reactivated for 30 days. Reactivate it first, then import it.",
    )
}

/// An import of something that the account does not have. `inventory` is what it has, if that
/// could be read.
pub(in crate::provider) fn import_of_unknown(
    lookup: &Lookup,
    inventory: Option<&Inventory>,
) -> Diagnostic {
    let known = inventory.map(|inventory| inventory.numbers.len());
    let (likely, next) = match (lookup, known) {
        (_, Some(0)) => (
            " The account has no numbers at all, so the credentials are probably another \
             account's."
                .to_owned(),
            "Check the provider's credentials, then import again.",
        ),
        (Lookup::Number(_), Some(count)) => (
            format!(
                " The credentials are good: the account shows {count} other number{}.",
                if count == 1 { "" } else { "s" }
            ),
            "Check whether the number is mistyped, was cancelled more than 30 days ago, or \
             belongs to another account.",
        ),
        (Lookup::Sim(_), Some(_)) => (
            " The credentials are good: the account has numbers.".to_owned(),
            "Check whether the ICCID is mistyped, the SIM carries no number, or it belongs to \
             another account. You can import by the number instead.",
        ),
        (_, None) => (
            String::new(),
            "Check whether it is mistyped, or belongs to another account than the provider's \
             credentials.",
        ),
    };
    report(
        Code::ImportUnknown,
        &lookup.to_string(),
        format!("The API does not know {lookup} in this account.{likely}"),
        next,
    )
}

/// The API's own words, without a full stop of their own.
pub(super) fn message_of(message: Option<&str>) -> &str {
    message
        .map(|text| text.trim().trim_end_matches('.'))
        .filter(|text| !text.is_empty())
        .unwrap_or("no reason was given")
}

fn inventory(why: &Unlisted) -> String {
    match why {
        Unlisted::NoneLive => "it shows no live number at all".to_owned(),
        Unlisted::OtherAccount(Some(account)) => format!("it is the inventory of {account}"),
        Unlisted::OtherAccount(None) => "it names no account".to_owned(),
        Unlisted::NotWhole => "its pages are incomplete or do not agree".to_owned(),
        Unlisted::Unreadable(error) => format!("it cannot be read ({error})"),
    }
}

fn accept(what: &str) -> String {
    let is_are = match what {
        "the number" => "is",
        _ => "are",
    };
    format!("If {what} really {is_are} gone, set {ACCEPT} in the environment and plan again.")
}

fn list(numbers: &[E164]) -> String {
    let numbers: Vec<&str> = numbers.iter().map(E164::as_str).collect();
    numbers.join(", ")
}
