//! Plans in which something will be known only once something else was applied.

use terraform_provider_joonto::terraform::value::Value;

use crate::numbers::unknown_names;
use crate::session::{ARGUMENTS, Session, codes};

fn timeouts(value: &Value) -> Value {
    Value::object(["create", "read", "update", "delete"].map(|name| (name, value.clone())))
}

#[tokio::test]
async fn an_unknown_argument_stays_unknown_in_a_purchase() {
    let session = Session::start().await;
    for name in ARGUMENTS {
        for unknown in [Value::Unknown, Value::Unknown] {
            let planned = session
                .plan_create(&session.config(&[(name, unknown)]))
                .await;
            let found = planned.state.get(name).map(Value::is_unknown);
            assert_eq!(found, Some(true), "{name}");
            assert!(
                planned
                    .diagnostics
                    .iter()
                    .all(|diagnostic| !diagnostic.is_error),
                "{name}"
            );
        }
    }
}

/// The arguments that replace the number when a known value becomes another.
const REPLACING: [&str; 5] = [
    "number_type",
    "data_enabled",
    "area_code",
    "zip_code",
    "account_id",
];

#[tokio::test]
async fn an_unknown_argument_stays_unknown_in_a_change_unless_it_would_replace() {
    let session = Session::start().await;
    let live = session.live(&[
        ("data_enabled", true.into()),
        ("zip_code", "84043".into()),
        ("account_id", "AID-1".into()),
    ]);
    for name in ARGUMENTS {
        let config = [
            ("data_enabled", true.into()),
            ("zip_code", "84043".into()),
            ("account_id", "AID-1".into()),
            (name, Value::Unknown),
        ];
        let planned = session.plan(&live, &session.config(&config), b"").await;
        assert_eq!(planned.replaces, [""; 0], "{name}");
        if REPLACING.contains(&name) {
            assert_eq!(planned.state, live, "{name}");
            let [warning] = &planned.diagnostics[..] else {
                panic!("{name}: {:?}", planned.diagnostics)
            };
            assert_eq!((warning.code(), &*warning.path), ("JN204", name));
        } else {
            assert_eq!(unknown_names(&planned.state), expected(name), "{name}");
            assert_eq!(planned.diagnostics, [], "{name}");
        }
    }
}

/// What is unknown when `name` is: a SIM brings its codes along.
fn expected(name: &str) -> Vec<&str> {
    match name {
        "iccid" => vec!["activation_code", "iccid", "qr_code"],
        name => vec![name],
    }
}

/// Between unset and a value nothing is replaced, so there is nothing to keep.
#[tokio::test]
async fn an_unknown_argument_stays_unknown_where_none_was_set() {
    let session = Session::start().await;
    for unset in [Value::Null, "".into()] {
        for name in ["zip_code", "area_code", "account_id"] {
            let live = session.live(&[(name, unset.clone())]);
            let config = session.config(&[(name, Value::Unknown)]);
            let planned = session.plan(&live, &config, b"").await;
            assert_eq!(unknown_names(&planned.state), [name]);
            assert_eq!(planned.replaces, [""; 0], "{name}");
        }
    }
}

/// A rule waits while a value it needs is unknown, also where the plan keeps the value.
#[tokio::test]
async fn a_kept_value_is_held_against_nothing() {
    let session = Session::start().await;
    let live = session.live(&[("number_type", "iot".into())]);
    let config = session.config(&[
        ("number_type", Value::Unknown),
        ("message_type", "a2p".into()),
        ("voice_enabled", true.into()),
        ("voice_route_id", "CRID-1".into()),
    ]);
    let planned = session.plan(&live, &config, b"").await;
    assert_eq!(codes(&planned.diagnostics), ["JN204"]);
    assert_eq!(planned.state.get("number_type"), Some(&"iot".into()));
}

#[tokio::test]
async fn everything_may_be_unknown_at_once() {
    let session = Session::start().await;
    let config = session.config(&ARGUMENTS.map(|name| (name, Value::Unknown)));
    assert_eq!(session.plan_create(&config).await.diagnostics, []);
    let planned = session.plan(&session.live(&[]), &config, b"").await;
    assert!(
        planned
            .diagnostics
            .iter()
            .all(|diagnostic| !diagnostic.is_error)
    );
}

/// A `dynamic` block over something unknown: unknown inside, or as a whole.
#[tokio::test]
async fn a_block_that_is_unknown_stays_so() {
    let session = Session::start().await;
    let live = session.live(&[("timeouts", timeouts(&"5m".into()))]);
    for unknown in [timeouts(&Value::Unknown), Value::Unknown] {
        let config = session.config(&[("timeouts", unknown.clone())]);
        let planned = session.plan_create(&config).await;
        assert_eq!(planned.state.get("timeouts"), Some(&unknown));
        let planned = session.plan(&live, &config, b"").await;
        assert_eq!(planned.state.get("timeouts"), Some(&unknown));
        assert_eq!(planned.diagnostics, []);
    }
}
