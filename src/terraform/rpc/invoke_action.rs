//! `InvokeAction`: no actions are offered.

use crate::proto::tfplugin6::invoke_action::{Event, Request};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::{Shared, unsupported};

pub(in crate::terraform) async fn respond(
    _: &Shared,
    request: Request,
) -> Result<Event, Diagnostic> {
    Err(unsupported("action", &request.action_type))
}
