//! `InvokeAction`: does something, telling of its progress.

use tokio::sync::mpsc;

use super::Registry;
use crate::proto::tfplugin6::invoke_action::event::{Completed, Progress, Type};
use crate::proto::tfplugin6::invoke_action::{Event, Request};
use crate::terraform::diagnostics::Diagnostic;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
    events: &mpsc::Sender<Event>,
) -> Result<(), Diagnostic> {
    let action = registry.actions.get(&request.action_type)?;
    let config = action.decode(request.config.as_ref(), "configuration")?;
    let (sender, mut messages) = mpsc::channel(1);
    let passing_on = async move {
        // To the end, even if nobody listens: what was begun must not wait for a reader.
        while let Some(message) = messages.recv().await {
            let _ = events
                .send(event(Type::Progress(Progress { message })))
                .await;
        }
    };
    let invoking = action.invoke(config, sender, registry.context());
    let (diagnostics, ()) = tokio::join!(invoking, passing_on);
    let completed = Completed {
        diagnostics: diagnostics?.into_wire(),
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
