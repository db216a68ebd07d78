//! SIGTERM while the real program waits for the API.

use std::time::{Duration, Instant};

use harness::host::{Host, Signal};
use harness::until;
use joonto_sandbox::{Fault, FaultKind, Options, Sandbox};
use serde_json::{Map, Value as Json};
use terraform_provider_joonto::proto::tfplugin6::{self as wire, DynamicValue};
use tokio::task::JoinHandle;

use crate::launch;

const INVENTORY: &str = "/v1.0/numbers/inventory";

/// A provider configured for a sandbox whose inventory never responds.
async fn start() -> (Sandbox, Host) {
    let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
    sandbox.fault(Fault::on(INVENTORY).always().before_commit(FaultKind::Hold));
    let credentials = sandbox.credentials();
    let launch = launch()
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", credentials.account_secret);
    let host = launch.start().await.expect("the plugin starts");
    let mut provider = host.provider();
    let schemas = provider.get_provider_schema(wire::get_provider_schema::Request {});
    let schemas = schemas.await.expect("a schema").into_inner();
    let request = wire::configure_provider::Request {
        terraform_version: "1.13.5".into(),
        config: Some(nothing(schemas.provider)),
        ..Default::default()
    };
    let configured = provider.configure_provider(request).await;
    assert_eq!(configured.expect("a response").into_inner().diagnostics, []);
    (sandbox, host)
}

/// A configuration that sets nothing.
fn nothing(schema: Option<wire::Schema>) -> DynamicValue {
    let block = schema.and_then(|schema| schema.block).expect("a block");
    let attributes = block.attributes.into_iter();
    let nothing: Map<String, Json> = attributes.map(|one| (one.name, Json::Null)).collect();
    DynamicValue {
        json: Json::Object(nothing).to_string().into(),
        ..DynamicValue::default()
    }
}

/// Starts to read the account's numbers.
async fn read(host: &Host) -> JoinHandle<Vec<wire::Diagnostic>> {
    let mut provider = host.provider();
    let schemas = provider.get_provider_schema(wire::get_provider_schema::Request {});
    let mut schemas = schemas.await.expect("a schema").into_inner();
    let request = wire::read_data_source::Request {
        type_name: "joonto_numbers".into(),
        config: Some(nothing(
            schemas.data_source_schemas.remove("joonto_numbers"),
        )),
        ..Default::default()
    };
    tokio::spawn(async move {
        let response = provider.read_data_source(request).await;
        response.expect("a response").into_inner().diagnostics
    })
}

async fn until_asked(sandbox: &Sandbox) {
    until(|| !sandbox.ledger().requests_to(INVENTORY).is_empty()).await;
}

#[tokio::test]
async fn sigterm_ends_the_waits_of_rpcs_and_they_respond() {
    let (sandbox, host) = start().await;
    let first = read(&host).await;
    until_asked(&sandbox).await;
    let signalled = Instant::now();
    for _ in 0..2 {
        host.signal(Signal::Terminate).expect("it runs");
    }
    let diagnostics = first.await.expect("a response");
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    // RPCs after the signal do not wait either, and send nothing.
    let sent = sandbox.ledger().requests.len();
    let second = read(&host).await.await.expect("a response");
    assert_eq!(second.len(), 1, "{second:?}");
    let responded = signalled.elapsed();
    assert!(responded < Duration::from_secs(1), "{responded:?}");
    assert_eq!(sandbox.ledger().requests.len(), sent);
    let exit = host.exit().await.expect("it ends");
    println!(
        "SIGTERM with an RPC under way: gone after {:.1?}",
        exit.after
    );
    assert!(exit.status.success(), "{exit:?}");
    assert!(exit.after < Duration::from_secs(5), "{exit:?}");
}

#[tokio::test]
async fn it_does_not_wait_for_a_host_that_dies_with_an_rpc_under_way() {
    let (sandbox, mut host) = start().await;
    let call = read(&host).await;
    until_asked(&sandbox).await;
    call.abort();
    host.disconnect();
    host.signal(Signal::Terminate).expect("it runs");
    let exit = host.exit().await.expect("it ends");
    assert!(exit.status.success(), "{exit:?}");
    assert!(exit.after < Duration::from_secs(2), "{exit:?}");
}
