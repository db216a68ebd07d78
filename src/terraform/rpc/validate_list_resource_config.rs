//! `ValidateListResourceConfig`: checks the config block of a list.

use super::Registry;
use crate::proto::tfplugin6::validate_list_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let list = registry.list_resources.get(&request.type_name)?;
    let config = list.decode(request.config.as_ref(), "configuration")?;
    Ok(Response {
        diagnostics: list.validate(config).into_wire(),
    })
}
