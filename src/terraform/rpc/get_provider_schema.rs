//! `GetProviderSchema`: the schemas of everything that is offered.

use crate::proto::tfplugin6::ServerCapabilities;
use crate::proto::tfplugin6::get_provider_schema::{Request, Response};
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
    Ok(Response {
        provider: Some((&shared.schema).into()),
        resource_schemas: resources
            .map(|(name, resource)| ((*name).to_owned(), resource.schema().into()))
            .collect(),
        data_source_schemas: data_sources
            .map(|(name, source)| ((*name).to_owned(), source.schema().into()))
            .collect(),
        server_capabilities: Some(CAPABILITIES),
        ..Response::default()
    })
}
