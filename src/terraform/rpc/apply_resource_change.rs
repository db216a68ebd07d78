//! `ApplyResourceChange`: carries out a plan.

use crate::proto::tfplugin6::apply_resource_change::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::identity;
use crate::terraform::resource::ApplyRequest;
use crate::terraform::server::Shared;
use crate::terraform::value::{Value, decode, encode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let ty = resource.schema().ty();
    let apply = ApplyRequest {
        prior: decode(
            request.prior_state.as_ref(),
            ty,
            "prior object",
            &request.type_name,
        )?,
        planned: decode(
            request.planned_state.as_ref(),
            ty,
            "planned object",
            &request.type_name,
        )?,
        config: decode(
            request.config.as_ref(),
            ty,
            "configuration",
            &request.type_name,
        )?,
        private: request.planned_private,
    };
    let applied = resource.apply(apply, shared.waits()).await;
    let identity = match applied.object {
        // Nothing was changed, or nothing is left.
        Value::Null if applied.diagnostics.has_errors() => request.planned_identity,
        Value::Null => None,
        ref object => identity::of(resource, object)?.or(request.planned_identity),
    };
    Ok(Response {
        new_state: Some(encode(&applied.object, ty, "applied object")?),
        private: applied.private,
        diagnostics: applied.diagnostics.into_wire(),
        new_identity: identity,
        ..Response::default()
    })
}
