//! Data sources: what is looked up and never changed.

use std::future::Future;

use super::consistency::known;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use super::invocation::Invocation;
use super::offered::{Erased, Offered, deferred};
use super::schema::{AttrType, Model};
use super::value::Value;
use crate::context::Context;
use crate::proto::tfplugin6::DynamicValue;
use crate::proto::tfplugin6::read_data_source::{Request, Response};

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
#[tonic::async_trait]
pub trait AnyDataSource: Offered {
    /// Checks a configuration.
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics;
    /// Looks it up.
    async fn read(&self, request: Request, context: Context) -> Result<Response, Diagnostic>;
}

/// Hides the types of a data source.
pub fn erase<D: DataSource>(source: D) -> Box<dyn AnyDataSource> {
    Box::new(Erased::new::<D::Object>(D::TYPE_NAME, 0, source))
}

#[tonic::async_trait]
impl<D: DataSource> AnyDataSource for Erased<D> {
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics {
        self.validated(config, D::validate)
    }

    async fn read(&self, request: Request, context: Context) -> Result<Response, Diagnostic> {
        let config = self.decode(request.config.as_ref(), "configuration")?;
        let known_config = self.known_config(config.clone())?;
        let invocation = Invocation::new(context);
        match self.inner.read(known_config, &invocation).await {
            Ok(found) => {
                let found = as_configured(config, known(found.into_value()));
                Ok(Response {
                    state: self.encode(&found, "object")?,
                    diagnostics: invocation.ended(None).into_wire(),
                    deferred: None,
                })
            }
            Err(failure) => match deferred(&failure, request.client_capabilities) {
                Some(deferred) => {
                    let undecided = self.schema().block().with_computed_unknown(config);
                    Ok(Response {
                        state: self.encode(&undecided, "object")?,
                        deferred: Some(deferred),
                        ..Response::default()
                    })
                }
                // With an error there is nothing to store, least of all anything unknown.
                None => Ok(Response {
                    diagnostics: invocation.ended(Some(failure)).into_wire(),
                    ..Response::default()
                }),
            },
        }
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
