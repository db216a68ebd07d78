//! `GetResourceIdentitySchemas`: resource types without an identity are left out.

use super::Registry;
use crate::proto::tfplugin6::get_resource_identity_schemas::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    _: Request,
) -> Result<Response, Diagnostic> {
    let identified = registry.resources.all().filter_map(|resource| {
        let identity = resource.identity_schema()?;
        Some((resource.name().to_owned(), identity.schema()))
    });
    Ok(Response {
        identity_schemas: identified.collect(),
        diagnostics: Vec::new(),
    })
}
