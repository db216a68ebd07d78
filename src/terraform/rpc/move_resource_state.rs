//! `MoveResourceState`: objects of no other type can become ours.

use crate::proto::tfplugin6::move_resource_state::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    shared.resource(&request.target_type_name)?;
    Err(Diagnostic::error(
        "Unsupported move",
        format!(
            "A {} of {} cannot become a {}. Remove it from the state with a `removed` block and \
             import the object under its new type.",
            request.source_type_name, request.source_provider_address, request.target_type_name
        ),
    ))
}
