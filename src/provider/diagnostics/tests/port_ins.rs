//! Every text about port-ins.

use super::super::{objects, port_ins};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, OrderId};
use crate::provider::purchase::{NotBought, NotSubmitted, OpenPortIn, UnfitOrder};
use crate::terraform::Diagnostic;

/// Every text about port-ins, by code.
pub(super) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let name = "the port-in of +12025550177";
    let number = E164::parse("+12025550177").expect("a number");
    let order = OrderId::parse("JNUOID-1").expect("an order");
    let error = || Error::refused_for_tests(400);
    let open = || Box::new(OpenPortIn::for_tests(Some("+12025550177"), None));
    let known = || {
        Box::new(OpenPortIn::for_tests(
            Some("+12025550177"),
            Some("JNUOID-1"),
        ))
    };
    let broken = || Box::new(OpenPortIn::for_tests(None, None));
    let unfit = |is_said, is_unread| {
        NotSubmitted::OrderUnfit(Box::new(UnfitOrder {
            open: *open(),
            order_id: order.clone(),
            why: "it cannot be read".to_owned(),
            is_said,
            is_unread,
        }))
    };
    let not = |problem| port_ins::not_submitted(&number, problem, &["/place".to_owned()]);
    vec![
        (
            "JN860",
            not(NotSubmitted::AsPurchase(NotBought::Refused(error()))),
        ),
        (
            "JN861",
            not(NotSubmitted::AsPurchase(NotBought::Cancelled(
                Interrupted::Stopped,
            ))),
        ),
        (
            "JN861",
            not(NotSubmitted::AsPurchase(NotBought::RunStopped)),
        ),
        ("JN864", not(NotSubmitted::Twice)),
        ("JN864", not(NotSubmitted::Held)),
        ("JN864", not(NotSubmitted::OfAnotherState(known()))),
        (
            "JN862",
            not(NotSubmitted::Unconfirmed(open(), "no response".to_owned())),
        ),
        ("JN863", not(NotSubmitted::Open(open()))),
        ("JN863", not(NotSubmitted::Returned(known(), order.clone()))),
        ("JN865", not(unfit(true, true))),
        ("JN865", not(unfit(false, false))),
        ("JN866", not(NotSubmitted::Open(broken()))),
        ("JN867", port_ins::open_at_plan(&number, &open(), false)),
        ("JN867", port_ins::open_at_plan(&number, &known(), true)),
        ("JN867", port_ins::open_at_plan(&number, &known(), false)),
        ("JN881", port_ins::moved(&number)),
        ("JN883", port_ins::left_open(&[&open()])),
        ("JN884", port_ins::held_twice(name, &order)),
        ("JN874", port_ins::not_taken_back(name, &["iccid"])),
        ("JN882", port_ins::ended(&number, &order)),
        ("JN868", port_ins::recovered(&number, &order)),
        ("JN869", port_ins::record_not_updated(&number, "full")),
        (
            "JN870",
            port_ins::still_open(name, Interrupted::DeadlineExceeded),
        ),
        (
            "JN871",
            port_ins::refused_by_carrier(name, Some("8A"), "Correct it."),
        ),
        (
            "JN871",
            port_ins::refused_by_carrier(name, None, "Correct it."),
        ),
        ("JN872", port_ins::order_cancelled(name)),
        ("JN873", port_ins::not_shown(name, "JNUOID-1")),
        ("JN806", port_ins::not_importable(&order, true)),
        ("JN806", port_ins::not_importable(&order, false)),
        ("JN804", objects::order_of_another(name, &order)),
        ("JN874", port_ins::only_recorded(name, "Complete")),
        ("JN874", port_ins::only_recorded(name, "Pending")),
        (
            "JN875",
            port_ins::secret_missing("current_account_number_wo"),
        ),
        (
            "JN875",
            port_ins::incomplete(&["current_account_number_wo"]),
        ),
        ("JN875", port_ins::address_missing()),
        ("JN876", port_ins::update_failed(name)),
        ("JN877", port_ins::not_sent(&number, &error().to_string())),
        (
            "JN877",
            port_ins::not_sent(&number, "the API responded that it failed"),
        ),
        ("JN878", port_ins::stuck(name, &order, &error())),
        ("JN879", port_ins::will_cancel(name)),
        (
            "JN880",
            port_ins::not_cancelled(name, &order, true, Some(&error())),
        ),
        ("JN880", port_ins::not_cancelled(name, &order, false, None)),
    ]
}
