//! What buying a number can say.

use super::message::messages;
use super::{capitalised, next_step, sentence, stops};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, Iccid, OrderId};
use crate::provider::purchase::{
    Bought, Choices, NotBought, Notice, Obstacle, OpenPurchase, PlaceError, VARIABLE, describe,
};
use crate::terraform::Diagnostic;

messages! {
    "JN101" Error NOTHING_BOUGHT "No number was bought"
        cause "The API refused the purchase or the credentials."
        cure "Change what the message names, then apply again."
    fn refused(error: &Error)
        happened("{}.", sentence(error))
        next("{}", next_step(error, "apply again"))

    "JN102" Error NOTHING_SENT "The purchase was cancelled"
        cause "Terraform was stopped, or a deadline passed, before the purchase was sent."
        cure "Apply again."
    fn cancelled(why: Interrupted)
        happened("The purchase was cancelled before it was sent: {why}.")
        next("Apply again to buy the number.")

    "JN103" Error NOTHING_SENT "The purchase cannot be recorded"
        cause "The provider cannot write to the place of its records, and buys nothing without a record."
        cure "Make the place writable, or set `purchase_journal` to another place."
    fn not_recorded(error: &PlaceError)
        happened("The provider records each purchase before it sends it, and {} cannot be written: \
                  {}.",
            error.place, error.cause)
        next("Make that place writable, or set purchase_journal to another place. Then apply \
              again.")

    "JN104" Error NOTHING_BOUGHT "Order {order} failed"
        cause "The API took the order and then reported that it failed."
        cure "Apply again later, ask for another number, or contact Joonto support with the order id."
    fn order_failed(order: &OrderId, message: Option<&str>)
        happened("The API reports that the order failed: {}.",
            message.unwrap_or("the API gives no reason").trim_end_matches('.'))
        next("If the reason can pass, apply again later. Otherwise ask for another number, or \
              contact Joonto support with the order id.")

    "JN105" Error NOTHING_SENT "No further purchase is sent"
        cause "The outcome of another purchase of this apply is unknown, which stops all further ones."
        cure "Resolve the purchase of the JN110 error, then apply again."
    fn run_stopped()
        happened("The outcome of another purchase in this apply is unknown, so the provider sends \
                  no further purchase.")
        next("Resolve that purchase as error JN110 of this apply says, then apply again.")

    "JN107" Error NOTHING_SENT "A purchase record cannot be read"
        cause "A record of this state is damaged, or a newer version of the provider wrote it."
        cure "Apply with the newer version, or with the line of the message that fits."
    fn record_unreadable(name: &str, why: &str, choices: &Choices, places: &[String])
        happened("{}\n{}\nThe record {name} of an open purchase of this state cannot be used: \
                  {why}. Its place is {}.",
            stops::PASTE, stops::lines(choices), places.join(" or "))
        next("If a newer version of the provider wrote it, apply with that version. Otherwise look \
              for a number in the account that no state holds, and apply with the line that fits.")

    "JN108" Error NOTHING_SENT "JOONTO_PURCHASE_RESOLVED is malformed"
        cause "A part of the variable has neither the form `<run>=+1...`, `<run>=nothing` nor `<port-in>=JNUOID-...`."
        cure "Correct or unset the variable, then apply again."
    fn line_malformed(part: &str)
        happened("The part {part:?} of {VARIABLE} cannot be read. A line has the form \
                  `<run>=+18015550100,+13855550101`, `<run>=nothing` or, for a port-in, \
                  `<name>=JNUOID-0c5b7d52`; semicolons separate several.")
        next("Correct the variable, or unset it, then apply again.")

    "JN109" Error NOTHING_SENT "{number} cannot be stored"
        cause "`JOONTO_PURCHASE_RESOLVED` names a number that this resource cannot have."
        cure "Correct the line, then apply again."
    fn line_refused(number: &E164, why: &str, import: &str, choices: &Choices)
        happened("{VARIABLE} names {number}, which cannot be stored here: {why}.")
        next("Correct the line, then apply again.\n{import}{}", stops::lines(choices))

    "JN112" Error NOTHING_SENT "The records of purchases cannot be read"
        cause "The provider cannot read the place of its records."
        cure "Check that the place exists and that this user can read it, then apply again."
    fn records_unreadable(error: &PlaceError)
        happened("The provider cannot read its records of purchases in {}: {}. An earlier purchase \
                  may have an unknown outcome, so the provider sends none now.",
            error.place, error.cause)
        next("Check that the place exists and that this user can read it, then apply again. Keep \
              what is there: a record may be the only trace of a number.")

    "JN120" Warning BOUGHT "Adopted {number} after a lost response"
        cause "The response to the purchase was lost, and the SIM proves what it bought."
        cure "Nothing needs to be done."
    fn adopted(number: &E164)
        happened("The response to the purchase was lost. The SIM was free before and carries \
                  {number} now, so the purchase bought it.")
        next("Nothing needs to be done.")

    "JN121" Warning BOUGHT "Recovered {what} from an earlier run"
        cause "An earlier run bought the number or placed the order, and the state did not hold it."
        cure "Nothing needs to be done."
    fn recovered(what: &str)
        happened("An earlier run bought {what}, and the state does not hold it.")
        next("Nothing needs to be done. The next plan closes the record of the purchase.")

    "JN122" Warning ORDERED "{order} is still pending"
        cause "The order was not complete when `timeouts.create` was over."
        cure "Run `terraform plan` later, which reads the order again."
    fn pending(order: &str, why: &Interrupted)
        happened("{} is not complete yet ({why}).", capitalised(order))
        next("Run `terraform plan` later: it reads the order again and completes the number. Until \
              then, the attributes that are unknown are null.")

    "JN123" Warning BOUGHT "{name} was bought and not read"
        cause "The number was bought, and a read of its details failed."
        cure "Run `terraform plan`, which reads the number again."
    fn unread(name: &str, why: &str)
        happened("Reading {name} after its purchase failed: {why}.")
        next("Run `terraform plan`: it reads the number again.")

    "JN124" Warning BOUGHT "The API returned a message about {name}"
        cause "The purchase succeeded, and its response carries a message."
        cure "Check the number if the message asks for it."
    fn remark(name: &str, message: &str)
        happened("The API accepted the purchase and returned this message: {message}.")
        next("Check the number if the message asks for it.")

    "JN125" Warning ORDERED "{order} names no number yet"
        cause "The API reports the order as complete without naming its number."
        cure "Run `terraform plan` later; if the number stays missing, contact Joonto support."
    fn unnamed(order: &str)
        happened("The API reports {order} as complete and names no number.")
        next("Run `terraform plan` later: it reads the order again. If the number stays missing, \
              contact Joonto support with the order id.")

    "JN126" Warning ORDERED "{order} names a number in use"
        cause "The API says that the order bought a number which another resource or purchase has."
        cure "Contact Joonto support with the order id."
    /// An order names a number that somebody has.
    fn order_names_another(order: &str, number: &E164)
        happened("The API says that {order} bought {number}, but another resource or another open \
                  purchase has that number.")
        next("Contact Joonto support with the order id.")

    "JN127" Warning BOUGHT "{name} exists although its order failed"
        cause "The API reported the order as failed, and the account has its number."
        cure "Check in the account that the number works."
    fn reported_failed(name: &str, order: &str, reason: &str)
        happened("The API reported {order} as failed{reason}, but the account has the number.")
        next("Check in the account that the number works. If it does not, contact Joonto support \
              with the order id.")

    "JN128" Warning BOUGHT "The record of {name} was not updated"
        cause "The number was bought, and its record could not be written afterwards."
        cure "Run `terraform plan` without `-target` before the next apply."
    fn record_not_updated(name: &str, order: &str, why: &str)
        happened("The provider could not update its own record of the purchase of {name} \
                  ({order}): {why}.")
        next("Run a full `terraform plan`, without `-target`, before the next apply: it finds the \
              number in the state and closes the record.")

    "JN129" Warning BOUGHT "The provider crashed after buying {name}"
        cause "A defect of the provider ended the work after the purchase."
        cure "Run `terraform plan`, and report the defect with the log of `TF_LOG_PROVIDER=debug`."
    fn panicked(name: &str)
        happened("A defect in the provider ended the work after the purchase.")
        next("Run `terraform plan`: it reads the number again. Please report the defect with the \
              log of `TF_LOG_PROVIDER=debug`.")

    "JN130" Warning CLOSED "{what} of an earlier run has ended"
        cause "An equal purchase of an earlier run bought a number that has been cancelled since."
        cure "Nothing needs to be done."
    /// A create met what an earlier run bought, and it has ended.
    fn earlier_ended(what: &str)
        happened("An earlier run bought {what} for an equal resource, and it has ended since.")
        next("Nothing needs to be done.")

    "JN132" Warning NOTHING_CHANGED "The plan's numbers cannot be noted"
        cause "The provider cannot write to Terraform's data directory."
        cure "Make the data directory writable."
    /// The numbers of a plan cannot be handed to the processes that apply it.
    fn plan_not_shared(why: &str)
        happened("The numbers in state cannot be noted for the apply: {why}.")
        next("Make Terraform's data directory writable. Otherwise the apply compares new numbers \
              only with the records of purchases.")

    "JN140" Error NOTHING_SENT "The SIM already carries a number"
        cause "The configured `iccid` carries a number that has not been cancelled."
        cure "Remove the SIM from its other resource first, or import the number."
    fn sim_taken(iccid: &Iccid, number: &E164, status: &str)
        happened("SIM {iccid} carries {number} (status {status}), and a SIM carries one number.")
        next("Another resource may hold it; this command prints its address:\n  terraform state \
              list -id={number}\nMoving a SIM from one resource to another takes a second apply. \
              If no state holds the number, import it:\n  terraform import ADDRESS {number}\nwith \
              the address of this resource.")
    fn sim_taken_by_unreadable(iccid: &Iccid, status: &str)
        happened("SIM {iccid} carries a number that cannot be read (status {status}), and a SIM \
                  carries one number.")
        next("Look the SIM up in the account.")

    "JN141" Error NOTHING_SENT "The SIM cannot be read"
        cause "The API did not say what the SIM carries, and the provider asks before it buys."
        cure "Apply again in some minutes; if it persists, contact Joonto support."
    fn sim_unreadable(iccid: &Iccid, error: &Error)
        happened("Before the provider buys a number for a SIM, it asks what the SIM carries. SIM \
                  {iccid} could not be read: {error}.")
        next("Apply again in some minutes. If it persists, contact Joonto support.")

    "JN142" Error NOTHING_SENT "A purchase for the SIM is open"
        cause "This apply or an earlier run has bought, or may have bought, a number for the SIM."
        cure "Apply the state that made the purchase, or give one of two resources another SIM."
    fn sim_reserved(iccid: &Iccid, rival: &OpenPurchase, choices: &Choices)
        happened("A purchase for SIM {iccid} is open: {} (record {}). A SIM carries one number.",
            describe(rival), rival.path())
        next("Apply the state that made it: the resource that asks for the same number handles it. \
              Only if no state wants its number, apply that state with the line that fits.\n{}",
            stops::lines(choices))
    fn sim_bought_for(iccid: &Iccid, number: &str)
        happened("This apply has bought {number} for SIM {iccid} already. A SIM carries one \
                  number.")
        next("If two resources name this SIM, give one of them another.")

    "JN143" Error NOTHING_CHANGED "The SIM would keep {name}"
        cause "The plan replaces a number on its SIM, and `deletion_policy` leaves the old one there."
        cure "Set `deletion_policy` to `cancel` and apply that first, or choose another `iccid`."
    /// A replacement on a SIM that the old number would stay on.
    fn sim_stays_taken(name: &str, policy: &str) at "iccid";
        happened("This plan replaces {name} with a number for the same SIM, and deletion_policy \
                  {policy:?} leaves {name} on it. A SIM carries one number.")
        next("Set deletion_policy to \"cancel\" and apply that first, or give the new number \
              another iccid.")

    "JN150" Error NOTHING_SENT "purchase_journal is not set in CI"
        cause "A CI machine forgets the records of purchases when its job ends."
        cure "Set `purchase_journal` to a bucket or a directory that outlives the job, or to `local`."
    /// The records would be lost with the machine.
    fn needs_place(variable: &str, attribute: &str) at attribute;
        happened("Set one of these, in the provider block or in the environment:\n  \
                  JOONTO_PURCHASE_JOURNAL=\"s3://bucket/prefix\" with \
                  JOONTO_STATE_NAME=\"a-name-for-this-state\"\n  \
                  JOONTO_PURCHASE_JOURNAL=\"/a/directory/that/outlives/the/job\" with \
                  JOONTO_STATE_NAME=\"a-name-for-this-state\"\n  \
                  JOONTO_PURCHASE_JOURNAL=\"local\"\n\nThe variable {variable} says that this is a \
                  CI machine, and purchase_journal is not set. The records of purchases and \
                  port-ins would be lost with the machine: if the job is killed, the next one \
                  sends them again.")
        next("A bucket or a shared directory keeps the records. \"local\" accepts that a killed \
              job forgets them.{}", match attribute {
            "number_type" => " Numbers for a SIM (iccid) need neither.",
            _ => "",
        })

    "JN151" Error NOTHING_SENT "The plan exceeds purchase_limit"
        cause "The plan buys more numbers than `purchase_limit` allows."
        cure "Check what the plan adds, and raise `purchase_limit` if it is right."
    /// A plan buys more than the user allows.
    fn over_limit(limit: u32)
        happened("This plan buys more numbers than purchase_limit allows: {limit}.")
        next("Check what the plan adds. If it is right, raise purchase_limit in the provider block \
              (or JOONTO_PURCHASE_LIMIT). 0 means no limit.")

    "JN152" Error NOTHING_SENT "The token cannot buy numbers"
        cause "The ready token names no account, or does not open the inventory."
        cure "Set `account_key` and `account_secret` in place of `token`."
    fn token_cannot_buy(why: &str)
        happened("If the response to this purchase is lost, the provider has to look up what it \
                  bought. It cannot: {why}.")
        next("Set account_key and account_secret (or JOONTO_ACCOUNT_KEY and JOONTO_ACCOUNT_SECRET) \
              instead of token, then apply again.")

    "JN301" Error NOTHING_CHANGED "{name} was not bought by this resource"
        cause "The API dates the number before its order."
        cure "Contact Joonto support with the order id."
    /// A number that the first read after its purchase shows to be older than the purchase.
    fn older_than_purchase(name: &str, bought: &str)
        happened("The API says that {name} was bought on {bought}, before this resource ordered a \
                  number. It belongs to another purchase, perhaps somebody else's.")
        next("Contact Joonto support with the order id. To stop managing the number here, run \
              `terraform state rm ADDRESS` with the address of this resource.")

    "JN302" Warning NOTHING_CHANGED "Two resources hold {number}"
        cause "Two resources of this state have the same number."
        cure "Remove one of them with `terraform state rm`."
    /// Two resources hold one number.
    fn held_twice(number: &str)
        happened("Two resources of this state hold {number}.")
        next("{}.", remove_one(number))

    "JN303" Error NOTHING_CHANGED "Two resources hold {number}"
        cause "The plan cancels, parks or replaces a number that a second resource has as well."
        cure "Remove one of them with `terraform state rm`, then apply again."
    /// The number may not be cancelled, parked or replaced while two resources hold it.
    fn held_twice_refused(number: &str)
        happened("Two resources of this state hold {number}, so cancelling, parking or replacing \
                  it for one of them would take it from the other.")
        next("{}, then apply again.", remove_one(number))
}

/// No number was bought, as far as is known.
pub(in crate::provider) fn not_bought(problem: NotBought, places: &[String]) -> Diagnostic {
    match problem {
        NotBought::Refused(error) => refused(&error),
        NotBought::Cancelled(why) => cancelled(why),
        NotBought::OrderFailed(order, message) => order_failed(&order, message.as_deref()),
        NotBought::NotRecorded(error) => not_recorded(&error),
        NotBought::RecordsUnreadable(error) => records_unreadable(&error),
        NotBought::RunStopped => run_stopped(),
        NotBought::HeldBack(stop) => stops::held_back(&stop),
        NotBought::RecordUnreadable { name, why, choices } => {
            record_unreadable(&name, &why, &choices, places)
        }
        NotBought::LineMalformed(part) => line_malformed(&part),
        NotBought::LineRefused {
            choices,
            number,
            obstacle,
        } => {
            let (why, may_import) = match obstacle {
                Obstacle::InState => ("a resource of this state has it", false),
                Obstacle::Taken => ("another resource or another open purchase has it", false),
                Obstacle::Ended => ("it has ended", false),
                Obstacle::NotShown => ("the API does not show it in this account", true),
                Obstacle::Unread => ("it could not be read", true),
                Obstacle::Unlike => ("it is not what the purchase asked for", true),
                Obstacle::Surplus => ("it fits no purchase of its run", true),
            };
            let import = match may_import {
                true => format!(
                    "If it belongs to this resource, and no other state holds it, import it \
                     instead:\n  terraform import ADDRESS {number}\nThen leave it out of the \
                     line.\n"
                ),
                false => String::new(),
            };
            line_refused(&number, why, &import, &choices)
        }
        NotBought::Unconfirmed(stop) => stops::unconfirmed(&stop),
        NotBought::Open(stop) => stops::open(&stop),
        NotBought::SimTaken {
            iccid,
            number,
            status,
        } => {
            let status = status.as_deref().unwrap_or("unknown");
            match number {
                Some(number) => sim_taken(&iccid, &number, status),
                None => sim_taken_by_unreadable(&iccid, status),
            }
        }
        NotBought::SimUnreadable(iccid, error) => sim_unreadable(&iccid, &error),
        NotBought::SimReserved {
            iccid,
            rival,
            choices,
        } => sim_reserved(&iccid, &rival, &choices),
        NotBought::SimBoughtFor(iccid, number) => {
            sim_bought_for(&iccid, number.as_ref().map_or("a number", E164::as_str))
        }
        NotBought::NeedsPlace(variable) => needs_place(variable, "number_type"),
        NotBought::TokenCannotBuy(Some(error)) => {
            token_cannot_buy(&format!("the token does not open the inventory: {error}"))
        }
        NotBought::TokenCannotBuy(None) => token_cannot_buy("the token does not name its account"),
    }
}

/// What the user should know of a purchase that succeeded.
pub(in crate::provider) fn notices(bought: &Bought, name: &str) -> Vec<Diagnostic> {
    let order = match &bought.receipt.order_id {
        Some(id) => format!("order {id}"),
        None => "the order".to_owned(),
    };
    let notices = bought.notices.iter().map(|notice| match notice {
        Notice::Adopted(number) => adopted(number),
        Notice::Recovered(what) => recovered(what),
        Notice::Pending(why) => pending(&order, why),
        Notice::Unread(why) => unread(name, why),
        Notice::Remark(message) => remark(name, message),
        Notice::Unnamed => unnamed(&order),
        Notice::NamesAnother(number) => order_names_another(&order, number),
        Notice::ReportedFailed(message) => {
            let reason = message.as_ref().map(|message| format!(" ({message})"));
            reported_failed(name, &order, &reason.unwrap_or_default())
        }
        Notice::NotReturned(why) => record_not_updated(name, &order, why),
        Notice::Panicked => panicked(name),
    });
    notices.collect()
}

/// How one of two resources leaves the state.
fn remove_one(number: &str) -> String {
    format!(
        "This command prints their addresses:\n  terraform state list -id={number}\nRemove one of \
         them from the state with `terraform state rm ADDRESS`"
    )
}
