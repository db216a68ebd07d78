//! Every text that is about port-ins alone.

use super::message::messages;
use super::{general_step, objects, purchase, sentence, shown};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, OrderId};
use crate::provider::purchase::{
    NotBought, NotSubmitted, OpenPortIn, UnfitOrder, VARIABLE, line_of, time_of,
};
use crate::terraform::Diagnostic;

messages! {
    "JN860" Error NOT_SUBMITTED "No port-in of {number} was submitted"
        cause "The API refused the port-in or the credentials, or could not be reached."
        cure "Change what the message names, then apply again."
    fn refused(number: &E164, error: &Error)
        happened("{}.", sentence(error))
        next("{}", general_step(error, "apply again"))

    "JN861" Error NOT_SUBMITTED "The port-in of {number} was not sent"
        cause "Terraform was stopped, a deadline passed, or another port-in of this apply is unconfirmed."
        cure "Apply again, after the port-in of a JN862 error is resolved."
    fn cancelled(number: &E164, why: Interrupted)
        happened("The port-in was cancelled before it was sent: {why}.")
        next("Apply again to submit it.")
    fn run_stopped(number: &E164)
        happened("The outcome of another port-in in this apply is unknown, so the provider sends \
                  no further one.")
        next("Resolve that port-in as error JN862 of this apply says, then apply again.")

    "JN862" Error SUBMIT_UNKNOWN "The outcome of the port-in of {number} is unknown"
        cause "No usable response came to the submit."
        cure "Ask Joonto support for the order, then apply with the line of the message that fits."
    fn unconfirmed(number: &E164, open: &OpenPortIn, cause: &str)
        happened("{}No usable response came to the port-in of {number}, sent at {}: {cause}. The \
                  provider cannot know whether the API took it, and never sends one twice.",
            lead(open), sent_at(open))
        next("{ASK_SUPPORT}")

    "JN863" Error NOT_SUBMITTED "An earlier port-in of {number} is open"
        cause "An earlier run sent a port-in of the number, and no state is known to hold its order."
        cure "Apply with the line of the message that fits."
    fn unconfirmed_before(number: &E164, open: &OpenPortIn)
        happened("{}An earlier run sent a port-in of {number} at {}, and no usable response came. \
                  The provider cannot know whether the API took it.", lead(open), sent_at(open))
        next("{ASK_SUPPORT}")
    fn returned_before(number: &E164, open: &OpenPortIn, order: &OrderId)
        happened("{}An earlier run submitted a port-in of {number} at {}: order {order}. No state \
                  is known to hold it.", lead(open), sent_at(open))
        next("First run `terraform plan` without -target: if this state holds the order, that \
              closes its record.")

    "JN864" Error NOT_SUBMITTED "Another port-in of {number} comes first"
        cause "Another resource, state or run submits or has a port-in of the same number."
        cure "Keep one of the two, or apply again when the other run has ended."
    fn twice(number: &E164)
        happened("Another resource of this apply, or another run at this moment, submits a port-in \
                  of {number}. A number has one open port-in.")
        next("If two resources name this number, remove one of them. Otherwise apply again when \
              the other run has ended.")
    fn held(number: &E164)
        happened("A resource in the state has a port-in of {number}.")
        next("If it is the same one under another address, use a moved block. To submit it again, \
              destroy the other resource in an apply of its own first, without \
              create_before_destroy.")
    fn of_another_state(number: &E164, open: &OpenPortIn)
        happened("{}Another state submitted a port-in of {number} at {}{}. Its record is {}.",
            lead(open), sent_at(open), known_order(open), open.path())
        next("Plan that state without -target first: if it holds the order, the plan closes the \
              record. Use a line only if that state is gone, or was renamed.")

    "JN865" Error NOT_SUBMITTED "Order {order} cannot be used"
        cause "The order of a record or a line cannot be read, or is not the port-in of the number."
        cure "Correct the line, or contact Joonto support with the order id."
    fn order_unread(order: &OrderId, named: &str, why: &str)
        happened("{named}. The order cannot be read: {why}.")
        next("Apply again in some minutes. If it persists, check the id in the line, or contact \
              Joonto support with it.")
    fn order_unlike(order: &OrderId, named: &str, why: &str, open: &OpenPortIn)
        happened("{}{named}. It cannot be stored: {why}.", lead(open))
        next("Correct the line, or ask Joonto support about the order. Then apply again.")

    "JN866" Error NOT_SUBMITTED "A record of a port-in cannot be read"
        cause "A record of this state is damaged, or a newer version of the provider wrote it."
        cure "Apply with the newer version, or with the line of the message that fits."
    fn record_unreadable(open: &OpenPortIn, why: &str, places: &[String])
        happened("{}The record {} of an open port-in of this state cannot be used: {why}. Its \
                  place is {}.", lead(open), open.path(), places.join(" or "))
        next("If a newer version of the provider wrote it, apply with that version. Otherwise ask \
              Joonto support for the orders of your port-ins, and apply with the line that fits.")

    "JN867" Warning PLANNED "An earlier port-in of {number} is open"
        cause "A record shows that an earlier run sent a port-in of the number that this plan creates."
        cure "Apply: the provider stores its order, or stops with the lines to paste."
    /// A plan to submit what an earlier run may have submitted.
    fn open_at_plan(number: &E164, open: &OpenPortIn, is_said: bool)
        happened("An earlier run sent a port-in of {number} at {}{}, and no state was known to \
                  hold its order.", sent_at(open), known_order(open))
        next("{}", match open.order() {
            _ if is_said => format!("The apply does what {VARIABLE} says of it."),
            _ if !open.is_ours => "Another state made it, so that the apply stops.".to_owned(),
            Some(_) if !open.was_returned() => {
                "The apply stores the order, unless it was cancelled meanwhile.".to_owned()
            }
            _ => "The apply stops with the lines to paste, unless the order was cancelled \
                  meanwhile. `terraform-provider-joonto --purchases` prints them as well."
                .to_owned(),
        })

    "JN868" Warning SUBMITTED "Recovered the port-in of {number} from an earlier run"
        cause "An earlier run submitted the port-in, and the state did not hold its order."
        cure "Nothing needs to be done, unless arguments changed since."
    /// An earlier run submitted it.
    fn recovered(number: &E164, order: &OrderId)
        happened("An earlier run submitted the port-in of {number}: order {order}. Nothing was \
                  submitted again.")
        next("Nothing shows which values the order has. If you changed arguments since, or set \
              port_in_date, change each of them again in an apply of its own.")

    "JN869" Warning SUBMITTED "The record of {number} was not updated"
        cause "The port-in was submitted, and its record could not be written afterwards."
        cure "Run `terraform plan` without `-target` before the next apply."
    /// Its record could not be updated.
    fn record_not_updated(number: &E164, problem: &str)
        happened("The record of the port-in could not be written after its submit: {problem}.")
        next("Run `terraform plan` without `-target` before the next apply.")

    "JN870" Warning SUBMITTED "{name} is still open"
        cause "`wait_for_completion` is true, and the order was open when `timeouts.create` was over."
        cure "Run `terraform plan` later, which reads the order again."
    /// The wait for its end is over.
    fn still_open(name: &str, why: Interrupted)
        happened("The order was still open when the wait ended: {why}.")
        next("Run `terraform plan` later, which reads the order again. To wait longer, raise \
              timeouts.create.")

    "JN871" Warning LAST_READ "{name} needs a correction"
        cause "The losing carrier refused the order, which can be corrected."
        cure "Correct the argument that the message names, then apply."
    /// The losing carrier refused it.
    fn refused_by_carrier(name: &str, message: Option<&str>, what: &str)
        happened("The order cannot go on{}.", match message {
            Some(message) => format!(". The API says: {}", shown(message)),
            None => ", and the API gives no reason".to_owned(),
        })
        next("{what}")

    "JN872" Warning LAST_READ "{name} is cancelled"
        cause "The order was cancelled outside this configuration."
        cure "Replace the resource to submit the port-in again, or remove it."
    /// Its order was cancelled, at the API.
    fn order_cancelled(name: &str)
        happened("The order is cancelled, which is final. The number stays with its carrier.")
        next("To submit it again, which costs a new fee, run `terraform apply -replace=ADDRESS` \
              with the address of this resource. Otherwise remove the resource.")

    "JN873" Warning LAST_READ "{name} is not shown"
        cause "The API responds to the read of the order that it does not know it."
        cure "Plan again later, or contact Joonto support with the order id."
    /// The API does not show its order.
    fn not_shown(name: &str, order: &str)
        happened("The API does not show order {order}. An order just placed may not be visible \
                  yet.")
        next("Plan again later. If it persists, contact Joonto support with the order id. To stop \
              managing it, run `terraform state rm ADDRESS`.")

    "JN874" Warning PLANNED "Changes of {name} are not sent"
        cause "The order is over, the port-in was imported, or an optional argument is gone."
        cure "Nothing needs to be done: the apply records the arguments."
    /// Arguments that are gone, which no request takes back.
    fn not_taken_back(name: &str, arguments: &[&str])
        happened("The API has no way to take back what is no longer set: {}. The order keeps it.",
            arguments.join(", "))
        next("Set another value if the order is to have one.")
    /// Changes that no update sends, because the order is over.
    fn only_recorded_at_end(name: &str, status: &str)
        happened("The order is over ({status}), so that changed arguments cannot be sent.")
        next("The apply only records them in the state.")
    /// Changes that no update sends, because the port-in was imported.
    fn only_recorded_after_import(name: &str)
        happened("The port-in was imported, and nothing shows which values its order has.")
        next("The apply records the arguments in the state. To send one, change it afterwards.")

    "JN875" Error NOTHING_CHANGED "The port-in lacks arguments"
        cause "An argument that the API needs for a port-in is not set."
        cure "Set the arguments that the message names."
    /// A new version of a secret that is not there.
    fn secret_missing(argument: &str) at argument;
        happened("{argument}_version changed, and {argument} is not set.")
        next("Set {argument}, or set {argument}_version back.")
    /// A port-in to be submitted without all that this takes.
    fn incomplete(missing: &[&str])
        happened("To submit a port-in, the API needs: {}.", missing.join(", "))
        next("Set them. If the port-in exists, import it:\n  terraform import ADDRESS ORDER\nwith \
              the address of this resource and the id of the order.")
    /// No billing address.
    fn address_missing() at "billing_address";
        happened("The block billing_address is missing.")
        next("Add it, with the billing address that the losing carrier has.")

    "JN876" Error LAST_READ "{name} was not updated"
        cause "The API responded to the update with a status word for a failure."
        cure "Plan again, then correct what is named."
    /// An update after which the order is refused still.
    fn update_failed(name: &str)
        happened("The API took the update and reports that it failed.")
        next("Plan again, which reads what is to be corrected.")

    "JN877" Warning SUBMITTED "An update of port-in {number} failed"
        cause "The port-in was submitted, and the update after it failed."
        cure "Apply again, which sends all arguments; change one first if the API refuses it."
    /// Arguments that were not sent after the submit.
    fn not_sent(number: &E164, why: &str)
        happened("The order has the port-in of {number}, and an update of it was not made: {why}.")
        next("Apply again to send it. If the API refuses port_in_date, set another day first.")

    "JN878" Error LAST_READ "{name} is stuck at the API"
        cause "The API refuses update and cancel with `GENS-0041`."
        cure "Contact Joonto support with the order id."
    /// An order that only the vendor can move.
    fn stuck(name: &str, order: &OrderId, error: &Error)
        happened("{}. Order {order} is stuck: it can be neither updated nor cancelled.",
            sentence(error))
        next("Contact Joonto support with the order id: nobody else can move it. To stop managing \
              it meanwhile, run `terraform state rm ADDRESS`.")

    "JN879" Warning PLANNED "{name} will be cancelled"
        cause "The plan destroys a port-in whose order is open."
        cure "Forget the resource instead of destroying it, if the order is to go on."
    /// A plan that destroys an open port-in.
    fn will_cancel(name: &str)
        happened("The apply cancels the open order, which is final. The number stays with its \
                  carrier, and the fee may be due.")
        next("To keep the order and forget it here, use a removed block, or `terraform state rm \
              ADDRESS`.")

    "JN880" Error LAST_READ "{name} was not cancelled"
        cause "The API refused to cancel the order, or shows it as open after the cancel."
        cure "Apply again, and contact Joonto support if it persists."
    /// An order that could not be cancelled. `is_open`: a read shows it as open.
    fn not_cancelled(name: &str, order: &OrderId, is_open: bool, error: Option<&Error>)
        happened("{}. {}.",
            error.map_or_else(|| "The API responded to the cancel".to_owned(), sentence),
            match is_open {
                true => format!("Order {order} is still open"),
                false => format!("Nothing shows whether order {order} is cancelled"),
            })
        next("Apply again to retry. If it persists, contact Joonto support with the order id. To \
              stop managing it, run `terraform state rm ADDRESS`.")

    "JN881" Error NOT_SUBMITTED "The port-in of {number} would be submitted twice"
        cause "One plan destroys a resource with the port-in of a number and creates another one for it."
        cure "Add a `moved` block, or use `-replace` to submit it again on purpose."
    /// A plan that destroys one resource for the number and creates another.
    fn moved(number: &E164)
        happened("This plan destroys one resource with the port-in of {number} and creates \
                  another, which would cancel the order and submit a second one.")
        next("If it is the same port-in under another address, add a moved block. To submit it \
              again on purpose, use `terraform apply -replace=ADDRESS`.")

    "JN882" Warning CLOSED "An earlier port-in of {number} has ended"
        cause "An earlier run submitted a port-in whose order was cancelled before a state held it."
        cure "Nothing needs to be done."
    /// What an earlier run submitted was cancelled.
    fn ended(number: &E164, order: &OrderId)
        happened("An earlier run submitted a port-in of {number}: order {order}. It was cancelled \
                  since.")
        next("This apply handled the number as new.")

    "JN883" Warning NOTHING_CHANGED "Port-ins of earlier runs are open"
        cause "Records of earlier port-ins are open, and no state is known to hold their orders."
        cure "Apply the resource for the number, or apply with a line of `--purchases`."
    /// Port-ins that earlier runs left, for a plan to warn of.
    fn left_open(open: &[&OpenPortIn])
        happened("Earlier runs of this state sent port-ins that no state is known to hold: {}.",
            open.iter().map(|open| described(open)).collect::<Vec<_>>().join("; "))
        next("A resource for the number handles its port-in. If there is none any more, run \
              `terraform-provider-joonto --purchases` and apply with the line that fits.")

    "JN884" Error LAST_READ "{name} is in two resources"
        cause "Two resources of one state have the same order, as after an import of it."
        cure "Remove one of them with `terraform state rm`."
    /// An order that two resources have.
    fn held_twice(name: &str, order: &OrderId)
        happened("Two resources in the state have order {order}, and a cancel would end it for \
                  both.")
        next("Remove one of them with `terraform state rm ADDRESS`, then apply again.")
}

/// Why nothing was submitted, or nobody knows.
pub(in crate::provider) fn not_submitted(
    number: &E164,
    problem: NotSubmitted,
    places: &[String],
) -> Diagnostic {
    match problem {
        NotSubmitted::AsPurchase(NotBought::NeedsPlace(variable)) => needs_place(variable),
        NotSubmitted::AsPurchase(NotBought::Refused(error)) => refused(number, &error),
        NotSubmitted::AsPurchase(NotBought::Cancelled(why)) => cancelled(number, why),
        NotSubmitted::AsPurchase(NotBought::RunStopped) => run_stopped(number),
        NotSubmitted::AsPurchase(problem) => purchase::not_bought(problem, places),
        NotSubmitted::Twice => twice(number),
        NotSubmitted::Held => held(number),
        NotSubmitted::OfAnotherState(open) => of_another_state(number, &open),
        NotSubmitted::Unconfirmed(open, cause) => unconfirmed(number, &open, &cause),
        NotSubmitted::Open(open) => match &open.record {
            Ok(_) => unconfirmed_before(number, &open),
            Err(why) => record_unreadable(&open, why, places),
        },
        NotSubmitted::Returned(open, order) => returned_before(number, &open, &order),
        NotSubmitted::OrderUnfit(unfit) => order_unfit(number, &unfit),
    }
}

fn order_unfit(number: &E164, unfit: &UnfitOrder) -> Diagnostic {
    let (order, why) = (&unfit.order_id, &unfit.why);
    let named = match unfit.is_said {
        true => format!("{VARIABLE} names order {order} for {number}"),
        false => format!("An earlier run submitted a port-in of {number} with order {order}"),
    };
    match unfit.is_unread {
        true => order_unread(order, &named, why),
        false => order_unlike(order, &named, why, &unfit.open),
    }
}

/// The records would be lost with the machine.
pub(in crate::provider) fn needs_place(variable: &str) -> Diagnostic {
    purchase::needs_place(variable, "phone_number")
}

/// Changes that no update sends.
pub(in crate::provider) fn only_recorded(name: &str, status: &str) -> Diagnostic {
    match status {
        "Complete" | "Cancelled" => only_recorded_at_end(name, status),
        _ => only_recorded_after_import(name),
    }
}

/// An order that no import can take.
pub(in crate::provider) fn not_importable(order: &OrderId, is_port_in: bool) -> Diagnostic {
    let what = match is_port_in {
        true => "does not show its number, or shows several",
        false => "is no port-in",
    };
    objects::order_not_imported(&format!("order {order}"), what)
}

/// What to find out after a lost response.
const ASK_SUPPORT: &str = "Ask Joonto support whether there is a port-in order for this number, \
                           and for its id: no request lists such orders. Then apply with the line \
                           that fits.";

/// The place of an order in a line. It cannot be read as one.
const BLANK: &str = "ORDER-ID";

/// The lines to paste, which come first.
fn lead(open: &OpenPortIn) -> String {
    let (order, label) = match open.order() {
        Some(order) => (order.as_str(), "To store the order"),
        None => (
            BLANK,
            "If the API took it, with the id of its order in place of ORDER-ID",
        ),
    };
    format!(
        "Set {VARIABLE} in one of two ways, then apply. Semicolons join the lines of several \
         port-ins.\n{label}:\n  {}\nOnly if Joonto support says that there is none (this apply then \
         submits the port-in):\n  {}\n",
        line_of(&[open.line_name().resolved_to(order)]),
        nothing(open)
    )
}

fn nothing(open: &OpenPortIn) -> String {
    line_of(&[open.line_name().resolved(&[])])
}

fn sent_at(open: &OpenPortIn) -> String {
    match open.record() {
        Some(record) => time_of(record.sent_at()),
        None => "an unknown time".to_owned(),
    }
}

fn known_order(open: &OpenPortIn) -> String {
    let order = open.order();
    order.map_or_else(String::new, |order| format!(", with order {order}"))
}

fn described(open: &OpenPortIn) -> String {
    let number = open.number().map_or("an unknown number", E164::as_str);
    format!("{number}, sent at {}{}", sent_at(open), known_order(open))
}

/// The open port-ins of a place, for a terminal. Nothing if there are none.
pub(in crate::provider) fn listing(place: &str, open: &[OpenPortIn]) -> String {
    if open.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "Open port-ins in {place}, each with the line for its order and the line for none:\n\n"
    );
    for open in open {
        let order = open.order().map_or(BLANK, OrderId::as_str);
        text.push_str(&format!(
            "  the port-in of {}{} ({})\n    {}\n    {}\n",
            described(open),
            match open.was_returned() {
                true => ", returned to Terraform: plan first",
                false => "",
            },
            open.path(),
            line_of(&[open.line_name().resolved_to(order)]),
            nothing(open)
        ));
    }
    text
}
