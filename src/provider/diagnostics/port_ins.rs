//! Every text that is about port-ins alone.

use super::codes::Code;
use super::{general, general_step, purchase, report, sentence, shown};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, OrderId};
use crate::provider::purchase::{
    NotBought, NotSubmitted, OpenPortIn, UnfitOrder, VARIABLE, line_of, time_of,
};
use crate::terraform::Diagnostic;

/// Why nothing was submitted, or nobody knows.
pub(in crate::provider) fn not_submitted(
    number: &E164,
    problem: NotSubmitted,
    places: &[String],
) -> Diagnostic {
    let say = |code, happened: String, next: &str| report(code, number.as_str(), happened, next);
    match problem {
        NotSubmitted::NotReady(NotBought::NeedsPlace(variable)) => needs_place(variable),
        NotSubmitted::NotReady(problem) => purchase::not_bought(problem, places),
        NotSubmitted::Refused(error) => report(
            Code::PortInRefused,
            number.as_str(),
            format!("{}.", sentence(&error)),
            general_step(&error, "apply again"),
        ),
        NotSubmitted::Cancelled(why) => say(
            Code::PortInNotSent,
            format!("The port-in was cancelled before it was sent: {why}."),
            "Apply again to submit it.",
        ),
        NotSubmitted::RunStopped => say(
            Code::PortInNotSent,
            "The outcome of another port-in in this apply is unknown, so the provider sends no \
             further one."
                .to_owned(),
            "Resolve that port-in as error JN862 of this apply says, then apply again.",
        ),
        NotSubmitted::Twice => say(
            Code::PortInTwice,
            format!(
                "Another resource of this apply, or another run at this moment, submits a port-in of \
                 {number}. A number has one open port-in."
            ),
            "If two resources name this number, remove one of them. Otherwise apply again when the \
             other run has ended.",
        ),
        NotSubmitted::Held => say(
            Code::PortInTwice,
            format!("A resource in the state has a port-in of {number}."),
            "If it is the same one under another address, use a moved block. To submit it again, \
             destroy the other resource in an apply of its own first, without \
             create_before_destroy.",
        ),
        NotSubmitted::OfAnotherState(open) => say(
            Code::PortInTwice,
            format!(
                "{}Another state submitted a port-in of {number} at {}{}. Its record is {}.",
                lead(&open),
                sent_at(&open),
                known_order(&open),
                open.path()
            ),
            "Plan that state without -target first: if it holds the order, the plan closes the record. \
             Use a line only if that state is gone, or was renamed.",
        ),
        NotSubmitted::Unconfirmed(open, cause) => report(
            Code::PortInUnconfirmed,
            number.as_str(),
            format!(
                "{}No usable response came to the port-in of {number}, sent at {}: {cause}. The \
                 provider cannot know whether the API took it, and never sends one twice.",
                lead(&open),
                sent_at(&open)
            ),
            NEXT,
        ),
        NotSubmitted::Open(open) => report(
            Code::PortInOpen,
            number.as_str(),
            format!(
                "{}An earlier run sent a port-in of {number} at {}, and no usable response came. The \
                 provider cannot know whether the API took it.",
                lead(&open),
                sent_at(&open)
            ),
            NEXT,
        ),
        NotSubmitted::Returned(open, order) => say(
            Code::PortInOpen,
            format!(
                "{}An earlier run submitted a port-in of {number} at {}: order {order}. No state is \
                 known to hold it.",
                lead(&open),
                sent_at(&open)
            ),
            "First run `terraform plan` without -target: if this state holds the order, that closes \
             its record.",
        ),
        NotSubmitted::OrderUnfit(unfit) => order_unfit(number, &unfit),
        NotSubmitted::RecordUnreadable(open, why) => report(
            Code::PortInRecordUnreadable,
            number.as_str(),
            format!(
                "{}The record {} of an open port-in of this state cannot be used: {why}. Its place \
                 is {}.",
                lead(&open),
                open.path(),
                places.join(" or ")
            ),
            "If a newer version of the provider wrote it, apply with that version. Otherwise ask \
             Joonto support for the orders of your port-ins, and apply with the line that fits.",
        ),
    }
}

fn order_unfit(number: &E164, unfit: &UnfitOrder) -> Diagnostic {
    let (order, why) = (&unfit.order_id, &unfit.why);
    let named = match unfit.is_said {
        true => format!("{VARIABLE} names order {order} for {number}"),
        false => format!("An earlier run submitted a port-in of {number} with order {order}"),
    };
    let (happened, next) = match unfit.is_unread {
        true => (
            format!("{named}. The order cannot be read: {why}."),
            "Apply again in some minutes. If it persists, check the id in the line, or contact Joonto \
             support with it.",
        ),
        false => (
            format!("{}{named}. It cannot be stored: {why}.", lead(&unfit.open)),
            "Correct the line, or ask Joonto support about the order. Then apply again.",
        ),
    };
    report(
        Code::PortInOrderUnfit,
        &format!("order {order}"),
        happened,
        next,
    )
}

/// What to find out after a lost response.
const NEXT: &str = "Ask Joonto support whether there is a port-in order for this number, and for its \
                    id: no request lists such orders. Then apply with the line that fits.";

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

/// The open port-ins of a place, for a terminal. Nothing if there are none.
pub(in crate::provider) fn listing(place: &str, open: &[OpenPortIn]) -> String {
    if open.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "Open port-ins in {place}, each with the line for its order and the line for none:\n\n"
    );
    for open in open {
        let number = open.number().map_or("an unknown number", E164::as_str);
        let order = open.order().map_or(BLANK, OrderId::as_str);
        text.push_str(&format!(
            "  the port-in of {number}, sent at {}{}{} ({})\n    {}\n    {}\n",
            sent_at(open),
            known_order(open),
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

/// The records would be lost with the machine.
pub(in crate::provider) fn needs_place(variable: &str) -> Diagnostic {
    purchase::needs_place(variable, "phone_number")
}

/// A plan to submit what an earlier run may have submitted.
pub(in crate::provider) fn open_at_plan(
    number: &E164,
    open: &OpenPortIn,
    is_said: bool,
) -> Diagnostic {
    let happened = format!(
        "An earlier run sent a port-in of {number} at {}{}, and no state was known to hold its order.",
        sent_at(open),
        known_order(open)
    );
    let next = match open.order() {
        _ if is_said => format!("The apply does what {VARIABLE} says of it."),
        _ if !open.is_ours => "Another state made it, so that the apply stops.".to_owned(),
        Some(_) if !open.was_returned() => {
            "The apply stores the order, unless it was cancelled meanwhile.".to_owned()
        }
        _ => "The apply stops with the lines to paste, unless the order was cancelled meanwhile. \
              `terraform-provider-joonto --purchases` prints them as well."
            .to_owned(),
    };
    report(Code::PortInOpenAtPlan, number.as_str(), happened, next)
}

/// Port-ins that earlier runs left, for a plan to warn of.
pub(in crate::provider) fn left_open(open: &[&OpenPortIn]) -> Diagnostic {
    let names = open.iter().map(|open| {
        let number = open.number().map_or("an unknown number", E164::as_str);
        format!("{number}, sent at {}{}", sent_at(open), known_order(open))
    });
    let happened = format!(
        "Earlier runs of this state sent port-ins that no state is known to hold: {}.",
        names.collect::<Vec<_>>().join("; ")
    );
    let next = "A resource for the number handles its port-in. If there is none any more, run \
                `terraform-provider-joonto --purchases` and apply with the line that fits.";
    general(Code::PortInsOpen, happened, next)
}

/// An order that two resources have.
pub(in crate::provider) fn held_twice(name: &str, order: &OrderId) -> Diagnostic {
    let happened = format!(
        "Two resources in the state have order {order}, and a cancel would end it for both."
    );
    let next = "Remove one of them with `terraform state rm ADDRESS`, then apply again.";
    report(Code::PortInHeldTwice, name, happened, next)
}

/// A plan that destroys one resource for the number and creates another.
pub(in crate::provider) fn moved(number: &E164) -> Diagnostic {
    let happened = format!(
        "This plan destroys one resource with the port-in of {number} and creates another, which \
         would cancel the order and submit a second one."
    );
    let next = "If it is the same port-in under another address, add a moved block. To submit it again \
                on purpose, use `terraform apply -replace=ADDRESS`.";
    report(Code::PortInMoved, number.as_str(), happened, next)
}

/// An earlier run submitted it.
pub(in crate::provider) fn recovered(number: &E164, order: &OrderId) -> Diagnostic {
    let happened = format!(
        "An earlier run submitted the port-in of {number}: order {order}. Nothing was submitted \
         again."
    );
    let next = "Nothing shows which values the order has. If you changed arguments since, or set \
                port_in_date, change each of them again in an apply of its own.";
    report(Code::PortInRecovered, number.as_str(), happened, next)
}

/// What an earlier run submitted was cancelled.
pub(in crate::provider) fn ended(number: &E164, order: &OrderId) -> Diagnostic {
    let happened = format!(
        "An earlier run submitted a port-in of {number}: order {order}. It was cancelled since."
    );
    let next = "This apply handled the number as new.";
    report(Code::PortInEnded, number.as_str(), happened, next)
}

/// Its record could not be updated.
pub(in crate::provider) fn record_not_updated(number: &E164, problem: &str) -> Diagnostic {
    let happened =
        format!("The record of the port-in could not be written after its submit: {problem}.");
    let next = "Run `terraform plan` without `-target` before the next apply.";
    report(
        Code::PortInRecordNotUpdated,
        number.as_str(),
        happened,
        next,
    )
}

/// The wait for its end is over.
pub(in crate::provider) fn still_open(name: &str, why: Interrupted) -> Diagnostic {
    let happened = format!("The order was still open when the wait ended: {why}.");
    let next = "Run `terraform plan` later, which reads the order again. To wait longer, raise \
                timeouts.create.";
    report(Code::PortInPending, name, happened, next)
}

/// The losing carrier refused it.
pub(in crate::provider) fn refused_by_carrier(
    name: &str,
    message: Option<&str>,
    what: &str,
) -> Diagnostic {
    let happened = match message {
        Some(message) => format!("The order cannot go on. The API says: {}.", shown(message)),
        None => "The order cannot go on, and the API gives no reason.".to_owned(),
    };
    report(Code::PortInRefusedByCarrier, name, happened, what)
}

/// Its order was cancelled, at the API.
pub(in crate::provider) fn order_cancelled(name: &str) -> Diagnostic {
    let happened = "The order is cancelled, which is final. The number stays with its carrier.";
    let next = "To submit it again, which costs a new fee, run `terraform apply -replace=ADDRESS` with \
                the address of this resource. Otherwise remove the resource.";
    report(Code::PortInCancelled, name, happened, next)
}

/// The API does not show its order.
pub(in crate::provider) fn not_shown(name: &str, order: &str) -> Diagnostic {
    let happened = format!(
        "The API does not show order {order}. An order just placed may not be visible yet."
    );
    let next = "Plan again later. If it persists, contact Joonto support with the order id. To stop \
                managing it, run `terraform state rm ADDRESS`.";
    report(Code::PortInNotShown, name, happened, next)
}

/// An order that no import can take.
pub(in crate::provider) fn not_importable(order: &OrderId, is_port_in: bool) -> Diagnostic {
    let happened = match is_port_in {
        true => format!("Order {order} does not show its number, or shows several."),
        false => format!("Order {order} is no port-in."),
    };
    let next = "Check the id. An order just placed may show its number later.";
    report(
        Code::ObjectNotImported,
        &format!("order {order}"),
        happened,
        next,
    )
}

/// The order in state is about another number.
pub(in crate::provider) fn order_of_another(name: &str, order: &OrderId) -> Diagnostic {
    report(
        Code::ObjectUnreadable,
        name,
        format!("The API says that order {order} is about another number."),
        "Contact Joonto support with the order id. To stop managing it, run `terraform state rm \
         ADDRESS`.",
    )
}

/// Arguments that are gone, which no request takes back.
pub(in crate::provider) fn not_taken_back(name: &str, arguments: &[&str]) -> Diagnostic {
    let happened = format!(
        "The API has no way to take back what is no longer set: {}. The order keeps it.",
        arguments.join(", ")
    );
    let next = "Set another value if the order is to have one.";
    report(Code::PortInOnlyRecorded, name, happened, next)
}

/// Changes that no update sends.
pub(in crate::provider) fn only_recorded(name: &str, status: &str) -> Diagnostic {
    let happened = match status {
        "Complete" | "Cancelled" => {
            format!("The order is over ({status}), so that changed arguments cannot be sent.")
        }
        _ => "The port-in was imported, and nothing shows which values its order has.".to_owned(),
    };
    let next = "The apply records the arguments in the state. To send one, change it afterwards.";
    let next = match status {
        "Complete" | "Cancelled" => "The apply only records them in the state.",
        _ => next,
    };
    report(Code::PortInOnlyRecorded, name, happened, next)
}

/// A new version of a secret that is not there.
pub(in crate::provider) fn secret_missing(argument: &str) -> Diagnostic {
    general(
        Code::PortInIncomplete,
        format!("{argument}_version changed, and {argument} is not set."),
        format!("Set {argument}, or set {argument}_version back."),
    )
    .at_attribute(argument)
}

/// A port-in to be submitted without all that this takes.
pub(in crate::provider) fn incomplete(missing: &[&str]) -> Diagnostic {
    let happened = format!(
        "To submit a port-in, the API needs: {}.",
        missing.join(", ")
    );
    let next = "Set them. If the port-in exists, import it:\n  terraform import ADDRESS ORDER\nwith \
                the address of this resource and the id of the order.";
    general(Code::PortInIncomplete, happened, next)
}

/// No billing address.
pub(in crate::provider) fn address_missing() -> Diagnostic {
    general(
        Code::PortInIncomplete,
        "The block billing_address is missing.",
        "Add it, with the billing address that the losing carrier has.",
    )
    .at_attribute("billing_address")
}

/// An update after which the order is refused still.
pub(in crate::provider) fn update_failed(name: &str) -> Diagnostic {
    let happened = "The API took the update and reports that it failed.";
    let next = "Plan again, which reads what is to be corrected.";
    report(Code::PortInNotUpdated, name, happened, next)
}

/// Arguments that were not sent after the submit.
pub(in crate::provider) fn not_sent(number: &E164, error: Option<&Error>) -> Diagnostic {
    let why = error.map_or_else(
        || "the API responded that it failed".to_owned(),
        Error::to_string,
    );
    let happened =
        format!("The order has the port-in of {number}, and an update of it was not made: {why}.");
    let next = "Apply again to send it. If the API refuses port_in_date, set another day first.";
    report(Code::PortInNotCorrected, number.as_str(), happened, next)
}

/// An order that only the vendor can move.
pub(in crate::provider) fn stuck(name: &str, order: &OrderId, error: &Error) -> Diagnostic {
    let happened = format!(
        "{}. Order {order} is stuck: it can be neither updated nor cancelled.",
        sentence(error)
    );
    let next = "Contact Joonto support with the order id: nobody else can move it. To stop managing \
                it meanwhile, run `terraform state rm ADDRESS`.";
    report(Code::PortInStuck, name, happened, next)
}

/// A plan that destroys an open port-in.
pub(in crate::provider) fn will_cancel(name: &str) -> Diagnostic {
    let happened = "The apply cancels the open order, which is final. The number stays with its \
                    carrier, and the fee may be due.";
    let next = "To keep the order and forget it here, use a removed block, or `terraform state rm \
                ADDRESS`.";
    report(Code::PortInWillCancel, name, happened, next)
}

/// An order that could not be cancelled. `is_open`: a read shows it as open.
pub(in crate::provider) fn not_cancelled(
    name: &str,
    order: &OrderId,
    is_open: bool,
    error: Option<&Error>,
) -> Diagnostic {
    let response = match error {
        Some(error) => format!("{}.", sentence(error)),
        None => "The API responded to the cancel.".to_owned(),
    };
    let order = match is_open {
        true => format!("Order {order} is still open."),
        false => format!("Nothing shows whether order {order} is cancelled."),
    };
    let next = "Apply again to retry. If it persists, contact Joonto support with the order id. To \
                stop managing it, run `terraform state rm ADDRESS`.";
    report(
        Code::PortInNotCancelled,
        name,
        format!("{response} {order}"),
        next,
    )
}
