//! The table: one row for each switch, in the order in which they are declared.

use std::time::Duration;

use joonto_sandbox::{
    AccountList, DetailsKey, Edition, Lag, NewLimit, NoDevice, NullInUpdate, PageShift,
    PortInWords, Profile, RetryAfter, StatedExpiry, StatusKeys, SubscriberList, WebhookSecrets,
    WrongSource,
};
use serde_json::{Value as Json, json};

use super::plays::SIM;
use super::{Play, Row};
use crate::scene::{MESSAGE_ROUTE, VOICE_ROUTE};

/// An account of the same distributor, beside the one that its inventory names.
const BRANCH: &str = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";

const HOUR: Lag = Lag::Time(Duration::from_secs(3600));

/// Requests that wait for an order wait no longer than that.
fn impatient() -> Json {
    let limit = "2m";
    json!({ "timeouts": { "create": limit, "read": limit, "update": limit, "delete": limit } })
}

fn on_sim() -> Json {
    json!({ "iccid": SIM })
}

pub(super) fn all() -> Vec<Row> {
    [
        api(),
        orders(),
        reads(),
        lists(),
        changes(),
        data(),
        webhooks(),
        beside(),
        port_ins(),
        subscribers(),
        dialects(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Data limits, which are none of a number's business. Their own tests turn these on as well.
fn data() -> Vec<Row> {
    let tests = include_str!("../../acceptance/data_limits.rs");
    let rows = [
        Row::new("edition", |s, _| s.edition = Edition::Wide),
        Row::new("data_lag", |s, _| s.data_lag = Some(HOUR)),
        Row::new("new_limit", |s, _| s.new_limit = NewLimit::Nulls),
        Row::new("unknown_data_number_refused", |s, _| {
            s.unknown_data_number_refused = true;
        }),
        Row::new("speed_as_sent", |s, _| s.speed_as_sent = true),
        Row::new("renewal_returned", |s, _| s.renewal_returned = true),
    ];
    rows.map(|row| row.also_in(tests)).into()
}

/// The edition, credentials, tokens and limits.
fn api() -> Vec<Row> {
    vec![
        Row::new("profile", |s, _| s.profile = Profile::Current)
            .with(json!({ "product_type": "Sms-Only" })),
        Row::new("bad_credentials_as_200", |s, _| {
            s.bad_credentials_as_200 = true;
        })
        .play(Play::WrongSecret)
        .says(&["JN101"])
        .ledger(0, 0, 0),
        Row::new("wrong_endpoint_is_401", |s, _| {
            s.wrong_endpoint_is_401 = true;
        })
        .play(Play::ReadyToken)
        .says(&["JN152"])
        .ledger(0, 0, 0),
        Row::new("token_life", |s, _| s.token_life = Duration::ZERO)
            .says(&["JN101"])
            .ledger(2, 0, 0),
        Row::new("stated_expiry", |s, _| {
            s.stated_expiry = StatedExpiry::Past;
        }),
        Row::new("limit", |s, _| {
            s.limit = Some(1);
            // No wait outlives the token.
            s.token_life = Duration::from_secs(3600);
        })
        .says(&["JN101"])
        .ledger(5, 0, 0),
        Row::new("limit_fixed_window", |s, _| {
            s.limit_fixed_window = true;
            s.limit = Some(1);
        })
        .play(Play::LastSecond)
        .ledger(2, 1, 0),
        Row::new("retry_after", |s, _| {
            s.retry_after = RetryAfter::Seconds;
            s.limit_fixed_window = true;
            s.limit = Some(1);
        })
        .play(Play::LastSecond)
        .ledger(2, 1, 0),
        Row::new("tokens_exempt", |s, _| {
            s.tokens_exempt = true;
            s.limit = Some(1);
        })
        .play(Play::Buy)
        .ledger(1, 1, 0),
    ]
}

/// Purchases and their orders.
fn orders() -> Vec<Row> {
    vec![
        Row::new("message_route_required", |s, _| {
            s.message_route_required = true;
        })
        .says(&["JN101"])
        .ledger(1, 0, 0),
        Row::new("account_id_required", |s, _| s.account_id_required = true)
            .says(&["JN101"])
            .ledger(1, 0, 0),
        Row::new("sim_in_use_refused", |s, taken| {
            s.sim_in_use_refused = true;
            s.hidden_numbers.insert(taken.to_owned());
        })
        .beside_another()
        .with(on_sim())
        .says(&["JN101"])
        .ledger(1, 0, 0),
        Row::new("fail_orders", |s, _| {
            s.fail_orders = Some("No stock".into());
        })
        .says(&["JN104"])
        .ledger(1, 0, 0),
        Row::new("failed_order_is_400", |s, _| {
            s.failed_order_is_400 = true;
            s.fail_orders = Some("No stock".into());
        })
        .says(&["JN101"])
        .ledger(1, 0, 0),
        Row::new("responses_other_iccid", |s, _| {
            s.responses_other_iccid = true;
            s.profile = Profile::Current;
        })
        .with(json!({ "product_type": "Sms-Only", "iccid": SIM })),
        Row::new("responses_other_subscriber", |s, _| {
            s.responses_other_subscriber = true;
        })
        .with(json!({ "assigned_subscriber_id": "TSUID-a" }))
        .drifts(),
        Row::new("names_number", |s, another| {
            s.names_number = Some(another.to_owned());
            s.details_tell_date = true;
        })
        .beside_another()
        .fails()
        .ledger(1, 1, 0),
        Row::new("merge_equal_orders", |s, _| {
            s.merge_equal_orders = Some(Duration::from_secs(3600));
        })
        .play(Play::Twice)
        .says(&["JN110"])
        .ledger(2, 1, 0),
        Row::new("pending_polls", |s, _| s.pending_polls = Some(2)),
        Row::new("pending_forever", |s, _| s.pending_forever = true)
            .with(impatient())
            .says(&["JN122"])
            .fails()
            .ledger(1, 1, 0),
        Row::new("pending_time", |s, _| {
            s.pending_time = Some(Duration::from_millis(100));
        }),
        Row::new("pending_word", |s, _| {
            s.pending_word = "Provisioning".into();
            s.pending_polls = Some(2);
        }),
        Row::new("failed_word", |s, _| {
            s.failed_word = "Rejected".into();
            s.fail_orders = Some("No stock".into());
        })
        .says(&["JN104"])
        .ledger(1, 0, 0),
        Row::new("pending_ends_in_error", |s, _| {
            s.pending_ends_in_error = Some("No stock".into());
            s.pending_polls = Some(2);
        })
        .says(&["JN104"])
        .ledger(1, 0, 0),
        Row::new("pending_shows_number", |s, _| {
            s.pending_shows_number = true;
            s.pending_polls = Some(2);
        }),
        Row::new("order_missing_polls", |s, _| {
            s.order_missing_polls = 2;
            s.pending_polls = Some(1);
        }),
        Row::new("order_names_first_order", |s, _| {
            s.order_names_first_order = true;
            s.pending_polls = Some(2);
        })
        .play(Play::Twice)
        .with(impatient())
        .says(&["JN122"])
        .ledger(2, 2, 0),
    ]
}

/// Details of a number.
fn reads() -> Vec<Row> {
    vec![
        Row::new("details_key", |s, _| s.details_key = DetailsKey::Number),
        Row::new("details_lag", |s, _| s.details_lag = Some(HOUR)),
        Row::new("sim_lag", |s, _| s.sim_lag = Some(HOUR))
            .play(Play::Lost)
            .with(on_sim())
            .says(&["JN110"])
            .ledger(1, 1, 0),
        Row::new("changes_lag", |s, _| {
            s.changes_lag = true;
            s.lag_reads(HOUR);
        })
        .fails()
        .ledger(1, 1, 0),
        Row::new("details_response_other_number", |s, _| {
            s.details_response_other_number = true;
        })
        .beside_another()
        .fails()
        .ledger(1, 1, 0),
        Row::new("iot_in_capitals", |s, _| s.iot_in_capitals = true)
            .with(json!({ "number_type": "iot", "message_type": "p2p" })),
        Row::new("iccid_filler", |s, _| s.iccid_filler = false).with(on_sim()),
        Row::new("voice_route_as_digits", |s, _| {
            s.voice_route_as_digits = true;
        })
        .with(json!({ "voice_enabled": true, "voice_route_id": VOICE_ROUTE })),
        Row::new("subscriber_hidden", |s, _| s.subscriber_hidden = true)
            .with(json!({ "assigned_subscriber_id": "TSUID-a" })),
        Row::new("active_word", |s, _| s.active_word = "In Service".into()),
        Row::new("parked_word", |s, _| s.parked_word = "On Hold".into())
            .with(json!({ "deletion_policy": "park" })),
        Row::new("cancelled_word", |s, _| {
            s.cancelled_word = "Terminated".into();
        })
        .play(Play::EndedElsewhere)
        .drifts()
        .ledger(1, 1, 0),
        Row::new("status_null", |s, _| s.status_null = true),
        Row::new("cancelled_is_gone", |s, _| s.cancelled_is_gone = true)
            .beside_another()
            .play(Play::EndedElsewhere)
            .drifts()
            .ledger(1, 1, 0),
        Row::new("details_tell_date", |s, _| s.details_tell_date = true),
        Row::new("hidden_numbers", |s, number| {
            s.hidden_numbers.insert(number.to_owned());
        })
        .once_bought(),
        Row::new("numbers_invisible", |s, _| s.numbers_invisible = true)
            .once_bought()
            .play(Play::Aged)
            .fails()
            .ledger(1, 1, 0),
    ]
}

/// The inventory and the area codes.
fn lists() -> Vec<Row> {
    let list = |switch, set| Row::new(switch, set).play(Play::List).ledger(0, 0, 0);
    vec![
        list("page_size", |s, _| s.page_size = 2),
        list("page_ignored", |s, _| {
            s.page_ignored = true;
            s.page_size = 2;
        })
        .fails(),
        list("total_off_by", |s, _| s.total_off_by = 3).fails(),
        list("pages_shift", |s, _| {
            s.pages_shift = true;
            s.page_size = 2;
        })
        .fails(),
        list("page_shift", |s, _| {
            s.page_shift = Some(PageShift::purge_before(2).always());
            s.page_size = 2;
        })
        .fails(),
        list("total_counts_page", |s, _| {
            s.total_counts_page = true;
            s.page_size = 2;
        })
        .fails(),
        Row::new("inventory_of_one_account", |s, _| {
            s.inventory_of_one_account = true;
        })
        .play(Play::Lost)
        .with(json!({ "account_id": BRANCH }))
        .says(&["JN110"])
        .ledger(1, 1, 0),
        Row::new("inventory_of_other_account", |s, _| {
            s.inventory_of_other_account = true;
        })
        .play(Play::Lost)
        .says(&["JN110"])
        .ledger(1, 1, 0),
        Row::new("inventory_twins", |s, _| s.inventory_twins = true)
            .play(Play::Lost)
            .says(&["JN110"])
            .ledger(1, 1, 0),
        Row::new("inventory_lag", |s, _| s.inventory_lag = Some(HOUR))
            .play(Play::Lost)
            .says(&["JN110"])
            .ledger(1, 1, 0),
        Row::new("availability_page_size", |s, _| {
            s.availability_page_size = 20;
        })
        .play(Play::Areas)
        .ledger(0, 0, 0),
    ]
}

/// Updates and changes of status.
fn changes() -> Vec<Row> {
    let routed = || json!({ "message_route_id": MESSAGE_ROUTE });
    vec![
        Row::new("update_lag", |s, _| s.update_lag = Some(Lag::Reads(2)))
            .play(Play::Update(routed())),
        Row::new("status_lag", |s, _| s.status_lag = Some(HOUR))
            .play(Play::Replace)
            .with(on_sim())
            .ledger(2, 2, 1),
        Row::new("status_pending", |s, _| {
            s.status_pending = Some(Lag::Reads(2));
        })
        // The number ends when the order does: no request of its own ends it.
        .ledger(1, 1, 0),
        Row::new("status_ends_in_error", |s, _| {
            s.status_ends_in_error = Some("Busy".into());
            s.status_pending = Some(Lag::Reads(2));
        })
        .fails()
        .ledger(1, 1, 0),
        Row::new("failed_items", |s, number| {
            s.failed_items.insert(number.to_owned(), "Busy".into());
        })
        .once_bought()
        .fails()
        .ledger(1, 1, 0),
        Row::new("null_in_update", |s, _| {
            s.null_in_update = NullInUpdate::Refused;
        })
        .with(routed())
        .play(Play::Update(json!({ "message_route_id": "" })))
        .fails()
        .drifts(),
        Row::new("past_dates_refused", |s, _| s.past_dates_refused = true),
        Row::new("status_keys", |s, _| s.status_keys = StatusKeys::Older),
        // The action that sets a SIM's status meets it: tests/acceptance/actions.rs.
        Row::new("unknown_sim_is_404", |s, _| s.unknown_sim_is_404 = true),
        Row::new("route_in_use_refused", |s, _| s.route_in_use_refused = true)
            .play(Play::RouteInUse)
            .fails()
            .ledger(1, 1, 0),
        Row::new("new_message_route_disabled", |s, _| {
            s.new_message_route_disabled = true;
        })
        .play(Play::Route)
        .ledger(0, 0, 0),
    ]
}

/// Webhooks, which cost nothing.
fn webhooks() -> Vec<Row> {
    let rows = [
        Row::new("webhook_secrets", |s, _| {
            s.webhook_secrets = WebhookSecrets::Masked;
        }),
        Row::new("webhook_http_allowed", |s, _| {
            s.webhook_http_allowed = true;
        }),
        Row::new("webhook_bearer_on_create", |s, _| {
            s.webhook_bearer_on_create = true;
        }),
        Row::new("webhook_update_forgets", |s, _| {
            s.webhook_update_forgets = true;
        }),
        Row::new("webhook_get_needs_account", |s, _| {
            s.webhook_get_needs_account = true;
        }),
        Row::new("webhook_deleted_word", |s, _| {
            s.webhook_deleted_word = "Removed".into();
        }),
    ];
    let play = |row: Row| row.play(Play::Webhook).ledger(0, 0, 0);
    rows.into_iter().map(play).collect()
}

/// What is beside a number leaves its life alone. `tests/acceptance/e911.rs` and `devices.rs` turn
/// these on against their own objects.
fn beside() -> Vec<Row> {
    vec![
        Row::new("e911_refusal_is_200", |s, _| s.e911_refusal_is_200 = true),
        Row::new("e911_missing_is_200", |s, _| s.e911_missing_is_200 = true),
        Row::new("e911_verbatim", |s, _| s.e911_verbatim = true),
        Row::new("e911_success_word", |s, _| {
            s.e911_success_word = "Accepted".into();
        }),
        Row::new("no_device", |s, _| s.no_device = NoDevice::Nulls),
        Row::new("nnid_refresh_fails", |s, _| s.nnid_refresh_fails = true),
        Row::new("account_list", |s, _| s.account_list = AccountList::One),
    ]
}

/// Port-ins are no purchases: a number is bought and cancelled as if none of it were there.
fn port_ins() -> Vec<Row> {
    vec![
        Row::new("port_in_words", |s, _| {
            s.port_in_words = PortInWords::Guides;
        }),
        Row::new("port_in_open_word", |s, _| {
            s.port_in_open_word = Some("Processing by carrier".into());
        }),
        Row::new("port_in_step", |s, _| s.port_in_step = Some(HOUR)),
        Row::new("port_in_refusal", |s, _| {
            s.port_in_refusal = Some("6B".into());
        }),
        Row::new("port_in_lag", |s, _| s.port_in_lag = Some(HOUR)),
        Row::new("port_in_stuck", |s, _| s.port_in_stuck = true),
        Row::new("port_in_refused_is_200", |s, _| {
            s.port_in_refused_is_200 = true;
        }),
        Row::new("port_in_echoes_secrets", |s, _| {
            s.port_in_echoes_secrets = true;
        }),
        Row::new("port_in_second_is_409", |s, _| {
            s.port_in_second_is_409 = true;
        }),
        Row::new("port_in_jnoid", |s, _| s.port_in_jnoid = true),
        Row::new("port_in_us_dates", |s, _| s.port_in_us_dates = true),
        Row::new("port_in_eligible_absent", |s, _| {
            s.port_in_eligible_absent = true;
        }),
        Row::new("port_in_cancel_word", |s, _| s.port_in_cancel_word = None),
        Row::new("port_in_account", |s, _| {
            s.port_in_account = Some(BRANCH.into());
        }),
        Row::new("port_in_fee_returned", |s, _| {
            s.port_in_fee_returned = true;
        }),
    ]
}

/// What subscribers are at the API. It must not matter to a number; `tests/acceptance/subscribers.rs`
/// turns each on against subscribers.
fn subscribers() -> Vec<Row> {
    let buy = |switch, set| Row::new(switch, set).play(Play::Buy).ledger(1, 1, 0);
    vec![
        buy("email_taken_is_409", |s, _| s.email_taken_is_409 = true),
        buy("subscriber_numbers_extend", |s, _| {
            s.subscriber_numbers_extend = true;
        }),
        buy("subscriber_account_hidden", |s, _| {
            s.subscriber_account_hidden = true;
        }),
        buy("transfer_from_wrong_account", |s, _| {
            s.transfer_from_wrong_account = WrongSource::Ignored;
        }),
        buy("subscriber_list", |s, _| {
            s.subscriber_list = SubscriberList::Forbidden;
        }),
        buy("subscriber_list_tells_account", |s, _| {
            s.subscriber_list_tells_account = true;
        }),
        buy("subscriber_page_limit", |s, _| {
            s.subscriber_page_limit = Some(2);
        }),
        Row::new("placeholder_subscribers", |s, _| {
            s.placeholder_subscribers = false;
        }),
    ]
}

/// How responses are written.
fn dialects() -> Vec<Row> {
    vec![
        Row::new("qr_picture_options", |s, _| s.qr_picture_options = false),
        Row::new("qr_without_text", |s, _| s.qr_without_text = true),
        Row::new("random_key_case", |s, _| s.random_key_case = true),
        Row::new("wrapped_responses", |s, _| s.wrapped_responses = true),
        Row::new("numbers_without_plus", |s, _| s.numbers_without_plus = true),
        Row::new("blank_for_null", |s, _| s.blank_for_null = true),
        Row::new("date_header", |s, _| s.date_header = false),
    ]
}
