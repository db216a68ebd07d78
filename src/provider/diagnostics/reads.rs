//! Texts about reading numbers: what a read found, and what it proves.

use super::message::messages;
use super::{next_step, sentence, shown};
use crate::joonto::{
    AccountFingerprint, E164, Error, Inventory, Lookup, OrderId, TooManyMissing, Unlisted,
};
use crate::terraform::Diagnostic;

messages! {
    "JN310" Warning REMOVED "{name} has ended"
        cause "The API returns a status that says that the number was cancelled."
        cure "Reactivate and import the number within 30 days, or let the next apply buy another."
    /// The number's own record says that it has ended.
    fn ended(name: &str, status: &str)
        happened("The API returns the status {status:?} for {name}.")
        next("The next apply buys another number in its place. If it was cancelled by mistake, \
              reactivate it within 30 days of the cancellation, then import it before you \
              apply:\n  terraform import ADDRESS {name}\nwith the address of this resource.")

    "JN311" Warning REMOVED "{name} no longer exists in the account"
        cause "A look-up of the number finds nothing, and a whole inventory of the account does not list it."
        cure "Reactivate and import the number within 30 days, or let the next apply buy another."
    /// Details and the inventory prove that the account no longer has the number.
    fn gone(name: &str)
        happened("A look-up of {name} finds nothing, and the account's whole inventory does not \
                  list it.")
        next("The next apply buys another number in its place. If it was cancelled by mistake, \
              reactivate it within 30 days of the cancellation and import it before you apply.")

    "JN312" Warning NOTHING_CHANGED "{name} is not visible yet"
        cause "The number was bought less than 15 minutes ago, and the API does not show it."
        cure "Plan again in some minutes."
    /// A number that was bought a moment ago.
    fn young(name: &str)
        happened("The API does not show {name}. It was bought less than 15 minutes ago, and reads \
                  can lag behind a purchase.")
        next("The state keeps it. Plan again in some minutes.")

    "JN313" Warning NOTHING_CHANGED "Reads of {name} disagree"
        cause "Only one of look-up and inventory shows the number."
        cure "Do nothing; if it persists, contact Joonto support with the number."
    /// One read shows the number, the other does not.
    fn disagree(name: &str, is_shown_by_details: bool)
        happened("{}.", match is_shown_by_details {
            true => format!("A look-up shows {name}, and the inventory does not show it as live"),
            false => format!("The inventory lists {name}, and a look-up does not show it as live"),
        })
        next("The state keeps it, and nothing needs to be done. If this persists, contact Joonto \
              support with the number.")

    "JN314" Warning NOTHING_CHANGED "{name} is not visible"
        cause "A look-up finds nothing, and the inventory does not confirm that the number is gone."
        cure "Check the credentials and the account, then plan again."
    /// A miss that the inventory does not confirm.
    fn unconfirmed(name: &str, why: &Unlisted)
        happened("A look-up of {name} finds nothing, and the inventory does not confirm that it is \
                  gone: {}.", inventory(why))
        next("The state keeps it. Check the provider's credentials and the account. If the \
              number really is gone, {ACCEPT}")

    "JN315" Error NOTHING_CHANGED "{name} is missing"
        cause "A look-up finds nothing, and no whole inventory can be read."
        cure "Plan again once the inventory can be read."
    /// A miss that nothing confirms or excuses.
    fn unproved(name: &str, why: &Unlisted)
        happened("A look-up of {name} finds nothing, and only a whole inventory of its account can \
                  prove that it is gone: {}.", inventory(why))
        next("The state keeps it. Plan again once the inventory can be read. If the number really \
              is gone, {ACCEPT}")

    "JN316" Error NOTHING_CHANGED "Too many numbers are missing"
        cause "More than five numbers are missing in one run, which looks like another account."
        cure "Check the credentials and the account, then plan again."
    fn first_of_too_many(count: &str, missing: &str)
        happened("{count}: {missing}.")
        next("The state keeps them all. Up to five missing numbers are drift; more look like the \
              credentials of another account, or like an outage. Check the provider's credentials \
              and the account, then plan again. If the numbers really are gone, {ACCEPT}")
    fn another_of_too_many(count: &str, name: &str)
        happened("{name} is not visible either. {count}.")
        next("The state keeps them all. Another error of this run lists those that were known \
              then, and says what to do: check the credentials, then plan again.")

    "JN317" Error NOTHING_CHANGED "{name} belongs to another account"
        cause "The number was bought with other credentials than the provider has."
        cure "Configure the credentials and `base_url` it was bought with, then plan again."
    /// A number that was bought, or last seen, with other credentials.
    fn another_account(name: &str, theirs: &str, ours: &AccountFingerprint)
        happened("{name} was bought with the account {theirs} (account_fingerprint), and the \
                  provider's credentials are those of the account {ours}. This account cannot tell \
                  whether the number still exists.")
        next("The state keeps it. Configure the credentials and base_url it was bought with, then \
              plan again. If the number is no longer yours, run `terraform state rm ADDRESS` with \
              the address of this resource.")

    "JN318" Error NOTHING_CHANGED "{name} is not visible"
        cause "The API does not know the number, and the state does not record its account."
        cure "Configure the credentials it was bought with, then plan again."
    /// A number that is not visible, and nobody knows whose it is.
    fn account_unknown(name: &str)
        happened("The API does not find {name} with the provider's credentials, and the state does \
                  not say which account bought it. Either another account has the number, or it is \
                  lost.")
        next("The state keeps it. Configure the credentials of the account that bought it, then \
              plan again. If that account does not list it either, it is lost: run `terraform \
              state rm ADDRESS` with the address of this resource. The apply after that buys \
              another number, unless you remove the resource.")

    "JN319" Error NOTHING_CHANGED "The SIM of {was} has another number"
        cause "The SIM was given another number outside of Terraform."
        cure "Remove the resource with `terraform state rm`, then import the new number."
    /// A SIM that has another number now.
    fn moved_sim(was: &str, now: &E164)
        happened("The API no longer knows {was}, and its SIM has the number {now}. The number was \
                  swapped elsewhere.")
        next("To go on with the new number, run these with the address of this resource:\n  \
              terraform state rm ADDRESS\n  terraform import ADDRESS {now}")

    "JN320" Error NOTHING_CHANGED "Cannot read {what}"
        cause "The API could not be reached, or responded with an error."
        cure "Correct what the message names, then plan again."
    /// A number that could not be read.
    fn unreadable(what: &str, error: &Error)
        happened("{}.", sentence(error))
        next("The state is kept. {}", next_step(error, "plan again"))

    "JN321" Error NOTHING_CHANGED "{name} belongs to somebody else"
        cause "The number's id and purchase date are not those of the first read."
        cure "Remove the resource with `terraform state rm`."
    /// The digits lead to a number that was bought by another purchase.
    fn somebody_elses(name: &str)
        happened("The id and the purchase date of {name} are no longer those that this resource \
                  was first read with. The number was released, and somebody bought it again.")
        next("Run `terraform state rm ADDRESS` with the address of this resource. The apply after \
              that buys another number, unless you remove the resource. If your own team bought it \
              again, import it instead.")

    "JN322" Warning NOTHING_CHANGED "Order {order} is not visible"
        cause "The API does not show a pending order."
        cure "Plan again later."
    /// An order that a read does not find.
    fn order_not_visible(order: &OrderId)
        happened("The API does not show order {order} at the moment.")
        next("The state keeps it. Run `terraform plan` later: it asks again.")

    "JN323" Warning REMOVED "Order {order} failed"
        cause "An order that was pending has failed, and bought nothing."
        cure "Change what the message names before the next apply, which orders again."
    /// A pending order in state has failed since.
    fn order_failed_later(order: &OrderId, message: Option<&str>)
        happened("Order {order} was pending, and has failed: {}.", message_of(message))
        next("The next apply places another order. Change what the message names before that.")

    "JN324" Error NOTHING_CHANGED "A resource has no number and no order"
        cause "The state holds a `joonto_number` with neither a phone number nor an order."
        cure "Remove the resource with `terraform state rm`, then import the number."
    /// An object with neither number nor order, where one of them is needed.
    fn nothing_to_ask_by()
        happened("{NEITHER}")
        next("{REMOVE_AND_IMPORT}")

    "JN325" Warning NOTHING_CHANGED "A resource has no number and no order"
        cause "The state holds a `joonto_number` with neither a phone number nor an order."
        cure "Remove the resource with `terraform state rm`, then import the number."
    /// An object with neither number nor order, which a read leaves as it is.
    fn nothing_to_read_by()
        happened("{NEITHER}")
        next("{REMOVE_AND_IMPORT}")

    "JN330" Error ONLY_READ "Cannot import {what}"
        cause "The number has been cancelled."
        cure "Reactivate it within 30 days of the cancellation, then import it."
    /// An import of a number that has ended.
    fn import_of_ended(what: &str, status: &str)
        happened("{what} has ended: its status is {status:?}.")
        next("A cancelled number can be reactivated for 30 days. Reactivate it first, then import \
              it.")

    "JN331" Error ONLY_READ "Cannot import {lookup}"
        cause "The API does not know the number or the SIM in this account."
        cure "Check the spelling and the provider's credentials."
    fn not_importable(lookup: &Lookup, likely: &str, advice: &str)
        happened("The API does not know {lookup} in this account.{likely}")
        next("{advice}")

    "JN332" Error ONLY_READ "Not an import id of a number"
        cause "The text is neither an E.164 number nor `iccid:` and an ICCID."
        cure "Import by the number with its country code, or by its SIM."
    /// A text that names no number to import.
    fn import_id_invalid(id: &str)
        happened("{} names no number.", shown(id))
        next("Import a joonto_number by its E.164 number with the country code, such as \
              \"+18016025346\", or by its SIM, such as \"iccid:8901240397190195850\".")

    "JN333" Warning ONLY_READ "{what} is not imported completely"
        cause "The inventory, which alone returns some arguments, cannot be read."
        cure "Run `terraform plan` later, and check the arguments that the configuration sets."
    /// An import without what only the inventory returns.
    fn import_incomplete(what: &str, error: &Error)
        happened("The inventory cannot be read: {error}. It alone returns the product_type of \
                  {what}, and its subscriber and voice route by the ids that configurations use.")
        next("What is missing is unset in the state. If the configuration sets it, the next apply \
              sends it, which changes nothing.")
}

const ACCEPT: &str = "set JOONTO_ACCEPT_MISSING=1 in the environment and plan again.";

const NEITHER: &str = "The state holds a joonto_number with neither a phone number nor an order. \
                       So the provider cannot ask the API about it.";

const REMOVE_AND_IMPORT: &str = "Look in the account for a number that no state holds: an \
                                 earlier run may have bought it. Run `terraform state rm ADDRESS`, \
                                 then import that number. Without an import, the next apply buys \
                                 one.";

/// More missing numbers than can be drift. The first such error of a run names them all.
pub(in crate::provider) fn too_many(name: &str, misses: &TooManyMissing) -> Diagnostic {
    let (missing, read) = (misses.missing.len(), misses.read);
    let count = format!("{missing} of the {read} numbers that this run has read are missing");
    match misses.is_first {
        true => {
            let missing: Vec<&str> = misses.missing.iter().map(E164::as_str).collect();
            first_of_too_many(&count, &missing.join(", "))
        }
        false => another_of_too_many(&count, name),
    }
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
    not_importable(lookup, &likely, next)
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
