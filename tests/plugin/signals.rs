//! A signal while RPCs are under way. `shutdown` has the one that comes when there are none.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use harness::host::{HandshakeLine, Peer};
use terraform_provider_joonto::plugin::{
    HostTimeouts, Plugin, PluginServer, ServeError, ShutdownReason,
};
use terraform_provider_joonto::proto::goplugin::Empty;
use terraform_provider_joonto::proto::goplugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_joonto::proto::goplugin::grpc_stdio_client::GrpcStdioClient;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::health;
use crate::server::{INFO, environment};

/// Ends each RPC with an error of its own, once it has a permit.
#[derive(Clone)]
struct Slow {
    arrived: Arc<Semaphore>,
    permits: Arc<Semaphore>,
}

impl NamedService for Slow {
    const NAME: &'static str = "test.Slow";
}

impl Service<http::Request<Body>> for Slow {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        let Self { arrived, permits } = self.clone();
        Box::pin(async move {
            arrived.add_permits(1);
            permits.acquire().await.expect("it stays open").forget();
            Ok(Status::data_loss("responded").into_http())
        })
    }
}

/// A server with a slow service, and a connected host.
struct Scene {
    slow: Slow,
    signal: Option<oneshot::Sender<()>>,
    noticed: Option<oneshot::Receiver<()>>,
    running: JoinHandle<Result<ShutdownReason, ServeError>>,
    channel: Option<Channel>,
}

impl Scene {
    async fn start(timeouts: HostTimeouts) -> Self {
        let slow = Slow {
            arrived: Arc::new(Semaphore::new(0)),
            permits: Arc::new(Semaphore::new(0)),
        };
        let served = slow.clone();
        let (notify, noticed) = oneshot::channel();
        let plugin = Plugin::new(INFO, || Routes::new(served)).on_signal(|| {
            let _ = notify.send(());
        });
        let server = PluginServer::bind(INFO, &environment(&[])).expect("it binds");
        let line = HandshakeLine::parse(&server.handshake().to_string()).expect("a line");
        let (signal, signalled) = oneshot::channel::<()>();
        let running = tokio::spawn(server.with_timeouts(timeouts).run(plugin, async {
            let _ = signalled.await;
        }));
        let channel = Peer::new(line, None).channel().await;
        Self {
            slow,
            signal: Some(signal),
            noticed: Some(noticed),
            running,
            channel: Some(channel.expect("a connection")),
        }
    }

    fn channel(&self) -> Channel {
        self.channel.clone().expect("the host is connected")
    }

    fn hang_up(self) -> Self {
        Self {
            channel: None,
            ..self
        }
    }

    /// Starts an RPC, and waits until the service has it.
    async fn call(&self) -> JoinHandle<Status> {
        let mut client = tonic::client::Grpc::new(self.channel());
        let call = tokio::spawn(async move {
            client.ready().await.expect("connected");
            let request = tonic::Request::new(());
            let path = "/test.Slow/Call".parse().expect("a path");
            let codec = tonic_prost::ProstCodec::<(), ()>::default();
            let response = client.unary(request, path, codec).await;
            response.expect_err("the service knows errors only")
        });
        let arrived = self.slow.arrived.acquire().await;
        arrived.expect("it stays open").forget();
        call
    }

    /// Sends the signal, and waits until the plugin has noticed it.
    async fn signal(&mut self) {
        let signal = self.signal.take().expect("one signal");
        signal.send(()).expect("the server waits for it");
        let noticed = self.noticed.take().expect("one signal");
        noticed.await.expect("the signal is sent");
    }

    async fn end(self) -> ShutdownReason {
        let ended = tokio::time::timeout(Duration::from_secs(60), self.running).await;
        let ended = ended.expect("it ends");
        ended.expect("no panic").expect("no error")
    }
}

#[tokio::test]
async fn rpcs_under_way_end_before_the_plugin() {
    let mut scene = Scene::start(HostTimeouts::default()).await;
    let first = scene.call().await;
    scene.signal().await;
    // Terraform does not know yet, and goes on.
    let second = scene.call().await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!scene.running.is_finished(), "two RPCs are under way");
    scene.slow.permits.add_permits(1);
    assert_eq!(first.await.expect("no panic").code(), Code::DataLoss);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!scene.running.is_finished(), "one RPC is under way");
    scene.slow.permits.add_permits(1);
    assert_eq!(second.await.expect("no panic").code(), Code::DataLoss);
    assert_eq!(scene.end().await, ShutdownReason::Signal);
}

#[tokio::test]
async fn services_of_go_plugin_do_not_delay_the_end() {
    let mut scene = Scene::start(HostTimeouts::default()).await;
    let mut stdio = GrpcStdioClient::new(scene.channel());
    let _open = stdio.stream_stdio(()).await.expect("a stream");
    health(scene.channel(), "plugin").await.expect("a response");
    let signalled = Instant::now();
    scene.signal().await;
    assert_eq!(scene.end().await, ShutdownReason::Signal);
    let after = signalled.elapsed();
    assert!(after < Duration::from_millis(400), "{after:?}");
}

#[tokio::test]
async fn a_response_that_has_just_left_has_time_to_reach_the_host() {
    let mut scene = Scene::start(HostTimeouts::default()).await;
    let call = scene.call().await;
    scene.slow.permits.add_permits(1);
    assert_eq!(call.await.expect("no panic").code(), Code::DataLoss);
    let responded = Instant::now();
    scene.signal().await;
    assert_eq!(scene.end().await, ShutdownReason::Signal);
    let after = responded.elapsed();
    assert!(after > Duration::from_millis(300), "{after:?}");
}

#[tokio::test]
async fn a_shutdown_ends_it_during_rpcs() {
    let mut scene = Scene::start(HostTimeouts::default()).await;
    let _call = scene.call().await;
    scene.signal().await;
    let mut controller = GrpcControllerClient::new(scene.channel());
    controller.shutdown(Empty {}).await.expect("a response");
    assert_eq!(scene.end().await, ShutdownReason::Shutdown);
}

#[tokio::test]
async fn it_does_not_wait_for_a_host_that_hangs_up() {
    let mut scene = Scene::start(HostTimeouts::default()).await;
    let call = scene.call().await;
    scene.signal().await;
    // A connection goes when the last one that holds it lets go.
    call.abort();
    let hung_up = Instant::now();
    assert_eq!(scene.hang_up().end().await, ShutdownReason::Orphaned);
    let after = hung_up.elapsed();
    assert!(after < Duration::from_secs(1), "{after:?}");
}

#[tokio::test]
async fn rpcs_that_never_end_do_not_keep_it_for_ever() {
    let limit = Duration::from_millis(900);
    let mut scene = Scene::start(HostTimeouts {
        response: limit,
        ..HostTimeouts::default()
    })
    .await;
    let _call = scene.call().await;
    let signalled = Instant::now();
    scene.signal().await;
    assert_eq!(scene.end().await, ShutdownReason::SignalTimeout);
    assert!(signalled.elapsed() >= limit);
}
