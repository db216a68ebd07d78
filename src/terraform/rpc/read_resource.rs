//! `ReadResource`: an object as it is now.

use crate::proto::tfplugin6::read_resource::{Request, Response};
use crate::proto::tfplugin6::{Deferred, deferred::Reason};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::identity;
use crate::terraform::resource::ReadRequest;
use crate::terraform::server::Shared;
use crate::terraform::value::{Value, decode, encode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let ty = resource.schema().ty();
    let current = decode(
        request.current_state.as_ref(),
        ty,
        "current object",
        &request.type_name,
    )?;
    let deferral_allowed = request
        .client_capabilities
        .is_some_and(|c| c.deferral_allowed);

    let read = resource.read(
        ReadRequest {
            current,
            private: request.private,
        },
        shared.waits(),
    );
    let result = read.await;

    // An identity is never lost by a read, and found for objects stored before there were any.
    let identity = match result.object {
        Value::Null => None,
        ref object => identity::of(resource, object)?.or(request.current_identity),
    };
    let deferred = result.not_configured && deferral_allowed;
    Ok(Response {
        new_state: Some(encode(&result.object, ty, "object")?),
        private: result.private,
        diagnostics: if deferred {
            Vec::new()
        } else {
            result.diagnostics.into_wire()
        },
        deferred: deferred.then(|| Deferred {
            reason: Reason::ProviderConfigUnknown.into(),
        }),
        new_identity: identity,
    })
}
