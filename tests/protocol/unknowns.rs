//! Plans in which something will be known only once something else was applied.

use terraform_provider_joonto::terraform::value::Value;

use crate::session::{ARGUMENTS, Session};

fn timeouts(value: &Value) -> Value {
    Value::object(["create", "read", "update", "delete"].map(|name| (name, value.clone())))
}

#[tokio::test]
async fn an_unknown_argument_stays_unknown_in_a_purchase() {
    let session = Session::start().await;
    for name in ARGUMENTS {
        for unknown in [Value::unknown(), Value::unknown()] {
            let planned = session
                .plan_create(&session.config(&[(name, unknown)]))
                .await;
            let found = planned.state.get(name).map(Value::is_unknown);
            assert_eq!(found, Some(true), "{name}");
            assert!(
                planned.diagnostics.iter().all(|told| !told.is_error),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn an_unknown_argument_stays_unknown_in_a_change() {
    let session = Session::start().await;
    let live = session.live(&[]);
    for name in ARGUMENTS {
        let planned = session
            .plan(&live, &session.config(&[(name, Value::unknown())]), b"")
            .await;
        let found = planned.state.get(name).map(Value::is_unknown);
        assert_eq!(found, Some(true), "{name}");
        assert!(
            planned.diagnostics.iter().all(|told| !told.is_error),
            "{name}"
        );
    }
}

#[tokio::test]
async fn everything_may_be_unknown_at_once() {
    let session = Session::start().await;
    let config = session.config(&ARGUMENTS.map(|name| (name, Value::unknown())));
    assert_eq!(session.plan_create(&config).await.diagnostics, []);
    let planned = session.plan(&session.live(&[]), &config, b"").await;
    assert!(planned.diagnostics.iter().all(|told| !told.is_error));
}

/// A `dynamic` block over something unknown: unknown inside, or as a whole.
#[tokio::test]
async fn a_block_that_is_unknown_stays_so() {
    let session = Session::start().await;
    let live = session.live(&[("timeouts", timeouts(&"5m".into()))]);
    for unknown in [timeouts(&Value::unknown()), Value::unknown()] {
        let config = session.config(&[("timeouts", unknown.clone())]);
        let planned = session.plan_create(&config).await;
        assert_eq!(planned.state.get("timeouts"), Some(&unknown));
        let planned = session.plan(&live, &config, b"").await;
        assert_eq!(planned.state.get("timeouts"), Some(&unknown));
        assert_eq!(planned.diagnostics, []);
    }
}
