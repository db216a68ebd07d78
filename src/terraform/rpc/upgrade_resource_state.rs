//! `UpgradeResourceState`: from the state file to an object of the current schema.
//!
//! Terraform calls it for every stored object, every time, whatever its version. Attributes the
//! schema has gained since are null, attributes it has lost are dropped; what else older versions
//! stored otherwise is for the resource to translate.

use std::fmt::Display;

use crate::proto::tfplugin6::upgrade_resource_state::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, encode};
use crate::terraform::value::json;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let resource = shared.resource(&request.type_name)?;
    let schema = resource.schema();
    let stored = request.raw_state.unwrap_or_default();
    if stored.json.is_empty() {
        return Err(Diagnostic::error(
            "Stored object too old",
            format!(
                "The state holds a {} in the form of Terraform 0.11 or older, which no version of \
                 this provider has written. Remove it with `terraform state rm` and import the \
                 object anew.",
                request.type_name
            ),
        ));
    }
    let unreadable = |why: &dyn Display| {
        Diagnostic::error(
            "Cannot read the stored object",
            format!(
                "The state holds a {} that the provider cannot read: {why}. Restore the state \
                 from a backup, or remove the object with `terraform state rm` and import it \
                 anew.",
                request.type_name
            ),
        )
    };
    let stored = resource.upgrade(request.version, stored.json.into())?;
    let object = json::decode_state(&stored, schema.ty()).map_err(|e| unreadable(&e))?;
    if object.is_null() {
        // An upgrade never ends in no object.
        return Err(unreadable(&"it is null"));
    }
    let object = schema.block().without_write_only(object);
    resource.note_in_state(&object).await;
    Ok(Response {
        upgraded_state: Some(encode(&object, schema.ty(), "upgraded object")?),
        diagnostics: Vec::new(),
    })
}
