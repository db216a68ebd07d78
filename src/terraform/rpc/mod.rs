//! One file per RPC: from the wire to typed calls and back, and nothing else. Those about kinds
//! of objects that this provider does not offer share one.

pub(super) mod apply_resource_change;
pub(super) mod call_function;
mod checks;
pub(super) mod configure_provider;
pub(super) mod generate_resource_config;
pub(super) mod get_functions;
pub(super) mod get_metadata;
pub(super) mod get_provider_schema;
pub(super) mod get_resource_identity_schemas;
pub(super) mod import_resource_state;
pub(super) mod invoke_action;
pub(super) mod list_resource;
pub(super) mod move_resource_state;
pub(super) mod plan_resource_change;
pub(super) mod read_data_source;
pub(super) mod read_resource;
pub(super) mod stop_provider;
mod unsupported;
pub(super) mod upgrade_resource_identity;
pub(super) mod upgrade_resource_state;
pub(super) mod validate_provider_config;
pub(super) mod validate_resource_config;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::action::AnyAction;
use super::data_source::AnyDataSource;
use super::diagnostics::Diagnostic;
use super::function::AnyFunction;
use super::list_resource::AnyListResource;
use super::offered::Offered;
use super::provider::{self, AnyProvider, Provider};
use super::resource::AnyResource;
use super::texts;
use crate::context::{Canceller, Clock, Context};
use crate::proto::tfplugin6::{self as wire, Deferred, deferred::Reason};

pub(super) use checks::*;
pub(super) use unsupported::*;

/// The messages of each RPC, under its name.
pub(super) mod messages {
    pub(in crate::terraform) use crate::proto::tfplugin6::validate_state_store as validate_state_store_config;
    pub(in crate::terraform) use crate::proto::tfplugin6::*;
}

/// What all calls share. Everything is built before the first call: Terraform may skip
/// `GetProviderSchema`.
pub(super) struct Registry {
    provider: Box<dyn AnyProvider>,
    resources: Offers<dyn AnyResource>,
    data_sources: Offers<dyn AnyDataSource>,
    list_resources: Offers<dyn AnyListResource>,
    actions: Offers<dyn AnyAction>,
    functions: Offers<dyn AnyFunction>,
    pub(super) canceller: Canceller,
    clock: Arc<dyn Clock>,
}

impl Registry {
    /// What `provider` offers. Calls wait by `clock`.
    pub(super) fn new(provider: impl Provider, clock: Arc<dyn Clock>) -> Self {
        Self {
            resources: Offers::new("resource", provider.resources()),
            data_sources: Offers::new("data source", provider.data_sources()),
            list_resources: Offers::new("list resource", provider.list_resources()),
            actions: Offers::new("action", provider.actions()),
            functions: Offers::new("function", provider.functions()),
            provider: provider::erase(provider),
            canceller: Canceller::new(),
            clock,
        }
    }

    /// Every function as the wire describes it.
    fn function_definitions(&self) -> HashMap<String, wire::Function> {
        let functions = self.functions.all();
        functions
            .map(|function| (function.name().to_owned(), function.definition()))
            .collect()
    }

    /// How an invocation beginning now waits.
    fn context(&self) -> Context {
        Context::new(Arc::clone(&self.clock), self.canceller.signal())
    }
}

/// What is offered of one kind, by name.
struct Offers<T: ?Sized> {
    kind: &'static str,
    offers: BTreeMap<&'static str, Box<T>>,
}

impl<T: Offered + ?Sized> Offers<T> {
    fn new(kind: &'static str, offers: Vec<Box<T>>) -> Self {
        let named = offers.into_iter().map(|offer| (offer.name(), offer));
        Self {
            kind,
            offers: named.collect(),
        }
    }

    /// The one of that name.
    fn get(&self, name: &str) -> Result<&T, Diagnostic> {
        let offer = self.offers.get(name).map(Box::as_ref);
        offer.ok_or_else(|| texts::unsupported(self.kind, name))
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        self.offers.values().map(Box::as_ref)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.offers.keys().map(|name| (*name).to_owned())
    }

    fn schemas(&self) -> impl Iterator<Item = (String, wire::Schema)> {
        self.all()
            .map(|offer| (offer.name().to_owned(), offer.schema().into()))
    }
}

/// Whether Terraform puts off what cannot be decided yet.
fn may_defer(client: Option<wire::ClientCapabilities>) -> bool {
    client.is_some_and(|client| client.deferral_allowed)
}

/// Puts a decision off until the provider's configuration is known.
fn deferred() -> Deferred {
    Deferred {
        reason: Reason::ProviderConfigUnknown.into(),
    }
}
