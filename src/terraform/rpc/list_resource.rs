//! `ListResource`: no list resources are offered.

use crate::proto::tfplugin6::list_resource::{Event, Request};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, unsupported};

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Event, Diagnostic> {
    Err(unsupported("list resource", &request.type_name))
}
