//! `ConfigureProvider`: hands the provider block over. The values may still be unknown.

use super::Registry;
use crate::proto::tfplugin6::configure_provider::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let provider = &registry.provider;
    let config = provider.decode(request.config.as_ref(), "configuration")?;
    let diagnostics = provider.configure(config, request.terraform_version)?;
    Ok(Response {
        diagnostics: diagnostics.into_wire(),
    })
}
