//! What a provider offers, by name, and the RPCs (remote procedure calls) about the whole of it.

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
use crate::proto::tfplugin6::get_metadata::{
    self, ActionMetadata, DataSourceMetadata, FunctionMetadata, ListResourceMetadata,
    ResourceMetadata,
};
use crate::proto::tfplugin6::{
    self as wire, ActionSchema, ServerCapabilities, generate_resource_config, get_provider_schema,
    get_resource_identity_schemas, move_resource_state, upgrade_resource_identity,
};

/// What this provider does beyond the base protocol.
const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};

/// What all calls share. Everything is built before the first call: Terraform may skip
/// `GetProviderSchema`.
pub(super) struct Registry {
    pub(super) provider: Box<dyn AnyProvider>,
    pub(super) resources: Offers<dyn AnyResource>,
    pub(super) data_sources: Offers<dyn AnyDataSource>,
    pub(super) list_resources: Offers<dyn AnyListResource>,
    pub(super) actions: Offers<dyn AnyAction>,
    pub(super) functions: Offers<dyn AnyFunction>,
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

    /// How an invocation beginning now waits.
    pub(super) fn context(&self) -> Context {
        Context::new(Arc::clone(&self.clock), self.canceller.signal())
    }

    /// The names of what is offered.
    pub(super) fn metadata(&self) -> get_metadata::Response {
        get_metadata::Response {
            server_capabilities: Some(CAPABILITIES),
            resources: self
                .resources
                .names(|type_name| ResourceMetadata { type_name }),
            data_sources: self
                .data_sources
                .names(|type_name| DataSourceMetadata { type_name }),
            list_resources: self
                .list_resources
                .names(|type_name| ListResourceMetadata { type_name }),
            actions: self.actions.names(|type_name| ActionMetadata { type_name }),
            functions: self.functions.names(|name| FunctionMetadata { name }),
            ..Default::default()
        }
    }

    /// The schemas of everything that is offered.
    pub(super) fn schemas(&self) -> get_provider_schema::Response {
        get_provider_schema::Response {
            provider: Some(self.provider.schema().into()),
            resource_schemas: self.resources.map(|resource| resource.schema().into()),
            data_source_schemas: self.data_sources.map(|source| source.schema().into()),
            list_resource_schemas: self.list_resources.map(|list| list.schema().into()),
            action_schemas: self.actions.map(|action| ActionSchema {
                schema: Some(action.schema().into()),
            }),
            functions: self.function_definitions(),
            server_capabilities: Some(CAPABILITIES),
            ..Default::default()
        }
    }

    /// Every function as the wire describes it.
    pub(super) fn function_definitions(&self) -> HashMap<String, wire::Function> {
        self.functions.map(AnyFunction::definition)
    }

    /// The identities of resource types.
    pub(super) fn identity_schemas(&self) -> get_resource_identity_schemas::Response {
        get_resource_identity_schemas::Response {
            identity_schemas: self.resources.map(|it| it.identity_schema().schema()),
            diagnostics: Vec::new(),
        }
    }

    /// An identity of the state file, by the current schema.
    pub(super) fn upgrade_identity(
        &self,
        request: upgrade_resource_identity::Request,
    ) -> Result<upgrade_resource_identity::Response, Diagnostic> {
        let resource = self.resources.get(&request.type_name)?;
        let stored = request.raw_identity.unwrap_or_default();
        Ok(upgrade_resource_identity::Response {
            upgraded_identity: Some(resource.identity_schema().upgrade(&stored.json)?),
            diagnostics: Vec::new(),
        })
    }

    /// An object of another provider becomes ours.
    pub(super) async fn move_resource(
        &self,
        request: move_resource_state::Request,
    ) -> Result<move_resource_state::Response, Diagnostic> {
        let resource = self.resources.get(&request.target_type_name)?;
        match is_ours(&request) {
            true => resource.take_over(request).await,
            false => Err(self.provider.refuse_move(
                &request.source_type_name,
                &request.source_provider_address,
                &request.target_type_name,
            )),
        }
    }

    /// A configuration for an object that exists only in state.
    pub(super) fn resource_config(
        &self,
        request: &generate_resource_config::Request,
    ) -> Result<generate_resource_config::Response, Diagnostic> {
        let resource = self.resources.get(&request.type_name)?;
        let state = resource.decode(request.state.as_ref(), "object")?;
        let config = resource.schema().block().configuration_of(&state);
        Ok(generate_resource_config::Response {
            config: resource.encode(&config, "configuration")?,
            diagnostics: Vec::new(),
        })
    }
}

/// Whether the source is of the same type, and of a provider of the same name. A type's name
/// begins with that of its provider.
fn is_ours(request: &move_resource_state::Request) -> bool {
    let address = &request.source_provider_address;
    let provider = address
        .rsplit_once('/')
        .map_or(&**address, |(_, name)| name);
    let rest = request.target_type_name.strip_prefix(provider);
    request.source_type_name == request.target_type_name
        && rest.is_some_and(|rest| rest.starts_with('_'))
}

/// What is offered of one kind, by name.
pub(super) struct Offers<T: ?Sized> {
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
    pub(super) fn get(&self, name: &str) -> Result<&T, Diagnostic> {
        let offer = self.offers.get(name).map(Box::as_ref);
        offer.ok_or_else(|| texts::unsupported(self.kind, name))
    }

    /// What `read` makes of each name.
    fn names<M>(&self, read: impl Fn(String) -> M) -> Vec<M> {
        self.offers
            .keys()
            .map(|name| read((*name).to_owned()))
            .collect()
    }

    /// What `read` makes of each, by name.
    fn map<V>(&self, read: impl Fn(&T) -> V) -> HashMap<String, V> {
        let offers = self.offers.values();
        offers
            .map(|offer| (offer.name().to_owned(), read(offer)))
            .collect()
    }
}
