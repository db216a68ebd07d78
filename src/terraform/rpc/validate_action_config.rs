//! `ValidateActionConfig`: no actions are offered.

use crate::proto::tfplugin6::validate_action_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, unsupported};

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Err(unsupported("action", &request.type_name))
}
