//! The provider's own configuration: unknown, given twice, or not good enough.

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::proto::tfplugin6::deferred::Reason;
use terraform_provider_joonto::terraform::value::Value;

use crate::listener::Listener;
use crate::session::{Session, only_error, read_diagnostics};

#[tokio::test]
async fn an_unknown_configuration_puts_a_read_off_where_that_is_allowed() {
    for argument in [
        "account_key",
        "account_secret",
        "token",
        "account_id",
        "base_url",
    ] {
        let session = Session::configured(&[(argument, Value::Unknown)]).await;
        let live = session.live(&[]);

        let read = session.read(&live, b"kept", true).await;
        let reason = read.deferred.map(|deferred| deferred.reason());
        assert_eq!(reason, Some(Reason::ProviderConfigUnknown));
        assert_eq!((read.diagnostics, read.state), (vec![], live.clone()));
        assert_eq!(read.private, b"kept");

        let read = session.read(&live, b"kept", false).await;
        assert_eq!(read.deferred, None);
        let error = only_error(&read.diagnostics);
        assert!(error.detail.contains(argument), "{error:?}");
        assert_eq!((read.state, &read.private[..]), (live, &b"kept"[..]));
    }
}

#[tokio::test]
async fn an_unknown_configuration_keeps_no_plan_from_being_made() {
    let session = Session::configured(&[("token", Value::Unknown)]).await;
    assert_eq!(
        session.plan_create(&session.config(&[])).await.diagnostics,
        []
    );
    let live = session.live(&[]);
    let change = session.config(&[("voice_enabled", true.into())]);
    assert_eq!(session.plan(&live, &change, b"").await.replaces, [""; 0]);
    session.plan(&live, &Value::Null, b"").await;
}

#[tokio::test]
async fn the_last_configuration_counts() {
    let (first, second) = (
        Listener::saying(500, "", "").await,
        Listener::saying(404, "", "{}").await,
    );
    let session = Session::with_api(first.url()).await;
    let arguments = [
        ("token", Value::from("t")),
        ("base_url", second.url().into()),
    ];
    // The credentials are others, so the process serves two configurations.
    let warned = session.configure(&arguments).await;
    let [warning] = warned.as_slice() else {
        panic!("one warning: {warned:?}");
    };
    assert!(!warning.is_error && warning.detail.ends_with("Code: JN603."));
    session.read(&session.live(&[]), b"", false).await;
    assert_eq!(first.requests(), 0);
    assert!(second.requests() > 0);

    // One that is refused leaves nothing to work with, least of all the account before it.
    only_error(&session.configure(&[("base_url", first.url().into())]).await);
    let asked = second.requests();
    let read = session.read(&session.live(&[]), b"", true).await;
    assert_eq!(read.deferred, None);
    assert_eq!(only_error(&read.diagnostics).code(), "JN609");
    assert_eq!((first.requests(), second.requests()), (0, asked));
}

#[tokio::test]
async fn configuring_calls_nobody() {
    let api = Listener::saying(500, "", "").await;
    let _session = Session::with_api(api.url()).await;
    assert_eq!(api.requests(), 0);
}

/// A provider without a block is configured from the environment.
#[tokio::test]
async fn no_provider_block_is_an_empty_one() {
    let session = Session::start().await;
    for config in [None, Some(wire::DynamicValue::default())] {
        let request = wire::validate_provider_config::Request {
            config: config.clone(),
        };
        let response = session.client().validate_provider_config(request).await;
        assert_eq!(response.expect("a response").into_inner().diagnostics, []);

        let request = wire::configure_provider::Request {
            config,
            ..Default::default()
        };
        let response = session.client().configure_provider(request).await;
        let found = read_diagnostics(response.expect("a response").into_inner().diagnostics);
        assert_eq!(only_error(&found).code(), "JN606");
    }
}

#[tokio::test]
async fn credentials_given_by_half_are_an_error_that_names_both_ways() {
    let session = Session::start().await;
    for (argument, other) in [
        ("account_key", "account_secret"),
        ("account_secret", "account_key"),
    ] {
        let found = session.configure(&[(argument, "x".into())]).await;
        let error = only_error(&found);
        assert_eq!(error.path, other);
        for way in ["account_key", "JOONTO_ACCOUNT_KEY", "JOONTO_TOKEN"] {
            assert!(error.detail.contains(way), "{error:?}");
        }
    }
}
