//! Every text that is not about a purchase, by its code; and all of them.

use super::purchases::{NUMBER, number, order, refusals, sim, warnings};
use crate::joonto::{
    AccountFingerprint, AccountId, ActivationCode, BaseUrl, Error as ApiError, Inventory, Lookup,
    NumberRecord, Proxy, StatusChange, TooManyMissing, Unlisted,
};
use crate::provider::diagnostics::{
    actions, configuration, data, destroys, e911, lists, objects, plans, purchase, reads, routes,
    subscribers, updates, values, webhooks,
};
use crate::provider::number::DeletionPolicy;
use crate::terraform::{Attr, Diagnostic};

/// Every text, by code. Texts with variants stand here once for each.
pub(super) fn all() -> Vec<(&'static str, Diagnostic)> {
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
fn planned() -> Vec<(&'static str, Diagnostic)> {
    let policies = [
        DeletionPolicy::Cancel,
        DeletionPolicy::Park,
        DeletionPolicy::Abandon,
    ];
    let departures = policies.into_iter().flat_map(|policy| {
        [
            ("JN202", plans::destroys(NUMBER, policy)),
            ("JN203", plans::replaces(NUMBER, policy)),
        ]
    });
    let others = [
        ("JN204", plans::keeps_value("zip_code", NUMBER)),
        ("JN205", plans::only_recorded("zip_code", NUMBER)),
        ("JN205", plans::set_at_creation_only("account_id", NUMBER)),
        ("JN205", plans::name_stays("caller_name", NUMBER)),
        ("JN212", plans::check_digit()),
        ("JN213", plans::voice_without_route()),
        ("JN214", plans::messages_without_route()),
        ("JN215", plans::iot_has_no_voice()),
        ("JN216", plans::voip_has_no_data()),
        (
            "JN217",
            plans::unknown_product(&"x".repeat(1000), &["Sms-Only"]),
        ),
    ];
    departures.chain(others).collect()
}

fn others() -> Vec<(&'static str, Diagnostic)> {
    vec![
        ("JN201", plans::prevented(NUMBER)),
        ("JN206", plans::policy_unknown(NUMBER)),
        ("JN210", plans::iot_is_p2p()),
        ("JN211", plans::voip_is_a2p()),
        (
            "JN220",
            plans::move_refused("acme_number", "example.com/acme/phones", "joonto_number"),
        ),
        ("JN151", purchase::over_limit(5)),
        (
            "JN126",
            purchase::order_names_another("order JNUOID-1", &number()),
        ),
        ("JN143", purchase::sim_stays_taken(NUMBER, "park")),
        ("JN301", purchase::older_than_purchase(NUMBER, "01/02/2023")),
        ("JN303", purchase::held_twice_refused(NUMBER)),
    ]
}

/// Every error of a read or a destroy, by code.
fn read_errors() -> Vec<(&'static str, Diagnostic)> {
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
        ("JN315", reads::unproved(NUMBER, &Unlisted::NotWhole)),
        (
            "JN315",
            reads::unproved(NUMBER, &Unlisted::Unreadable(api())),
        ),
        ("JN316", reads::too_many(NUMBER, &misses(true))),
        ("JN316", reads::too_many(NUMBER, &misses(false))),
        (
            "JN317",
            reads::another_account(NUMBER, "0123456789abcdef", &ours),
        ),
        ("JN318", reads::account_unknown(NUMBER)),
        ("JN319", reads::moved_sim(NUMBER, &number())),
        ("JN320", reads::unreadable(NUMBER, &api())),
        ("JN321", reads::somebody_elses(NUMBER)),
        ("JN324", reads::nothing_to_ask_by()),
        (
            "JN420",
            destroys::not_ended(&number(), &cancel, "it failed"),
        ),
        (
            "JN421",
            destroys::change_failed(&number(), &park, Some(&id), Some("no.")),
        ),
        ("JN420", destroys::not_visible(&number(), &cancel)),
        ("JN422", pending(Some(&id))),
        ("JN422", pending(None)),
        ("JN424", destroys::order_pending(&id, None, "it took long")),
        ("JN426", destroys::order_failed(&id, None)),
        ("JN425", destroys::not_completed(NUMBER, "it failed.")),
    ]
}

/// Every warning of a read, by code.
fn read_warnings() -> Vec<(&'static str, Diagnostic)> {
    let unconfirmed = |why| ("JN314", reads::unconfirmed(NUMBER, &why));
    vec![
        ("JN310", reads::ended(NUMBER, "Cancelled")),
        ("JN311", reads::gone(NUMBER)),
        ("JN312", reads::young(NUMBER)),
        ("JN313", reads::disagree(NUMBER, true)),
        ("JN313", reads::disagree(NUMBER, false)),
        unconfirmed(Unlisted::NoneLive),
        unconfirmed(Unlisted::OtherAccount(None)),
        unconfirmed(Unlisted::OtherAccount(AccountId::parse("AID-1").ok())),
        ("JN322", reads::order_not_visible(&order())),
        (
            "JN323",
            reads::order_failed_later(&order(), Some("no stock.")),
        ),
        ("JN325", reads::nothing_to_read_by()),
    ]
}

/// Everything about imports, lists and data sources, by code.
fn look_ups() -> Vec<(&'static str, Diagnostic)> {
    let api = || ApiError::refused_for_tests(404);
    let empty = Inventory::default();
    let full = Inventory {
        numbers: vec![NumberRecord::default(); 2],
        ..Inventory::default()
    };
    let by_number = Lookup::Number(number());
    let by_sim = Lookup::Sim(sim());
    let unknown = |lookup, inventory| ("JN331", reads::import_of_unknown(lookup, inventory));
    vec![
        ("JN330", reads::import_of_ended(NUMBER, "Cancelled")),
        unknown(&by_number, None),
        unknown(&by_number, Some(&empty)),
        unknown(&by_number, Some(&full)),
        unknown(&by_sim, Some(&full)),
        ("JN340", lists::incomplete(3, Some(5))),
        ("JN340", lists::incomplete(3, None)),
        ("JN341", lists::unreadable(1, 5)),
        ("JN342", lists::undecided("status", 1, 5)),
        (
            "JN343",
            lists::word_unknown("status", "Activ", ["Active"].into_iter()),
        ),
        (
            "JN343",
            lists::word_unknown("status", "Activ", std::iter::empty()),
        ),
        ("JN344", lists::cannot_look_up(NUMBER, &api())),
        ("JN345", lists::not_found(NUMBER)),
        ("JN346", lists::one_of_two_needed("both are set")),
    ]
}

/// Everything about updates, by code.
fn update_texts() -> Vec<(&'static str, Diagnostic)> {
    let routes = ["message_route_id"];
    let (number, api) = (number(), ApiError::refused_for_tests(500));
    vec![
        ("JN401", updates::refused(&number, &api)),
        ("JN405", updates::more_changed(&number, &["status"])),
        ("JN406", updates::qr_code_unread(NUMBER, &api)),
        ("JN407", updates::name_unsent(NUMBER, "HTTP 500")),
        ("JN332", reads::import_id_invalid("hello")),
        ("JN333", reads::import_incomplete(NUMBER, &api)),
        ("JN207", plans::incomplete()),
        ("JN402", updates::failed(&number, None)),
        (
            "JN403",
            updates::cannot_unset(&number, &routes, "the API refused"),
        ),
        (
            "JN404",
            updates::pending(&number, &order(), Some("Pending"), "it took long"),
        ),
    ]
}

/// Everything about the provider block and its environment, by code.
fn configuration_texts() -> Vec<(&'static str, Diagnostic)> {
    let proxy = |value: &'static str| {
        let api = BaseUrl::parse("https://api.example", false).expect("an address");
        let refused = Proxy::of(&api, |name| (name == "HTTPS_PROXY").then_some(value));
        configuration::proxy_refused(refused.expect_err("a refusal"))
    };
    vec![
        ("JN601", configuration::state_name_missing()),
        ("JN602", configuration::journal_invalid("it is no place")),
        ("JN603", configuration::second_configuration()),
        (
            "JN604",
            configuration::number_invalid("max_retries", "JOONTO_MAX_RETRIES"),
        ),
        ("JN605", configuration::base_url_invalid("it is plain http")),
        ("JN606", configuration::credentials_missing()),
        (
            "JN607",
            configuration::credential_missing("account_key", "account_secret"),
        ),
        ("JN608", configuration::unknown(&["token"])),
        ("JN609", configuration::not_configured()),
        ("JN610", proxy("ht!tp://proxy")),
        ("JN611", proxy("socks5://proxy.example")),
    ]
}

/// Everything about actions, by code.
fn action_texts() -> Vec<(&'static str, Diagnostic)> {
    let (number, api) = (number(), ApiError::refused_for_tests(500));
    let lost = api.clone().unconfirmed();
    vec![
        ("JN703", actions::unknown(&number)),
        ("JN703", actions::is_cancelled(&number)),
        ("JN703", actions::no_swaps_left(&number)),
        ("JN703", actions::not_ended(&number, "Porting")),
        ("JN701", actions::without_number()),
        ("JN710", actions::suspends_line("the action")),
        ("JN710", actions::suspends_line(sim().digits())),
        ("JN711", actions::without_sim()),
        ("JN712", actions::sim_status_refused(&sim())),
        (
            "JN712",
            actions::sim_status_failed(&sim(), &ApiError::refused_for_tests(404)),
        ),
        ("JN713", actions::sim_status_failed(&sim(), &api)),
        ("JN702", actions::swaps_back(None, &Attr::Null)),
        ("JN702", actions::swaps_back(Some(NUMBER), &Attr::Unknown)),
        ("JN704", actions::refused(&number, "Parking", &api)),
        ("JN708", actions::refused(&number, "Parking", &lost)),
        ("JN704", actions::failed(&number, "Parking", None)),
        (
            "JN705",
            actions::pending(&number, "Parking", &order(), "it took long"),
        ),
        (
            "JN706",
            actions::not_visible(&number, "Reactivation", Some("Parked"), "it took long"),
        ),
        (
            "JN715",
            actions::repeatable(&number, "Refreshing the NNID", &api),
        ),
        ("JN707", actions::swap_unconfirmed(&number, &api)),
    ]
}

/// Everything about single values, by code.
fn value_texts() -> Vec<(&'static str, Diagnostic)> {
    let no_code = ActivationCode::parse("hello").expect_err("not a code");
    vec![
        ("JN720", values::no_activation_code(no_code)),
        (
            "JN501",
            values::secret_given_twice("password", "password_wo"),
        ),
        (
            "JN502",
            values::secret_needs_version("password_wo", "password_wo_version"),
        ),
        ("JN503", values::route_needs_url()),
    ]
}
