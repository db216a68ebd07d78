//! `StopProvider`: ends every wait under way, and nothing that comes after.

use super::Registry;
use crate::proto::tfplugin6::stop_provider::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    _: Request,
) -> Result<Response, Diagnostic> {
    tracing::info!("Terraform asked to stop: ending all waits");
    registry.canceller.stop();
    Ok(Response::default())
}
