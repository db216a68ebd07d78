//! Actions: one file each. When a response is lost, an action on a number is not repeated: the
//! number is read instead. The status of a SIM cannot be read and is absolute, so it is sent again.

mod park;
mod reactivate;
mod refresh_nnid;
mod reset_data_usage;
mod sim_status;
mod swap_sim;
mod target;

use std::future::Future;
use std::time::Duration;

use super::provider_data::{AccountObjects, ProviderData};
use crate::context::Context;
use crate::terraform::action::Progress;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Model;
use crate::terraform::{Action, Diagnostics, Invocation};

pub(super) use park::Park;
pub(super) use reactivate::Reactivate;
pub(super) use refresh_nnid::RefreshNnid;
pub(super) use reset_data_usage::ResetDataUsage;
pub(super) use sim_status::SetSimStatus;
pub(super) use swap_sim::SwapSim;

/// How long an action may take, waits for the request limit included.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// What one action says for itself. Implemented by what the user writes.
pub(super) trait ActionModel: Model {
    /// The action's full name.
    const TYPE_NAME: &'static str;

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, _diagnostics: &mut Diagnostics) {}

    /// Says what there is to know before it is done. Makes no calls; values may be unknown.
    fn plan(&self, _diagnostics: &mut Diagnostics) {}

    /// Does it.
    fn invoke(self, call: &ActionCall<'_>) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// An action under way, and what it works with.
pub(super) struct ActionCall<'a> {
    data: ProviderData,
    context: Context,
    progress: &'a Progress,
}

impl ActionCall<'_> {
    /// Reports progress.
    async fn tell(&self, what: impl Into<String>) {
        self.progress.tell(what).await;
    }
}

impl<M: ActionModel> Action for AccountObjects<M> {
    type Config = M;

    const TYPE_NAME: &'static str = M::TYPE_NAME;

    fn validate(&self, config: &M, diagnostics: &mut Diagnostics) {
        config.validate(diagnostics);
    }

    fn plan(&self, config: &M, diagnostics: &mut Diagnostics) {
        config.plan(diagnostics);
    }

    async fn invoke(
        &self,
        config: M,
        progress: &Progress,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let call = ActionCall {
            data: self.handle.data()?,
            context: invocation.context().within(TIMEOUT),
            progress,
        };
        config.invoke(&call).await
    }
}
