//! `ConfigureProvider`: hands the provider block over. The values may still be unknown.

use crate::proto::tfplugin6::configure_provider::{Request, Response};
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let config = shared.provider_block(request.config.as_ref())?;
    let mut diagnostics = Diagnostics::new();
    shared
        .provider
        .configure(config, request.terraform_version, &mut diagnostics);
    Ok(Response {
        diagnostics: diagnostics.into_wire(),
    })
}
