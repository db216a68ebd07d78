//! Every text that is not about a purchase, by its code; and all of them.

use super::purchases::{NUMBER, number, order, refusals, sim, warnings};
use crate::joonto::{
    AccountFingerprint, AccountId, ActivationCode, BaseUrl, Error as ApiError, Inventory, Lookup,
    NumberRecord, Proxy, StatusChange, TooManyMissing, Unlisted,
};
use crate::provider::diagnostics::actions::{self, ActionObstacle};
use crate::provider::diagnostics::plans::{self, Departure};
use crate::provider::diagnostics::{
    Code, configuration, data, destroys, e911, lists, objects, purchase, reads, routes,
    subscribers, updates, values, webhooks,
};
use crate::provider::number::DeletionPolicy;
use crate::terraform::{Attr, Diagnostic};

/// Every text, by code. Texts with variants stand here once for each.
pub(super) fn all() -> Vec<(Code, Diagnostic)> {
    [
        refusals(),
        warnings(),
        planned(),
        others(),
        read_errors(),
        read_warnings(),
        look_ups(),
        update_texts(),
        configuration_texts(),
        action_texts(),
        value_texts(),
        data::samples(),
        e911::samples(),
        objects::samples(),
        super::port_ins::samples(),
        routes::samples(),
        webhooks::samples(),
        subscribers::samples(),
    ]
    .concat()
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
        (Code::OnlyRecorded, plans::name_stays(NUMBER)),
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
            Code::OrderNamesAnother,
            purchase::order_names_another("JNUOID-1", &number()),
        ),
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

/// Everything about imports, lists and data sources, by code.
fn look_ups() -> Vec<(Code, Diagnostic)> {
    let api = || ApiError::refused_for_tests(404);
    let empty = Inventory::default();
    let full = Inventory {
        numbers: vec![NumberRecord::default(); 2],
        ..Inventory::default()
    };
    let by_number = Lookup::Number(number());
    let by_sim = Lookup::Sim(sim());
    let unknown = |lookup, inventory| {
        (
            Code::ImportUnknown,
            reads::import_of_unknown(lookup, inventory),
        )
    };
    vec![
        (
            Code::ImportEnded,
            reads::import_of_ended(NUMBER, "Cancelled"),
        ),
        unknown(&by_number, None),
        unknown(&by_number, Some(&empty)),
        unknown(&by_number, Some(&full)),
        unknown(&by_sim, Some(&full)),
        (Code::InventoryIncomplete, lists::incomplete(3, Some(5))),
        (Code::InventoryIncomplete, lists::incomplete(3, None)),
        (Code::RecordsNotRead, lists::unreadable(1, 5)),
        (Code::FilterUndecided, lists::undecided("status", 1, 5)),
        (
            Code::WordUnknown,
            lists::word_unknown("status", "Activ", ["Active"].into_iter()),
        ),
        (
            Code::WordUnknown,
            lists::word_unknown("status", "Activ", std::iter::empty()),
        ),
        (Code::LookUpFailed, lists::cannot_look_up(NUMBER, &api())),
        (Code::NotFound, lists::not_found(NUMBER)),
        (
            Code::OneOfTwoNeeded,
            lists::one_of_two_needed("both are set"),
        ),
    ]
}

/// Everything about updates, by code.
fn update_texts() -> Vec<(Code, Diagnostic)> {
    let routes = ["message_route_id"];
    let (number, api) = (number(), ApiError::refused_for_tests(500));
    vec![
        (Code::UpdateRefused, updates::refused(&number, &api)),
        (
            Code::MoreChanged,
            updates::more_changed(&number, &["status"]),
        ),
        (Code::QrCodeUnread, updates::qr_code_unread(NUMBER, &api)),
        (
            Code::CallerNameUnsent,
            updates::name_unsent(NUMBER, "HTTP 500"),
        ),
        (Code::ImportIdInvalid, reads::import_id_invalid("hello")),
        (
            Code::ImportIncomplete,
            reads::import_incomplete(NUMBER, &api),
        ),
        (Code::PlanIncomplete, plans::incomplete()),
        (Code::UpdateFailed, updates::failed(&number, None)),
        (
            Code::CannotUnset,
            updates::cannot_unset(&number, &routes, "the API refused"),
        ),
        (
            Code::UpdatePending,
            updates::pending(&number, &order(), Some("Pending"), "it took long"),
        ),
    ]
}

/// Everything about the provider block and its environment, by code.
fn configuration_texts() -> Vec<(Code, Diagnostic)> {
    let proxy = |value: &'static str| {
        let api = BaseUrl::parse("https://api.example", false).expect("an address");
        let refused = Proxy::of(&api, |name| (name == "HTTPS_PROXY").then_some(value));
        configuration::proxy_refused(refused.expect_err("a refusal"))
    };
    vec![
        (Code::StateNameMissing, configuration::state_name_missing()),
        (
            Code::JournalInvalid,
            configuration::journal_invalid("it is no place"),
        ),
        (
            Code::SecondConfiguration,
            configuration::second_configuration(),
        ),
        (
            Code::NumberInvalid,
            configuration::number_invalid("max_retries", "JOONTO_MAX_RETRIES"),
        ),
        (
            Code::BaseUrlInvalid,
            configuration::base_url_invalid("it is plain http"),
        ),
        (
            Code::CredentialsMissing,
            configuration::credentials_missing(),
        ),
        (
            Code::CredentialMissing,
            configuration::credential_missing("account_key", "account_secret"),
        ),
        (
            Code::ConfigurationUnknown,
            configuration::unknown(&["token"]),
        ),
        (Code::NotConfigured, configuration::not_configured()),
        (Code::ProxyMalformed, proxy("ht!tp://proxy")),
        (Code::ProxyUnsupported, proxy("socks5://proxy.example")),
    ]
}

/// Everything about actions, by code.
fn action_texts() -> Vec<(Code, Diagnostic)> {
    let (number, api) = (number(), ApiError::refused_for_tests(500));
    let lost = api.clone().unconfirmed();
    let obstacles = [
        ActionObstacle::Unknown,
        ActionObstacle::Cancelled,
        ActionObstacle::NoSwaps,
        ActionObstacle::Status("Porting"),
    ];
    let impossible = obstacles.map(|obstacle| {
        let text = actions::impossible(&number, obstacle);
        (Code::ActionImpossible, text)
    });
    let others = [
        (Code::ActionWithoutNumber, actions::without_number()),
        (Code::SuspendsLine, actions::suspends_line(None)),
        (
            Code::SuspendsLine,
            actions::suspends_line(Some(sim().digits())),
        ),
        (Code::ActionWithoutSim, actions::without_sim()),
        (Code::SimStatusFailed, actions::sim_status_refused(&sim())),
        (
            Code::SimStatusFailed,
            actions::sim_status_failed(&sim(), &ApiError::refused_for_tests(404)),
        ),
        (
            Code::SimStatusUnconfirmed,
            actions::sim_status_failed(&sim(), &api),
        ),
        (Code::SwapsBack, actions::swaps_back(None, &Attr::Null)),
        (
            Code::SwapsBack,
            actions::swaps_back(Some(NUMBER), &Attr::Unknown),
        ),
        (
            Code::ActionFailed,
            actions::refused(&number, "Parking", &api),
        ),
        (
            Code::ActionUnconfirmed,
            actions::refused(&number, "Parking", &lost),
        ),
        (
            Code::ActionFailed,
            actions::failed(&number, "Parking", None),
        ),
        (
            Code::ActionPending,
            actions::pending(&number, "Parking", &order(), "it took long"),
        ),
        (
            Code::ActionNotVisible,
            actions::not_visible(&number, "Reactivation", Some("Parked"), "it took long"),
        ),
        (
            Code::ActionRepeatable,
            actions::repeatable(&number, "Refreshing the NNID", &api),
        ),
        (
            Code::SwapUnconfirmed,
            actions::swap_unconfirmed(&number, &api),
        ),
    ];
    impossible.into_iter().chain(others).collect()
}

/// Everything about single values, by code.
fn value_texts() -> Vec<(Code, Diagnostic)> {
    let no_code = ActivationCode::parse("hello").expect_err("not a code");
    vec![
        (
            Code::ActivationUnreadable,
            values::no_activation_code(no_code),
        ),
        (
            Code::SecretGivenTwice,
            values::secret_given_twice("password", "password_wo"),
        ),
        (
            Code::SecretNeedsVersion,
            values::secret_needs_version("password_wo", "password_wo_version"),
        ),
        (Code::RouteNeedsUrl, values::route_needs_url()),
    ]
}
