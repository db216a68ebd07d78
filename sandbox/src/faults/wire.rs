//! The accepted stream, wrapped: what the HTTP server writes can be replaced by a script of what the socket does.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// Nothing hangs for longer than this, whatever a client does.
const LONGEST_HANG: Duration = Duration::from_secs(180);

/// How a script ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Close,
    Reset,
    /// The sending side is closed, the connection is not.
    HalfClose,
    /// Nothing more happens.
    Hang,
}

/// One thing the socket does.
#[derive(Debug)]
pub(crate) enum WireStep {
    Send(Vec<u8>),
    /// A byte at a time.
    Drip(Vec<u8>, Duration),
    End(End),
}

/// What the socket does in place of sending the response it is given.
#[derive(Debug)]
pub(crate) struct Script {
    steps: std::vec::IntoIter<WireStep>,
    /// Send the response, and die when the next request comes.
    stale: bool,
}

impl Script {
    pub(crate) fn new(steps: Vec<WireStep>) -> Self {
        Self {
            steps: steps.into_iter(),
            stale: false,
        }
    }

    pub(crate) fn stale() -> Self {
        Self {
            steps: Vec::new().into_iter(),
            stale: true,
        }
    }
}

/// Where the request handler leaves the script for its connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScriptSlot(Arc<Mutex<Option<Script>>>);

impl ScriptSlot {
    pub(crate) fn set(&self, script: Script) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(script);
    }

    fn take(&self) -> Option<Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A connection whose responses can be spoilt on their way out.
pub(crate) struct FaultyStream {
    inner: TcpStream,
    slot: ScriptSlot,
    script: Option<Script>,
    /// The bytes of the present step still to be sent, and the pause between two of them.
    sending: Option<(Vec<u8>, usize, Option<Duration>)>,
    ended: Option<End>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl FaultyStream {
    pub(crate) fn new(inner: TcpStream, slot: ScriptSlot) -> Self {
        Self {
            inner,
            slot,
            script: None,
            sending: None,
            ended: None,
            sleep: None,
        }
    }

    /// Runs the script to its end, which is always an error for the HTTP server: it lets go of the connection.
    fn play(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            if let Some(sleep) = &mut self.sleep {
                ready!(sleep.as_mut().poll(cx));
                self.sleep = None;
            }
            if let Some(end) = self.ended {
                if end == End::Reset {
                    // Closing with no time to linger sends a reset instead of an orderly end.
                    let _ = self.inner.set_zero_linger();
                }
                return Poll::Ready(io::ErrorKind::BrokenPipe.into());
            }
            if let Some((bytes, sent, pause)) = &mut self.sending {
                if *sent == bytes.len() {
                    self.sending = None;
                    continue;
                }
                let upto = if pause.is_some() {
                    *sent + 1
                } else {
                    bytes.len()
                };
                match ready!(Pin::new(&mut self.inner).poll_write(cx, &bytes[*sent..upto])) {
                    Ok(written) => *sent += written,
                    Err(error) => return Poll::Ready(error),
                }
                self.sleep = pause.map(|pause| Box::pin(tokio::time::sleep(pause)));
                continue;
            }
            match self.script.as_mut().and_then(|script| script.steps.next()) {
                Some(WireStep::Send(bytes)) => self.sending = Some((bytes, 0, None)),
                Some(WireStep::Drip(bytes, pause)) => self.sending = Some((bytes, 0, Some(pause))),
                Some(WireStep::End(end)) => {
                    if end == End::HalfClose {
                        let _ = ready!(Pin::new(&mut self.inner).poll_shutdown(cx));
                    }
                    if matches!(end, End::HalfClose | End::Hang) {
                        self.sleep = Some(Box::pin(tokio::time::sleep(LONGEST_HANG)));
                    }
                    self.ended = Some(end);
                }
                None => self.ended = Some(End::Close),
            }
        }
    }

    fn take_script(&mut self) {
        if self.script.is_none() {
            self.script = self.slot.take();
        }
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        let came = buffer.filled().len() > before;
        if came && self.script.as_ref().is_some_and(|script| script.stale) {
            let _ = self.inner.set_zero_linger();
            self.ended = Some(End::Reset);
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.take_script();
        if self.script.as_ref().is_some_and(|script| !script.stale) {
            return self.play(cx).map(Err);
        }
        Pin::new(&mut self.inner).poll_write(cx, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ended == Some(End::Reset) {
            // An orderly end now would reach the client before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
