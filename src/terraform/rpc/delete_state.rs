//! `DeleteState`: no state stores are offered.

use crate::proto::tfplugin6::delete_state::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::texts::unsupported;

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Err(unsupported("state store", &request.type_name))
}
