//! `InvokeAction`: does something, telling of its progress.

use tokio::sync::mpsc;

use crate::proto::tfplugin6::invoke_action::event::{Completed, Progress, Type};
use crate::proto::tfplugin6::invoke_action::{Event, Request};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::value::decode;

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
    events: &mpsc::Sender<Event>,
) -> Result<(), Diagnostic> {
    let action = shared.action(&request.action_type)?;
    let ty = action.schema().ty();
    let config = decode(
        request.config.as_ref(),
        ty,
        "configuration of the action",
        &request.action_type,
    )?;
    let (sender, mut messages) = mpsc::channel(1);
    let passing_on = async move {
        // To the end, even if nobody listens: what was begun must not wait for a reader.
        while let Some(message) = messages.recv().await {
            let _ = events
                .send(event(Type::Progress(Progress { message })))
                .await;
        }
    };
    let (diagnostics, ()) = tokio::join!(action.invoke(config, sender, shared.waits()), passing_on);
    let completed = Completed {
        diagnostics: diagnostics.into_wire(),
    };
    let _ = events.send(event(Type::Completed(completed))).await;
    Ok(())
}

/// An event that is neither of the two would crash Terraform.
fn event(event: Type) -> Event {
    Event {
        r#type: Some(event),
    }
}
