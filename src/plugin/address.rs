//! Where a plugin can be reached.

use std::fmt;

/// How host and plugin are connected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Network {
    /// A Unix socket.
    Unix,
    /// TCP on the loopback interface.
    Tcp,
}

impl Network {
    /// What plugins use on this system: Unix sockets, but TCP on Windows.
    #[must_use]
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

/// Where a plugin can be reached.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    /// Over what.
    pub network: Network,
    /// The socket's path, or host and port.
    pub location: String,
}
