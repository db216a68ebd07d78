//! `ImportResourceState`: from what the user gave to an object that a read can complete.

use crate::proto::tfplugin6::import_resource_state::{ImportedResource, Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::identity;
use crate::terraform::server::Shared;
use crate::terraform::value::encode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let (object, private) = match (&request.identity, resource.identity_schema()) {
        (Some(identity), Some(schema)) => resource.import_identity(&schema.read(identity)?)?,
        _ => resource.import(&request.id)?,
    };
    let imported = ImportedResource {
        state: Some(encode(&object, resource.schema().ty(), "imported object")?),
        type_name: request.type_name,
        private,
        identity: identity::of(resource, &object)?,
    };
    Ok(Response {
        imported_resources: vec![imported],
        ..Response::default()
    })
}
