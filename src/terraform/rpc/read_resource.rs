//! `ReadResource`: an object as it is now.

use super::{Registry, deferred, may_defer};
use crate::proto::tfplugin6::read_resource::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::value::Value;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let current = resource.decode(request.current_state.as_ref(), "current object")?;
    let found = resource.read(current, request.private, registry.context());
    let found = found.await;
    // An identity is never lost by a read, and found for objects stored before there were any.
    let identity = match found.object {
        Value::Null => None,
        ref object => resource.identity(object)?.or(request.current_identity),
    };
    let put_off = found.not_configured && may_defer(request.client_capabilities);
    Ok(Response {
        new_state: resource.encode(&found.object, "object")?,
        private: found.private,
        diagnostics: match put_off {
            true => Vec::new(),
            false => found.diagnostics.into_wire(),
        },
        deferred: put_off.then(deferred),
        new_identity: identity,
    })
}
