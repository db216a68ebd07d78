//! `UpgradeResourceState`: from the state file to an object of the current schema.
//!
//! Terraform calls it for every stored object, every time, whatever its version. Attributes the
//! schema has gained since are null, attributes it has lost are dropped; what else older versions
//! stored otherwise is for the resource to translate.

use std::fmt::Display;

use super::Registry;
use crate::proto::tfplugin6 as wire;
use crate::proto::tfplugin6::upgrade_resource_state::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::resource::AnyResource;
use crate::terraform::texts;
use crate::terraform::value::{Value, json};

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = registry.resources.get(&request.type_name)?;
    let stored = request.raw_state.unwrap_or_default();
    let object = current(resource, request.version, stored)?;
    resource.note_in_state(&object).await;
    Ok(Response {
        upgraded_state: resource.encode(&object, "upgraded object")?,
        diagnostics: Vec::new(),
    })
}

/// An object that version `version` of its schema stored, by the current schema.
pub(super) fn current(
    resource: &dyn AnyResource,
    version: i64,
    stored: wire::RawState,
) -> Result<Value, Diagnostic> {
    let (name, schema) = (resource.name(), resource.schema());
    if stored.json.is_empty() {
        return Err(texts::too_old(name));
    }
    let unreadable = |why: &dyn Display| texts::unreadable_state(name, &why);
    if version > schema.version() {
        return Err(unreadable(&format!(
            "a newer version of the provider stored it, by version {version} of its schema"
        )));
    }
    let stored = resource.upgrade(version, stored.json.into())?;
    let object = json::decode_state(&stored, schema.ty()).map_err(|e| unreadable(&e))?;
    if object.is_null() {
        // An upgrade never ends in no object.
        return Err(unreadable(&"it is null"));
    }
    Ok(schema.block().without_write_only(object))
}
