//! Whether a purchase may be sent now.
//!
//! A response that is lost closes the gate: while a SIM may still prove the purchase, others
//! wait; once a purchase is unconfirmed, this run sends no more.

use tokio::sync::watch;

use super::outcome::NotBought;
use crate::context::Context;

/// The gate that every purchase of one account passes.
#[derive(Debug)]
pub(super) struct Gate(watch::Sender<GateState>);

#[derive(Clone, Copy, Debug, Default)]
struct GateState {
    /// Requests that were sent and have no response.
    under_way: usize,
    /// Lost responses that a SIM may still prove.
    proving: usize,
    /// A purchase is unconfirmed.
    closed: bool,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(GateState::default()))
    }

    /// Waits until purchases may be sent.
    ///
    /// # Errors
    ///
    /// Another purchase of this run is unconfirmed, or the wait was cut short.
    pub(super) async fn wait(&self, context: &Context) -> Result<(), NotBought> {
        let mut state = self.0.subscribe();
        let decided = state.wait_for(|state| state.closed || state.proving == 0);
        let decided = context.wait_for(decided).await;
        match decided.map_err(NotBought::Cancelled)? {
            Ok(state) if !state.closed => Ok(()),
            _ => Err(NotBought::RunStopped),
        }
    }

    /// Passes the gate if it is open at this moment. The request is under way until the passage is
    /// dropped.
    pub(super) fn pass(&self) -> Option<Passage<'_>> {
        let passed = self.0.send_if_modified(|state| {
            let is_open = !state.closed && state.proving == 0;
            state.under_way += usize::from(is_open);
            is_open
        });
        passed.then(|| Passage(self))
    }

    /// Whether a purchase is unconfirmed, or may yet be.
    pub(super) fn is_shut(&self) -> bool {
        let state = self.0.borrow();
        state.closed || state.proving > 0
    }

    /// A response was lost, and a SIM may prove its purchase: others wait until the guard is
    /// dropped.
    pub(super) fn prove(&self) -> Proving<'_> {
        self.0.send_modify(|state| state.proving += 1);
        Proving(self)
    }

    /// A purchase is unconfirmed: nothing more is sent.
    pub(super) fn close(&self) {
        self.0.send_modify(|state| state.closed = true);
    }

    /// Waits until no request is under way, and no lost response may yet be proved.
    pub(super) async fn all_ended(&self, context: &Context) {
        let mut state = self.0.subscribe();
        let has_ended = |state: &GateState| state.under_way == 0 && state.proving == 0;
        let _ = context.wait_for(state.wait_for(has_ended)).await;
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct Passage<'a>(&'a Gate);

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.under_way -= 1);
    }
}

/// A lost response that a SIM may prove, or that is not counted yet.
#[derive(Debug)]
pub(super) struct Proving<'a>(&'a Gate);

impl Drop for Proving<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.proving -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::context::{Canceller, SystemClock};

    fn context() -> Context {
        Context::new(Arc::new(SystemClock), Canceller::new().signal())
    }

    #[tokio::test]
    async fn others_wait_for_a_proof_and_go_on() {
        let gate = Arc::new(Gate::new());
        let lost = gate.prove();
        assert!(gate.pass().is_none());
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.wait(&context()).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(lost);
        assert!(waiting.await.expect("no panic").is_ok());
        assert!(gate.pass().is_some());
    }

    #[tokio::test]
    async fn an_unconfirmed_purchase_closes_the_gate_for_good() {
        let gate = Gate::new();
        let (lost, other) = (gate.pass().expect("open"), gate.pass().expect("open"));
        gate.close();
        let waited = gate.wait(&context()).await;
        assert!(matches!(waited, Err(NotBought::RunStopped)));
        assert!(gate.pass().is_none());
        drop((lost, other));
        gate.all_ended(&context()).await;
        let waited = gate.wait(&context()).await;
        assert!(matches!(waited, Err(NotBought::RunStopped)));
    }
}
