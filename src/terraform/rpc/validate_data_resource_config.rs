//! `ValidateDataResourceConfig`: checks a data block.

use crate::proto::tfplugin6::validate_data_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::decode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let source = shared.data_source(&request.type_name)?;
    let config = decode(
        request.config.as_ref(),
        source.schema().ty(),
        "configuration",
        &request.type_name,
    )?;
    Ok(Response {
        diagnostics: source.validate(config).into_wire(),
    })
}
