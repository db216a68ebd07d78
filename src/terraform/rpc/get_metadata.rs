//! `GetMetadata`: the names of what is offered.

use crate::proto::tfplugin6::get_metadata::{Request, ResourceMetadata, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

use super::get_provider_schema::CAPABILITIES;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    _: Request,
) -> Result<Response, Diagnostic> {
    let names = shared.resources.keys();
    Ok(Response {
        server_capabilities: Some(CAPABILITIES),
        resources: names
            .map(|name| ResourceMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        ..Response::default()
    })
}
