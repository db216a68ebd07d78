//! What every text about purchases, reads and destroys has to say, and what none may say.

use time::OffsetDateTime;

use super::plans::Departure;
use super::*;
use crate::joonto::{
    AccountFingerprint, AccountId, E164, Error as ApiError, Iccid, MessageType, NumberType,
    OrderId, ProvisionRequest, Receipt, StatusChange, TooManyMissing, Unlisted,
};
use crate::provider::number::DeletionPolicy;
use crate::provider::purchase::{
    Bought, Candidate, Choices, NotBought, Notice, Obstacle, OpenWarning, PlaceError, RunChoices,
    RunId, Stop,
};
use crate::wait::Interrupted;

const NUMBER: &str = "+18015550100";

fn number() -> E164 {
    E164::parse(NUMBER).expect("a number")
}

fn order() -> OrderId {
    OrderId::parse("JNUOID-1").expect("an order")
}

fn run() -> RunId {
    RunId::parse("abcdef012345").expect("a run")
}

/// Choices of a run with so many known numbers, unknown purchases and candidates.
fn choices(known: usize, unknown: usize, fits: usize) -> Choices {
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

fn stop(choices: Option<Choices>) -> Box<Stop> {
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
fn refusals() -> Vec<(Code, Diagnostic)> {
    let request = ProvisionRequest::new(NumberType::Iot, MessageType::P2p, false, false);
    let api = || ApiError::refused_for_tests(429);
    let iccid = Iccid::parse("8901240397190195850").expect("a SIM");
    let all = [
        (Code::PurchaseRefused, NotBought::Refused(api())),
        (
            Code::PurchaseCancelled,
            NotBought::Cancelled(Interrupted::Stopped),
        ),
        (
            Code::OrderFailed,
            NotBought::OrderFailed(order(), Some("no stock.".into())),
        ),
        (Code::PurchaseNotRecorded, NotBought::NotRecorded(place())),
        (
            Code::RecordsUnreadable,
            NotBought::RecordsUnreadable(place()),
        ),
        (Code::RunStopped, NotBought::RunStopped),
        (
            Code::HeldBack,
            NotBought::HeldBack(stop(Some(choices(0, 1, 2)))),
        ),
        (Code::LineMalformed, NotBought::LineMalformed("x".into())),
        (
            Code::LineRefused,
            NotBought::LineRefused {
                choices: Box::new(choices(0, 1, 0)),
                number: number(),
                obstacle: Obstacle::Unlike,
            },
        ),
        (Code::OrderUnconfirmed, NotBought::Unconfirmed(stop(None))),
        (
            Code::OrderUnconfirmed,
            NotBought::Unconfirmed(stop(Some(choices(0, 1, 0)))),
        ),
        (
            Code::OrderUnconfirmed,
            NotBought::Unconfirmed(stop(Some(choices(0, 3, 2)))),
        ),
        (Code::EarlierPurchaseOpen, NotBought::Open(stop(None))),
        (
            Code::EarlierPurchaseOpen,
            NotBought::Open(stop(Some(choices(2, 0, 0)))),
        ),
        (
            Code::EarlierPurchaseOpen,
            NotBought::Open(stop(Some(choices(1, 1, 1)))),
        ),
        (
            Code::SimTaken,
            NotBought::SimTaken {
                iccid: iccid.clone(),
                number: Some(number()),
                status: Some("Parked".into()),
            },
        ),
        (
            Code::SimUnreadable,
            NotBought::SimUnreadable(iccid.clone(), api()),
        ),
        (Code::SimReserved, NotBought::SimBoughtFor(iccid, None)),
        (Code::RecordsNeedPlace, NotBought::NeedsPlace("CI")),
        (Code::TokenCannotBuy, NotBought::TokenCannotBuy(None)),
    ];
    let places = ["/somewhere".to_owned()];
    all.into_iter()
        .map(|(code, problem)| (code, purchase::not_bought(&request, problem, &places)))
        .collect()
}

/// Every warning, by code.
fn warnings() -> Vec<(Code, Diagnostic)> {
    let notices = [
        (Code::NumberAdopted, Notice::Adopted(number())),
        (Code::NumberRecovered, Notice::Recovered(NUMBER.into())),
        (
            Code::OrderPending,
            Notice::Pending(Interrupted::DeadlineExceeded),
        ),
        (
            Code::NumberUnread,
            Notice::Unread("it is not visible".into()),
        ),
        (Code::PurchaseRemark, Notice::Remark("low stock".into())),
        (Code::OrderUnnamed, Notice::Unnamed),
        (Code::OrderNamesAnother, Notice::NamesAnother(number())),
        (Code::FailedOrderBought, Notice::ReportedFailed(None)),
        (
            Code::RecordNotUpdated,
            Notice::NotReturned("no space left".into()),
        ),
        (Code::ProviderPanicked, Notice::Panicked),
        (Code::EarlierPurchaseEnded, Notice::Ended(NUMBER.into())),
    ];
    let told = |notice: Notice| {
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
    let notices = notices.map(|(code, notice)| (code, told(notice)));
    let others = [
        (Code::PurchasesOpen, stops::purchases_open(&open(1, 0))),
        (Code::PurchasesOpen, stops::purchases_open(&open(0, 2))),
        (
            Code::PlanNotShared,
            purchase::plan_not_shared("no space left"),
        ),
        (Code::NumberHeldTwice, purchase::held_twice(NUMBER)),
        (Code::SecondConfiguration, purchase::second_configuration()),
    ];
    notices.into_iter().chain(others).chain(planned()).collect()
}

/// Every warning of a plan, by code.
fn planned() -> Vec<(Code, Diagnostic)> {
    let policies = [
        DeletionPolicy::Cancel,
        DeletionPolicy::Park,
        DeletionPolicy::Abandon,
    ];
    let departures = policies.into_iter().flat_map(|policy| {
        [
            (Code::PlanDestroys, Departure::Destroyed),
            (Code::PlanReplaces, Departure::Replaced),
        ]
        .map(|(code, departure)| (code, plans::departs(NUMBER, policy, departure)))
    });
    let others = [
        (Code::ValueKept, plans::keeps_value("zip_code", NUMBER)),
        (Code::OnlyRecorded, plans::only_recorded("zip_code", NUMBER)),
        (Code::CheckDigit, plans::check_digit()),
        (Code::VoiceWithoutRoute, plans::voice_without_route()),
        (Code::MessagesWithoutRoute, plans::messages_without_route()),
        (Code::IotHasNoVoice, plans::iot_has_no_voice()),
        (Code::VoipHasNoData, plans::voip_has_no_data()),
        (
            Code::UnknownProduct,
            plans::unknown_product(&"x".repeat(1000), &["Sms-Only"]),
        ),
    ];
    departures.chain(others).collect()
}

fn others() -> Vec<(Code, Diagnostic)> {
    vec![
        (Code::NumberPrevented, plans::prevented(NUMBER)),
        (Code::PolicyUnknown, plans::policy_unknown(NUMBER)),
        (Code::IotIsP2p, plans::iot_is_p2p()),
        (Code::VoipIsA2p, plans::voip_is_a2p()),
        (
            Code::MoveRefused,
            plans::move_refused("acme_number", "example.com/acme/phones", "joonto_number"),
        ),
        (Code::PurchaseLimit, purchase::over_limit(5)),
        (
            Code::SimStaysTaken,
            purchase::sim_stays_taken(NUMBER, "park"),
        ),
        (
            Code::NumberOfAnotherPurchase,
            purchase::older_than_purchase(NUMBER, "01/02/2023"),
        ),
        (
            Code::NumberHeldTwiceRefused,
            purchase::held_twice_refused(NUMBER),
        ),
        (Code::StateNameMissing, purchase::state_name_missing()),
        (
            Code::JournalInvalid,
            purchase::journal_invalid("it is no place"),
        ),
    ]
}

/// Every error of a read or a destroy, by code.
fn read_errors() -> Vec<(Code, Diagnostic)> {
    let api = || ApiError::refused_for_tests(500);
    let misses = |is_first| TooManyMissing {
        missing: vec![number(); 6],
        read: 24,
        is_first,
    };
    let ours = AccountFingerprint::for_tests();
    let (cancel, park) = (StatusChange::Cancel, StatusChange::Park);
    let id = order();
    let pending =
        |order| destroys::change_pending(&number(), order, Some("Pending"), "it took long");
    vec![
        (
            Code::NumberUnproved,
            reads::unproved(NUMBER, &Unlisted::NotWhole),
        ),
        (
            Code::NumberUnproved,
            reads::unproved(NUMBER, &Unlisted::Unreadable(api())),
        ),
        (Code::TooManyMissing, reads::too_many(NUMBER, &misses(true))),
        (
            Code::TooManyMissing,
            reads::too_many(NUMBER, &misses(false)),
        ),
        (
            Code::NumberOfAnotherAccount,
            reads::another_account(NUMBER, "0123456789abcdef", &ours),
        ),
        (Code::AccountUnknown, reads::account_unknown(NUMBER)),
        (Code::SimMoved, reads::moved_sim(NUMBER, &number())),
        (Code::NumberUnreadable, reads::unreadable(NUMBER, &api())),
        (Code::NumberOfSomebodyElse, reads::somebody_elses(NUMBER)),
        (Code::NothingToAskBy, reads::nothing_to_ask_by()),
        (
            Code::NumberNotCancelled,
            destroys::not_ended(&number(), &cancel, "it failed"),
        ),
        (
            Code::NumberNotParked,
            destroys::change_failed(&number(), &park, Some(&id), Some("no.")),
        ),
        (
            Code::NumberNotCancelled,
            destroys::not_visible(&number(), &cancel),
        ),
        (Code::StatusOrderPending, pending(Some(&id))),
        (Code::StatusOrderPending, pending(None)),
        (
            Code::OrderStillPending,
            destroys::order_pending(&id, None, "it took long"),
        ),
        (
            Code::OrderFailedMeanwhile,
            destroys::order_failed(&id, None),
        ),
        (
            Code::NumberNotCompleted,
            destroys::not_completed(NUMBER, "it failed."),
        ),
    ]
}

/// Every warning of a read, by code.
fn read_warnings() -> Vec<(Code, Diagnostic)> {
    let unconfirmed = |why| (Code::NumberUnconfirmed, reads::unconfirmed(NUMBER, &why));
    vec![
        (Code::NumberEnded, reads::ended(NUMBER, "Cancelled")),
        (Code::NumberGone, reads::gone(NUMBER)),
        (Code::NumberYoung, reads::young(NUMBER)),
        (Code::ReadsDisagree, reads::disagree(NUMBER, true)),
        (Code::ReadsDisagree, reads::disagree(NUMBER, false)),
        unconfirmed(Unlisted::NoneLive),
        unconfirmed(Unlisted::OtherAccount(None)),
        unconfirmed(Unlisted::OtherAccount(AccountId::parse("AID-1").ok())),
        (Code::OrderNotVisible, reads::order_not_visible(&order())),
        (
            Code::OrderFailedLater,
            reads::order_failed_later(&order(), Some("no stock.")),
        ),
        (Code::NothingToReadBy, reads::nothing_to_read_by()),
    ]
}

/// What a read or a destroy says names its number or order, and never that it was for nothing.
#[test]
fn texts_of_reads_and_destroys_name_their_subject_and_what_the_state_does() {
    for (code, text) in read_errors().into_iter().chain(read_warnings()) {
        let all = format!("{} {}", text.summary(), text.detail());
        let has_subject = !matches!(code, Code::NothingToAskBy | Code::NothingToReadBy);
        assert_eq!(
            all.contains(NUMBER) || all.contains("JNUOID-1"),
            has_subject,
            "{all}"
        );
        let costs = ["Nothing was changed or bought.", "Nothing was bought"];
        assert!(costs.iter().any(|cost| all.contains(cost)), "{all}");
    }
}

#[test]
fn every_text_has_its_code_and_severity_and_says_what_to_do() {
    let errors = refusals()
        .into_iter()
        .chain(others())
        .chain(read_errors())
        .map(|one| (one, true));
    let warnings = warnings().into_iter().chain(read_warnings());
    let all = errors.chain(warnings.map(|one| (one, false)));
    let of_routes = |one: (Code, Diagnostic)| (one.clone(), one.0.row().1 == Severity::Error);
    let all = all.chain(routes::samples().into_iter().map(of_routes));
    for ((code, text), is_error) in all {
        assert_eq!(text.code(), Some(code.row().0), "{text:?}");
        assert_eq!(text.is_error(), is_error, "{text:?}");
        let detail = text.detail();
        let steps = [
            "pply",
            "et ",
            "heck",
            "ontact",
            "emove",
            "orrect",
            "needs to be done",
            "lan again",
            "To go on",
            "onfigure",
            "next refresh",
            "terraform plan",
            "Look",
            "Make",
            "Give",
            "Run ",
            "Another error",
            "debug mode",
            "reactivated",
            "activated again",
            "terraform import",
        ];
        assert!(steps.iter().any(|step| detail.contains(step)), "{detail}");
        assert!(
            !detail.contains("..") && !detail.contains("  \n"),
            "{detail}"
        );
        assert!(text.summary().split(' ').count() <= 8, "{}", text.summary());
        assert!(detail.len() < 2048, "{detail}");
    }
}

#[test]
fn no_text_uses_an_archaic_word() {
    let words = [
        "whoever",
        "lest",
        "anew",
        "all the same",
        "to be had",
        "as it stands",
        "for good",
        "taken up",
        "mend",
        " told",
    ];
    let reads = read_errors().into_iter().chain(read_warnings());
    let all = refusals().into_iter().chain(warnings()).chain(others());
    for (_, text) in all.chain(reads).chain(routes::samples()) {
        let text = format!("{} {}", text.summary(), text.detail()).to_lowercase();
        for word in words {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

/// C75: what no text may say.
#[test]
fn only_proof_says_that_nothing_was_bought_and_no_text_deletes_a_record() {
    let proved = [Code::PurchaseRefused, Code::OrderFailed];
    for (code, text) in refusals().into_iter().chain(warnings()) {
        let detail = text.detail().to_lowercase();
        for claim in ["nothing was bought and", "no money was spent"] {
            assert_eq!(
                detail.contains(claim),
                proved.contains(&code),
                "{claim}: {detail}"
            );
        }
        assert!(!detail.contains("delete"), "{detail}");
    }
}

/// C75: the line comes first, `nothing` comes last, and an import is followed by a line.
#[test]
fn a_full_stop_begins_with_lines_and_never_with_nothing_alone() {
    for (known, unknown, fits) in [(0, 1, 0), (0, 1, 2), (0, 3, 2), (1, 1, 1), (2, 0, 0)] {
        let texts = [NotBought::Unconfirmed, NotBought::Open, NotBought::HeldBack];
        for build in texts {
            let request = ProvisionRequest::new(NumberType::Iot, MessageType::P2p, false, false);
            let problem = build(stop(Some(choices(known, unknown, fits))));
            let text = purchase::not_bought(&request, problem, &[]);
            let lines: Vec<&str> = text
                .detail()
                .lines()
                .filter(|line| line.contains("JOONTO_PURCHASE_RESOLVED="))
                .collect();
            assert!(
                text.detail()
                    .starts_with("Apply with one of these lines:\n")
            );
            assert!(!lines[0].ends_with("=nothing\""), "{}", text.detail());
            let is_nothing = |line: &&&str| line.ends_with("=nothing\"");
            if unknown > 0 {
                assert!(lines.iter().filter(is_nothing).count() >= 1);
            }
            if let Some((_, after)) = text.detail().split_once("terraform import") {
                assert!(after.contains("JOONTO_PURCHASE_RESOLVED="), "{after}");
                assert!(text.detail().contains("no other state holds it"));
            }
        }
    }
}

#[test]
fn codes_are_unique() {
    let reads = read_errors().into_iter().chain(read_warnings());
    let all = refusals().into_iter().chain(warnings()).chain(others());
    let all = all.chain(reads).chain(routes::samples());
    let mut codes: Vec<(&str, String)> = all
        .map(|(code, _)| (code.row().0, format!("{code:?}")))
        .collect();
    codes.sort();
    codes.dedup();
    let mut ids: Vec<&str> = codes.iter().map(|(id, _)| *id).collect();
    ids.dedup();
    assert_eq!(ids.len(), codes.len(), "{codes:?}");
}
