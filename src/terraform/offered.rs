//! What is offered to Terraform, without its types: what all kinds of it share.

use super::consistency::known_whole;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use super::schema::{Model, Schema};
use super::texts;
use super::value::{self, Value};
use crate::proto::tfplugin6::{ClientCapabilities, Deferred, DynamicValue, deferred::Reason};

/// Something that is offered to Terraform.
pub trait Offered: Send + Sync {
    /// Its full name.
    fn name(&self) -> &'static str;

    /// The schema of its objects, or of its configuration.
    fn schema(&self) -> &Schema;

    /// Reads a value of its type that Terraform sent; `what` it is is for errors.
    ///
    /// # Errors
    ///
    /// When it is none.
    fn decode(&self, wire: Option<&DynamicValue>, what: &str) -> Result<Value, Diagnostic> {
        value::decode(wire, self.schema().ty(), what, self.name())
    }

    /// Writes a value of its type for Terraform; `what` it is is for errors.
    ///
    /// # Errors
    ///
    /// When it is none.
    fn encode(&self, value: &Value, what: &str) -> Result<Option<DynamicValue>, Diagnostic> {
        value::encode(value, self.schema().ty(), what).map(Some)
    }
}

/// What is offered, with its types hidden.
pub(super) struct Erased<T> {
    name: &'static str,
    schema: Schema,
    pub(super) inner: T,
}

impl<T> Erased<T> {
    /// Hides the types of `inner`, of whose stored objects this is `version`.
    pub(super) fn new<M: Model>(name: &'static str, version: i64, inner: T) -> Self {
        Self {
            name,
            schema: Schema::new(version, M::block()),
            inner,
        }
    }

    /// Reads an object; `what` it is is for errors.
    pub(super) fn object<M: Model>(&self, value: Value, what: &str) -> Result<M, Diagnostic> {
        M::from_value(value)
            .map_err(|error| texts::unreadable(what, self.name, &error.path, &error))
    }

    /// Reads a configuration. Where the user wrote none, nothing is set.
    pub(super) fn config<M: Model>(&self, value: Value) -> Result<M, Diagnostic> {
        match value {
            Value::Null => Ok(M::default()),
            value => self.object(value, "configuration"),
        }
    }

    /// Reads a configuration of which Terraform promises that it is known.
    pub(super) fn known_config<M: Model>(&self, value: Value) -> Result<M, Diagnostic> {
        known_whole(&value, self.name)?;
        self.config(value)
    }

    /// Reads a configuration that Terraform sent, and applies the schema to it, and then `check`.
    pub(super) fn validated<M: Model>(
        &self,
        config: Option<DynamicValue>,
        check: impl FnOnce(&T, &M, &mut Diagnostics),
    ) -> Diagnostics
    where
        Self: Offered,
    {
        match self.decode(config.as_ref(), "configuration") {
            Ok(config) => self.checked(config, check),
            Err(problem) => problem.into(),
        }
    }

    /// Applies the schema to a configuration, and then `check`.
    pub(super) fn checked<M: Model>(
        &self,
        config: Value,
        check: impl FnOnce(&T, &M, &mut Diagnostics),
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        self.schema.block().validate(&config, &mut diagnostics);
        match self.config(config) {
            Ok(config) => check(&self.inner, &config, &mut diagnostics),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
        diagnostics
    }
}

impl<T: Send + Sync> Offered for Erased<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }
}

/// Puts a decision off until the provider's configuration is known, where Terraform allows that.
pub(super) fn deferred(failure: &Failure, client: Option<ClientCapabilities>) -> Option<Deferred> {
    let may_defer = client.is_some_and(|client| client.deferral_allowed);
    (may_defer && failure.is_not_configured()).then(|| Deferred {
        reason: Reason::ProviderConfigUnknown.into(),
    })
}
