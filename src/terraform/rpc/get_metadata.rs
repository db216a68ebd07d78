//! `GetMetadata`: the names of what is offered.

use super::Registry;
use super::get_provider_schema::CAPABILITIES;
use crate::proto::tfplugin6::get_metadata::{
    ActionMetadata, DataSourceMetadata, FunctionMetadata, ListResourceMetadata, Request,
    ResourceMetadata, Response,
};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    _: Request,
) -> Result<Response, Diagnostic> {
    let resources = registry.resources.names();
    let data_sources = registry.data_sources.names();
    let list_resources = registry.list_resources.names();
    let actions = registry.actions.names();
    let functions = registry.functions.names();
    Ok(Response {
        server_capabilities: Some(CAPABILITIES),
        resources: resources
            .map(|type_name| ResourceMetadata { type_name })
            .collect(),
        data_sources: data_sources
            .map(|type_name| DataSourceMetadata { type_name })
            .collect(),
        list_resources: list_resources
            .map(|type_name| ListResourceMetadata { type_name })
            .collect(),
        actions: actions
            .map(|type_name| ActionMetadata { type_name })
            .collect(),
        functions: functions.map(|name| FunctionMetadata { name }).collect(),
        ..Response::default()
    })
}
