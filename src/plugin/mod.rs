//! How the host starts, secures, watches and stops this process.
//!
//! Terraform runs its providers through go-plugin: it starts the program with a magic cookie in
//! its environment, reads one line from its standard output, and connects to the address on that
//! line with gRPC, over mutual TLS for which both sides made their certificates a moment before.
//! This module is the program's side of that. It knows nothing of the services it is there to
//! carry: a [`Plugin`] brings those along as [`Routes`].
//!
//! | file | its one job |
//! |---|---|
//! | `environment` | what the host, or a user, asks for through environment variables |
//! | `endpoint`, `socket`, `address` | listening where nobody else can reach us |
//! | `tls` | our certificate, and the host's pinned |
//! | `handshake` | the line on standard output, and its end |
//! | `connections` | accepting, securing and counting connections |
//! | `rpcs` | counting the RPCs under way |
//! | `services` | the services go-plugin wants beside the plugin's own |
//! | `lifetime` | when it is time to go |
//! | `server` | all of these together |
//! | `reattach` | the line a developer hands to Terraform |
//! | `log`, `hclog`, `panics` | what the host gets to read on standard error |

mod address;
mod connections;
mod endpoint;
mod environment;
mod handshake;
mod hclog;
mod lifetime;
mod log;
mod panics;
mod reattach;
mod rpcs;
mod server;
mod services;
#[cfg(unix)]
mod socket;
mod tls;

use std::fmt;
use std::io;

use tonic::service::Routes;

pub use self::address::{Address, Network};
pub use self::environment::{EnvironmentError, HostEnvironment};
pub use self::handshake::Handshake;
pub use self::lifetime::{HostTimeouts, ShutdownReason};
pub use self::log::Verbosity;
pub use self::panics::report_panics;
pub use self::server::{PluginServer, debug, serve};

/// The largest message either side may send: 256 MiB, as in Go providers.
///
/// Where tonic decodes a service's messages it stops at 4 MiB unless told otherwise, which a large
/// state exceeds; the plugin's own service has to set this limit for both directions.
pub const MAX_MESSAGE_SIZE: usize = 256 * 1024 * 1024;

/// A variable and the value by which a plugin recognises that a host started it.
///
/// It keeps people from running plugins by hand, and nobody else from anything.
#[derive(Clone, Copy, Debug)]
pub struct MagicCookie {
    /// The variable.
    pub name: &'static str,
    /// What the host puts there.
    pub value: &'static str,
}

/// Which plugin this is: everything the host, a developer or a log reader may want to know.
#[derive(Clone, Copy, Debug)]
pub struct PluginInfo {
    /// The program's name.
    pub name: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The source address by which Terraform's configurations call the provider.
    pub address: &'static str,
    /// The version of the protocol its services speak: the handshake line's second field.
    pub app_protocol: u32,
    /// How it recognises that a host started it.
    pub cookie: MagicCookie,
    /// The variables that may set its log level, the one that wins first.
    pub log_variables: &'static [&'static str],
}

/// What is to be served, and what is to happen when that ends.
pub struct Plugin {
    info: PluginInfo,
    routes: Box<dyn FnOnce() -> Routes + Send>,
    on_signal: Box<dyn FnOnce() + Send>,
    on_shutdown: Box<dyn FnOnce() + Send>,
}

impl Plugin {
    /// A plugin that serves `routes` beside go-plugin's own services.
    ///
    /// They are made after the handshake line is out, so making them does not delay the start.
    #[must_use]
    pub fn new(info: PluginInfo, routes: impl FnOnce() -> Routes + Send + 'static) -> Self {
        Self {
            info,
            routes: Box::new(routes),
            on_signal: Box::new(|| ()),
            on_shutdown: Box::new(|| ()),
        }
    }

    /// The same plugin, with something to do when the system asks the process to end.
    ///
    /// RPCs under way are answered before the process ends, and the host may send more of them. So
    /// `hook` has to make all of them short, those included that are yet to come.
    #[must_use]
    pub fn on_signal(mut self, hook: impl FnOnce() + Send + 'static) -> Self {
        self.on_signal = Box::new(hook);
        self
    }

    /// The same plugin, with a shutdown hook: `hook` runs once no new connection is taken any more.
    ///
    /// RPCs still running are not waited for, so `hook` has to be quick.
    #[must_use]
    pub fn on_shutdown(mut self, hook: impl FnOnce() + Send + 'static) -> Self {
        self.on_shutdown = Box::new(hook);
        self
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

/// Why a plugin could not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Nobody started the program as a plugin: the magic cookie is missing or wrong.
    #[error("this program is a plugin and was not started by its host")]
    NotStartedByHost,
    /// There is no address to serve at.
    #[error("no address to listen at: {0}")]
    Listen(#[source] io::Error),
    /// The process' own certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up with it.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// The line that tells the host, or the developer, where to connect could not be written.
    #[error("cannot write to the standard output: {0}")]
    Announce(#[source] io::Error),
    /// The system does not let the process handle signals.
    #[error("cannot handle signals: {0}")]
    Signals(#[source] io::Error),
    /// The system gives no threads to work with.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// The gRPC server gave up.
    #[error("the gRPC server failed: {0}")]
    Grpc(#[from] tonic::transport::Error),
}
