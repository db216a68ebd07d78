//! A provider whose configuration is not known yet: what needs the API is put off for a host that
//! can do that, and is an error for one that cannot. (For numbers that are read: `configuring`.)

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::proto::tfplugin6::deferred::Reason;
use terraform_provider_joonto::terraform::value::{self, Value};

use crate::session::{Session, block, block_type, object, only_error, read_diagnostics};

/// What a host says it can do.
fn capabilities(deferral_allowed: bool) -> Option<wire::ClientCapabilities> {
    Some(wire::ClientCapabilities {
        deferral_allowed,
        ..Default::default()
    })
}

async fn not_known_yet() -> Session {
    Session::configured(&[
        ("base_url", Value::Unknown),
        ("account_key", Value::Unknown),
    ])
    .await
}

/// Expects that it was put off where that was allowed, and else an error that names what is not
/// known.
fn check(
    what: &str,
    allowed: bool,
    deferred: Option<wire::Deferred>,
    diagnostics_of: Vec<wire::Diagnostic>,
) {
    let found = read_diagnostics(diagnostics_of);
    let reason = deferred.map(|deferred| deferred.reason());
    if allowed {
        assert_eq!(reason, Some(Reason::ProviderConfigUnknown), "{what}");
        assert_eq!(found, [], "{what}");
    } else {
        assert_eq!(reason, None, "{what}");
        let error = only_error(&found);
        for argument in ["base_url", "account_key"] {
            assert!(error.detail.contains(argument), "{what}: {error:?}");
        }
    }
}

#[tokio::test]
async fn look_ups_are_put_off_where_that_is_allowed() {
    let session = not_known_yet().await;
    let sources = &session.schemas.data_source_schemas;
    assert!(!sources.is_empty());
    for (name, schema) in sources {
        let ty = block_type(block(schema));
        let asked: Vec<(&str, Value)> = match name.as_str() {
            "joonto_number" => vec![("phone_number", "+18016025346".into())],
            "joonto_number_availability" => {
                vec![
                    ("message_enabled", true.into()),
                    ("voice_enabled", true.into()),
                ]
            }
            "joonto_message_route" => vec![("route_id", "MRID-1".into())],
            "joonto_voice_route" => vec![("route_id", "CRID-1".into())],
            _ => vec![],
        };
        let config = object(&ty, &asked);
        for allowed in [true, false] {
            let request = wire::read_data_source::Request {
                type_name: name.clone(),
                config: Some(value::to_wire(&config, &ty).expect("a configuration")),
                client_capabilities: capabilities(allowed),
                ..Default::default()
            };
            let response = session.client().read_data_source(request).await;
            let response = response.expect("a response").into_inner();
            assert_eq!(response.state.is_some(), allowed, "{name}");
            check(name, allowed, response.deferred, response.diagnostics);
        }
    }
}

#[tokio::test]
async fn an_import_is_begun_and_its_read_put_off_where_that_is_allowed() {
    let session = not_known_yet().await;
    let ids = [
        ("joonto_number", "+18016025346"),
        ("joonto_number", "iccid:8901240397190195850"),
        ("joonto_message_route", "MRID-1"),
        ("joonto_voice_route", "CRID-1"),
        ("joonto_webhook", "AID-1/WID-1"),
    ];
    for ((type_name, id), allowed) in ids.into_iter().flat_map(|id| [(id, true), (id, false)]) {
        let request = wire::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: capabilities(allowed),
            ..Default::default()
        };
        let response = session.client().import_resource_state(request).await;
        let mut response = response.expect("a response").into_inner();
        assert_eq!(
            (response.deferred, &response.diagnostics[..]),
            (None, &[][..])
        );
        let imported = response.imported_resources.remove(0);

        let request = wire::read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: imported.state.clone(),
            private: imported.private.clone(),
            client_capabilities: capabilities(allowed),
            ..Default::default()
        };
        let response = session.client().read_resource(request).await;
        let response = response.expect("a response").into_inner();
        // Put off or refused, the import is still to be completed.
        assert_eq!(response.new_state, imported.state, "{id}");
        assert_eq!(response.private, imported.private, "{id}");
        check(id, allowed, response.deferred, response.diagnostics);
    }
}
