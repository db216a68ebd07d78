//! `GenerateResourceConfig`: a configuration for an object that exists only in state.

use crate::proto::tfplugin6::generate_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::{decode, encode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let schema = resource.schema();
    let state = decode(
        request.state.as_ref(),
        schema.ty(),
        "object",
        &request.type_name,
    )?;
    let config = schema.block().configuration_of(&state);
    Ok(Response {
        config: Some(encode(&config, schema.ty(), "configuration")?),
        diagnostics: Vec::new(),
    })
}
