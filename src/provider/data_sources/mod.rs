//! Data sources: one file each. They read and never change anything.

mod accounts;
mod data_usage;
mod number;
mod number_availability;
mod number_device;
mod numbers;

use std::future::Future;
use std::time::Duration;

use super::provider_data::{AccountObjects, ProviderData};
use crate::context::Context;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Model;
use crate::terraform::{DataSource, Diagnostic, Diagnostics, Invocation};

pub(super) use accounts::Accounts;
pub(super) use data_usage::UsageOfNumbers;
pub(super) use number::FoundNumber;
pub(super) use number_availability::AvailableAreas;
pub(super) use number_device::NumberDevice;
pub(super) use numbers::{FoundNumbers, MAX_PAGES};

/// What one data source says for itself. Implemented by what the user writes, together with what is
/// found.
pub(super) trait DataSourceModel: Model {
    /// The data source's full name.
    const TYPE_NAME: &'static str;

    /// How long a look-up may take, waits for the request limit included.
    const TIMEOUT: Duration = Duration::from_secs(5 * 60);

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, _diagnostics: &mut Diagnostics) {}

    /// Looks it up.
    fn read(self, call: &DataSourceCall<'_>) -> impl Future<Output = Result<Self, Failure>> + Send;
}

/// A look-up under way, and what it works with.
pub(super) struct DataSourceCall<'a> {
    /// The account.
    pub(super) data: ProviderData,
    /// How the look-up waits.
    pub(super) context: Context,
    invocation: &'a Invocation,
}

impl DataSourceCall<'_> {
    /// Tells the user something that does not stop the look-up.
    pub(super) fn warn_with(&self, warning: Diagnostic) {
        self.invocation.warn_with(warning);
    }
}

impl<M: DataSourceModel> DataSource for AccountObjects<M> {
    type Object = M;

    const TYPE_NAME: &'static str = M::TYPE_NAME;

    fn validate(&self, config: &M, diagnostics: &mut Diagnostics) {
        config.validate(diagnostics);
    }

    async fn read(&self, config: M, invocation: &Invocation) -> Result<M, Failure> {
        let call = DataSourceCall {
            data: self.handle.data()?,
            context: invocation.context().within(M::TIMEOUT),
            invocation,
        };
        config.read(&call).await
    }
}
