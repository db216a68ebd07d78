//! Values in every form in which they may come, and in some in which they may not.

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::{Value, msgpack};

use crate::session::{NUMBER, Session, TestDiagnostic, only_error, read_diagnostics};

fn msgpack(bytes: impl Into<Vec<u8>>) -> wire::DynamicValue {
    wire::DynamicValue {
        msgpack: bytes.into().into(),
        ..Default::default()
    }
}

async fn validate(session: &Session, config: wire::DynamicValue) -> Vec<TestDiagnostic> {
    let request = wire::validate_resource_config::Request {
        type_name: NUMBER.to_owned(),
        config: Some(config),
        client_capabilities: None,
    };
    let response = session.client().validate_resource_config(request).await;
    read_diagnostics(response.expect("a response").into_inner().diagnostics)
}

/// A number's configuration as JSON, with one word of it put differently.
fn json(session: &Session, argument: &str, value: &str) -> wire::DynamicValue {
    let config = session.config(&[]);
    let attributes = config
        .as_map()
        .expect("an object")
        .iter()
        .map(|(name, given)| {
            let text = match given {
                _ if name == argument => value.to_owned(),
                Value::String(text) => format!("{text:?}"),
                Value::Bool(flag) => flag.to_string(),
                _ => "null".to_owned(),
            };
            format!("{name:?}: {text}")
        });
    let text = format!("{{ {} }}", attributes.collect::<Vec<_>>().join(", "));
    wire::DynamicValue {
        json: text.into_bytes().into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_value_may_come_as_json() {
    let session = Session::start().await;
    assert_eq!(
        validate(&session, json(&session, "zip_code", "null")).await,
        []
    );
    let found = validate(&session, json(&session, "zip_code", "\"8404\"")).await;
    assert_eq!(only_error(&found).path, "zip_code");
}

#[tokio::test]
async fn an_empty_value_is_null() {
    let session = Session::start().await;
    let live = session.live(&[]);
    for null in [
        None,
        Some(wire::DynamicValue::default()),
        Some(msgpack([0xc0])),
    ] {
        let mut request = session.plan_request(&live, &Value::Null, b"kept");
        request.config = null.clone();
        request.proposed_new_state = null.clone();
        let response = session.client().plan_resource_change(request).await;
        let response = response.expect("a response").into_inner();
        assert_eq!(
            session.read_back(response.planned_state.as_ref()),
            Value::Null
        );
        assert!(
            read_diagnostics(response.diagnostics)
                .iter()
                .all(|diagnostic| !diagnostic.is_error)
        );

        let mut request = session.plan_request(&Value::Null, &session.config(&[]), b"");
        request.prior_state = null;
        let response = session.client().plan_resource_change(request).await;
        assert_eq!(response.expect("a response").into_inner().diagnostics, []);
    }
}

/// Bytes that are no number, and the place that the error names.
fn broken(session: &Session) -> Vec<(Vec<u8>, &'static str)> {
    let ty = session.number_type();
    let good = msgpack::encode(&session.config(&[]), ty).expect("a number");
    let place = |name: &str| {
        let found = good
            .windows(name.len())
            .position(|part| part == name.as_bytes());
        found.expect("the attribute is there") + name.len()
    };
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let zip_code = place("zip_code");
    vec![
        (changed(zip_code, 0xc3), "zip_code"),
        (changed(zip_code, 0xc1), "zip_code"),
        (changed(place("message_enabled"), 0x05), "message_enabled"),
        (changed(zip_code - 1, b'X'), "zip_codX"),
        (good[..good.len() - 1].to_vec(), ""),
        ([&good[..], &[0xc0]].concat(), ""),
        (vec![0x93, 1, 2, 3], ""),
        (vec![0xdf, 0xff, 0xff, 0xff, 0xff], ""),
        (vec![0x91; 100_000], ""),
    ]
}

#[tokio::test]
async fn a_broken_value_is_an_error_that_names_its_place() {
    let mut session = Session::start().await;
    for (bytes, place) in broken(&session) {
        let found = validate(&session, msgpack(bytes)).await;
        let error = only_error(&found);
        assert!(error.detail.contains(place), "{place}: {error:?}");
        assert_eq!(error.code(), "TF001", "{error:?}");
    }
    assert!(session.is_running());
}

/// An error without an object: Terraform goes on with what it has.
#[tokio::test]
async fn a_broken_value_loses_nothing() {
    let session = Session::without_api().await;
    let live = session.live(&[]);
    let planned = session
        .plan(
            &live,
            &session.config(&[("voice_enabled", true.into())]),
            b"",
        )
        .await;
    for (bytes, _) in broken(&session) {
        let mut request = session.apply_request(&live, &planned);
        request.planned_state = Some(msgpack(bytes.clone()));
        let response = session.client().apply_resource_change(request).await;
        let response = response.expect("a response").into_inner();
        assert!(response.new_state.is_none());
        only_error(&read_diagnostics(response.diagnostics));

        let request = wire::read_resource::Request {
            type_name: NUMBER.to_owned(),
            current_state: Some(msgpack(bytes)),
            private: b"kept".to_vec().into(),
            ..Default::default()
        };
        let response = session.client().read_resource(request).await;
        only_error(&read_diagnostics(
            response.expect("a response").into_inner().diagnostics,
        ));
    }
}

/// What cannot be read of what is kept beside an object is as good as nothing.
#[tokio::test]
async fn private_data_of_another_kind_is_no_obstacle() {
    let session = Session::start().await;
    let live = session.live(&[]);
    for private in [
        &b"\xff\x00"[..],
        b"null",
        b"[]",
        b"{\"policy\": 5}",
        b"{\"later\": {}}",
    ] {
        let planned = session
            .plan(&live, &session.config_of(&live), private)
            .await;
        assert_eq!((planned.state, planned.diagnostics), (live.clone(), vec![]));
    }
}

/// Text is compared as Terraform compares it.
#[tokio::test]
async fn text_in_another_normal_form_is_the_same_text() {
    let session = Session::start().await;
    let live = session.live(&[("assigned_subscriber_id", "TSUID-\u{e9}".into())]);
    let mut config = session
        .config_of(&live)
        .as_map()
        .expect("an object")
        .clone();
    let decomposed = Value::String("TSUID-e\u{301}".to_owned());
    config.insert("assigned_subscriber_id".into(), decomposed);
    let mut bytes = session.write(&Value::Map(config)).msgpack.to_vec();
    // The codec composes text when writing; Terraform's may not.
    let composed = "TSUID-\u{e9}".as_bytes();
    let at = bytes
        .windows(composed.len())
        .position(|part| part == composed);
    let at = at.expect("the text is there");
    bytes[at - 1] += 1;
    bytes.splice(at..at + composed.len(), "TSUID-e\u{301}".bytes());
    let mut request = session.plan_request(&live, &session.config_of(&live), b"");
    request.config = Some(msgpack(bytes.clone()));
    let response = session.client().plan_resource_change(request).await;
    let response = response.expect("a response").into_inner();
    assert_eq!(session.read_back(response.planned_state.as_ref()), live);
}
