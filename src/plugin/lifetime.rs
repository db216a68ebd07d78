//! Decides when the plugin ends.

use std::io;
use std::time::Duration;

use tokio::sync::watch;

use super::connections::ConnectionCount;
use super::rpcs::RpcCount;

/// How long no RPC must have been under way before a signal ends the process. The last response
/// needs a moment to reach the host, and the host may then send its Shutdown.
const QUIET: Duration = Duration::from_millis(500);

/// Why the plugin ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ShutdownReason {
    /// The host asked for it.
    Shutdown,
    /// SIGTERM, or SIGINT in debug mode. The RPCs under way have ended.
    Signal,
    /// The same, but RPCs were still under way when their time was over.
    SignalTimeout,
    /// Every connection was lost and none came back: the host is gone. After a signal the plugin
    /// does not wait for one to come back.
    Orphaned,
    /// No host ever connected.
    NeverConnected,
}

/// How long to wait for the host.
#[derive(Clone, Copy, Debug)]
pub struct HostTimeouts {
    /// For the first connection. A host waits a minute for the handshake line, so the plugin
    /// waits as long for the host.
    pub first_connection: Duration,
    /// For another connection after all are lost. A host hangs up only when it is done, so this
    /// covers only the time to replace a broken connection.
    pub reconnection: Duration,
    /// For the RPCs under way after a signal. A purchase may wait two minutes for its response,
    /// and if the RPC ended early, Terraform would lose the result.
    pub response: Duration,
}

impl HostTimeouts {
    /// For hosts that come and go as they like.
    pub(super) fn without_end() -> Self {
        Self {
            first_connection: Duration::MAX,
            reconnection: Duration::MAX,
            ..Self::default()
        }
    }
}

impl Default for HostTimeouts {
    fn default() -> Self {
        Self {
            first_connection: Duration::from_secs(60),
            reconnection: Duration::from_secs(2),
            response: Duration::from_secs(140),
        }
    }
}

/// Completes when no host has connected in time.
pub(super) async fn abandoned(
    mut count: watch::Receiver<ConnectionCount>,
    timeouts: HostTimeouts,
) -> ShutdownReason {
    loop {
        let (reason, wait) = match *count.borrow_and_update() {
            ConnectionCount {
                open: 0,
                ever: false,
            } => (ShutdownReason::NeverConnected, timeouts.first_connection),
            ConnectionCount {
                open: 0,
                ever: true,
            } => (ShutdownReason::Orphaned, timeouts.reconnection),
            ConnectionCount { .. } => (ShutdownReason::Orphaned, Duration::MAX),
        };
        if !changes_within(wait, &mut count).await {
            return reason;
        }
    }
}

/// Whether the count changes in time. It cannot change any more once its sender is dropped.
async fn changes_within<T>(wait: Duration, count: &mut watch::Receiver<T>) -> bool {
    let changed = tokio::time::timeout(wait, count.changed()).await;
    changed.is_ok_and(|seen| seen.is_ok())
}

/// Completes when no connection is open.
pub(super) async fn drained(mut count: watch::Receiver<ConnectionCount>) {
    // An error means that the sender is dropped, and connections hold one.
    let _ = count.wait_for(|count| count.open == 0).await;
}

/// Completes when the plugin can end after a signal: its RPCs have ended, or the host has hung up,
/// or `limit` is over.
pub(super) async fn finished(
    rpcs: watch::Receiver<RpcCount>,
    mut count: watch::Receiver<ConnectionCount>,
    limit: Duration,
) -> ShutdownReason {
    // First, because the RPCs of a host that hangs up end too.
    tokio::select! {
        biased;
        ever = async {
            let hung_up = count.wait_for(|count| count.open == 0).await;
            hung_up.is_ok_and(|count| count.ever)
        } => if ever { ShutdownReason::Orphaned } else { ShutdownReason::NeverConnected },
        () = quiet(rpcs) => ShutdownReason::Signal,
        () = tokio::time::sleep(limit) => ShutdownReason::SignalTimeout,
    }
}

/// Completes when no RPC has been under way for the time of [`QUIET`].
async fn quiet(mut rpcs: watch::Receiver<RpcCount>) {
    loop {
        let now = *rpcs.borrow_and_update();
        let wait = match now.last_ended {
            _ if now.under_way > 0 => Duration::MAX,
            Some(at) => QUIET.saturating_sub(at.elapsed()),
            None => return,
        };
        if !changes_within(wait, &mut rpcs).await {
            return;
        }
    }
}

/// The signals that a plugin handles.
///
/// While this exists, SIGINT does nothing by itself. A terminal sends it to the whole process
/// group, but the host decides by RPC whether an interrupt stops the plugin.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn handle() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(windows)]
    pub(super) fn handle() -> io::Result<Self> {
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Completes when the system asks the process to end.
    pub(super) async fn terminated(&mut self) {
        #[cfg(unix)]
        self.terminate.recv().await;
        #[cfg(windows)]
        std::future::pending::<()>().await;
    }

    /// Completes when the system or the user at the terminal asks the process to end.
    pub(super) async fn interrupted(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const TIMEOUTS: HostTimeouts = HostTimeouts {
        first_connection: Duration::from_millis(20),
        reconnection: Duration::from_millis(30),
        response: Duration::ZERO,
    };

    #[tokio::test]
    async fn without_a_first_connection_it_ends() {
        let count = watch::Sender::new(ConnectionCount::default());
        let reason = abandoned(count.subscribe(), TIMEOUTS).await;
        assert_eq!(reason, ShutdownReason::NeverConnected);
    }

    #[tokio::test]
    async fn only_the_loss_of_every_connection_makes_an_orphan() {
        let set = |open| ConnectionCount { open, ever: true };
        let count = watch::Sender::new(set(2));
        let mut reason = tokio::spawn(abandoned(count.subscribe(), TIMEOUTS));
        for open in [1, 0, 1] {
            count.send_replace(set(open));
            tokio::task::yield_now().await;
        }
        let early = tokio::time::timeout(Duration::from_millis(100), &mut reason).await;
        assert!(early.is_err(), "a connection is open: {early:?}");
        let lost = Instant::now();
        count.send_replace(set(0));
        assert_eq!(reason.await.expect("no panic"), ShutdownReason::Orphaned);
        assert!(lost.elapsed() >= TIMEOUTS.reconnection);
    }
}
