//! `ApplyResourceChange`: carries out a plan.

use super::Registry;
use crate::proto::tfplugin6::apply_resource_change::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::resource::ChangeRequest;
use crate::terraform::value::Value;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let change = ChangeRequest {
        prior: resource.decode(request.prior_state.as_ref(), "prior object")?,
        planned: resource.decode(request.planned_state.as_ref(), "planned object")?,
        config: resource.decode(request.config.as_ref(), "configuration")?,
        private: request.planned_private,
    };
    let applied = resource.apply(change, registry.context()).await;
    let identity = match applied.object {
        // Nothing was changed, or nothing is left.
        Value::Null if applied.diagnostics.has_errors() => request.planned_identity,
        Value::Null => None,
        ref object => resource.identity(object)?.or(request.planned_identity),
    };
    Ok(Response {
        new_state: resource.encode(&applied.object, "applied object")?,
        private: applied.private,
        diagnostics: applied.diagnostics.into_wire(),
        new_identity: identity,
        ..Response::default()
    })
}
