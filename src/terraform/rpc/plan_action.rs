//! `PlanAction`: what there is to know before an action is done. Needs nothing of the API, so
//! there is never a reason to put it off.

use crate::proto::tfplugin6::plan_action::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::decode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let action = shared.action(&request.action_type)?;
    let ty = action.schema().ty();
    let config = decode(
        request.config.as_ref(),
        ty,
        "configuration of the action",
        &request.action_type,
    )?;
    Ok(Response {
        diagnostics: action.plan(config).into_wire(),
        deferred: None,
    })
}
