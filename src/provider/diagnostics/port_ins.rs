//! Every text that is about port-ins alone.

use super::codes::Code;
use super::{general, general_step, purchase, report, sentence, shown};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, OrderId};
use crate::provider::purchase::{NotBought, NotSubmitted, OpenPortIn, line_of};
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
                "Another resource of this apply, or another run at this moment, submits or \
                 submitted a port-in of {number}. A number has one open port-in."
            ),
            "If two resources name this number, remove one of them. Otherwise apply again when the \
             other run has ended.",
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
        NotSubmitted::OrderUnreadable(open, order, error) => report(
            Code::PortInOpen,
            number.as_str(),
            format!(
                "An earlier run submitted a port-in of {number} with order {order}, and the order \
                 cannot be read: {error}.",
            ),
            format!(
                "Apply again later. Only if Joonto support says that there is no such order, apply \
                 with:\n  {}",
                nothing(&open)
            ),
        ),
        NotSubmitted::OrderOfAnother(open, order) => report(
            Code::PortInOrderUnfit,
            &format!("order {order}"),
            format!("The API says that order {order} is about another number than {number}."),
            format!(
                "{}Correct the order in the line, then apply again.",
                lead(&open)
            ),
        ),
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

/// What to find out after a lost response.
const NEXT: &str = "Ask Joonto support whether there is a port-in order for this number, and for its \
                    id: no request lists such orders. Then apply with the line that fits.";

/// The lines to paste, which come first.
fn lead(open: &OpenPortIn) -> String {
    let line = open.line_name();
    format!(
        "Set one of these environment variables, then apply. With an order, the provider stores it \
         and submits nothing:\n\
         If the API took it, with the id of the order in place of JNUOID-ORDER:\n  {}\n\
         Only if Joonto support says that there is no such order:\n  {}\n",
        line_of(&[line.resolved_to("JNUOID-ORDER")]),
        nothing(open)
    )
}

fn nothing(open: &OpenPortIn) -> String {
    line_of(&[open.line_name().resolved(&[])])
}

fn sent_at(open: &OpenPortIn) -> String {
    match open.record() {
        Some(record) => record.sent_at().to_string(),
        None => "an unknown time".to_owned(),
    }
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
        let number = open
            .record()
            .map_or("an unknown number", |record| record.phone_number.as_str());
        let order = match open.order() {
            Some(order) => format!("order {order}"),
            None => "no order known".to_owned(),
        };
        text.push_str(&format!(
            "  the port-in of {number}, sent at {}, {order} ({})\n    {}\n    {}\n",
            sent_at(open),
            open.path(),
            line_of(&[open.line_name().resolved_to("JNUOID-ORDER")]),
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
pub(in crate::provider) fn open_at_plan(number: &E164, open: &OpenPortIn) -> Diagnostic {
    let happened = format!(
        "An earlier run sent a port-in of {number} at {}, and no state was known to hold its order.",
        sent_at(open)
    );
    let next = match open.order() {
        Some(order) => format!("The apply stores order {order} if it is still open or complete."),
        None => format!(
            "The apply stops, unless you set one of the lines that this command prints:\n  \
             terraform-provider-joonto --purchases\n{NEXT}"
        ),
    };
    report(Code::PortInOpenAtPlan, number.as_str(), happened, next)
}

/// An earlier run submitted it.
pub(in crate::provider) fn recovered(number: &E164, order: &OrderId) -> Diagnostic {
    let happened = format!(
        "An earlier run submitted the port-in of {number}: order {order}. Nothing was submitted \
         again."
    );
    let next = "If you changed arguments since, change one of them again: nothing shows which \
                values the order has.";
    report(Code::PortInRecovered, number.as_str(), happened, next)
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
pub(in crate::provider) fn not_shown(name: &str) -> Diagnostic {
    let happened = "The API does not show the order. An order just placed may not be visible yet.";
    let next = "Plan again later. If it persists, contact Joonto support with the order id. To stop \
                managing it, run `terraform state rm ADDRESS`.";
    report(Code::PortInNotShown, name, happened, next)
}

/// The order in state is about another number.
pub(in crate::provider) fn order_of_another(number: &E164, order: &OrderId) -> Diagnostic {
    report(
        Code::PortInOrderUnfit,
        &format!("order {order}"),
        format!("The API says that order {order} is about another number than {number}."),
        "Contact Joonto support with the order id. To stop managing it, run `terraform state rm \
         ADDRESS`.",
    )
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

/// An order that was recovered, and is refused still.
pub(in crate::provider) fn not_corrected(number: &E164, error: Option<&Error>) -> Diagnostic {
    let happened = format!(
        "The losing carrier had refused the order, and the arguments of now could not be sent: {}.",
        said(error)
    );
    let next = "Change one of them, then apply again.";
    report(Code::PortInNotCorrected, number.as_str(), happened, next)
}

/// The day was not set.
pub(in crate::provider) fn date_not_set(number: &E164, error: Option<&Error>) -> Diagnostic {
    let why = said(error);
    let happened = format!("The port-in was submitted, and its day could not be set: {why}.");
    let next = "Set port_in_date to another day, or remove it, apply, and set it again.";
    report(Code::PortInNotCorrected, number.as_str(), happened, next)
}

/// What an update came to.
fn said(error: Option<&Error>) -> String {
    let failed = || "the API responded that it failed".to_owned();
    error.map_or_else(failed, Error::to_string)
}

/// An order that only the vendor can move.
pub(in crate::provider) fn stuck(name: &str, error: &Error) -> Diagnostic {
    let happened = format!(
        "{}. The order is stuck: it can be neither updated nor cancelled.",
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

/// An order that could not be cancelled.
pub(in crate::provider) fn not_cancelled(name: &str, error: Option<&Error>) -> Diagnostic {
    let happened = match error {
        Some(error) => format!("{}.", sentence(error)),
        None => "The API took the cancel, and the order is open still.".to_owned(),
    };
    let next = "Apply again to retry. If it persists, contact Joonto support with the order id.";
    report(Code::PortInNotCancelled, name, happened, next)
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let name = "the port-in of +12025550177";
    let number = E164::parse("+12025550177").expect("a number");
    let order = OrderId::parse("JNUOID-1").expect("an order");
    let error = || Error::refused_for_tests(400);
    let open = || Box::new(OpenPortIn::for_tests(Some("+12025550177")));
    let broken = || Box::new(OpenPortIn::for_tests(None));
    let not = |problem| not_submitted(&number, problem, &["/place".to_owned()]);
    vec![
        (Code::PortInRefused, not(NotSubmitted::Refused(error()))),
        (
            Code::PortInNotSent,
            not(NotSubmitted::Cancelled(Interrupted::Stopped)),
        ),
        (Code::PortInNotSent, not(NotSubmitted::RunStopped)),
        (Code::PortInTwice, not(NotSubmitted::Twice)),
        (
            Code::PortInUnconfirmed,
            not(NotSubmitted::Unconfirmed(open(), "no response".to_owned())),
        ),
        (Code::PortInOpen, not(NotSubmitted::Open(open()))),
        (
            Code::PortInOpen,
            not(NotSubmitted::OrderUnreadable(
                open(),
                order.clone(),
                error(),
            )),
        ),
        (
            Code::PortInOrderUnfit,
            not(NotSubmitted::OrderOfAnother(open(), order.clone())),
        ),
        (
            Code::PortInRecordUnreadable,
            not(NotSubmitted::RecordUnreadable(
                broken(),
                "it is damaged".to_owned(),
            )),
        ),
        (Code::PortInOpenAtPlan, open_at_plan(&number, &open())),
        (Code::PortInRecovered, recovered(&number, &order)),
        (
            Code::PortInRecordNotUpdated,
            record_not_updated(&number, "full"),
        ),
        (
            Code::PortInPending,
            still_open(name, Interrupted::DeadlineExceeded),
        ),
        (
            Code::PortInRefusedByCarrier,
            refused_by_carrier(name, Some("8A"), "Correct it."),
        ),
        (
            Code::PortInRefusedByCarrier,
            refused_by_carrier(name, None, "Correct it."),
        ),
        (Code::PortInCancelled, order_cancelled(name)),
        (Code::PortInNotShown, not_shown(name)),
        (Code::PortInOrderUnfit, order_of_another(&number, &order)),
        (Code::PortInOnlyRecorded, only_recorded(name, "Complete")),
        (Code::PortInOnlyRecorded, only_recorded(name, "Pending")),
        (
            Code::PortInIncomplete,
            secret_missing("current_account_number_wo"),
        ),
        (
            Code::PortInIncomplete,
            incomplete(&["current_account_number_wo"]),
        ),
        (Code::PortInIncomplete, address_missing()),
        (Code::PortInNotUpdated, update_failed(name)),
        (
            Code::PortInNotCorrected,
            not_corrected(&number, Some(&error())),
        ),
        (Code::PortInNotCorrected, date_not_set(&number, None)),
        (Code::PortInStuck, stuck(name, &error())),
        (Code::PortInWillCancel, will_cancel(name)),
        (
            Code::PortInNotCancelled,
            not_cancelled(name, Some(&error())),
        ),
        (Code::PortInNotCancelled, not_cancelled(name, None)),
    ]
}
