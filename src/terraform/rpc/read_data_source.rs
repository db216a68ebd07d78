//! `ReadDataSource`: looks something up.

use crate::proto::tfplugin6::read_data_source::{Request, Response};
use crate::proto::tfplugin6::{Deferred, deferred::Reason};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::{decode, encode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let source = shared.data_source(&request.type_name)?;
    let ty = source.schema().ty();
    let config = decode(
        request.config.as_ref(),
        ty,
        "configuration",
        &request.type_name,
    )?;
    let deferral_allowed = request
        .client_capabilities
        .is_some_and(|client| client.deferral_allowed);

    let found = source.read(config, shared.waits()).await;
    if found.not_configured && deferral_allowed {
        return Ok(Response {
            state: Some(encode(&found.object, ty, "object")?),
            deferred: Some(Deferred {
                reason: Reason::ProviderConfigUnknown.into(),
            }),
            ..Response::default()
        });
    }
    // With an error there is nothing to store, least of all anything unknown.
    let state = (!found.diagnostics.has_errors())
        .then(|| encode(&found.object, ty, "object"))
        .transpose()?;
    Ok(Response {
        state,
        diagnostics: found.diagnostics.into_wire(),
        deferred: None,
    })
}
