//! `ValidateActionConfig`: checks the config block of an action.

use crate::proto::tfplugin6::validate_action_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::decode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let action = shared.action(&request.type_name)?;
    let ty = action.schema().ty();
    let config = decode(
        request.config.as_ref(),
        ty,
        "configuration of the action",
        &request.type_name,
    )?;
    Ok(Response {
        diagnostics: action.validate(config).into_wire(),
    })
}
