//! `ConfigureStateStore`: no state stores are offered.

use crate::proto::tfplugin6::StateStoreServerCapabilities;
use crate::proto::tfplugin6::configure_state_store::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::texts::unsupported;

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Ok(Response {
        diagnostics: vec![unsupported("state store", &request.type_name).into()],
        // Terraform crashes on an answer without them, even on an error.
        capabilities: Some(StateStoreServerCapabilities::default()),
    })
}
