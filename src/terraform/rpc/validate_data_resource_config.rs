//! `ValidateDataResourceConfig`: no data sources are offered.

use crate::proto::tfplugin6::validate_data_resource_config::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, unsupported};

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Err(unsupported("data source", &request.type_name))
}
