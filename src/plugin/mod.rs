//! How the host starts, secures, watches and stops this process.
//!
//! Terraform runs its providers through go-plugin: it starts the program with a magic cookie in
//! its environment, reads one line from its standard output, and connects to the address on that
//! line with gRPC, over mutual TLS for which both sides made their certificates a moment before.
//! This module is the program's side. It does not know the services that it carries: a [`Plugin`]
//! brings them as [`Routes`].
//!
//! | file | job |
//! |---|---|
//! | `environment` | go-plugin's environment variables, and the log level |
//! | `endpoint`, `socket`, `address` | listens where only the host can connect |
//! | `tls` | the plugin's certificate, and the host's pinned one |
//! | `handshake` | writes the line to standard output, and closes that |
//! | `connections` | accepts, secures and counts connections |
//! | `rpcs` | counts the RPCs under way |
//! | `services` | go-plugin's own services |
//! | `lifetime` | decides when the plugin ends |
//! | `server` | binds, serves and shuts down |
//! | `reattach` | the line that a developer gives to Terraform |
//! | `log`, `hclog`, `panics` | what the host reads on standard error |

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

use std::io;

use tonic::service::Routes;

pub use self::address::{Address, Network};
pub use self::environment::{EnvironmentError, HostEnvironment};
pub use self::handshake::Handshake;
pub use self::lifetime::{HostTimeouts, ShutdownReason};
pub use self::log::Verbosity;
pub use self::panics::report_panics;
pub use self::server::{PluginServer, debug, serve};

/// A variable and the value by which a plugin recognises that a host started it.
///
/// It keeps people from running plugins by hand. It protects nothing.
#[derive(Clone, Copy, Debug)]
pub struct MagicCookie {
    /// The variable.
    pub name: &'static str,
    /// The value that the host sets.
    pub value: &'static str,
}

/// Facts about the plugin, for the host, developers and readers of the log.
#[derive(Clone, Copy, Debug)]
pub struct PluginInfo {
    /// The program's name.
    pub name: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The provider's source address in Terraform configurations.
    pub address: &'static str,
    /// The protocol version of its services: the handshake line's second field.
    pub app_protocol: u32,
    /// By which it recognises that a host started it.
    pub cookie: MagicCookie,
    /// The variables that set its log level. The first that is set wins.
    pub log_variables: &'static [&'static str],
}

/// The services, and what to do when the process ends.
pub struct Plugin {
    info: PluginInfo,
    routes: Box<dyn FnOnce() -> Routes + Send>,
    on_signal: Box<dyn FnOnce() + Send>,
    on_shutdown: Box<dyn FnOnce() + Send>,
}

impl Plugin {
    /// Creates a plugin that serves `routes` beside go-plugin's own services.
    ///
    /// `routes` runs after the handshake line is written, so it does not delay the start.
    pub fn new(info: PluginInfo, routes: impl FnOnce() -> Routes + Send + 'static) -> Self {
        Self {
            info,
            routes: Box::new(routes),
            on_signal: Box::new(|| ()),
            on_shutdown: Box::new(|| ()),
        }
    }

    /// Adds a hook that runs when the system asks the process to end.
    ///
    /// The process ends after the RPCs under way, and the host may send more of them. So `hook` has
    /// to make all of them short, including later ones.
    pub fn on_signal(mut self, hook: impl FnOnce() + Send + 'static) -> Self {
        self.on_signal = Box::new(hook);
        self
    }

    /// Adds a shutdown hook, which runs after the socket is closed.
    ///
    /// The process does not wait for RPCs still running, so `hook` has to be quick.
    pub fn on_shutdown(mut self, hook: impl FnOnce() + Send + 'static) -> Self {
        self.on_shutdown = Box::new(hook);
        self
    }
}

/// Why a plugin could not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// No host started the program: the magic cookie is missing or wrong.
    #[error("this program is a plugin and was not started by its host")]
    NotStartedByHost,
    /// The system refuses every address.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// The process cannot make its certificate.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS cannot be set up with it.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// The line that tells the host or the developer where to connect cannot be written.
    #[error("cannot write to standard output: {0}")]
    Announce(#[source] io::Error),
    /// The process cannot handle signals.
    #[error("cannot handle signals: {0}")]
    Signals(#[source] io::Error),
    /// The system provides no runtime.
    #[error("cannot start the runtime: {0}")]
    Runtime(#[source] io::Error),
    /// The gRPC server failed.
    #[error("the gRPC server failed: {0}")]
    Grpc(#[from] tonic::transport::Error),
}
