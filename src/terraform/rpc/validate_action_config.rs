//! `ValidateActionConfig`: checks the config block of an action.

use super::Registry;
use crate::proto::tfplugin6::validate_action_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let action = registry.actions.get(&request.type_name)?;
    let config = action.decode(request.config.as_ref(), "configuration")?;
    Ok(Response {
        diagnostics: action.validate(config).into_wire(),
    })
}
