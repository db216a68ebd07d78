//! List resources: the objects there are, of which Terraform may keep none yet.

use std::future::Future;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::consistency::known;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use super::invocation::Invocation;
use super::offered::{Erased, Offered};
use super::resource::{AnyResource, Resource};
use super::schema::{AttrType, Model};
use crate::context::Context;
use crate::proto::tfplugin6::DynamicValue;
use crate::proto::tfplugin6::list_resource::{Event, Request};

/// A list resource, written against typed objects.
pub trait ListResource: Send + Sync + 'static {
    /// What the user may ask for.
    type Config: Model;

    /// The resource whose objects are listed.
    type Resource: Resource;

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, config: &Self::Config, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Lists the objects, one by one, until all are or nobody wants more.
    fn list(
        &self,
        config: Self::Config,
        finds: &Finds<Self::Resource>,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Where the objects of a list go. Each waits for the one before to be taken, so that nothing is
/// looked up that nobody wants.
#[derive(Debug)]
pub struct Finds<R: Resource> {
    sender: mpsc::Sender<(String, R::Object)>,
    left: AtomicU64,
}

impl<R: Resource> Finds<R> {
    /// Adds an object, under a name that people recognise. The result tells whether to go on.
    pub async fn add(&self, display_name: String, object: R::Object) -> ControlFlow<()> {
        let left = self.left.fetch_sub(1, Ordering::Relaxed);
        let taken = self.sender.send((display_name, object)).await.is_ok();
        match taken && left > 1 {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}

/// A [`ListResource`] without its types. Made by [`erase`]. Its name is that of the type whose
/// objects it lists.
#[tonic::async_trait]
pub trait AnyListResource: Offered {
    /// Checks a configuration.
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics;
    /// Lists objects of `resource`, one event each.
    async fn list(
        &self,
        request: Request,
        resource: &dyn AnyResource,
        events: mpsc::Sender<Event>,
        context: Context,
    ) -> Result<(), Diagnostic>;
}

/// Hides the types of a list resource.
pub fn erase<L: ListResource>(list: L) -> Box<dyn AnyListResource> {
    Box::new(Erased::new::<L::Config>(L::Resource::TYPE_NAME, 0, list))
}

#[tonic::async_trait]
impl<L: ListResource> AnyListResource for Erased<L> {
    fn validate(&self, config: Option<DynamicValue>) -> Diagnostics {
        self.validated(config, L::validate)
    }

    async fn list(
        &self,
        request: Request,
        resource: &dyn AnyResource,
        events: mpsc::Sender<Event>,
        context: Context,
    ) -> Result<(), Diagnostic> {
        let config = self.decode(request.config.as_ref(), "configuration")?;
        let config = self.known_config(config)?;
        let limit = u64::try_from(request.limit).unwrap_or(0);
        if limit == 0 {
            return Ok(());
        }
        let invocation = Invocation::new(context);
        let (sender, receiver) = mpsc::channel(1);
        let left = AtomicU64::new(limit);
        let listing = async {
            let finds = Finds { sender, left };
            self.inner.list(config, &finds, &invocation).await
        };
        // Done with, it drops what it reads from, and nobody waits for it.
        let passing_on = async {
            let mut receiver = receiver;
            while let Some((display_name, object)) = receiver.recv().await {
                let object = known(object.into_value());
                // One that has no identity yet cannot be imported.
                let Some(identity) = resource.identity(&object)? else {
                    continue;
                };
                let resource_object = match request.include_resource_object {
                    true => resource.encode(&object, "listed object")?,
                    false => None,
                };
                let event = Event {
                    identity: Some(identity),
                    display_name,
                    resource_object,
                    diagnostic: Vec::new(),
                };
                if events.send(event).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let both = async { tokio::join!(listing, passing_on) };
        // Terraform drops the stream as soon as it has enough.
        let (listed, passed_on) = tokio::select! {
            ended = both => ended,
            () = events.closed() => return Ok(()),
        };
        passed_on?;
        let last = Event {
            diagnostic: invocation.ended(listed.err()).into_wire(),
            ..Event::default()
        };
        if !last.diagnostic.is_empty() {
            // If nobody listens any more, nobody misses it.
            let _ = events.send(last).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
