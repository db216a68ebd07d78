//! Accepts, secures and counts connections.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{mpsc, watch};
use tonic::transport::server::Connected;

use super::endpoint::{Io, Listener};
use super::tls::Security;

/// How long a connection may take for the TLS handshake.
const TLS_HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait after the system could not accept a connection, for lack of file handles say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections are open, and whether there has ever been one.
///
/// Only connections that passed the TLS handshake count. So strangers cannot end the plugin, and
/// cannot keep it running.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct ConnectionCount {
    pub(super) open: usize,
    pub(super) ever: bool,
}

/// Accepts connections from `listener` and passes the secured ones on, until it is dropped.
pub(super) async fn accept(
    listener: Listener,
    security: Security,
    count: watch::Sender<ConnectionCount>,
    accepted: mpsc::Sender<io::Result<Connection>>,
) -> Infallible {
    loop {
        let stream = match listener.accept().await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (security, count, accepted) = (security.clone(), count.clone(), accepted.clone());
        // In a task of its own, so that a silent client does not block other clients.
        tokio::spawn(async move {
            let secured = tokio::time::timeout(TLS_HANDSHAKE_LIMIT, secure(stream, &security));
            match secured.await.unwrap_or_else(|late| Err(late.into())) {
                Ok(stream) => {
                    let connection = Connection::new(stream, count);
                    // An error means that the plugin is about to end.
                    let _ = accepted.send(Ok(connection)).await;
                }
                Err(error) => tracing::warn!(%error, "a connection was refused"),
            }
        });
    }
}

async fn secure(stream: Box<dyn Io>, security: &Security) -> io::Result<Box<dyn Io>> {
    match security {
        Security::Plain => Ok(stream),
        Security::Mutual { acceptor, .. } => Ok(Box::new(acceptor.accept(stream).await?)),
    }
}

/// A connection that counts for as long as it is open.
pub(super) struct Connection {
    stream: Box<dyn Io>,
    count: watch::Sender<ConnectionCount>,
}

impl Connection {
    fn new(stream: Box<dyn Io>, count: watch::Sender<ConnectionCount>) -> Self {
        count.send_modify(|count| {
            count.open += 1;
            count.ever = true;
        });
        Self { stream, count }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.count.send_modify(|count| count.open -= 1);
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
