//! `ValidateListResourceConfig`: checks the config block of a list.

use crate::proto::tfplugin6::validate_list_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::decode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let list = shared.list_resource(&request.type_name)?;
    let config = decode(
        request.config.as_ref(),
        list.schema().ty(),
        "configuration of the list",
        &request.type_name,
    )?;
    Ok(Response {
        diagnostics: list.validate(config).into_wire(),
    })
}
