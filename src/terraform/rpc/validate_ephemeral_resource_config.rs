//! `ValidateEphemeralResourceConfig`: no ephemeral resources are offered.

use crate::proto::tfplugin6::validate_ephemeral_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::texts::unsupported;

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Err(unsupported("ephemeral resource", &request.type_name))
}
