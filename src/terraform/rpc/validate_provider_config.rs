//! `ValidateProviderConfig`: checks the provider block.

use crate::proto::tfplugin6::validate_provider_config::{Request, Response};
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::server::{Shared, decode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let schema = &shared.schema;
    let config = decode(
        request.config.as_ref(),
        schema.ty(),
        "provider configuration",
    )?;
    let mut diagnostics = Diagnostics::new();
    schema.block().validate(&config, &mut diagnostics);
    shared.provider.validate(config, &mut diagnostics);
    Ok(Response {
        diagnostics: diagnostics.into_wire(),
    })
}
