//! `GetFunctions`: the functions that are offered, for those who do not ask for the whole schema.

use super::Registry;
use crate::proto::tfplugin6::get_functions::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    _: Request,
) -> Result<Response, Diagnostic> {
    Ok(Response {
        functions: registry.function_definitions(),
        diagnostics: Vec::new(),
    })
}
