//! `GetProviderSchema`: the schemas of everything that is offered.

use crate::proto::tfplugin6::get_provider_schema::{Request, Response};
use crate::proto::tfplugin6::{ActionSchema, ServerCapabilities};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

/// What this provider does beyond the base protocol.
pub(super) const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    _: Request,
) -> Result<Response, Diagnostic> {
    let resources = shared.resources.iter();
    let data_sources = shared.data_sources.iter();
    let list_resources = shared.list_resources.iter();
    let actions = shared.actions.iter();
    Ok(Response {
        provider: Some((&shared.schema).into()),
        resource_schemas: resources
            .map(|(name, resource)| ((*name).to_owned(), resource.schema().into()))
            .collect(),
        data_source_schemas: data_sources
            .map(|(name, source)| ((*name).to_owned(), source.schema().into()))
            .collect(),
        list_resource_schemas: list_resources
            .map(|(name, list)| ((*name).to_owned(), list.schema().into()))
            .collect(),
        action_schemas: actions
            .map(|(name, action)| {
                let schema = ActionSchema {
                    schema: Some(action.schema().into()),
                };
                ((*name).to_owned(), schema)
            })
            .collect(),
        functions: shared.function_definitions(),
        server_capabilities: Some(CAPABILITIES),
        ..Response::default()
    })
}
