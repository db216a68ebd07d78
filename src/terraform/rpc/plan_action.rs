//! `PlanAction`: what there is to know before an action is done. Needs nothing of the API, so
//! there is never a reason to put it off.

use super::Registry;
use crate::proto::tfplugin6::plan_action::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let action = registry.actions.get(&request.action_type)?;
    let config = action.decode(request.config.as_ref(), "configuration")?;
    Ok(Response {
        diagnostics: action.plan(config).into_wire(),
        deferred: None,
    })
}
