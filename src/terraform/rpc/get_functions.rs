//! `GetFunctions`: the functions that are offered, for those who do not ask for the whole schema.

use crate::proto::tfplugin6::get_functions::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    _: Request,
) -> Result<Response, Diagnostic> {
    Ok(Response {
        functions: shared.function_definitions(),
        diagnostics: Vec::new(),
    })
}
