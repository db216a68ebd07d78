//! `ValidateListResourceConfig`: no list resources are offered.

use crate::proto::tfplugin6::validate_list_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, unsupported};

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Err(unsupported("list resource", &request.type_name))
}
