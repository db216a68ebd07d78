//! A request that costs money: each attempt is admitted, sent once, and its response classified once.

use std::time::Duration;

use super::classify::Effect;
use super::client::Client;
use super::error::{Error, given_up};
use super::lenient_json::FromResponse;
use super::retry::RetryPolicy;
use super::session::{ApiCall, AttemptResult};
use crate::context::Context;

pub use super::session::Admission;

/// How one attempt to send it ended.
#[derive(Clone, Debug)]
pub enum PaidOutcome<A> {
    /// With a response that can be read.
    Response(A),
    /// It had no effect, for this reason. It may be admitted again.
    Retry(Error),
    /// Proof that it had no effect, and would have none again.
    Refused(Error),
    /// Whether it had an effect is not known, for this reason: never send it again.
    Unconfirmed(Error),
}

/// A request that costs money. Owns how often, and after which wait, it may be sent again: after a
/// missing connection and after a 429 within `max_retries`, after a 401 or 403 once.
pub struct PaidCall<'a> {
    client: &'a Client,
    call: ApiCall,
    policy: RetryPolicy,
    wait: Duration,
}

impl<'a> PaidCall<'a> {
    pub(super) fn new(client: &'a Client, call: ApiCall) -> Self {
        Self {
            client,
            call,
            policy: RetryPolicy::new(client.settings().max_retries),
            wait: Duration::ZERO,
        }
    }

    /// Waits until an attempt may be sent: for the back-off, a token, and the request limit.
    ///
    /// # Errors
    ///
    /// There is no token, or the wait was cut short. Nothing was sent.
    pub async fn admit(&mut self, context: &Context) -> Result<Admission<'a>, Error> {
        let wait = std::mem::take(&mut self.wait);
        if !wait.is_zero() {
            let slept = context.sleep(wait).await;
            slept.map_err(given_up(self.call.operation()))?;
        }
        self.client.admit(&self.call, context).await
    }

    /// Sends it on a connection of its own and classifies the response. Once sent it is awaited,
    /// also when Terraform asks to stop.
    #[expect(private_bounds, reason = "only this room reads responses")]
    pub async fn send<A: FromResponse>(&mut self, admission: Admission<'a>) -> PaidOutcome<A> {
        let policy = &mut self.policy;
        match self.client.attempt(&self.call, admission, policy).await {
            AttemptResult::Response(response, _) => PaidOutcome::Response(response),
            AttemptResult::Retry(error, wait) => {
                self.wait = wait;
                PaidOutcome::Retry(error)
            }
            AttemptResult::Failed(error, Effect::Reported | Effect::Unknown) => {
                PaidOutcome::Unconfirmed(error)
            }
            AttemptResult::Failed(error, _) => PaidOutcome::Refused(error),
        }
    }
}
