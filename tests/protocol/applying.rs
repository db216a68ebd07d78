//! Plans carried out, as far as that goes without an API.

use std::time::{Duration, Instant};

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::Value;

use crate::listener::Listener;
use crate::numbers::{E164, QR_CODE};
use crate::session::{NUMBER, Session, only_error};

/// The response of the user's own document.
fn provisioned() -> String {
    format!(
        r#"{{
            "OrderDate": "2025-10-29T12:36:19+00:00",
            "OrderId": "JNUOID-1",
            "OrderStatus": "Complete",
            "PhoneNumberAssigned": "{E164}",
            "PhoneNumberId": "NID-1",
            "QRCode": "{QR_CODE}",
            "ZipCode": "84603",
            "ErrorMessage": null,
            "SubscriberId": "TSUID-1",
            "PhoneNumbers": [],
            "TotalResults": 0
        }}"#
    )
}

#[tokio::test]
async fn a_purchase_fills_in_its_plan_and_keeps_the_arguments() {
    let api = Listener::saying(200, "", &provisioned()).await;
    let session = Session::with_api(api.url()).await;
    let config = session.config(&[]);
    let planned = session.plan_create(&config).await;
    let applied = session.apply(&Value::Null, &planned).await;
    assert_eq!(applied.diagnostics, []);
    let fingerprint = applied
        .state
        .get("account_fingerprint")
        .expect("an attribute");
    assert_eq!(fingerprint.as_str().map(str::len), Some(16));
    let expected = session.live(&[
        ("account_fingerprint", fingerprint.clone()),
        // The response says who the subscriber is, configured or not.
        ("assigned_subscriber_id", "TSUID-1".into()),
    ]);
    assert_eq!(applied.state, expected);
    assert_eq!(purchases(&api), 1);

    // What was returned plans no change, and is kept beside the number as it is.
    let again = session
        .plan(&applied.state, &config, &applied.private)
        .await;
    assert_eq!(
        (again.state, again.private),
        (applied.state, applied.private)
    );
}

#[tokio::test]
async fn a_change_that_concerns_nobody_calls_nobody() {
    let session = Session::without_api().await;
    let live = session.live(&[]);
    let private = session.private_of(&live).await;
    let config = session.config(&[("deletion_policy", "prevent".into())]);
    let planned = session.plan(&live, &config, &private).await;
    let applied = session.apply(&live, &planned).await;
    assert_eq!(
        (&applied.state, &applied.diagnostics),
        (&planned.state, &vec![])
    );
    // From now on, the policy that counts is the new one.
    assert_ne!(applied.private, private);
    assert_eq!(applied.private, session.private_of(&applied.state).await);
}

/// Terraform goes on with the prior object and what is kept beside it.
#[tokio::test]
async fn a_change_or_an_end_that_failed_returns_an_error_alone() {
    let session = Session::without_api().await;
    let live = session.live(&[]);
    for config in [
        session.config(&[("voice_enabled", true.into())]),
        Value::Null,
    ] {
        let planned = session.plan(&live, &config, b"kept").await;
        let applied = session.apply(&live, &planned).await;
        only_error(&applied.diagnostics);
        assert_eq!(applied.state, Value::Null);
    }
}

#[tokio::test]
async fn a_purchase_that_reached_nobody_leaves_nothing_behind() {
    let session = Session::without_api().await;
    let planned = session.plan_create(&session.config(&[])).await;
    let applied = session.apply(&Value::Null, &planned).await;
    let error = only_error(&applied.diagnostics);
    assert_eq!(error.code(), "JN101", "{error:?}");
    assert_eq!(applied.state, Value::Null);
}

#[tokio::test]
async fn a_read_that_failed_keeps_the_object_and_what_is_beside_it() {
    let session = Session::without_api().await;
    let live = session.live(&[]);
    let read = session.read(&live, b"kept", true).await;
    only_error(&read.diagnostics);
    assert_eq!(
        (read.state, &read.private[..], read.deferred),
        (live, &b"kept"[..], None)
    );
}

#[tokio::test]
async fn a_stop_ends_a_purchase_that_waits_and_nothing_was_bought() {
    let api = Listener::saying(429, "Retry-After: 60\r\n", "{}").await;
    let session = Session::with_api(api.url()).await;
    let config = session.config(&[]);
    let planned = session.plan_create(&config).await;
    let applying = async {
        let applied = session.apply(&Value::Null, &planned).await;
        (applied, Instant::now())
    };
    let stopping = async {
        api.asked().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let request = wire::stop_provider::Request {};
        let stopped = Instant::now();
        let response = session.client().stop_provider(request).await;
        assert_eq!(response.expect("a response").into_inner().error, "");
        stopped
    };
    let ((applied, ended), stopped) = tokio::join!(applying, stopping);
    assert!(ended > stopped, "it waited until it was stopped");
    assert!(
        ended - stopped < Duration::from_secs(1),
        "{:?}",
        ended - stopped
    );
    let error = only_error(&applied.diagnostics);
    assert!(error.detail.ends_with("Code: JN102."), "{error:?}");
    assert_eq!(applied.state, Value::Null);
    // What is read before a purchase waited, so the purchase never left.
    assert_eq!(purchases(&api), 0);
}

/// Terraform's own limit is what `-parallelism` says.
#[tokio::test]
async fn fifty_calls_at_once_get_each_its_own_response() {
    let session = Session::without_api().await;
    let session = &session;
    let calls = (0..50).map(|nth| async move {
        let id = format!("+1801602{:04}", 5000 + nth);
        let live = session.live(&[
            ("id", id.as_str().into()),
            ("phone_number_assigned", id.as_str().into()),
        ]);
        match nth % 4 {
            0 => {
                let wrong = ["zip_code", "area_code", "iccid"][nth % 3];
                let config = session.config(&[(wrong, "1".into())]);
                let found = session.validate(&config).await;
                assert_eq!(only_error(&found).path, wrong);
            }
            1 => {
                let planned = session.plan(&live, &session.config_of(&live), b"").await;
                assert_eq!(planned.state, live);
            }
            2 => {
                let request = wire::import_resource_state::Request {
                    type_name: NUMBER.to_owned(),
                    id: id.clone(),
                    ..Default::default()
                };
                let response = session.client().import_resource_state(request).await;
                let imported = response
                    .expect("a response")
                    .into_inner()
                    .imported_resources;
                let number = session.read_back(imported[0].state.as_ref());
                assert_eq!(number.get("id"), Some(&id.as_str().into()));
            }
            _ => {
                let read = session.read(&live, b"", false).await;
                assert!(only_error(&read.diagnostics).summary.contains(&id));
                assert_eq!(read.state, live);
            }
        }
    });
    all(calls).await;
}

/// Runs everything at once.
async fn all(calls: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut calls: Vec<_> = calls.map(|call| (Box::pin(call), false)).collect();
    std::future::poll_fn(|context| {
        for (call, is_done) in calls.iter_mut().filter(|(_, is_done)| !is_done) {
            *is_done = call.as_mut().poll(context).is_ready();
        }
        match calls.iter().all(|(_, is_done)| *is_done) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
}

fn purchases(api: &Listener) -> usize {
    let lines = api.lines();
    let purchases = lines
        .iter()
        .filter(|line| *line == "POST /v1.0/numbers/provision");
    purchases.count()
}
