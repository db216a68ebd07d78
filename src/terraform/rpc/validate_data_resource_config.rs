//! `ValidateDataResourceConfig`: checks a data block.

use super::Registry;
use crate::proto::tfplugin6::validate_data_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let source = registry.data_sources.get(&request.type_name)?;
    let config = source.decode(request.config.as_ref(), "configuration")?;
    Ok(Response {
        diagnostics: source.validate(config).into_wire(),
    })
}
