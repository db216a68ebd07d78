//! `GetProviderSchema`: the schemas of everything that is offered.

use super::Registry;
use crate::proto::tfplugin6::get_provider_schema::{Request, Response};
use crate::proto::tfplugin6::{ActionSchema, ServerCapabilities};
use crate::terraform::diagnostics::Diagnostic;

/// What this provider does beyond the base protocol.
pub(super) const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    _: Request,
) -> Result<Response, Diagnostic> {
    let actions = registry.actions.schemas().map(|(name, schema)| {
        let schema = Some(schema);
        (name, ActionSchema { schema })
    });
    Ok(Response {
        provider: Some(registry.provider.schema().into()),
        resource_schemas: registry.resources.schemas().collect(),
        data_source_schemas: registry.data_sources.schemas().collect(),
        list_resource_schemas: registry.list_resources.schemas().collect(),
        action_schemas: actions.collect(),
        functions: registry.function_definitions(),
        server_capabilities: Some(CAPABILITIES),
        ..Response::default()
    })
}
