//! Accepting, securing and counting connections.

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

/// How long a connection may take to prove who it is.
const TLS_HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait when the system has no connection to give, for want of file handles say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections there are, and whether there have been any.
///
/// Only those count that got through the TLS handshake: what anybody else does at our door has no
/// part in deciding when to leave.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct ConnectionCount {
    pub(super) open: usize,
    pub(super) ever: bool,
}

/// Accepts from `listener` and passes on what is secured, until it is dropped.
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
        // Beside this loop, so that a silent client keeps nobody else waiting.
        tokio::spawn(async move {
            let secured = tokio::time::timeout(TLS_HANDSHAKE_LIMIT, secure(stream, &security));
            match secured.await.unwrap_or_else(|late| Err(late.into())) {
                Ok(stream) => {
                    let connection = Connection::new(stream, count);
                    // Nobody takes it: the plugin is about to end.
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

/// A connection that is counted for as long as it lasts.
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
