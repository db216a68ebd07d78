//! `ValidateResourceConfig`: checks a resource block.

use super::Registry;
use crate::proto::tfplugin6::validate_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let config = resource.decode(request.config.as_ref(), "configuration")?;
    // Versions before 1.11 do not tell, because they know nothing of it.
    let write_only_allowed = request
        .client_capabilities
        .is_some_and(|client| client.write_only_attributes_allowed);
    Ok(Response {
        diagnostics: resource.validate(config, write_only_allowed).into_wire(),
    })
}
