//! What a provider is to Terraform: a configuration and the objects it offers.

use super::action::AnyAction;
use super::data_source::AnyDataSource;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::function::AnyFunction;
use super::list_resource::AnyListResource;
use super::resource::AnyResource;
use super::schema::Schema;
use super::schema::{AttrType, Model};
use super::texts;
use super::value::{DecodeError, Value};

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

    /// The list resources it offers, each for a resource type with an identity.
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
        Diagnostic::error(
            "Unsupported move",
            format!("A {from} of {provider} cannot become a {to}."),
        )
    }

    /// Checks the provider block beyond what its schema says. Makes no calls.
    fn validate(&self, config: &Self::Config, diagnostics: &mut Diagnostics);

    /// Takes the configuration. Makes no calls; an unknown value is not an error.
    fn configure(&self, configuration: Configuration<Self::Config>, diagnostics: &mut Diagnostics);
}

/// A [`Provider`] without its types.
pub(super) trait AnyProvider: Send + Sync {
    fn schema(&self) -> Schema;
    fn resources(&self) -> Vec<Box<dyn AnyResource>>;
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource>>;
    fn list_resources(&self) -> Vec<Box<dyn AnyListResource>>;
    fn actions(&self) -> Vec<Box<dyn AnyAction>>;
    fn functions(&self) -> Vec<Box<dyn AnyFunction>>;
    fn refuse_move(&self, from: &str, provider: &str, to: &str) -> Diagnostic;
    fn validate(&self, config: Value, diagnostics: &mut Diagnostics);
    fn configure(&self, config: Value, terraform_version: String, diagnostics: &mut Diagnostics);
}

impl<P: Provider> AnyProvider for P {
    fn schema(&self) -> Schema {
        Schema::new(0, P::Config::block())
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource>> {
        Provider::resources(self)
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource>> {
        Provider::data_sources(self)
    }

    fn list_resources(&self) -> Vec<Box<dyn AnyListResource>> {
        Provider::list_resources(self)
    }

    fn actions(&self) -> Vec<Box<dyn AnyAction>> {
        Provider::actions(self)
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        Provider::functions(self)
    }

    fn refuse_move(&self, from: &str, provider: &str, to: &str) -> Diagnostic {
        Provider::refuse_move(self, from, provider, to)
    }

    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) {
        match P::Config::from_value(config) {
            Ok(config) => Provider::validate(self, &config, diagnostics),
            Err(error) => diagnostics.push(unreadable_configuration(&error)),
        }
    }

    fn configure(&self, config: Value, terraform_version: String, diagnostics: &mut Diagnostics) {
        match P::Config::from_value(config) {
            Ok(config) => {
                let configuration = Configuration {
                    config,
                    terraform_version,
                };
                Provider::configure(self, configuration, diagnostics);
            }
            Err(error) => diagnostics.push(unreadable_configuration(&error)),
        }
    }
}

fn unreadable_configuration(error: &DecodeError) -> Diagnostic {
    texts::unreadable("provider configuration", "", &error.path, error)
}
