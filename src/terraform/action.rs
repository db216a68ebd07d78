//! Actions: what is done to an object without being a state of it.

use std::future::Future;

use tokio::sync::mpsc;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use super::invocation::Invocation;
use super::offered::{Erased, Offered};
use super::schema::Model;
use super::value::Value;
use crate::context::{BoxFuture, Context};

/// An action, written against typed objects.
pub trait Action: Send + Sync + 'static {
    /// What the user writes.
    type Config: Model;

    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, config: &Self::Config, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Says what there is to know before it is done. Makes no calls; values may be unknown.
    fn plan(&self, config: &Self::Config, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Does it. The configuration is known.
    fn invoke(
        &self,
        config: Self::Config,
        progress: &Progress,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Tells the user how an action gets on.
#[derive(Clone, Debug)]
pub struct Progress(mpsc::Sender<String>);

impl Progress {
    /// Tells it, in one sentence and without secrets.
    pub async fn tell(&self, message: impl Into<String>) {
        // An action goes on even if nobody listens.
        let _ = self.0.send(message.into()).await;
    }
}

/// An [`Action`] without its types. Made by [`erase`].
pub trait AnyAction: Offered {
    /// Checks a configuration.
    fn validate(&self, config: Value) -> Diagnostics;
    /// Says what there is to know before it is done.
    fn plan(&self, config: Value) -> Diagnostics;
    /// Does it.
    fn invoke(
        &self,
        config: Value,
        progress: mpsc::Sender<String>,
        context: Context,
    ) -> BoxFuture<'_, Result<Diagnostics, Diagnostic>>;
}

/// Hides the types of an action.
#[must_use]
pub fn erase<A: Action>(action: A) -> Box<dyn AnyAction> {
    Box::new(Erased::new::<A::Config>(A::TYPE_NAME, 0, action))
}

impl<A: Action> AnyAction for Erased<A> {
    fn validate(&self, config: Value) -> Diagnostics {
        self.checked(config, A::validate)
    }

    fn plan(&self, config: Value) -> Diagnostics {
        self.checked(config, A::plan)
    }

    fn invoke(
        &self,
        config: Value,
        progress: mpsc::Sender<String>,
        context: Context,
    ) -> BoxFuture<'_, Result<Diagnostics, Diagnostic>> {
        Box::pin(async move {
            let known = self.known_config(config.clone())?;
            // What was unknown while planning is checked now.
            let mut diagnostics = self.validate(config);
            if !diagnostics.has_errors() {
                let invocation = Invocation::new(context);
                let progress = Progress(progress);
                let done = self.inner.invoke(known, &progress, &invocation).await;
                diagnostics.extend(invocation.ended(done.err()));
            }
            Ok(diagnostics)
        })
    }
}

#[cfg(test)]
mod tests;
