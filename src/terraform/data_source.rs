//! Data sources: what is looked up and never changed.

use std::future::Future;

use super::consistency::known_whole;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::operation::Operation;
use super::resource::Failure;
use super::resource::known;
use super::schema::Schema;
use super::schema::{AttrType, Model};
use super::texts;
use super::value::Value;
use crate::wait::{BoxFuture, Waits};

/// A data source, written against typed objects.
pub trait DataSource: Send + Sync + 'static {
    /// What the user writes, together with what is found.
    type Object: Model;

    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, config: &Self::Object, diagnostics: &mut Diagnostics);

    /// Looks it up. The configuration is known; what the user wrote stays as it is, whatever is
    /// answered.
    fn read(
        &self,
        config: Self::Object,
        operation: &Operation,
    ) -> impl Future<Output = Result<Self::Object, Failure>> + Send;
}

/// A [`DataSource`] without its types. Made by [`erase`].
pub trait AnyDataSource: Send + Sync {
    /// The type's full name.
    fn type_name(&self) -> &'static str;
    /// The schema of its objects.
    fn schema(&self) -> &Schema;
    /// Checks a configuration.
    fn validate(&self, config: Value) -> Diagnostics;
    /// Looks it up.
    fn read(&self, config: Value, waits: Waits) -> BoxFuture<'_, Found>;
}

/// What a look-up found.
#[derive(Debug)]
pub struct Found {
    /// The object, with an unknown value for whatever could not be told yet; null on an error.
    pub(crate) object: Value,
    pub(crate) diagnostics: Diagnostics,
    /// The provider's configuration is not known yet.
    pub(crate) not_configured: bool,
}

/// Hides the types of a data source.
#[must_use]
pub fn erase<D: DataSource>(source: D) -> Box<dyn AnyDataSource> {
    Box::new(Erased {
        schema: Schema::new(0, D::Object::block()),
        source,
    })
}

struct Erased<D> {
    schema: Schema,
    source: D,
}

impl<D: DataSource> Erased<D> {
    fn object(&self, value: Value) -> Result<D::Object, Diagnostic> {
        let read = D::Object::from_value(value);
        read.map_err(|error| texts::unreadable("configuration", D::TYPE_NAME, &error.path, &error))
    }

    async fn look_up(&self, config: Value, waits: Waits) -> Result<Found, Diagnostic> {
        known_whole(&config, D::TYPE_NAME)?;
        let operation = Operation::new(waits);
        let answer = self
            .source
            .read(self.object(config.clone())?, &operation)
            .await;
        let mut diagnostics = operation.warnings();
        let (object, not_configured) = match answer {
            Ok(answer) => (as_configured(config, known(answer.into_value())), false),
            Err(failure) => {
                let not_configured = matches!(failure, Failure::NotConfigured(_));
                diagnostics.push(failure.into_diagnostic());
                let undecided = self.schema.block().with_computed_unknown(config);
                (undecided, not_configured)
            }
        };
        Ok(Found {
            object,
            diagnostics,
            not_configured,
        })
    }
}

impl<D: DataSource> AnyDataSource for Erased<D> {
    fn type_name(&self) -> &'static str {
        D::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: Value) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        self.schema.block().validate(&config, &mut diagnostics);
        match self.object(config) {
            Ok(config) => self.source.validate(&config, &mut diagnostics),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
        diagnostics
    }

    fn read(&self, config: Value, waits: Waits) -> BoxFuture<'_, Found> {
        Box::pin(async move {
            let found = self.look_up(config, waits).await;
            found.unwrap_or_else(|diagnostic| Found {
                object: Value::Null,
                diagnostics: diagnostic.into(),
                not_configured: false,
            })
        })
    }
}

/// The answer, with what the user wrote as the user wrote it: Terraform may have planned with it
/// already.
fn as_configured(config: Value, answer: Value) -> Value {
    match (config, answer) {
        (Value::Map(config), Value::Map(mut answer)) => {
            for (name, value) in config.into_iter().filter(|(_, value)| !value.is_null()) {
                answer.insert(name, value);
            }
            Value::Map(answer)
        }
        (_, answer) => answer,
    }
}

#[cfg(test)]
mod tests;
