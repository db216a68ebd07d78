//! `ValidateProviderConfig`: checks the provider block.

use crate::proto::tfplugin6::validate_provider_config::{Request, Response};
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let config = shared.provider_block(request.config.as_ref())?;
    let mut diagnostics = Diagnostics::new();
    shared.schema.block().validate(&config, &mut diagnostics);
    shared.provider.validate(config, &mut diagnostics);
    Ok(Response {
        diagnostics: diagnostics.into_wire(),
    })
}
