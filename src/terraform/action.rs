//! Actions: what is done to an object without being a state of it.

use std::future::Future;

use tokio::sync::mpsc;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use super::invocation::Invocation;
use super::offered::{Erased, Offered};
use super::schema::Model;
use crate::context::Context;
use crate::proto::tfplugin6::DynamicValue;
use crate::proto::tfplugin6::invoke_action::event::{self, Type};
use crate::proto::tfplugin6::invoke_action::{Event, Request};

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
pub struct Progress(mpsc::Sender<Event>);

impl Progress {
    /// Tells it, in one sentence and without secrets.
    pub async fn tell(&self, message: impl Into<String>) {
        let message = message.into();
        self.send(Type::Progress(event::Progress { message })).await;
    }

    /// An action goes on even if nobody listens. An event that is neither of the two would crash
    /// Terraform.
    async fn send(&self, event: Type) {
        let r#type = Some(event);
        let _ = self.0.send(Event { r#type }).await;
    }
}

/// An [`Action`] without its types. Made by [`erase`].
#[tonic::async_trait]
pub trait AnyAction: Offered {
    /// Checks a configuration.
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics;
    /// Says what there is to know before it is done.
    fn plan(&self, config: Option<DynamicValue>) -> Diagnostics;
    /// Does it, and sends `events` of its progress and its end.
    async fn invoke(
        &self,
        request: Request,
        events: mpsc::Sender<Event>,
        context: Context,
    ) -> Result<(), Diagnostic>;
}

/// Hides the types of an action.
pub fn erase<A: Action>(action: A) -> Box<dyn AnyAction> {
    Box::new(Erased::new::<A::Config>(A::TYPE_NAME, 0, action))
}

#[tonic::async_trait]
impl<A: Action> AnyAction for Erased<A> {
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics {
        self.validated(config, A::validate)
    }

    fn plan(&self, config: Option<DynamicValue>) -> Diagnostics {
        self.validated(config, A::plan)
    }

    async fn invoke(
        &self,
        request: Request,
        events: mpsc::Sender<Event>,
        context: Context,
    ) -> Result<(), Diagnostic> {
        let config = self.decode(request.config.as_ref(), "configuration")?;
        let known = self.known_config(config.clone())?;
        let progress = Progress(events);
        // What was unknown while planning is checked now.
        let mut diagnostics = self.checked(config, A::validate);
        if !diagnostics.has_errors() {
            let invocation = Invocation::new(context);
            let done = self.inner.invoke(known, &progress, &invocation).await;
            diagnostics.extend(invocation.ended(done.err()));
        }
        let diagnostics = diagnostics.into_wire();
        let completed = event::Completed { diagnostics };
        progress.send(Type::Completed(completed)).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
