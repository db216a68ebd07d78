//! What is said of a configuration before anything is known of the account.

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::Value;

use crate::session::{ARGUMENTS, Session, only_error, read_diagnostics};

#[tokio::test]
async fn a_good_configuration_passes_without_a_word() {
    let session = Session::start().await;
    assert_eq!(session.validate(&session.config(&[])).await, []);
}

#[tokio::test]
async fn an_unknown_argument_stands_for_anything() {
    let session = Session::start().await;
    for name in ARGUMENTS {
        for value in [Value::Unknown, Value::Unknown] {
            let config = session.config(&[(name, value)]);
            assert_eq!(session.validate(&config).await, [], "{name}");
        }
    }
    let all = ARGUMENTS.map(|name| (name, Value::Unknown));
    assert_eq!(session.validate(&session.config(&all)).await, []);
    let timeouts =
        Value::object(["create", "read", "update", "delete"].map(|name| (name, Value::Unknown)));
    for timeouts in [timeouts, Value::Unknown] {
        let config = session.config(&[("timeouts", timeouts)]);
        assert_eq!(session.validate(&config).await, []);
    }
}

/// What one argument rules out, it rules out whatever the unknown one will be.
#[tokio::test]
async fn what_is_known_is_judged_beside_what_is_not() {
    let session = Session::start().await;
    let config = session.config(&[("number_type", "fax".into()), ("zip_code", Value::Unknown)]);
    assert_eq!(
        only_error(&session.validate(&config).await).path,
        "number_type"
    );
}

#[tokio::test]
async fn impossible_combinations_are_errors_on_message_type() {
    let session = Session::start().await;
    for (number_type, message_type, instead) in [("iot", "a2p", "mvno"), ("voip", "p2p", "a2p")] {
        let config = session.config(&[
            ("number_type", number_type.into()),
            ("message_type", message_type.into()),
        ]);
        let found = session.validate(&config).await;
        let error = only_error(&found);
        assert_eq!(error.path, "message_type");
        assert!(error.detail.contains(&format!("{instead:?}")), "{error:?}");
        let planned = session.plan_create(&config).await;
        assert_eq!(
            only_error(&planned.diagnostics),
            error,
            "a plan says the same"
        );
    }
}

#[tokio::test]
async fn an_error_points_at_its_argument() {
    let session = Session::start().await;
    let duration = |text: &str| {
        Value::object([
            ("create", Value::from(text)),
            ("read", Value::Null),
            ("update", Value::Null),
            ("delete", Value::Null),
        ])
    };
    for (argument, value, path) in [
        ("number_type", Value::from("fax"), "number_type"),
        ("message_type", "A2P".into(), "message_type"),
        ("area_code", "101".into(), "area_code"),
        ("zip_code", "8404".into(), "zip_code"),
        ("iccid", "89".into(), "iccid"),
        ("message_route_id", "CRID-1".into(), "message_route_id"),
        ("voice_route_id", "MRID-1".into(), "voice_route_id"),
        ("deletion_policy", "burn".into(), "deletion_policy"),
        ("timeouts", duration("soon"), "timeouts.create"),
    ] {
        let found = session
            .validate(&session.config(&[(argument, value)]))
            .await;
        assert_eq!(only_error(&found).path, path);
    }
}

/// Terraform does not check this.
#[tokio::test]
async fn what_only_the_provider_sets_cannot_be_configured() {
    let session = Session::start().await;
    let computed: Vec<_> = session
        .number_block()
        .attributes
        .iter()
        .filter(|attribute| !attribute.required && !attribute.optional)
        .map(|attribute| attribute.name.clone())
        .collect();
    assert!(!computed.is_empty());
    for name in &computed {
        for value in ["x".into(), Value::Unknown] {
            let mut config = session.config(&[]).as_map().expect("an object").clone();
            config.insert(name.clone().into(), value);
            let found = session.validate(&Value::Map(config)).await;
            assert_eq!(only_error(&found).path, *name);
        }
    }
}

#[tokio::test]
async fn the_provider_block_is_checked() {
    let session = Session::start().await;
    for (arguments, path) in [
        (vec![("max_retries", Value::from(-1))], Some("max_retries")),
        (vec![("max_requests_per_minute", 1.into())], None),
        (
            vec![(
                "max_requests_per_minute",
                Value::Number("1.5".parse().expect("a number")),
            )],
            Some("max_requests_per_minute"),
        ),
        (vec![("token", Value::Unknown)], None),
        (vec![], None),
    ] {
        let config = session.write_provider_block(&session.provider_block(&arguments));
        let request = wire::validate_provider_config::Request {
            config: Some(config),
        };
        let response = session.client().validate_provider_config(request).await;
        let found = read_diagnostics(response.expect("a response").into_inner().diagnostics);
        match path {
            Some(path) => assert_eq!(only_error(&found).path, path),
            None => assert_eq!(found, []),
        }
    }
}
