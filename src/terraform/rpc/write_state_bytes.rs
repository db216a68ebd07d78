//! `WriteStateBytes`: no state stores are offered.

use crate::proto::tfplugin6::write_state_bytes::Response;
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond() -> Result<Response, Diagnostic> {
    Err(Diagnostic::error(
        "Unsupported state store",
        "This provider has no state stores.",
    ))
}
