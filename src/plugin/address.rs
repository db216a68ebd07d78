//! The address of a plugin.

use std::fmt;

/// The kind of connection between host and plugin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Network {
    /// A Unix socket.
    Unix,
    /// TCP on the loopback interface.
    Tcp,
}

impl Network {
    /// The network that plugins use on this system: Unix sockets, but TCP on Windows.
    pub const fn native() -> Self {
        if cfg!(unix) { Self::Unix } else { Self::Tcp }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unix => "unix",
            Self::Tcp => "tcp",
        })
    }
}

/// The address of a plugin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    /// The network.
    pub network: Network,
    /// The path of the socket, or host and port.
    pub location: String,
}
