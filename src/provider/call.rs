//! One invocation for a resource: what it works with, and why it fails.

use std::time::Duration;

use super::provider_data::{AccountObjects, ProviderData};
use crate::context::Context;
use crate::joonto::Error;
use crate::terraform::resource::{Failure, ResourceInvocation};
use crate::terraform::{Diagnostic, Resource, duration};

/// One invocation for a resource whose object is `M`, and what it works with.
pub(super) struct Call<'a, M>
where
    AccountObjects<M>: Resource<Object = M>,
{
    /// The account.
    pub(super) data: ProviderData,
    /// How the operation waits.
    pub(super) context: Context,
    /// The invocation itself, which may wait longer.
    pub(super) invocation: &'a ResourceInvocation<AccountObjects<M>>,
}

impl<'a, M> Call<'a, M>
where
    AccountObjects<M>: Resource<Object = M>,
{
    /// A call that takes no longer than `limit`.
    pub(super) fn new(
        resource: &AccountObjects<M>,
        limit: Duration,
        invocation: &'a ResourceInvocation<AccountObjects<M>>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            data: resource.handle.data()?,
            context: invocation.context().within(limit),
            invocation,
        })
    }

    /// The same call with another limit.
    pub(super) fn within(&self, limit: Duration) -> Self {
        Self {
            data: self.data.clone(),
            context: self.invocation.context().within(limit),
            invocation: self.invocation,
        }
    }

    /// What the user wrote.
    pub(super) fn config(&self) -> &M {
        self.invocation.config()
    }

    /// Tells the user something that does not stop the invocation.
    pub(super) fn warn_with(&self, warning: Diagnostic) {
        self.invocation.warn_with(warning);
    }
}

/// How long an operation may take: what the user wrote, or else so many minutes.
pub(super) fn limit(written: Option<&str>, minutes: u64) -> Duration {
    let written = written.and_then(|text| duration::parse(text).ok());
    written.unwrap_or(Duration::from_secs(minutes * 60))
}

/// What a call for a resource returns.
pub(super) type CallResult<T> = Result<T, CallError>;

/// Why it failed.
#[derive(Debug)]
pub(super) enum CallError {
    /// The API, or the way to it. What failed decides the text.
    Api(Error),
    /// A text of its own says it.
    Said(Diagnostic),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Api(error)
    }
}

impl From<Diagnostic> for CallError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Said(diagnostic)
    }
}
