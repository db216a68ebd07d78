//! The plugin server, seen from outside: a host starts the real program. It checks what Terraform
//! checks, and more.

#![allow(
    clippy::print_stdout,
    reason = "figures are for those who run the tests"
)]

mod command_line;
mod logging;
#[cfg(unix)]
mod reattach;
mod server;
mod shutdown;
mod signals;
#[cfg(unix)]
mod sigterm;
#[cfg(unix)]
mod socket;
mod tls;

use harness::host::{Host, Launch};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-joonto");

fn launch() -> Launch {
    Launch::new(PROGRAM)
}

async fn start() -> Host {
    launch().start().await.expect("the plugin starts")
}

/// Asks for the health of `service`. Any response shows that the connection works.
async fn health(channel: Channel, service: &str) -> Result<ServingStatus, tonic::Status> {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    let response = HealthClient::new(channel).check(request).await?;
    Ok(response.into_inner().status())
}

#[tokio::test]
async fn the_handshake_line_is_what_go_plugin_reads() {
    let host = start().await;
    let line = host.line();
    assert!(line.ends_with('\n') && !line.ends_with("\r\n"), "{line:?}");
    let fields: Vec<&str> = line.trim_end().split('|').collect();
    let [core, protocol, network, address, wire, certificate] = fields[..] else {
        panic!("six fields, not {line:?}");
    };
    assert_eq!((core, protocol, wire), ("1", "6", "grpc"));
    if cfg!(unix) {
        assert_eq!(network, "unix");
        assert!(address.starts_with('/'), "{address}");
    } else {
        assert_eq!(network, "tcp");
    }
    assert!(!certificate.contains(['=', '-', '_']), "{certificate}");
}

#[tokio::test]
async fn a_seventh_field_comes_only_on_request() {
    let host = launch().env("PLUGIN_MULTIPLEX_GRPC", "true").start().await;
    let line = host.expect("the plugin starts").line().to_owned();
    assert_eq!(line.trim_end().split('|').nth(6), Some("false"), "{line}");
}

#[tokio::test]
async fn the_protocol_is_6_whatever_the_host_speaks() {
    for versions in ["5,6", "6,5", "6", "5", "7,8", "", "six"] {
        let launch = launch().env("PLUGIN_PROTOCOL_VERSIONS", versions);
        let host = launch.start().await.expect("the plugin starts");
        assert_eq!(host.peer().handshake().app_protocol, 6, "{versions:?}");
    }
}

#[tokio::test]
async fn standard_output_is_closed_after_the_line() {
    let mut host = start().await;
    assert_eq!(host.rest_of_stdout().await.expect("it is closed"), "");
    assert!(host.is_running().expect("the system can tell"));
}

#[tokio::test]
async fn health_is_served_under_go_plugins_name() {
    let host = start().await;
    let status = health(host.channel(), "plugin").await;
    assert_eq!(status.expect("a response"), ServingStatus::Serving);
    let unknown = health(host.channel(), "nobody").await;
    assert_eq!(unknown.expect_err("unknown").code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn what_is_not_served_is_unimplemented() {
    let channel = start().await;
    let mut client = tonic::client::Grpc::new(channel.channel());
    client.ready().await.expect("connected");
    let response = client
        .unary::<(), (), _>(
            tonic::Request::new(()),
            "/nobody.Nothing/Never".parse().expect("a path"),
            tonic_prost::ProstCodec::default(),
        )
        .await;
    let status = response.expect_err("there is no such service");
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}
