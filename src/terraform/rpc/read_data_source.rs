//! `ReadDataSource`: looks something up.

use super::{Registry, deferred, may_defer};
use crate::proto::tfplugin6::read_data_source::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let source = registry.data_sources.get(&request.type_name)?;
    let config = source.decode(request.config.as_ref(), "configuration")?;
    let found = source.read(config, registry.context()).await?;
    if found.not_configured && may_defer(request.client_capabilities) {
        return Ok(Response {
            state: source.encode(&found.object, "object")?,
            deferred: Some(deferred()),
            ..Response::default()
        });
    }
    // With an error there is nothing to store, least of all anything unknown.
    let state = match found.diagnostics.has_errors() {
        true => None,
        false => source.encode(&found.object, "object")?,
    };
    Ok(Response {
        state,
        diagnostics: found.diagnostics.into_wire(),
        deferred: None,
    })
}
