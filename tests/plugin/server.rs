//! The server inside this process: what cannot be tested from outside.

use std::ffi::OsString;
use std::time::Duration;

use harness::host::{COOKIE, ClientCertificate, HandshakeLine, Peer};
use terraform_provider_joonto::plugin::{
    HostEnvironment, HostTimeouts, MagicCookie, Network, Plugin, PluginInfo, PluginServer,
    ServeError, ShutdownReason,
};
use terraform_provider_joonto::proto::goplugin::Empty;
use terraform_provider_joonto::proto::goplugin::grpc_controller_client::GrpcControllerClient;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic_health::pb::health_check_response::ServingStatus;

use crate::health;

pub(crate) const INFO: PluginInfo = PluginInfo {
    name: "terraform-provider-thing",
    version: "1.2.3",
    address: "registry.terraform.io/acme/thing",
    app_protocol: 6,
    cookie: MagicCookie {
        name: COOKIE.0,
        value: COOKIE.1,
    },
    log_variables: &[],
};

pub(crate) fn environment(variables: &[(&str, &str)]) -> HostEnvironment {
    let variables = [&[COOKIE], variables].concat();
    let variables = variables
        .into_iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    HostEnvironment::parse(&INFO, variables).expect("a good environment")
}

fn plugin() -> Plugin {
    Plugin::new(INFO, Routes::default)
}

/// Starts a server, and returns it with a host for it.
async fn run(
    plugin: Plugin,
    environment: HostEnvironment,
    identity: Option<ClientCertificate>,
) -> (JoinHandle<Result<ShutdownReason, ServeError>>, Peer) {
    let server = PluginServer::bind(INFO, &environment).expect("it binds");
    let line = HandshakeLine::parse(&server.handshake().to_string()).expect("a line");
    let running = tokio::spawn(server.run(plugin, std::future::pending()));
    (running, Peer::new(line, identity))
}

async fn shut_down(peer: &Peer) {
    let channel = peer.channel().await.expect("a connection");
    let response = GrpcControllerClient::new(channel).shutdown(Empty {}).await;
    response.expect("a response to Shutdown");
}

#[tokio::test]
async fn tcp_works_on_every_system() {
    let certificate = ClientCertificate::like_terraforms();
    let environment = environment(&[
        ("PLUGIN_CLIENT_CERT", &certificate.pem()),
        ("PLUGIN_MIN_PORT", "10000"),
        ("PLUGIN_MAX_PORT", "25000"),
    ])
    .over(Network::Tcp);
    let (running, peer) = run(plugin(), environment.clone(), Some(certificate.clone())).await;
    assert_eq!(peer.handshake().network, "tcp");
    let address = peer.handshake().address.clone();
    let port = address.strip_prefix("127.0.0.1:").expect("loopback");
    let port: u16 = port.parse().expect("a port");
    assert!((10_000..=25_000).contains(&port), "{port}");

    let channel = peer.channel().await.expect("a connection with TLS");
    let status = health(channel.clone(), "plugin").await.expect("a response");
    assert_eq!(status, ServingStatus::Serving);
    let stranger = peer.met_by(Some(ClientCertificate::like_terraforms()));
    let refused = match stranger.channel().await {
        Ok(channel) => health(channel, "plugin").await.is_err(),
        Err(_) => true,
    };
    assert!(refused, "another certificate gets nobody in");

    // The next one finds the port taken, and another free.
    let (_, second) = run(plugin(), environment, Some(certificate)).await;
    assert_ne!(second.handshake().address, address);

    shut_down(&peer).await;
    let reason = running.await.expect("no panic").expect("no error");
    assert_eq!(reason, ShutdownReason::Shutdown);
}

#[test]
fn a_port_range_without_a_free_port_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let environment = environment(&[("PLUGIN_MIN_PORT", &port), ("PLUGIN_MAX_PORT", &port)]);
    let server = PluginServer::bind(INFO, &environment.over(Network::Tcp));
    assert!(matches!(server.err(), Some(ServeError::Listen(_))));
}

#[test]
fn without_a_host_there_is_no_server() {
    let environment = HostEnvironment::parse(&INFO, []).expect("nothing to misunderstand");
    let server = PluginServer::bind(INFO, &environment);
    assert!(matches!(server.err(), Some(ServeError::NotStartedByHost)));
}

#[tokio::test]
async fn it_ends_if_no_host_ever_connects() {
    let server = PluginServer::bind(INFO, &environment(&[]));
    let server = server.expect("it binds").with_timeouts(HostTimeouts {
        first_connection: Duration::from_millis(50),
        ..HostTimeouts::default()
    });
    let reason = server.run(plugin(), std::future::pending()).await;
    assert_eq!(reason.expect("no error"), ShutdownReason::NeverConnected);
}

#[tokio::test]
async fn the_shutdown_hook_runs() {
    let (say, said) = oneshot::channel();
    let plugin = plugin().on_shutdown(|| say.send(()).expect("the test listens"));
    let (running, peer) = run(plugin, environment(&[]), None).await;
    shut_down(&peer).await;
    let reason = running.await.expect("no panic").expect("no error");
    assert_eq!(reason, ShutdownReason::Shutdown);
    said.await.expect("it was said");
    #[cfg(unix)]
    assert!(!peer.socket().exists());
}
