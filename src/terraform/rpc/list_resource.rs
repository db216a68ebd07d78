//! `ListResource`: the objects there are, one event each.

use tokio::sync::mpsc;

use super::Registry;
use crate::proto::tfplugin6::list_resource::{Event, Request};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::list_resource::Find;
use crate::terraform::resource::AnyResource;

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
    events: &mpsc::Sender<Event>,
) -> Result<(), Diagnostic> {
    let list = registry.list_resources.get(&request.type_name)?;
    let resource = registry.resources.get(&request.type_name)?;
    let config = list.decode(request.config.as_ref(), "configuration")?;
    let limit = u64::try_from(request.limit).unwrap_or(0);
    let (sender, mut finds) = mpsc::channel(1);
    // Done with, it drops what it reads from, and nobody waits for it.
    let passing_on = async move {
        while let Some(find) = finds.recv().await {
            let Some(event) = event(resource, find, request.include_resource_object)? else {
                continue;
            };
            if events.send(event).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let listing = list.list(config, limit, sender, registry.context());
    let both = async { tokio::join!(listing, passing_on) };
    // Terraform drops the stream as soon as it has enough.
    let (diagnostics, passed_on) = tokio::select! {
        ended = both => ended,
        () = events.closed() => return Ok(()),
    };
    passed_on?;
    let last = Event {
        diagnostic: diagnostics?.into_wire(),
        ..Event::default()
    };
    if !last.diagnostic.is_empty() {
        // If nobody listens any more, nobody misses it.
        let _ = events.send(last).await;
    }
    Ok(())
}

/// The event of one object; none for one that has no identity yet, and so cannot be imported.
fn event(
    resource: &dyn AnyResource,
    find: Find,
    with_object: bool,
) -> Result<Option<Event>, Diagnostic> {
    let Some(identity) = resource.identity(&find.object)? else {
        return Ok(None);
    };
    let object = match with_object {
        true => resource.encode(&find.object, "listed object")?,
        false => None,
    };
    Ok(Some(Event {
        identity: Some(identity),
        display_name: find.display_name,
        resource_object: object,
        diagnostic: Vec::new(),
    }))
}
