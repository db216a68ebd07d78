//! What buying a number can say.

use super::{Code, capitalised, general, next_step, report, sentence, stops};
use crate::joonto::E164;
use crate::provider::purchase::{
    Bought, NotBought, Notice, Obstacle, PlaceError, VARIABLE, describe,
};
use crate::terraform::Diagnostic;

/// No number was bought, as far as is known.
pub(in crate::provider) fn not_bought(problem: NotBought, places: &[String]) -> Diagnostic {
    match problem {
        NotBought::Refused(error) => general(
            Code::PurchaseRefused,
            format!("{}.", sentence(&error)),
            next_step(&error, "apply again"),
        ),
        NotBought::Cancelled(why) => general(
            Code::PurchaseCancelled,
            format!("The purchase was cancelled before it was sent: {why}."),
            "Apply again to buy the number.",
        ),
        NotBought::OrderFailed(order, message) => report(
            Code::OrderFailed,
            &format!("order {order}"),
            format!(
                "The API reports that the order failed: {}.",
                message
                    .as_deref()
                    .unwrap_or("the API gives no reason")
                    .trim_end_matches('.')
            ),
            "If the reason can pass, apply again later. Otherwise ask for another number, or contact \
             Joonto support with the order id.",
        ),
        NotBought::NotRecorded(error) => not_recorded(&error),
        NotBought::RecordsUnreadable(error) => general(
            Code::RecordsUnreadable,
            format!(
                "The provider cannot read its records of purchases in {}: {}. An earlier purchase may \
                 have an unknown outcome, so the provider sends none now.",
                error.place, error.cause
            ),
            "Check that the place exists and that this user can read it, then apply again. \
             Keep what is there: a record may be the only trace of a number.",
        ),
        NotBought::RunStopped => general(
            Code::RunStopped,
            "The outcome of another purchase in this apply is unknown, so the provider sends no \
             further purchase.",
            "Resolve that purchase as error JN110 of this apply says, then apply again.",
        ),
        NotBought::HeldBack(stop) => stops::held_back(&stop),
        NotBought::RecordUnreadable { name, why, choices } => general(
            Code::RecordUnreadable,
            format!(
                "{}\n{}\nThe record {name} of an open purchase of this \
                 state cannot be used: {why}. Its place is {}.",
                stops::PASTE,
                stops::lines(&choices),
                places.join(" or ")
            ),
            "If a newer version of the provider wrote it, apply with that version. Otherwise look \
             for a number in the account that no state holds, and apply with the line that fits.",
        ),
        NotBought::LineMalformed(part) => general(
            Code::LineMalformed,
            format!(
                "The part {part:?} of {VARIABLE} cannot be read. A line has the form \
                 `<run>=+18015550100,+13855550101`, `<run>=nothing` or, for a port-in, \
                 `<name>=JNUOID-0c5b7d52`; semicolons separate several."
            ),
            "Correct the variable, or unset it, then apply again.",
        ),
        NotBought::LineRefused {
            choices,
            number,
            obstacle,
        } => {
            let why = match obstacle {
                Obstacle::InState => "a resource of this state has it",
                Obstacle::Taken => "another resource or another open purchase has it",
                Obstacle::Ended => "it has ended",
                Obstacle::NotShown => "the API does not show it in this account",
                Obstacle::Unread => "it could not be read",
                Obstacle::Unlike => "it is not what the purchase asked for",
                Obstacle::Surplus => "it fits no purchase of its run",
            };
            let import = match obstacle {
                Obstacle::InState | Obstacle::Taken | Obstacle::Ended => String::new(),
                Obstacle::NotShown | Obstacle::Unread | Obstacle::Unlike | Obstacle::Surplus => {
                    format!(
                        "If it belongs to this resource, and no other state holds it, import it \
                         instead:\n  terraform import ADDRESS {number}\nThen leave it out of the \
                         line.\n"
                    )
                }
            };
            report(
                Code::LineRefused,
                number.as_str(),
                format!("{VARIABLE} names {number}, which cannot be stored here: {why}."),
                format!(
                    "Correct the line, then apply again.\n{import}{}",
                    stops::lines(&choices)
                ),
            )
        }
        NotBought::Unconfirmed(stop) => stops::unconfirmed(&stop),
        NotBought::Open(stop) => stops::open(&stop),
        NotBought::SimTaken {
            iccid,
            number,
            status,
        } => sim_taken(&iccid.to_string(), number.as_ref(), status.as_deref()),
        NotBought::SimUnreadable(iccid, error) => general(
            Code::SimUnreadable,
            format!(
                "Before the provider buys a number for a SIM, it asks what the SIM carries. SIM \
                 {iccid} could not be read: {error}."
            ),
            "Apply again in some minutes. If it persists, contact Joonto support.",
        ),
        NotBought::SimReserved {
            iccid,
            rival,
            choices,
        } => general(
            Code::SimReserved,
            format!(
                "A purchase for SIM {iccid} is open: {} (record {}). A SIM carries one number.",
                describe(&rival),
                rival.path()
            ),
            format!(
                "Apply the state that made it: the resource that asks for the same number handles \
                 it. Only if no state wants its number, apply that state with the line that \
                 fits.\n{}",
                stops::lines(&choices)
            ),
        ),
        NotBought::SimBoughtFor(iccid, number) => {
            let number = number.map_or("a number".to_owned(), |number| number.to_string());
            general(
                Code::SimReserved,
                format!(
                    "This apply has bought {number} for SIM {iccid} already. A SIM carries one \
                     number."
                ),
                "If two resources name this SIM, give one of them another.",
            )
        }
        NotBought::NeedsPlace(variable) => needs_place(variable, "number_type"),
        NotBought::TokenCannotBuy(error) => {
            let why = match error {
                Some(error) => format!("the token does not open the inventory: {error}"),
                None => "the token does not name its account".to_owned(),
            };
            general(
                Code::TokenCannotBuy,
                format!(
                    "If the response to this purchase is lost, the provider has to look up what it \
                     bought. It cannot: {why}."
                ),
                "Set account_key and account_secret (or JOONTO_ACCOUNT_KEY and \
                 JOONTO_ACCOUNT_SECRET) instead of token, then apply again.",
            )
        }
    }
}

/// What the user should know of a purchase that succeeded.
pub(in crate::provider) fn notices(bought: &Bought, name: &str) -> Vec<Diagnostic> {
    let notices = bought.notices.iter();
    notices
        .map(|notice| notice_of(bought, notice, name))
        .collect()
}

fn notice_of(bought: &Bought, notice: &Notice, name: &str) -> Diagnostic {
    let order = match &bought.receipt.order_id {
        Some(id) => format!("order {id}"),
        None => "the order".to_owned(),
    };
    match notice {
        Notice::Adopted(number) => report(
            Code::NumberAdopted,
            number.as_str(),
            format!(
                "The response to the purchase was lost. The SIM was free before and carries \
                 {number} now, so the purchase bought it."
            ),
            "Nothing needs to be done.",
        ),
        Notice::Recovered(what) => report(
            Code::NumberRecovered,
            what,
            format!("An earlier run bought {what}, and the state does not hold it."),
            "Nothing needs to be done. The next plan closes the record of the purchase.",
        ),
        Notice::Pending(why) => report(
            Code::OrderPending,
            &order,
            format!("{} is not complete yet ({why}).", capitalised(&order)),
            "Run `terraform plan` later: it reads the order again and completes the number. Until \
             then, the attributes that are unknown are null.",
        ),
        Notice::Unread(why) => report(
            Code::NumberUnread,
            name,
            format!("Reading {name} after its purchase failed: {why}."),
            "Run `terraform plan`: it reads the number again.",
        ),
        Notice::Remark(message) => report(
            Code::PurchaseRemark,
            name,
            format!("The API accepted the purchase and returned this message: {message}."),
            "Check the number if the message asks for it.",
        ),
        Notice::Unnamed => report(
            Code::OrderUnnamed,
            &order,
            format!("The API reports {order} as complete and names no number."),
            "Run `terraform plan` later: it reads the order again. If the number stays missing, \
             contact Joonto support with the order id.",
        ),
        Notice::NamesAnother(number) => names_another(&order, number),
        Notice::ReportedFailed(message) => report(
            Code::FailedOrderBought,
            name,
            format!(
                "The API reported {order} as failed{}, but the account has the number.",
                message
                    .as_deref()
                    .map(|m| format!(" ({m})"))
                    .unwrap_or_default()
            ),
            "Check in the account that the number works. If it does not, contact Joonto support with \
             the order id.",
        ),
        Notice::NotReturned(why) => report(
            Code::RecordNotUpdated,
            name,
            format!(
                "The provider could not update its own record of the purchase of {name} ({order}): \
                 {why}."
            ),
            "Run a full `terraform plan`, without `-target`, before the next apply: it finds the \
             number in the state and closes the record.",
        ),
        Notice::Panicked => report(
            Code::ProviderPanicked,
            name,
            "A defect in the provider ended the work after the purchase.",
            "Run `terraform plan`: it reads the number again. Please report the defect with the log \
             of `TF_LOG=debug`.",
        ),
    }
}

/// A create met what an earlier run bought, and it has ended.
pub(in crate::provider) fn earlier_ended(what: &str) -> Diagnostic {
    report(
        Code::EarlierPurchaseEnded,
        what,
        format!("An earlier run bought {what} for an equal resource, and it has ended since."),
        "Nothing needs to be done.",
    )
}

/// A pending order names a number that somebody has.
pub(in crate::provider) fn order_names_another(order: &str, number: &E164) -> Diagnostic {
    names_another(&format!("order {order}"), number)
}

fn names_another(order: &str, number: &E164) -> Diagnostic {
    report(
        Code::OrderNamesAnother,
        order,
        format!(
            "The API says that {order} bought {number}, but another resource or another open \
             purchase has that number."
        ),
        "Contact Joonto support with the order id.",
    )
}

/// The numbers of a plan cannot be handed to the processes that apply it.
pub(in crate::provider) fn plan_not_shared(why: &str) -> Diagnostic {
    general(
        Code::PlanNotShared,
        format!("The numbers in state cannot be noted for the apply: {why}."),
        "Make Terraform's data directory writable. Otherwise the apply compares new numbers only \
         with the records of purchases.",
    )
}

/// A replacement on a SIM that the old number would stay on.
pub(in crate::provider) fn sim_stays_taken(name: &str, policy: &str) -> Diagnostic {
    report(
        Code::SimStaysTaken,
        name,
        format!(
            "This plan replaces {name} with a number for the same SIM, and deletion_policy \
             {policy:?} leaves {name} on it. A SIM carries one number."
        ),
        "Set deletion_policy to \"cancel\" and apply that first, or give the new number another \
         iccid.",
    )
    .at_attribute("iccid")
}

/// What the choices mean.
const KEEPS: &str = "A bucket or a shared directory keeps the records. \"local\" accepts that a killed \
                     job forgets them.";

/// The records would be lost with the machine.
pub(in crate::provider) fn needs_place(variable: &str, attribute: &str) -> Diagnostic {
    general(
        Code::RecordsNeedPlace,
        format!(
            "Set one of these, in the provider block or in the environment:\n  \
             JOONTO_PURCHASE_JOURNAL=\"s3://bucket/prefix\" with \
             JOONTO_STATE_NAME=\"a-name-for-this-state\"\n  \
             JOONTO_PURCHASE_JOURNAL=\"/a/directory/that/outlives/the/job\" with \
             JOONTO_STATE_NAME=\"a-name-for-this-state\"\n  JOONTO_PURCHASE_JOURNAL=\"local\"\n\n\
             The variable {variable} says that this is a CI machine, and purchase_journal is not \
             set. The records of purchases and port-ins would be lost with the machine: if the job \
             is killed, the next one sends them again."
        ),
        match attribute {
            "number_type" => format!("{KEEPS} Numbers for a SIM (iccid) need neither."),
            _ => KEEPS.to_owned(),
        },
    )
    .at_attribute(attribute)
}

/// A plan buys more than the user allows.
pub(in crate::provider) fn over_limit(limit: u32) -> Diagnostic {
    general(
        Code::PurchaseLimit,
        format!("This plan buys more numbers than purchase_limit allows: {limit}."),
        "Check what the plan adds. If it is right, raise purchase_limit in the provider block (or \
         JOONTO_PURCHASE_LIMIT). 0 means no limit.",
    )
}

/// A number that the first read after its purchase shows to be older than the purchase.
pub(in crate::provider) fn older_than_purchase(name: &str, bought: &str) -> Diagnostic {
    report(
        Code::NumberOfAnotherPurchase,
        name,
        format!(
            "The API says that {name} was bought on {bought}, before this resource ordered a \
             number. It belongs to another purchase, perhaps somebody else's."
        ),
        "Contact Joonto support with the order id. To stop managing the number here, run \
         `terraform state rm ADDRESS` with the address of this resource.",
    )
}

/// Two resources hold one number.
pub(in crate::provider) fn held_twice(number: &str) -> Diagnostic {
    report(
        Code::NumberHeldTwice,
        number,
        format!("Two resources of this state hold {number}."),
        format!("{}.", remove_one(number)),
    )
}

/// The number may not be cancelled, parked or replaced while two resources hold it.
pub(in crate::provider) fn held_twice_refused(number: &str) -> Diagnostic {
    report(
        Code::NumberHeldTwiceRefused,
        number,
        format!(
            "Two resources of this state hold {number}, so cancelling, parking or replacing it \
             for one of them would take it from the other."
        ),
        format!("{}, then apply again.", remove_one(number)),
    )
}

/// How one of two resources leaves the state.
fn remove_one(number: &str) -> String {
    format!(
        "This command prints their addresses:\n  terraform state list -id={number}\nRemove one of \
         them from the state with `terraform state rm ADDRESS`"
    )
}

fn not_recorded(error: &PlaceError) -> Diagnostic {
    general(
        Code::PurchaseNotRecorded,
        format!(
            "The provider records each purchase before it sends it, and {} cannot be written: {}.",
            error.place, error.cause
        ),
        "Make that place writable, or set purchase_journal to another place. Then apply again.",
    )
}

fn sim_taken(iccid: &str, number: Option<&E164>, status: Option<&str>) -> Diagnostic {
    let status = status.unwrap_or("unknown");
    let (carries, next) = match number {
        Some(number) => (
            format!("{number} (status {status})"),
            format!(
                "Another resource may hold it; this command prints its address:\n  terraform state \
                 list -id={number}\nMoving a SIM from one resource to another takes a second \
                 apply. If no state holds the number, import it:\n  terraform import ADDRESS \
                 {number}\nwith the address of this resource."
            ),
        ),
        None => (
            format!("a number that cannot be read (status {status})"),
            "Look the SIM up in the account.".to_owned(),
        ),
    };
    general(
        Code::SimTaken,
        format!("SIM {iccid} carries {carries}, and a SIM carries one number."),
        next,
    )
}
