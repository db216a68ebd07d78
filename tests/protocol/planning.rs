//! Plans, each of them held to Terraform's rule by [`Session::plan`].

use terraform_provider_joonto::terraform::value::Value;

use crate::numbers::{E164, unknown_names};
use crate::session::{Session, codes, only_error};

/// What the service tells once a number is bought.
const TOLD_LATER: [&str; 13] = [
    "account_fingerprint",
    "activation_code",
    "assigned_zip_code",
    "error_message",
    "id",
    "order_date",
    "order_id",
    "order_status",
    "phone_number_assigned",
    "phone_number_id",
    "qr_code",
    "status",
    "subscriber_id",
];

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_purchase_leaves_open_what_the_service_decides() {
    let session = Session::start().await;
    let planned = session.plan_create(&session.config(&[])).await;
    assert_eq!(planned.diagnostics, []);
    assert_eq!(planned.replaces, [""; 0]);
    // The service picks the SIM of an eSIM, and a subscriber.
    let open = ["assigned_subscriber_id", "iccid"];
    let open = sorted([&TOLD_LATER[..], &open].concat());
    assert_eq!(unknown_names(&planned.state), open);
    assert_eq!(planned.state.get("deletion_policy"), Some(&"cancel".into()));
    assert_eq!(planned.state.get("voice_route_id"), Some(&Value::Null));
    assert_eq!(planned.state.get("area_code"), Some(&"201".into()));

    let config = session.config(&[
        ("iccid", "8901240397190195850".into()),
        ("assigned_subscriber_id", "TSUID-9".into()),
    ]);
    let planned = session.plan_create(&config).await;
    assert_eq!(unknown_names(&planned.state), TOLD_LATER);
}

#[tokio::test]
async fn a_planned_purchase_needs_no_configured_provider() {
    let session = Session::start().await;
    let planned = session.plan_create(&session.config(&[])).await;
    assert_eq!(planned.diagnostics, []);
}

#[tokio::test]
async fn a_number_as_configured_plans_no_change() {
    let session = Session::start().await;
    for changes in [
        vec![],
        vec![("iccid", Value::from("8901240397190195850"))],
        vec![
            ("product_type", "Sms+Data".into()),
            ("voice_route_id", "CRID-1".into()),
        ],
        vec![("deletion_policy", "prevent".into())],
        vec![("message_route_id", "".into())],
        vec![
            ("assigned_subscriber_id", "TSUID-9".into()),
            ("data_enabled", true.into()),
        ],
    ] {
        let live = session.live(&changes);
        let planned = session.plan(&live, &session.config_of(&live), b"").await;
        assert_eq!(planned.diagnostics, []);
        assert_eq!(planned.replaces, [""; 0]);
        assert_eq!(planned.state, live);
    }
}

/// *Unset* means *leave as it is* for these.
#[tokio::test]
async fn arguments_that_the_service_may_decide_can_be_left_out() {
    let session = Session::start().await;
    for (argument, value) in [
        ("iccid", "8901240397190195850"),
        ("message_route_id", "MRID-7"),
        ("voice_route_id", "CRID-7"),
        ("product_type", "Sms+Data"),
        ("assigned_subscriber_id", "TSUID-7"),
    ] {
        let live = session.live(&[(argument, value.into())]);
        let config = session.config(&[(argument, Value::Null)]);
        let planned = session.plan(&live, &config, b"").await;
        assert_eq!(planned.state, live, "{argument}");
    }
}

/// Other ways to write what is there already.
#[tokio::test]
async fn another_spelling_of_the_same_is_no_change() {
    let session = Session::start().await;
    let live = session.live(&[
        ("iccid", "8901240397190195850".into()),
        ("product_type", "Sms+Data".into()),
    ]);
    let config = session.config(&[
        ("iccid", "8901240397190195850F".into()),
        ("product_type", "SMS+DATA".into()),
    ]);
    assert_eq!(session.plan(&live, &config, b"").await.state, live);
}

#[tokio::test]
async fn a_change_in_place_forgets_only_what_it_changes() {
    let session = Session::start().await;
    let live = session.live(&[("iccid", "8901240397190195850".into())]);
    for (argument, value, open) in [
        ("number_type", Value::from("iot"), &[][..]),
        ("voice_enabled", true.into(), &[]),
        ("message_enabled", false.into(), &[]),
        ("message_route_id", "".into(), &[]),
        ("voice_route_id", "CRID-2".into(), &[]),
        ("product_type", "Sms-Only".into(), &[]),
        ("assigned_subscriber_id", "TSUID-2".into(), &[]),
        ("deletion_policy", "park".into(), &[]),
        (
            "iccid",
            "8901240397190195868".into(),
            &["activation_code", "qr_code"],
        ),
    ] {
        let planned = session
            .plan(&live, &session.config(&[(argument, value.clone())]), b"")
            .await;
        assert_eq!(planned.replaces, [""; 0], "{argument}");
        assert_eq!(planned.state.get(argument), Some(&value), "{argument}");
        assert_eq!(unknown_names(&planned.state), open, "{argument}");
    }
}

/// A planned state is what its own configuration plans: nothing moves by itself.
#[tokio::test]
async fn planning_a_planned_state_changes_nothing() {
    let session = Session::start().await;
    let live = session.live(&[]);
    for changes in [
        vec![("voice_enabled", Value::from(true))],
        vec![("deletion_policy", "prevent".into())],
        vec![("message_route_id", "".into())],
    ] {
        let config = session.config(&changes);
        let once = session.plan(&live, &config, b"").await;
        assert_ne!(once.state, live);
        let twice = session.plan(&once.state, &config, &once.private).await;
        assert_eq!(twice.state, once.state);
    }
}

#[tokio::test]
async fn what_needs_a_new_number_says_so_and_warns() {
    let session = Session::start().await;
    for (argument, before, after) in [
        ("area_code", Value::from("201"), Value::from("305")),
        ("zip_code", "84043".into(), "10001".into()),
        ("account_id", "AID-1".into(), "AID-2".into()),
        ("data_enabled", true.into(), false.into()),
    ] {
        let live = session.live(&[(argument, before)]);
        let config = session.config(&[(argument, after)]);
        let planned = session.plan(&live, &config, b"").await;
        assert_eq!(planned.replaces, [argument]);
        let [warning] = &planned.diagnostics[..] else {
            panic!("one warning: {:?}", planned.diagnostics)
        };
        assert!(!warning.is_error);
        assert_eq!(warning.code(), "JN203");
        for word in [E164, "\"cancel\""] {
            assert!(warning.detail.contains(word), "{warning:?}");
        }
    }
    let live = session.live(&[]);
    let config = session.config(&[
        ("number_type", "voip".into()),
        ("message_type", "a2p".into()),
    ]);
    assert_eq!(
        session.plan(&live, &config, b"").await.replaces,
        ["number_type"]
    );
}

/// Terraform drops the warnings of the second plan, so the first has to give the advice for the
/// number that will be bought.
#[tokio::test]
async fn a_replacement_is_advised_on_like_a_purchase() {
    let session = Session::start().await;
    let prior = session.live(&[("message_route_id", Value::Null)]);
    let config = session.config(&[
        ("message_route_id", Value::Null),
        ("area_code", "305".into()),
        ("zip_code", "10001".into()),
    ]);
    let planned = session.plan(&prior, &config, b"").await;
    assert_eq!(planned.replaces, ["area_code"]);
    assert_eq!(sorted(codes(&planned.diagnostics)), ["JN203", "JN214"]);
}

#[tokio::test]
async fn the_four_that_the_api_never_tells_are_only_written_down() {
    let session = Session::start().await;
    for (argument, value) in [
        ("area_code", Value::from("305")),
        ("zip_code", "10001".into()),
        ("account_id", "AID-2".into()),
        ("data_enabled", false.into()),
    ] {
        let without = session.live(&[(argument, Value::Null)]);
        let with = session.live(&[(argument, value.clone())]);
        for (prior, now) in [(&without, value), (&with, Value::Null)] {
            let config = session.config(&[(argument, now)]);
            let planned = session.plan(prior, &config, b"").await;
            assert_eq!(planned.replaces, [""; 0], "{argument}");
            assert!(planned.state.is_wholly_known(), "{argument}");
            let [warning] = &planned.diagnostics[..] else {
                panic!("one warning: {:?}", planned.diagnostics)
            };
            assert_eq!((warning.code(), warning.path.as_str()), ("JN205", argument));
        }
    }
}

#[tokio::test]
async fn a_destruction_is_planned_with_a_warning_and_keeps_what_is_kept() {
    let session = Session::start().await;
    for policy in ["cancel", "park", "abandon"] {
        let live = session.live(&[("deletion_policy", policy.into())]);
        let planned = session.plan(&live, &Value::Null, b"kept").await;
        assert_eq!(planned.state, Value::Null);
        assert_eq!(planned.private, b"kept");
        let [warning] = &planned.diagnostics[..] else {
            panic!("one warning: {:?}", planned.diagnostics)
        };
        assert_eq!(warning.code(), "JN202");
        assert!(warning.summary.contains(E164), "{warning:?}");
        assert!(
            warning.detail.contains(&format!("{policy:?}")),
            "{warning:?}"
        );
    }
}

#[tokio::test]
async fn what_must_not_be_destroyed_is_not() {
    let session = Session::start().await;
    let live = session.live(&[("deletion_policy", "prevent".into())]);
    let destroyed = session.plan(&live, &Value::Null, b"").await;
    assert_eq!(only_error(&destroyed.diagnostics).code(), "JN201");

    // The policy in the state counts, whatever the configuration says by now.
    let config = session.config(&[("area_code", "305".into())]);
    let replaced = session.plan(&live, &config, b"").await;
    assert_eq!(only_error(&replaced.diagnostics).code(), "JN201");
}

/// `-replace` shows in the second plan only: there is no prior object, but what was kept beside
/// it comes along.
#[tokio::test]
async fn what_must_not_be_destroyed_is_not_replaced_on_request_either() {
    let session = Session::start().await;
    for lost in [false, true] {
        let live = session.live(&[("deletion_policy", "prevent".into())]);
        let private = match lost {
            false => session.private_of(&live).await,
            // A failed update may have cost it; the object says it nevertheless.
            true => Vec::new(),
        };
        let config = session.config(&[("deletion_policy", "prevent".into())]);
        let first = session.plan(&live, &config, &private).await;
        assert_eq!(first.diagnostics, []);
        let second = session.plan(&Value::Null, &config, &first.private).await;
        let error = only_error(&second.diagnostics);
        assert_eq!(error.path, "deletion_policy");
        assert!(error.detail.contains(E164), "{error:?}");

        // Not even along with a change of the policy, which takes an apply of its own.
        let config = session.config(&[("deletion_policy", "cancel".into())]);
        let first = session.plan(&live, &config, &private).await;
        let second = session.plan(&Value::Null, &config, &first.private).await;
        only_error(&second.diagnostics);
    }
}

#[tokio::test]
async fn a_replacement_on_request_is_otherwise_a_purchase() {
    let session = Session::start().await;
    let live = session.live(&[]);
    let private = session.private_of(&live).await;
    let config = session.config(&[]);
    let first = session.plan(&live, &config, &private).await;
    let second = session.plan(&Value::Null, &config, &first.private).await;
    assert_eq!(second.diagnostics, []);
    assert_eq!(second.state, session.plan_create(&config).await.state);
    assert!(!second.private.is_empty());
}

/// Terraform plans again while applying and refuses a plan that differs.
#[tokio::test]
async fn planning_is_pure() {
    let session = Session::start().await;
    let other = Session::without_api().await;
    let live = session.live(&[]);
    let private = session.private_of(&live).await;
    let create = session.plan_request(&Value::Null, &session.config(&[]), b"");
    let update = session.config(&[("iccid", "8901240397190195850".into())]);
    let update = session.plan_request(&live, &update, &private);
    let replace = session.config(&[("area_code", "305".into())]);
    let replace = session.plan_request(&live, &replace, &private);
    let keep = session.config(&[("area_code", Value::Unknown)]);
    let keep = session.plan_request(&live, &keep, &private);
    let destroy = session.plan_request(&live, &Value::Null, &private);
    for request in [create, update, replace, keep, destroy] {
        let mut responses = Vec::new();
        for session in [&session, &session, &other] {
            let response = session.client().plan_resource_change(request.clone()).await;
            responses.push(response.expect("a response").into_inner());
        }
        assert_eq!(responses[0], responses[1]);
        assert_eq!(
            responses[0], responses[2],
            "not the configuration of the provider either"
        );
    }
}

#[tokio::test]
async fn what_is_kept_beside_a_number_survives_its_plan() {
    let session = Session::start().await;
    let live = session.live(&[("deletion_policy", "park".into())]);
    let private = session.private_of(&live).await;
    assert!(!private.is_empty());
    for config in [
        session.config_of(&live),
        session.config(&[("voice_enabled", true.into())]),
    ] {
        let planned = session.plan(&live, &config, &private).await;
        assert_eq!(planned.private, private);
    }
}
