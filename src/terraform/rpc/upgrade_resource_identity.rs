//! `UpgradeResourceIdentity`: from the state file to an identity of the current schema.

use super::Registry;
use crate::proto::tfplugin6::upgrade_resource_identity::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::texts::unsupported;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let Some(identity) = resource.identity_schema() else {
        return Err(unsupported("resource identity", &request.type_name));
    };
    let stored = request.raw_identity.unwrap_or_default();
    Ok(Response {
        upgraded_identity: Some(identity.upgrade(&stored.json)?),
        diagnostics: Vec::new(),
    })
}
