//! `UpgradeResourceIdentity`: no resource type has an identity.

use crate::proto::tfplugin6::upgrade_resource_identity::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, unsupported};

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    Err(unsupported("resource identity", &request.type_name))
}
