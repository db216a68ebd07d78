//! `MoveResourceState`: an object of another provider becomes ours.
//!
//! That other provider is ours under another address, from another registry or namespace: its
//! objects are ours in all but name.

use super::Registry;
use super::upgrade_resource_state::current;
use crate::proto::tfplugin6::move_resource_state::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.target_type_name)?;
    if !is_ours(&request) {
        return Err(registry.provider.refuse_move(
            &request.source_type_name,
            &request.source_provider_address,
            &request.target_type_name,
        ));
    }
    let stored = request.source_state.unwrap_or_default();
    let object = current(resource, request.source_schema_version, stored)?;
    Ok(Response {
        target_state: resource.encode(&object, "moved object")?,
        target_private: request.source_private,
        // Of the object, which may have been stored without one.
        target_identity: resource.identity(&object)?,
        diagnostics: Vec::new(),
    })
}

/// Whether the source is of the same type, and of a provider of the same name. A type's name
/// begins with that of its provider.
fn is_ours(request: &Request) -> bool {
    let address = &request.source_provider_address;
    let provider = address
        .rsplit_once('/')
        .map_or(&**address, |(_, name)| name);
    request.source_type_name == request.target_type_name
        && request
            .target_type_name
            .strip_prefix(provider)
            .is_some_and(|rest| rest.starts_with('_'))
}
