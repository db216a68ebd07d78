//! Every text about port-ins.

use super::super::{Code, port_ins};
use crate::context::Interrupted;
use crate::joonto::{E164, Error, OrderId};
use crate::provider::purchase::{NotSubmitted, OpenPortIn, UnfitOrder};
use crate::terraform::Diagnostic;

/// Every text about port-ins, by code.
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
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
        (Code::PortInRefused, not(NotSubmitted::Refused(error()))),
        (
            Code::PortInNotSent,
            not(NotSubmitted::Cancelled(Interrupted::Stopped)),
        ),
        (Code::PortInNotSent, not(NotSubmitted::RunStopped)),
        (Code::PortInTwice, not(NotSubmitted::Twice)),
        (Code::PortInTwice, not(NotSubmitted::Held)),
        (
            Code::PortInTwice,
            not(NotSubmitted::OfAnotherState(known())),
        ),
        (
            Code::PortInUnconfirmed,
            not(NotSubmitted::Unconfirmed(open(), "no response".to_owned())),
        ),
        (Code::PortInOpen, not(NotSubmitted::Open(open()))),
        (
            Code::PortInOpen,
            not(NotSubmitted::Returned(known(), order.clone())),
        ),
        (Code::PortInOrderUnfit, not(unfit(true, true))),
        (Code::PortInOrderUnfit, not(unfit(false, false))),
        (
            Code::PortInRecordUnreadable,
            not(NotSubmitted::RecordUnreadable(
                broken(),
                "it is damaged".to_owned(),
            )),
        ),
        (
            Code::PortInOpenAtPlan,
            port_ins::open_at_plan(&number, &open(), false),
        ),
        (
            Code::PortInOpenAtPlan,
            port_ins::open_at_plan(&number, &known(), true),
        ),
        (
            Code::PortInOpenAtPlan,
            port_ins::open_at_plan(&number, &known(), false),
        ),
        (Code::PortInMoved, port_ins::moved(&number)),
        (Code::PortInsOpen, port_ins::left_open(&[&open()])),
        (Code::PortInHeldTwice, port_ins::held_twice(name, &order)),
        (
            Code::PortInOnlyRecorded,
            port_ins::not_taken_back(name, &["iccid"]),
        ),
        (Code::PortInEnded, port_ins::ended(&number, &order)),
        (Code::PortInRecovered, port_ins::recovered(&number, &order)),
        (
            Code::PortInRecordNotUpdated,
            port_ins::record_not_updated(&number, "full"),
        ),
        (
            Code::PortInPending,
            port_ins::still_open(name, Interrupted::DeadlineExceeded),
        ),
        (
            Code::PortInRefusedByCarrier,
            port_ins::refused_by_carrier(name, Some("8A"), "Correct it."),
        ),
        (
            Code::PortInRefusedByCarrier,
            port_ins::refused_by_carrier(name, None, "Correct it."),
        ),
        (Code::PortInCancelled, port_ins::order_cancelled(name)),
        (Code::PortInNotShown, port_ins::not_shown(name, "JNUOID-1")),
        (
            Code::ObjectNotImported,
            port_ins::not_importable(&order, true),
        ),
        (
            Code::ObjectNotImported,
            port_ins::not_importable(&order, false),
        ),
        (
            Code::ObjectUnreadable,
            port_ins::order_of_another(name, &order),
        ),
        (
            Code::PortInOnlyRecorded,
            port_ins::only_recorded(name, "Complete"),
        ),
        (
            Code::PortInOnlyRecorded,
            port_ins::only_recorded(name, "Pending"),
        ),
        (
            Code::PortInIncomplete,
            port_ins::secret_missing("current_account_number_wo"),
        ),
        (
            Code::PortInIncomplete,
            port_ins::incomplete(&["current_account_number_wo"]),
        ),
        (Code::PortInIncomplete, port_ins::address_missing()),
        (Code::PortInNotUpdated, port_ins::update_failed(name)),
        (
            Code::PortInNotCorrected,
            port_ins::not_sent(&number, Some(&error())),
        ),
        (Code::PortInNotCorrected, port_ins::not_sent(&number, None)),
        (Code::PortInStuck, port_ins::stuck(name, &order, &error())),
        (Code::PortInWillCancel, port_ins::will_cancel(name)),
        (
            Code::PortInNotCancelled,
            port_ins::not_cancelled(name, &order, true, Some(&error())),
        ),
        (
            Code::PortInNotCancelled,
            port_ins::not_cancelled(name, &order, false, None),
        ),
    ]
}
