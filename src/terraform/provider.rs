//! What a provider is to Terraform: a configuration and the objects it offers.

use super::action::AnyAction;
use super::data_source::AnyDataSource;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::function::AnyFunction;
use super::list_resource::AnyListResource;
use super::offered::{Erased, Offered};
use super::resource::AnyResource;
use super::schema::Model;
use super::texts;
use crate::proto::tfplugin6::DynamicValue;
use crate::proto::tfplugin6::configure_provider::{Request, Response};

/// A provider's configuration as Terraform hands it over.
#[derive(Debug)]
pub struct Configuration<C> {
    /// The provider block. During a plan its values may be unknown.
    pub config: C,
    /// Terraform's own version.
    pub terraform_version: String,
}

/// A provider, written against typed objects.
pub trait Provider: Send + Sync + 'static {
    /// The provider block.
    type Config: Model;

    /// The resource types it offers.
    fn resources(&self) -> Vec<Box<dyn AnyResource>>;

    /// The data sources it offers.
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource>> {
        Vec::new()
    }

    /// The list resources it offers.
    fn list_resources(&self) -> Vec<Box<dyn AnyListResource>> {
        Vec::new()
    }

    /// The actions it offers.
    fn actions(&self) -> Vec<Box<dyn AnyAction>> {
        Vec::new()
    }

    /// The functions it offers.
    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        Vec::new()
    }

    /// The error for an object of the type `from`, of the provider at the address `provider`, that
    /// is to become a `to` and cannot.
    fn refuse_move(&self, from: &str, provider: &str, to: &str) -> Diagnostic {
        texts::unsupported_move(from, provider, to)
    }

    /// Checks the provider block beyond what its schema says. Makes no calls.
    fn validate(&self, config: &Self::Config, diagnostics: &mut Diagnostics);

    /// Takes the configuration. Makes no calls; an unknown value is not an error.
    fn configure(&self, configuration: Configuration<Self::Config>, diagnostics: &mut Diagnostics);
}

/// A [`Provider`] without its types, once what it offers is known.
pub(super) trait AnyProvider: Offered {
    fn refuse_move(&self, from: &str, provider: &str, to: &str) -> Diagnostic;
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics;
    fn configure(&self, request: Request) -> Result<Response, Diagnostic>;
}

/// Hides the types of a provider.
pub(super) fn erase<P: Provider>(provider: P) -> Box<dyn AnyProvider> {
    Box::new(Erased::new::<P::Config>("the provider", 0, provider))
}

impl<P: Provider> AnyProvider for Erased<P> {
    fn refuse_move(&self, from: &str, provider: &str, to: &str) -> Diagnostic {
        self.inner.refuse_move(from, provider, to)
    }

    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics {
        self.validated(config, P::validate)
    }

    fn configure(&self, request: Request) -> Result<Response, Diagnostic> {
        let config = self.decode(request.config.as_ref(), "configuration")?;
        let configuration = Configuration {
            config: self.config(config)?,
            terraform_version: request.terraform_version,
        };
        let mut diagnostics = Diagnostics::new();
        self.inner.configure(configuration, &mut diagnostics);
        Ok(Response {
            diagnostics: diagnostics.into_wire(),
        })
    }
}
