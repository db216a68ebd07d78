//! Binds, serves and shuts down.

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

/// How long a host may take after Shutdown to read the response and hang up.
const HANG_UP_LIMIT: Duration = Duration::from_millis(100);

/// How many bytes the host may send ahead, per RPC and per connection. With HTTP/2's default of
/// 64 KiB, a large state takes hundreds of round trips.
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// Serves `plugin` to the host that started this process, until the plugin ends.
///
/// Writes the handshake line before it builds the runtime: the host reads the line meanwhile, and
/// the system queues connections.
///
/// # Errors
///
/// No host started the process, or the plugin cannot listen as the host asks.
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
/// The plugin cannot listen.
pub fn debug(plugin: Plugin, environment: &HostEnvironment) -> Result<ShutdownReason, ServeError> {
    // A host that a developer points at this process has no certificate.
    let (security, timeouts) = (Security::Plain, HostTimeouts::without_end());
    let server = PluginServer::listen(plugin.info, environment, security, timeouts)?;
    block_on(async {
        // Before the line is printed, because it says how to interrupt.
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
    // RPCs still running must not keep the process alive: the host would kill it.
    runtime.shutdown_background();
    result
}

/// A plugin's server that listens but does not serve yet.
pub struct PluginServer {
    endpoint: Endpoint,
    security: Security,
    handshake: Handshake,
    timeouts: HostTimeouts,
}

impl PluginServer {
    /// Listens as the host that started the process asks.
    ///
    /// # Errors
    ///
    /// No host started the process, or the plugin cannot listen as the host asks.
    pub fn bind(info: PluginInfo, environment: &HostEnvironment) -> Result<Self, ServeError> {
        let host = environment
            .host
            .as_ref()
            .ok_or(ServeError::NotStartedByHost)?;
        if !host.protocol_versions.is_empty()
            && !host.protocol_versions.contains(&info.app_protocol)
        {
            // The host reads the version in the handshake line and tells the user what to do.
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

    /// Replaces how long to wait for the host.
    pub fn with_timeouts(mut self, timeouts: HostTimeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Returns what a host needs to connect.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Serves until the host asks for an end, or is gone, or `signal` has completed and the RPCs
    /// under way have ended. Then it closes and removes the socket and runs the shutdown hook. RPCs
    /// still running end with the runtime.
    ///
    /// # Errors
    ///
    /// The runtime cannot use the socket, or the gRPC server failed.
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
            // With hyper's default, 200 waiting creates would keep a StopProvider out.
            .max_concurrent_streams(u32::MAX)
            .add_routes(routes)
            .serve_with_incoming(ReceiverStream::new(incoming));
        let signalled = async {
            signal.await;
            let under_way = rpcs.borrow().under_way;
            tracing::info!(under_way, "a signal asks the plugin to end");
            (plugin.on_signal)();
            lifetime::finished(rpcs.subscribe(), watched.clone(), self.timeouts.response).await
        };
        let reason = tokio::select! {
            // First, because a host hangs up after its Shutdown.
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
