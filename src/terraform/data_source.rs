//! Data sources: what is looked up and never changed.

use std::future::Future;

use super::consistency::known;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use super::invocation::Invocation;
use super::offered::{Erased, ObjectResponse, Offered};
use super::schema::{AttrType, Model};
use super::value::Value;
use crate::context::{BoxFuture, Context};

/// A data source, written against typed objects.
pub trait DataSource: Send + Sync + 'static {
    /// What the user writes, together with what is found.
    type Object: Model;

    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, config: &Self::Object, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Looks it up. The configuration is known; what the user wrote stays as it is, whatever is
    /// found.
    fn read(
        &self,
        config: Self::Object,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<Self::Object, Failure>> + Send;
}

/// A [`DataSource`] without its types. Made by [`erase`].
pub trait AnyDataSource: Offered {
    /// Checks a configuration.
    fn validate(&self, config: Value) -> Diagnostics;
    /// Looks it up. On an error, the object has an unknown value for whatever could not be read.
    fn read(
        &self,
        config: Value,
        context: Context,
    ) -> BoxFuture<'_, Result<ObjectResponse, Diagnostic>>;
}

/// Hides the types of a data source.
#[must_use]
pub fn erase<D: DataSource>(source: D) -> Box<dyn AnyDataSource> {
    Box::new(Erased::new::<D::Object>(D::TYPE_NAME, 0, source))
}

impl<D: DataSource> AnyDataSource for Erased<D> {
    fn validate(&self, config: Value) -> Diagnostics {
        self.checked(config, D::validate)
    }

    fn read(
        &self,
        config: Value,
        context: Context,
    ) -> BoxFuture<'_, Result<ObjectResponse, Diagnostic>> {
        Box::pin(async move {
            let known_config = self.known_config(config.clone())?;
            let invocation = Invocation::new(context);
            let (object, failure) = match self.inner.read(known_config, &invocation).await {
                Ok(found) => (as_configured(config, known(found.into_value())), None),
                Err(failure) => {
                    let undecided = self.schema().block().with_computed_unknown(config);
                    (undecided, Some(failure))
                }
            };
            Ok(ObjectResponse {
                object,
                not_configured: failure.as_ref().is_some_and(Failure::is_not_configured),
                diagnostics: invocation.ended(failure),
                ..ObjectResponse::default()
            })
        })
    }
}

/// What was found, with what the user wrote as the user wrote it: Terraform may have planned with it
/// already.
fn as_configured(config: Value, found: Value) -> Value {
    match (config, found) {
        (Value::Map(config), Value::Map(mut found)) => {
            for (name, value) in config.into_iter().filter(|(_, value)| !value.is_null()) {
                found.insert(name, value);
            }
            Value::Map(found)
        }
        (_, found) => found,
    }
}

#[cfg(test)]
mod tests;
