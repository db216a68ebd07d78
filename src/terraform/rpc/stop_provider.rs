//! `StopProvider`: ends every wait under way, and nothing that comes after.

use crate::proto::tfplugin6::stop_provider::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    _: Request,
) -> Result<Response, Diagnostic> {
    tracing::info!("Terraform asked to stop: ending all waits");
    shared.stopper.stop();
    Ok(Response::default())
}
