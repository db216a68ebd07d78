//! Objects that come from elsewhere: a state file, an import, another type.

use std::collections::HashMap;

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::Value;

use crate::identity::identity;
use crate::numbers::{E164, unknown_names};
use crate::session::{NUMBER, Session, TestDiagnostic, only_error, read_diagnostics};

async fn upgrade(session: &Session, stored: wire::RawState) -> Result<Value, TestDiagnostic> {
    let request = wire::upgrade_resource_state::Request {
        type_name: NUMBER.to_owned(),
        version: 0,
        raw_state: Some(stored),
    };
    let response = session.client().upgrade_resource_state(request).await;
    let response = response.expect("a response").into_inner();
    let found = read_diagnostics(response.diagnostics);
    match response.upgraded_state {
        Some(state) => {
            assert_eq!(found, []);
            Ok(session.read_back(Some(&state)))
        }
        None => Err(only_error(&found).clone()),
    }
}

fn json(text: &str) -> wire::RawState {
    wire::RawState {
        json: text.as_bytes().to_vec().into(),
        flatmap: HashMap::new(),
    }
}

#[tokio::test]
async fn a_stored_object_may_lack_attributes_and_have_others() {
    let session = Session::start().await;
    let stored = json(
        r#"{
          "id": "+18016025346",
          "voice_enabled": false,
          "removed_since": {"a": [1e400, null]},
          "timeouts": {"create": "5m", "once": "1s"}
        }
        "#,
    );
    let timeouts = Value::object([
        ("create", Value::from("5m")),
        ("read", Value::Null),
        ("update", Value::Null),
        ("delete", Value::Null),
    ]);
    let expected = session.number(&[
        ("id", E164.into()),
        ("voice_enabled", false.into()),
        ("timeouts", timeouts),
    ]);
    assert_eq!(upgrade(&session, stored).await, Ok(expected));
    let nothing = session.number(&[]);
    assert_eq!(upgrade(&session, json("{}")).await, Ok(nothing));
}

#[tokio::test]
async fn what_is_no_stored_object_is_refused() {
    let session = Session::start().await;
    let flatmap = wire::RawState {
        flatmap: HashMap::from([("id".to_owned(), E164.to_owned())]),
        ..Default::default()
    };
    let error = upgrade(&session, flatmap).await.expect_err("too old");
    assert!(error.detail.contains("0.11"), "{error:?}");

    let wrong = upgrade(&session, json(r#"{"voice_enabled": ["hush"]}"#)).await;
    let error = wrong.expect_err("not a bool");
    assert!(error.detail.contains("voice_enabled"), "{error:?}");
    assert!(!error.detail.contains("hush"), "{error:?}");

    for broken in [r#"{"id": "#, "null", "[]", "\u{feff}{}"] {
        upgrade(&session, json(broken)).await.expect_err(broken);
    }
}

#[tokio::test]
async fn a_state_of_ten_mebibytes_passes() {
    let session = Session::start().await;
    let message = "x".repeat(10 << 20);
    let stored = json(&format!(r#"{{"error_message": "{message}"}}"#));
    let object = upgrade(&session, stored).await.expect("a number");
    assert_eq!(object.get("error_message"), Some(&message.clone().into()));

    let live = session.live(&[("error_message", message.into())]);
    let planned = session.plan(&live, &session.config_of(&live), b"").await;
    assert_eq!(planned.state, live);
}

async fn import(
    session: &Session,
    id: &str,
) -> Result<wire::import_resource_state::ImportedResource, TestDiagnostic> {
    let request = wire::import_resource_state::Request {
        type_name: NUMBER.to_owned(),
        id: id.to_owned(),
        ..Default::default()
    };
    let response = session.client().import_resource_state(request).await;
    let mut response = response.expect("a response").into_inner();
    assert!(response.deferred.is_none());
    match response.imported_resources.pop() {
        Some(imported) => {
            assert_eq!(
                (response.diagnostics, response.imported_resources),
                (vec![], vec![])
            );
            Ok(imported)
        }
        None => Err(only_error(&read_diagnostics(response.diagnostics)).clone()),
    }
}

#[tokio::test]
async fn a_number_is_imported_by_its_digits_or_by_its_sim() {
    let session = Session::start().await;
    let by_number = session.number(&[
        ("id", E164.into()),
        ("phone_number_assigned", E164.into()),
        ("deletion_policy", "cancel".into()),
    ]);
    let by_sim = session.number(&[
        ("iccid", "8901240397190195850".into()),
        ("deletion_policy", "cancel".into()),
    ]);
    for (id, expected) in [
        (E164, &by_number),
        (" +1 (801) 602-5346 ", &by_number),
        ("iccid:8901240397190195850", &by_sim),
        ("iccid:8901240397190195850F", &by_sim),
    ] {
        let imported = import(&session, id).await.expect(id);
        assert_eq!(imported.type_name, NUMBER);
        assert_eq!(
            &session.read_back(imported.state.as_ref()),
            expected,
            "{id}"
        );
        assert!(!imported.private.is_empty());
    }
}

#[tokio::test]
async fn another_import_id_is_an_error_that_shows_both_forms() {
    let session = Session::start().await;
    for id in [
        "",
        "joonto_number.example",
        "iccid:",
        "iccid:1234",
        "NID-1",
        "+0",
    ] {
        let error = import(&session, id).await.expect_err(id);
        assert!(error.detail.contains("\"+18016025346\""), "{error:?}");
        assert!(error.detail.contains("\"iccid:"), "{error:?}");
    }
}

#[tokio::test]
async fn a_generated_configuration_validates_and_plans_no_change() {
    let session = Session::start().await;
    for changes in [
        vec![],
        vec![
            ("iccid", Value::from("8901240397190195850")),
            ("voice_route_id", "CRID-1".into()),
        ],
        // As an import leaves it: the API never tells these.
        vec![("area_code", Value::Null), ("data_enabled", Value::Null)],
        vec![
            ("message_route_id", "".into()),
            ("deletion_policy", "prevent".into()),
        ],
        vec![
            ("product_type", "".into()),
            ("assigned_subscriber_id", "TSUID-1".into()),
        ],
    ] {
        let live = session.live(&changes);
        let request = wire::generate_resource_config::Request {
            type_name: NUMBER.to_owned(),
            state: Some(session.write(&live)),
        };
        let response = session.client().generate_resource_config(request).await;
        let response = response.expect("a response").into_inner();
        assert_eq!(response.diagnostics, []);
        let config = session.read_back(response.config.as_ref());
        assert_eq!(session.validate(&config).await, []);
        let planned = session.plan(&live, &config, b"").await;
        assert_eq!((planned.state, planned.diagnostics), (live, vec![]));
    }
}

#[tokio::test]
async fn the_configuration_of_nothing_is_empty() {
    let session = Session::start().await;
    let request = wire::generate_resource_config::Request {
        type_name: NUMBER.to_owned(),
        state: Some(session.write(&Value::Null)),
    };
    let response = session.client().generate_resource_config(request).await;
    let response = response.expect("a response").into_inner();
    assert_eq!(response.diagnostics, []);
    let config = session.read_back(response.config.as_ref());
    assert_eq!(config, session.number(&[]));
    assert!(unknown_names(&config).is_empty());
}

/// What Terraform sends for a `moved` block from another provider.
async fn move_here(
    session: &Session,
    source: wire::move_resource_state::Request,
) -> wire::move_resource_state::Response {
    let response = session.client().move_resource_state(source).await;
    response.expect("a response").into_inner()
}

const STORED: &str = r#"{
  "id": "+18016025346",
  "phone_number_assigned": "+18016025346",
  "deletion_policy": "prevent",
  "voice_enabled": false
}"#;

fn source(provider: &str, type_name: &str) -> wire::move_resource_state::Request {
    wire::move_resource_state::Request {
        source_provider_address: provider.to_owned(),
        source_type_name: type_name.to_owned(),
        source_state: Some(json(STORED)),
        source_private: b"kept".to_vec().into(),
        target_type_name: NUMBER.to_owned(),
        ..Default::default()
    }
}

/// C49
#[tokio::test]
async fn a_number_of_another_address_of_the_provider_stays_the_number_it_is() {
    let session = Session::start().await;
    let expected = session.number(&[
        ("id", E164.into()),
        ("phone_number_assigned", E164.into()),
        ("deletion_policy", "prevent".into()),
        ("voice_enabled", false.into()),
    ]);
    for provider in [
        "registry.example.com/telecom/joonto",
        "registry.terraform.io/joonto/joonto",
        "joonto",
    ] {
        let moved = move_here(&session, source(provider, NUMBER)).await;
        assert_eq!(moved.diagnostics, [], "{provider}");
        assert_eq!(session.read_back(moved.target_state.as_ref()), expected);
        assert_eq!(moved.target_private, &b"kept"[..]);
        // Also where the state held none.
        assert_eq!(moved.target_identity, Some(identity(E164)), "{provider}");
    }
}

/// C69
#[tokio::test]
async fn nothing_else_becomes_a_number_and_the_way_out_destroys_nothing() {
    let session = Session::start().await;
    for (provider, type_name) in [
        ("registry.terraform.io/acme/phones", "acme_number"),
        ("registry.terraform.io/acme/phones", NUMBER),
        ("registry.terraform.io/joonto/joonto", "joonto_voice_route"),
    ] {
        let refused = move_here(&session, source(provider, type_name)).await;
        assert!(refused.target_state.is_none());
        let found = read_diagnostics(refused.diagnostics);
        let error = only_error(&found);
        assert_eq!(error.code(), "JN220");
        for word in [provider, type_name, NUMBER, "import", "destroy = false"] {
            assert!(error.detail.contains(word), "{error:?}");
        }
        let rm = format!("terraform state rm {type_name}.");
        assert!(error.detail.contains(&rm), "{error:?}");
    }
    let too_old = wire::move_resource_state::Request {
        source_state: None,
        ..source("joonto", NUMBER)
    };
    let refused = move_here(&session, too_old).await;
    assert!(
        only_error(&read_diagnostics(refused.diagnostics))
            .detail
            .contains("0.11")
    );
}
