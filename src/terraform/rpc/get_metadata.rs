//! `GetMetadata`: the names of what is offered.

use crate::proto::tfplugin6::get_metadata::{
    DataSourceMetadata, Request, ResourceMetadata, Response,
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
        ..Response::default()
    })
}
