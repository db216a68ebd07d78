//! Actions: what is done to an object without being a state of it.

use std::future::Future;

use tokio::sync::mpsc;

use super::consistency::known_whole;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::operation::Operation;
use super::resource::Failure;
use super::schema::Schema;
use super::schema::{AttrType, Model};
use super::texts;
use super::value::Value;
use crate::wait::{BoxFuture, Waits};

/// An action, written against typed objects.
pub trait Action: Send + Sync + 'static {
    /// What the user writes.
    type Config: Model;

    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, config: &Self::Config, diagnostics: &mut Diagnostics);

    /// Says what there is to know before it is done. Makes no calls; values may be unknown.
    fn plan(&self, config: &Self::Config, diagnostics: &mut Diagnostics);

    /// Does it. The configuration is known.
    fn invoke(
        &self,
        config: Self::Config,
        progress: &Progress,
        operation: &Operation,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Tells the user how an action gets on.
#[derive(Clone, Debug)]
pub struct Progress(mpsc::Sender<String>);

impl Progress {
    /// Tells it, in one sentence and without secrets.
    pub async fn tell(&self, message: impl Into<String>) {
        // An action goes on whether or not anybody listens.
        let _ = self.0.send(message.into()).await;
    }
}

/// An [`Action`] without its types. Made by [`erase`].
pub trait AnyAction: Send + Sync {
    /// The type's full name.
    fn type_name(&self) -> &'static str;
    /// The schema of the configuration.
    fn schema(&self) -> &Schema;
    /// Checks a configuration.
    fn validate(&self, config: Value) -> Diagnostics;
    /// Says what there is to know before it is done.
    fn plan(&self, config: Value) -> Diagnostics;
    /// Does it.
    fn invoke(
        &self,
        config: Value,
        progress: mpsc::Sender<String>,
        waits: Waits,
    ) -> BoxFuture<'_, Diagnostics>;
}

/// Hides the types of an action.
#[must_use]
pub fn erase<A: Action>(action: A) -> Box<dyn AnyAction> {
    Box::new(Erased {
        schema: Schema::new(0, A::Config::block()),
        action,
    })
}

struct Erased<A> {
    schema: Schema,
    action: A,
}

impl<A: Action> Erased<A> {
    fn config(&self, value: Value) -> Result<A::Config, Diagnostic> {
        // Without a config block nothing is configured.
        let value = match value {
            Value::Null => self.schema.empty_object(),
            value => value,
        };
        A::Config::from_value(value)
            .map_err(|error| texts::unreadable("configuration", A::TYPE_NAME, &error.path, &error))
    }

    /// What the schema says of a configuration, and then `check`, unless that is an error.
    fn checked(
        &self,
        config: Value,
        check: impl FnOnce(&A, &A::Config, &mut Diagnostics),
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        self.schema.block().validate(&config, &mut diagnostics);
        match self.config(config) {
            Ok(config) => check(&self.action, &config, &mut diagnostics),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
        diagnostics
    }
}

impl<A: Action> AnyAction for Erased<A> {
    fn type_name(&self) -> &'static str {
        A::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

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
        waits: Waits,
    ) -> BoxFuture<'_, Diagnostics> {
        Box::pin(async move {
            if let Err(unknown) = known_whole(&config, A::TYPE_NAME) {
                return unknown.into();
            }
            // What was unknown while planning is checked now.
            let mut diagnostics = self.validate(config.clone());
            if diagnostics.has_errors() {
                return diagnostics;
            }
            let config = match self.config(config) {
                Ok(config) => config,
                Err(diagnostic) => return diagnostic.into(),
            };
            let operation = Operation::new(waits);
            let done = self
                .action
                .invoke(config, &Progress(progress), &operation)
                .await;
            diagnostics.extend(operation.warnings());
            if let Err(failure) = done {
                diagnostics.push(failure.into_diagnostic());
            }
            diagnostics
        })
    }
}

#[cfg(test)]
mod tests;
