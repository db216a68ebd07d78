//! `ValidateResourceConfig`: checks a resource block.

use crate::proto::tfplugin6::validate_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::decode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let config = decode(
        request.config.as_ref(),
        resource.schema().ty(),
        "configuration",
        &request.type_name,
    )?;
    // Versions before 1.11 do not tell, because they know nothing of it.
    let write_only_allowed = request
        .client_capabilities
        .is_some_and(|client| client.write_only_attributes_allowed);
    Ok(Response {
        diagnostics: resource.validate(config, write_only_allowed).into_wire(),
    })
}
