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
use super::resource::Resource;
use super::schema::{AttrType, Model};
use super::value::Value;
use crate::context::{BoxFuture, Context};

/// A list resource, written against typed objects.
pub trait ListResource: Send + Sync + 'static {
    /// What the user may ask for.
    type Config: Model;

    /// The resource whose objects are listed. It has an identity.
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
pub trait AnyListResource: Offered {
    /// Checks a configuration.
    fn validate(&self, config: Value) -> Diagnostics;
    /// Lists at most `limit` objects.
    fn list(
        &self,
        config: Value,
        limit: u64,
        found: mpsc::Sender<Find>,
        context: Context,
    ) -> BoxFuture<'_, Result<Diagnostics, Diagnostic>>;
}

/// One object of a list.
#[derive(Debug)]
pub struct Find {
    pub(crate) display_name: String,
    pub(crate) object: Value,
}

/// Hides the types of a list resource.
#[must_use]
pub fn erase<L: ListResource>(list: L) -> Box<dyn AnyListResource> {
    Box::new(Erased::new::<L::Config>(L::Resource::TYPE_NAME, 0, list))
}

impl<L: ListResource> AnyListResource for Erased<L> {
    fn validate(&self, config: Value) -> Diagnostics {
        self.checked(config, L::validate)
    }

    fn list(
        &self,
        config: Value,
        limit: u64,
        found: mpsc::Sender<Find>,
        context: Context,
    ) -> BoxFuture<'_, Result<Diagnostics, Diagnostic>> {
        Box::pin(async move {
            let config = self.known_config(config)?;
            if limit == 0 {
                return Ok(Diagnostics::new());
            }
            let invocation = Invocation::new(context);
            let (sender, mut receiver) = mpsc::channel(1);
            let listing = async {
                let finds = Finds {
                    sender,
                    left: AtomicU64::new(limit),
                };
                self.inner.list(config, &finds, &invocation).await
            };
            let passing_on = async move {
                while let Some((display_name, object)) = receiver.recv().await {
                    let find = Find {
                        display_name,
                        object: known(object.into_value()),
                    };
                    if found.send(find).await.is_err() {
                        break;
                    }
                }
            };
            let (listed, ()) = tokio::join!(listing, passing_on);
            Ok(invocation.ended(listed.err()))
        })
    }
}

#[cfg(test)]
mod tests;
