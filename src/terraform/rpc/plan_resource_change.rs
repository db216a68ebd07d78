//! `PlanResourceChange`: what an apply would make of an object.

use super::Registry;
use crate::proto::tfplugin6::plan_resource_change::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::resource::ChangeRequest;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    resource.prepare_plan(registry.context()).await;
    let planning = resource.plan(ChangeRequest {
        prior: resource.decode(request.prior_state.as_ref(), "prior object")?,
        config: resource.decode(request.config.as_ref(), "configuration")?,
        planned: resource.decode(request.proposed_new_state.as_ref(), "proposed object")?,
        private: request.prior_private,
    });
    // What is to be destroyed keeps its identity to the end.
    let identity = resource
        .identity(&planning.object)?
        .or(request.prior_identity);
    Ok(Response {
        planned_identity: identity,
        planned_state: resource.encode(&planning.object, "planned object")?,
        requires_replace: planning.requires_replace.iter().map(Into::into).collect(),
        planned_private: planning.private,
        diagnostics: planning.diagnostics.into_wire(),
        ..Response::default()
    })
}
