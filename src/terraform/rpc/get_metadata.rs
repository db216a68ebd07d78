//! `GetMetadata`: the names of what is offered.

use crate::proto::tfplugin6::get_metadata::{
    ActionMetadata, DataSourceMetadata, FunctionMetadata, ListResourceMetadata, Request,
    ResourceMetadata, Response,
};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

use super::get_provider_schema::CAPABILITIES;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    _: Request,
) -> Result<Response, Diagnostic> {
    let resources = shared.resources.keys();
    let data_sources = shared.data_sources.keys();
    let list_resources = shared.list_resources.keys();
    let actions = shared.actions.keys();
    let functions = shared.functions.keys();
    Ok(Response {
        server_capabilities: Some(CAPABILITIES),
        resources: resources
            .map(|name| ResourceMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        data_sources: data_sources
            .map(|name| DataSourceMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        list_resources: list_resources
            .map(|name| ListResourceMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        actions: actions
            .map(|name| ActionMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        functions: functions
            .map(|name| FunctionMetadata {
                name: (*name).to_owned(),
            })
            .collect(),
        ..Response::default()
    })
}
