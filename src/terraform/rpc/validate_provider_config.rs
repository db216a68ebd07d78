//! `ValidateProviderConfig`: checks the provider block.

use super::Registry;
use crate::proto::tfplugin6::validate_provider_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let provider = &registry.provider;
    let config = provider.decode(request.config.as_ref(), "configuration")?;
    Ok(Response {
        diagnostics: provider.validate(config).into_wire(),
    })
}
