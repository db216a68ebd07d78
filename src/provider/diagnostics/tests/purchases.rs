//! Every text about purchases, by its code.

use time::OffsetDateTime;

use crate::context::Interrupted;
use crate::joonto::{E164, Error as ApiError, Iccid, OrderId, Receipt};
use crate::provider::diagnostics::{purchase, stops};
use crate::provider::purchase::{
    Bought, Candidate, Choices, NotBought, Notice, Obstacle, OpenWarning, PlaceError, RunChoices,
    RunId, Stop,
};
use crate::terraform::Diagnostic;

pub(super) const NUMBER: &str = "+18015550100";

pub(super) fn number() -> E164 {
    E164::parse(NUMBER).expect("a number")
}

pub(super) fn order() -> OrderId {
    OrderId::parse("JNUOID-1").expect("an order")
}

pub(super) fn sim() -> Iccid {
    Iccid::parse("8901240397190195850").expect("a SIM")
}

fn run() -> RunId {
    RunId::parse("abcdef012345").expect("a run")
}

/// Choices of a run with so many known numbers, unknown purchases and candidates.
pub(super) fn choices(known: usize, unknown: usize, fits: usize) -> Choices {
    let listed = vec![number(); fits];
    Choices {
        runs: vec![RunChoices {
            run: run(),
            known: vec![E164::parse("+18015550199").expect("a number"); known],
            orders: 0,
            unknown,
            fits: listed.clone(),
        }],
        candidates: listed.into_iter().map(Candidate::of).collect(),
        problem: None,
    }
}

pub(super) fn stop(choices: Option<Choices>) -> Box<Stop> {
    Box::new(Stop {
        what: "the purchase of a number (iot p2p), sent at some time".into(),
        cause: Some("the connection was closed".into()),
        choices,
    })
}

fn place() -> PlaceError {
    PlaceError {
        place: "/somewhere".into(),
        cause: "no space left".into(),
    }
}

/// Every way in which no number is bought, by code.
pub(super) fn refusals() -> Vec<(&'static str, Diagnostic)> {
    let api = || ApiError::refused_for_tests(429);
    let iccid = sim();
    let all = [
        ("JN101", NotBought::Refused(api())),
        ("JN102", NotBought::Cancelled(Interrupted::Stopped)),
        (
            "JN104",
            NotBought::OrderFailed(order(), Some("no stock.".into())),
        ),
        ("JN103", NotBought::NotRecorded(place())),
        ("JN112", NotBought::RecordsUnreadable(place())),
        ("JN105", NotBought::RunStopped),
        ("JN106", NotBought::HeldBack(stop(Some(choices(0, 1, 2))))),
        (
            "JN107",
            NotBought::RecordUnreadable {
                name: "a.b.abcdef012345.c/1.json".into(),
                why: "it is no JSON".into(),
                choices: Box::new(choices(0, 1, 0)),
            },
        ),
        ("JN108", NotBought::LineMalformed("x".into())),
        (
            "JN109",
            NotBought::LineRefused {
                choices: Box::new(choices(0, 1, 0)),
                number: number(),
                obstacle: Obstacle::Unlike,
            },
        ),
        ("JN110", NotBought::Unconfirmed(stop(None))),
        (
            "JN110",
            NotBought::Unconfirmed(stop(Some(choices(0, 1, 0)))),
        ),
        (
            "JN110",
            NotBought::Unconfirmed(stop(Some(choices(0, 3, 2)))),
        ),
        ("JN111", NotBought::Open(stop(None))),
        ("JN111", NotBought::Open(stop(Some(choices(2, 0, 0))))),
        ("JN111", NotBought::Open(stop(Some(choices(1, 1, 1))))),
        (
            "JN140",
            NotBought::SimTaken {
                iccid: iccid.clone(),
                number: Some(number()),
                status: Some("Parked".into()),
            },
        ),
        ("JN141", NotBought::SimUnreadable(iccid.clone(), api())),
        ("JN142", NotBought::SimBoughtFor(iccid, None)),
        ("JN150", NotBought::NeedsPlace("CI")),
        ("JN152", NotBought::TokenCannotBuy(None)),
    ];
    let places = ["/somewhere".to_owned()];
    all.into_iter()
        .map(|(code, problem)| (code, purchase::not_bought(problem, &places)))
        .collect()
}

/// Every warning about purchases, by code.
pub(super) fn warnings() -> Vec<(&'static str, Diagnostic)> {
    let notices = [
        ("JN120", Notice::Adopted(number())),
        ("JN121", Notice::Recovered(NUMBER.into())),
        ("JN122", Notice::Pending(Interrupted::DeadlineExceeded)),
        ("JN123", Notice::Unread("it is not visible".into())),
        ("JN124", Notice::Remark("low stock".into())),
        ("JN125", Notice::Unnamed),
        ("JN126", Notice::NamesAnother(number())),
        ("JN127", Notice::ReportedFailed(None)),
        ("JN128", Notice::NotReturned("no space left".into())),
        ("JN129", Notice::Panicked),
    ];
    let report = |notice: Notice| {
        let bought = Bought {
            receipt: Receipt {
                order_id: Some(order()),
                ..Receipt::default()
            },
            record: None,
            is_complete: true,
            notices: vec![notice],
            journal_entry: String::new(),
            run: String::new(),
            bought_at: OffsetDateTime::UNIX_EPOCH,
        };
        purchase::notices(&bought, NUMBER).remove(0)
    };
    let open = |ours: usize, others| OpenWarning {
        ours: vec!["a purchase".into(); ours],
        others,
        choices: choices(0, ours, 0),
    };
    let notices = notices.map(|(code, notice)| (code, report(notice)));
    let others = [
        ("JN131", stops::purchases_open(&open(1, 0))),
        ("JN131", stops::purchases_open(&open(0, 2))),
        ("JN132", purchase::plan_not_shared("no space left")),
        ("JN302", purchase::held_twice(NUMBER)),
        ("JN130", purchase::earlier_ended(NUMBER)),
    ];
    notices.into_iter().chain(others).collect()
}
