//! `PlanResourceChange`: what an apply would make of an object.

use crate::proto::tfplugin6::plan_resource_change::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::identity;
use crate::terraform::resource::PlanRequest;
use crate::terraform::server::{Shared, wire_paths};
use crate::terraform::value::{decode, encode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let ty = resource.schema().ty();
    resource.prepare_plan(shared.waits()).await;
    let planning = resource.plan(PlanRequest {
        prior: decode(
            request.prior_state.as_ref(),
            ty,
            "prior object",
            &request.type_name,
        )?,
        config: decode(
            request.config.as_ref(),
            ty,
            "configuration",
            &request.type_name,
        )?,
        proposed: decode(
            request.proposed_new_state.as_ref(),
            ty,
            "proposed object",
            &request.type_name,
        )?,
        private: request.prior_private,
    });
    // What is to be destroyed keeps its identity to the end.
    let identity = identity::of(resource, &planning.planned)?.or(request.prior_identity);
    Ok(Response {
        planned_identity: identity,
        planned_state: Some(encode(&planning.planned, ty, "planned object")?),
        requires_replace: wire_paths(&planning.requires_replace),
        planned_private: planning.private,
        diagnostics: planning.diagnostics.into_wire(),
        ..Response::default()
    })
}
