//! `ImportResourceState`: from what the user gave to an object that a read can complete.

use super::Registry;
use crate::proto::tfplugin6::import_resource_state::{ImportedResource, Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let found = match (&request.identity, resource.identity_schema()) {
        (Some(identity), Some(schema)) => resource.import_identity(&schema.read(identity)?)?,
        _ => resource.import(&request.id)?,
    };
    let imported = ImportedResource {
        state: resource.encode(&found.object, "imported object")?,
        type_name: request.type_name,
        private: found.private,
        identity: resource.identity(&found.object)?,
    };
    Ok(Response {
        imported_resources: vec![imported],
        ..Response::default()
    })
}
