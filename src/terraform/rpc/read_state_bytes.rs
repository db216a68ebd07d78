//! `ReadStateBytes`: no state stores are offered.

use tokio::sync::mpsc;

use crate::proto::tfplugin6::StateRange;
use crate::proto::tfplugin6::read_state_bytes::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::texts::unsupported;

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
    chunks: &mpsc::Sender<Response>,
) -> Result<(), Diagnostic> {
    let refusal = Response {
        diagnostics: vec![unsupported("state store", &request.type_name).into()],
        // Terraform crashes on a chunk without it, even on an error.
        range: Some(StateRange::default()),
        ..Response::default()
    };
    let _ = chunks.send(refusal).await;
    Ok(())
}
