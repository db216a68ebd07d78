//! `GenerateResourceConfig`: a configuration for an object that exists only in state.

use super::Registry;
use crate::proto::tfplugin6::generate_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let state = resource.decode(request.state.as_ref(), "object")?;
    let config = resource.schema().block().configuration_of(&state);
    Ok(Response {
        config: resource.encode(&config, "configuration")?,
        diagnostics: Vec::new(),
    })
}
