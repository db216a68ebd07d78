//! `GetResourceIdentitySchemas`: resource types without an identity are left out.

use crate::proto::tfplugin6::get_resource_identity_schemas::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(_: &Shared, _: Request) -> Result<Response, Diagnostic> {
    Ok(Response::default())
}
