//! Listens where only the host can connect.

use std::io;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::net::{TcpListener, TcpStream};

use super::address::{Address, Network};
use super::environment::ListenOptions;
#[cfg(unix)]
use super::socket::{self, PrivateDirectory};

/// A stream of bytes both ways.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A socket that listens, before there is a runtime to accept with.
#[derive(Debug)]
pub(super) enum Endpoint {
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener, PrivateDirectory),
    Tcp(std::net::TcpListener),
}

impl Endpoint {
    /// Listens where `options` say. If a Unix socket cannot be made there, it tries a shorter
    /// directory, then TCP.
    pub(super) fn bind(options: &ListenOptions) -> io::Result<Self> {
        #[cfg(unix)]
        if options.network == Network::Unix
            && let Some((socket, directory)) = socket::bind(&options.socket_directory)
        {
            return Ok(Self::Unix(socket, directory));
        }
        Self::bind_tcp(options.ports.clone())
    }

    fn bind_tcp(ports: RangeInclusive<u16>) -> io::Result<Self> {
        let mut result = Err(io::ErrorKind::AddrNotAvailable.into());
        for port in ports {
            result = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port));
            if result.is_ok() {
                break;
            }
        }
        result.map(Self::Tcp)
    }

    /// The address that the host connects to.
    pub(super) fn address(&self) -> io::Result<Address> {
        let (network, location) = match self {
            #[cfg(unix)]
            Self::Unix(_, directory) => (Network::Unix, directory.socket().to_owned()),
            Self::Tcp(socket) => (Network::Tcp, socket.local_addr()?.to_string()),
        };
        Ok(Address { network, location })
    }

    /// Registers the socket with the runtime.
    pub(super) fn into_listener(self) -> io::Result<Listener> {
        match self {
            #[cfg(unix)]
            Self::Unix(socket, directory) => {
                socket.set_nonblocking(true)?;
                Ok(Listener::Unix {
                    socket: UnixListener::from_std(socket)?,
                    _directory: directory,
                })
            }
            Self::Tcp(socket) => {
                socket.set_nonblocking(true)?;
                TcpListener::from_std(socket).map(Listener::Tcp)
            }
        }
    }
}

/// A socket that accepts. Dropping it removes its file.
#[derive(Debug)]
pub(super) enum Listener {
    #[cfg(unix)]
    Unix {
        socket: UnixListener,
        _directory: PrivateDirectory,
    },
    Tcp(TcpListener),
}

impl Listener {
    pub(super) async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match self {
            #[cfg(unix)]
            Self::Unix { socket, .. } => Ok(Box::new(socket.accept().await?.0)),
            Self::Tcp(socket) => Ok(Box::new(accept_tcp(socket).await?)),
        }
    }
}

async fn accept_tcp(listener: &TcpListener) -> io::Result<TcpStream> {
    let (stream, _) = listener.accept().await?;
    // Without this, small responses wait for the host's delayed acknowledgements: 40 ms each.
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::super::environment::ANY_PORT;
    use super::*;

    #[tokio::test]
    async fn tcp_connections_do_not_wait_to_send() {
        let endpoint = Endpoint::bind_tcp(ANY_PORT).expect("a port");
        let address = endpoint.address().expect("bound");
        let client = TcpStream::connect(&address.location);
        let Ok(Listener::Tcp(listener)) = endpoint.into_listener() else {
            panic!("TCP was asked for");
        };
        let (client, accepted) = tokio::join!(client, accept_tcp(&listener));
        client.expect("connected");
        let nodelay = accepted.expect("accepted").nodelay();
        assert!(nodelay.expect("the system can tell"));
    }
}
