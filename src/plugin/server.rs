//! All of these together.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use super::connections::{self, ConnectionCount};
use super::endpoint::Endpoint;
use super::environment::HostEnvironment;
use super::handshake::Handshake;
use super::lifetime::{self, HostTimeouts, ShutdownReason, Signals};
use super::rpcs::{self, RpcCount};
use super::tls::Security;
use super::{Plugin, PluginInfo, ServeError};
use super::{reattach, services};

/// How long a host that asked for Shutdown gets to read our answer and hang up.
const HANG_UP_LIMIT: Duration = Duration::from_millis(100);

/// How much a sender may be ahead of us, per RPC and per connection. HTTP/2's own 64 KiB would cut
/// a large state into hundreds of round trips.
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// Serves `plugin` to the host that started this process, until it is time to go.
///
/// The host gets its line before there is so much as a runtime: while the one is read the other
/// is made, and the system keeps who connects meanwhile.
///
/// # Errors
///
/// No host started it, or what the host asks for is not to be had.
pub fn serve(plugin: Plugin, environment: &HostEnvironment) -> Result<ShutdownReason, ServeError> {
    let server = PluginServer::bind(plugin.info, environment)?;
    server.handshake.announce().map_err(ServeError::Announce)?;
    block_on(async {
        let mut signals = Signals::handle().map_err(ServeError::Signals)?;
        server.run(plugin, signals.terminated()).await
    })
}

/// Serves `plugin` to any number of hosts, without TLS, until it is interrupted.
///
/// Prints the line that makes Terraform use this process instead of starting its own.
///
/// # Errors
///
/// There is no address to serve at.
pub fn debug(plugin: Plugin, environment: &HostEnvironment) -> Result<ShutdownReason, ServeError> {
    // Hosts that a developer points at this process bring no certificate.
    let (security, timeouts) = (Security::Plain, HostTimeouts::without_end());
    let server = PluginServer::listen(plugin.info, environment, security, timeouts)?;
    block_on(async {
        // First, as the line tells how to interrupt.
        let mut signals = Signals::handle().map_err(ServeError::Signals)?;
        let notice = reattach::notice(plugin.info, server.handshake.address());
        let mut stdout = io::stdout();
        stdout
            .write_all(notice.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(ServeError::Announce)?;
        server.run(plugin, signals.interrupted()).await
    })
}

fn block_on(
    work: impl Future<Output = Result<ShutdownReason, ServeError>>,
) -> Result<ShutdownReason, ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)?;
    let result = runtime.block_on(work);
    // RPCs still running must not keep the process: the host kills what does not go.
    runtime.shutdown_background();
    result
}

/// A plugin's server that listens but does not answer yet.
pub struct PluginServer {
    endpoint: Endpoint,
    security: Security,
    handshake: Handshake,
    timeouts: HostTimeouts,
}

impl PluginServer {
    /// Listens as the host that started the process wants it.
    ///
    /// # Errors
    ///
    /// There is no such host, or what it asks for is not to be had.
    pub fn bind(info: PluginInfo, environment: &HostEnvironment) -> Result<Self, ServeError> {
        let host = environment
            .host
            .as_ref()
            .ok_or(ServeError::NotStartedByHost)?;
        if !host.protocol_versions.is_empty()
            && !host.protocol_versions.contains(&info.app_protocol)
        {
            // The host says what is to be done about it when it reads the handshake line.
            tracing::warn!(
                ours = info.app_protocol,
                host = ?host.protocol_versions,
                "the host does not speak this plugin's protocol"
            );
        }
        let security = match &host.certificate {
            Some(certificate) => Security::mutual(certificate.clone())?,
            None => Security::Plain,
        };
        Self::listen(info, environment, security, HostTimeouts::default())
    }

    fn listen(
        info: PluginInfo,
        environment: &HostEnvironment,
        security: Security,
        timeouts: HostTimeouts,
    ) -> Result<Self, ServeError> {
        let endpoint = Endpoint::bind(&environment.listen).map_err(ServeError::Listen)?;
        let host = environment.host.as_ref();
        Ok(Self {
            handshake: Handshake {
                app_protocol: info.app_protocol,
                address: endpoint.address().map_err(ServeError::Listen)?,
                certificate: security.certificate().cloned(),
                knows_multiplexing: host.is_some_and(|host| host.knows_multiplexing),
            },
            endpoint,
            security,
            timeouts,
        })
    }

    /// The same server, with another idea of how long to wait for a host.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: HostTimeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// What a host has to know to connect.
    #[must_use]
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Answers until the host asks for an end, or is gone, or `signal` has completed and the RPCs
    /// under way have been answered. Then no new connection is taken, the socket is removed, and
    /// the plugin has its shutdown hook; RPCs still running end with the runtime.
    ///
    /// # Errors
    ///
    /// The runtime does not take the socket, or the gRPC server failed.
    pub async fn run(
        self,
        plugin: Plugin,
        signal: impl Future<Output = ()>,
    ) -> Result<ShutdownReason, ServeError> {
        let shutdown = Arc::new(Notify::new());
        let rpcs = watch::Sender::new(RpcCount::default());
        let counted = rpcs::count((plugin.routes)(), rpcs.clone());
        let routes = services::add(counted, shutdown.clone()).await;
        let count = watch::Sender::new(ConnectionCount::default());
        let watched = count.subscribe();
        let (accepted, incoming) = mpsc::channel(8);
        let listener = self.endpoint.into_listener().map_err(ServeError::Listen)?;
        let accepting = connections::accept(listener, self.security, count, accepted);
        let serving = tonic::transport::Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            // hyper's default of 200 would let as many waiting creates keep a StopProvider out.
            .max_concurrent_streams(u32::MAX)
            .add_routes(routes)
            .serve_with_incoming(ReceiverStream::new(incoming));
        let signalled = async {
            signal.await;
            let under_way = rpcs.borrow().under_way;
            tracing::info!(under_way, "a signal asks the plugin to end");
            (plugin.on_signal)();
            lifetime::finished(rpcs.subscribe(), watched.clone(), self.timeouts.answer).await
        };
        let reason = tokio::select! {
            // A host that hangs up after its Shutdown is not gone.
            biased;
            () = shutdown.notified() => ShutdownReason::Shutdown,
            reason = signalled => reason,
            reason = lifetime::abandoned(watched.clone(), self.timeouts) => reason,
            Err(error) = serving => return Err(error.into()),
            never = accepting => match never {},
        };
        tracing::debug!(?reason, "the plugin ends");

        (plugin.on_shutdown)();
        if reason == ShutdownReason::Shutdown {
            let _ = tokio::time::timeout(HANG_UP_LIMIT, lifetime::drained(watched)).await;
        }
        Ok(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_never_can_be_read_does_not_keep_the_process() {
        let (keep, hang) = std::sync::mpsc::channel::<()>();
        let ended = block_on(async {
            tokio::task::spawn_blocking(move || hang.recv());
            Ok(ShutdownReason::Orphaned)
        });
        assert!(matches!(ended, Ok(ShutdownReason::Orphaned)));
        drop(keep);
    }
}
