//! Every RPC of protocol 6.11 gets a response, and none with a gRPC status: Terraform shows those
//! raw, and loses what it keeps beside an object.

use std::collections::BTreeSet;

use terraform_provider_joonto::proto::tfplugin6 as wire;
use tokio_stream::StreamExt as _;

use crate::session::{NUMBER, Session, TestDiagnostic, only_error, read_diagnostics};

const DEFINITION: &str = include_str!("../../proto/tfplugin6.proto");

/// A name that nothing in this provider has.
const NOBODY: &str = "joonto_nobody";

/// Calls of unary RPCs that must get one error, which names the object asked for.
macro_rules! refused {
    ($session:ident, $called:ident: $($method:ident($module:ident, $field:ident);)*) => {$(
        #[allow(clippy::needless_update, reason = "some requests are nothing but a name")]
        let request = wire::$module::Request { $field: NOBODY.to_owned(), ..Default::default() };
        let response = $session.client().$method(request).await;
        let response = response.unwrap_or_else(|status| panic!("{}: {status}", stringify!($method)));
        let diagnostics = read_diagnostics(response.into_inner().diagnostics);
        let error = only_error(&diagnostics);
        assert!(error.detail.contains(NOBODY), "{}: {error:?}", stringify!($method));
        $called.insert(camel(stringify!($method)));
    )*};
}

#[tokio::test]
async fn every_rpc_gets_a_response_without_a_status() {
    let session = Session::start().await;
    let mut called = BTreeSet::new();
    refused! { session, called:
        apply_resource_change(apply_resource_change, type_name);
        close_ephemeral_resource(close_ephemeral_resource, type_name);
        configure_state_store(configure_state_store, type_name);
        delete_state(delete_state, type_name);
        generate_resource_config(generate_resource_config, type_name);
        get_states(get_states, type_name);
        import_resource_state(import_resource_state, type_name);
        lock_state(lock_state, type_name);
        move_resource_state(move_resource_state, target_type_name);
        open_ephemeral_resource(open_ephemeral_resource, type_name);
        plan_action(plan_action, action_type);
        plan_resource_change(plan_resource_change, type_name);
        read_data_source(read_data_source, type_name);
        read_resource(read_resource, type_name);
        renew_ephemeral_resource(renew_ephemeral_resource, type_name);
        unlock_state(unlock_state, type_name);
        upgrade_resource_identity(upgrade_resource_identity, type_name);
        upgrade_resource_state(upgrade_resource_state, type_name);
        validate_action_config(validate_action_config, type_name);
        validate_data_resource_config(validate_data_resource_config, type_name);
        validate_ephemeral_resource_config(validate_ephemeral_resource_config, type_name);
        validate_list_resource_config(validate_list_resource_config, type_name);
        validate_resource_config(validate_resource_config, type_name);
        validate_state_store_config(validate_state_store, type_name);
    }
    called.extend(streams(&session).await);
    called.extend(descriptions(&session).await);
    called.extend(provider_itself(&session).await);

    let defined = DEFINITION.lines().filter_map(|line| {
        let (name, _) = line.trim().strip_prefix("rpc ")?.split_once('(')?;
        Some(name.to_owned())
    });
    let defined: BTreeSet<_> = defined.collect();
    assert_eq!(defined.len(), 36);
    assert_eq!(called, defined);
}

/// Streams of things not offered: one error each, then their end.
async fn streams(session: &Session) -> [String; 4] {
    let mut client = session.client();

    let request = wire::list_resource::Request {
        type_name: NOBODY.to_owned(),
        limit: 100,
        ..Default::default()
    };
    let stream = client.list_resource(request).await.expect("a stream");
    let events = stream.into_inner().collect::<Vec<_>>().await;
    let [Ok(event)] = &events[..] else {
        panic!("one event: {events:?}")
    };
    names_nobody(&read_diagnostics(event.diagnostic.clone()));

    let request = wire::invoke_action::Request {
        action_type: NOBODY.to_owned(),
        ..Default::default()
    };
    let stream = client.invoke_action(request).await.expect("a stream");
    let events = stream.into_inner().collect::<Vec<_>>().await;
    let [Ok(event)] = &events[..] else {
        panic!("one event: {events:?}")
    };
    // Terraform crashes on an event that is neither.
    let Some(wire::invoke_action::event::Type::Completed(completed)) = &event.r#type else {
        panic!("it is over: {event:?}")
    };
    names_nobody(&read_diagnostics(completed.diagnostics.clone()));

    let request = wire::read_state_bytes::Request {
        type_name: NOBODY.to_owned(),
        ..Default::default()
    };
    let stream = client.read_state_bytes(request).await.expect("a stream");
    let chunks = stream.into_inner().collect::<Vec<_>>().await;
    let [Ok(chunk)] = &chunks[..] else {
        panic!("one chunk: {chunks:?}")
    };
    // Terraform crashes without it.
    assert!(chunk.range.is_some());
    names_nobody(&read_diagnostics(chunk.diagnostics.clone()));

    // More than the flow control lets through before the response is there.
    let chunk = wire::write_state_bytes::RequestChunk {
        bytes: vec![7; 1 << 20].into(),
        total_length: 20 << 20,
        ..Default::default()
    };
    let chunks = tokio_stream::iter(std::iter::repeat_n(chunk, 20));
    let response = client.write_state_bytes(chunks).await.expect("a response");
    let diagnostics = read_diagnostics(response.into_inner().diagnostics);
    assert_eq!(only_error(&diagnostics).code(), "TF005");

    [
        "ListResource",
        "InvokeAction",
        "ReadStateBytes",
        "WriteStateBytes",
    ]
    .map(str::to_owned)
}

/// What Terraform reads of the provider as a whole.
async fn descriptions(session: &Session) -> [String; 5] {
    let mut client = session.client();

    let request = wire::get_metadata::Request {};
    let metadata = client
        .get_metadata(request)
        .await
        .expect("a response")
        .into_inner();
    assert_eq!(metadata.diagnostics, []);
    assert_eq!(
        metadata.server_capabilities,
        session.schemas.server_capabilities
    );
    let named: BTreeSet<_> = metadata
        .resources
        .into_iter()
        .map(|r| r.type_name)
        .collect();
    let described: BTreeSet<_> = session.schemas.resource_schemas.keys().cloned().collect();
    assert_eq!(named, described);
    assert!(named.contains(NUMBER));

    let request = wire::get_functions::Request {};
    let functions = client
        .get_functions(request)
        .await
        .expect("a response")
        .into_inner();
    assert_eq!(functions.diagnostics, []);
    assert_eq!(functions.functions, session.schemas.functions);

    let request = wire::get_resource_identity_schemas::Request {};
    let identities = client.get_resource_identity_schemas(request).await;
    let identities = identities.expect("a response").into_inner();
    assert_eq!(identities.diagnostics, []);
    assert!(
        identities
            .identity_schemas
            .keys()
            .all(|name| described.contains(name))
    );

    let request = wire::call_function::Request {
        name: NOBODY.to_owned(),
        arguments: Vec::new(),
    };
    let called = client
        .call_function(request)
        .await
        .expect("a response")
        .into_inner();
    let error = called.error.expect("an error");
    assert!(
        error.text.contains(NOBODY) && called.result.is_none(),
        "{}",
        error.text
    );

    [
        "GetProviderSchema",
        "GetMetadata",
        "GetFunctions",
        "GetResourceIdentitySchemas",
        "CallFunction",
    ]
    .map(str::to_owned)
}

async fn provider_itself(session: &Session) -> [String; 3] {
    let mut client = session.client();

    let config = session.write_provider_block(&session.provider_block(&[]));
    let request = wire::validate_provider_config::Request {
        config: Some(config.clone()),
    };
    let response = client
        .validate_provider_config(request)
        .await
        .expect("a response");
    assert_eq!(response.into_inner().diagnostics, []);

    let request = wire::configure_provider::Request {
        config: Some(config),
        ..Default::default()
    };
    let response = client
        .configure_provider(request)
        .await
        .expect("a response");
    let diagnostics = read_diagnostics(response.into_inner().diagnostics);
    assert_eq!(only_error(&diagnostics).code(), "JN606");

    let request = wire::stop_provider::Request {};
    let response = client.stop_provider(request).await.expect("a response");
    assert_eq!(response.into_inner().error, "");

    [
        "ValidateProviderConfig",
        "ConfigureProvider",
        "StopProvider",
    ]
    .map(str::to_owned)
}

/// Terraform crashes on a response without capabilities, error or not.
#[tokio::test]
async fn a_state_store_that_is_not_there_still_has_capabilities() {
    let session = Session::start().await;
    let request = wire::configure_state_store::Request {
        type_name: NOBODY.to_owned(),
        ..Default::default()
    };
    let response = session.client().configure_state_store(request).await;
    assert!(
        response
            .expect("a response")
            .into_inner()
            .capabilities
            .is_some()
    );
}

fn names_nobody(diagnostics: &[TestDiagnostic]) {
    let error = only_error(diagnostics);
    assert!(error.detail.contains(NOBODY), "{error:?}");
}

fn camel(method: &str) -> String {
    let words = method.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}
