//! `GetResourceIdentitySchemas`: resource types without an identity are left out.

use crate::proto::tfplugin6::get_resource_identity_schemas::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    _: Request,
) -> Result<Response, Diagnostic> {
    let identified = shared.resources.iter().filter_map(|(name, resource)| {
        let identity = resource.identity_schema()?;
        Some(((*name).to_owned(), identity.schema()))
    });
    Ok(Response {
        identity_schemas: identified.collect(),
        diagnostics: Vec::new(),
    })
}
