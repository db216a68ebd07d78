//! Managed resources: the trait they are written against, and what stands between it and the
//! wire's values.

mod erased;
#[cfg(test)]
pub(in crate::terraform) mod tests;

use std::future::Future;
use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::sync::locked;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::identity::IdentitySchema;
use super::invocation::Invocation;
use super::schema::Model;

pub use super::failure::Failure;
pub use erased::{AnyResource, erase};

/// A managed resource, written against typed objects.
///
/// Validation and planning make no calls and depend on nothing but their arguments: Terraform
/// plans again while applying and refuses a plan that differs.
pub trait Resource: Send + Sync + 'static {
    /// The object Terraform keeps for it.
    type Object: Model;

    /// What the provider keeps beside the object, out of the user's sight. Not for secrets: it
    /// stands in the state file.
    type Private: Clone + std::fmt::Debug + Default + DeserializeOwned + Send + Serialize + Sync;

    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// The version of stored objects. Raise it when older ones need an
    /// [`upgrade`](Self::upgrade). An attribute that is new or gone needs none.
    const VERSION: i64 = 0;

    /// Brings the attributes of an object that version `from` stored, as they stand in the state
    /// file, to those of [`VERSION`](Self::VERSION). What is missing then is null, and what is
    /// unknown is dropped.
    ///
    /// # Errors
    ///
    /// When no version has stored such an object.
    fn upgrade(&self, from: i64, stored: StoredAttributes) -> Result<StoredAttributes, Diagnostic> {
        let _ = from;
        Ok(stored)
    }

    /// What identifies an object, and what [`import`](Self::import) finds it by.
    const IDENTITY: IdentitySchema;

    /// Notes that Terraform's state holds this object. Called once for each object, before it is
    /// read or planned, also without a refresh, and also if it comes from another address.
    fn note_in_state(&self, _object: &Self::Object) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Prepares for a plan, which itself makes no calls.
    fn prepare_plan(&self, _waits: &Context) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Checks a configuration beyond what the schema says. Unknown values stand for anything.
    fn validate(&self, config: &Self::Object, diagnostics: &mut Diagnostics);

    /// Plans a new object.
    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self>;

    /// Plans a change of an existing object, or none.
    fn plan_update(&self, update: PlanUpdate<Self>, diagnostics: &mut Diagnostics) -> Plan<Self>;

    /// Plans the end of an object: the place to warn, or to refuse.
    fn plan_destroy(&self, prior: &Self::Object, diagnostics: &mut Diagnostics);

    /// Makes the object. An error means that nothing was made.
    ///
    /// Known values of `planned` stay as they are, whatever the API returns: only what was unknown
    /// is filled in.
    fn create(
        &self,
        planned: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> impl Future<Output = Result<Stored<Self>, Failure>> + Send;

    /// Reads the object as it is now.
    fn read(
        &self,
        current: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> impl Future<Output = Result<ReadResult<Self>, Failure>> + Send;

    /// Brings the object from `prior` to `planned`. An error means that nothing was changed, unless
    /// the call [kept](ResourceInvocation::keep) what is there now.
    fn update(
        &self,
        prior: Self::Object,
        planned: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> impl Future<Output = Result<Stored<Self>, Failure>> + Send;

    /// Ends the object. An error means that it is still there.
    fn delete(
        &self,
        prior: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Turns what the user gave to `terraform import` into an object that
    /// [`read`](Self::read) can complete.
    ///
    /// # Errors
    ///
    /// When the text does not have a form this resource can be imported by.
    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic>;
}

/// The attributes of an object as they stand in the state file.
pub type StoredAttributes = serde_json::Map<String, serde_json::Value>;

/// An object with what is kept beside it.
#[derive(Debug)]
pub struct Stored<R: Resource + ?Sized> {
    /// The object.
    pub object: R::Object,
    /// What is kept beside it.
    pub private: R::Private,
}

impl<R: Resource + ?Sized> Clone for Stored<R> {
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            private: self.private.clone(),
        }
    }
}

/// A new object to be planned.
#[derive(Debug)]
pub struct Creation<R: Resource + ?Sized> {
    /// What the user wrote.
    pub config: R::Object,
    /// The same with everything that the provider sets still unknown.
    pub proposed: R::Object,
    /// What was kept beside the object that this one replaces; `None` if it replaces none.
    pub replaced: Option<R::Private>,
}

/// A change to be planned.
#[derive(Debug)]
pub struct PlanUpdate<R: Resource + ?Sized> {
    /// The object as it is.
    pub prior: R::Object,
    /// What the user wrote.
    pub config: R::Object,
    /// What the user wrote, and prior values where the user wrote nothing and need not.
    pub proposed: R::Object,
    /// What is kept beside the object.
    pub private: R::Private,
}

/// A planned object.
#[derive(Debug)]
pub struct Plan<R: Resource + ?Sized> {
    /// The object as it will be; unknown where only applying can tell.
    pub object: R::Object,
    /// What will be kept beside it.
    pub private: R::Private,
    /// The attributes whose change makes a new object necessary.
    pub requires_replace: Vec<&'static str>,
}

/// What a read found.
#[derive(Debug)]
pub enum ReadResult<R: Resource + ?Sized> {
    /// The object as it is now.
    Present(Stored<R>),
    /// The object is no more. Terraform will plan to make it again.
    Removed,
}

/// One invocation under way: how it waits, and what must survive it.
#[derive(Debug)]
pub struct ResourceInvocation<R: Resource + ?Sized> {
    invocation: Invocation,
    config: R::Object,
    kept: Mutex<Option<Stored<R>>>,
}

impl<R: Resource + ?Sized> ResourceInvocation<R> {
    /// A call that waits as `context` says, and carries out what the user wrote.
    pub(super) fn new(context: Context, config: R::Object) -> Self {
        Self {
            invocation: Invocation::new(context),
            config,
            kept: Mutex::new(None),
        }
    }

    /// How the invocation waits.
    pub fn context(&self) -> &Context {
        self.invocation.context()
    }

    /// What the user wrote, when an object is made or changed; all null otherwise. The values of
    /// write-only attributes are here and nowhere else.
    pub fn config(&self) -> &R::Object {
        &self.config
    }

    /// Tells the user something that does not stop the invocation.
    pub fn warn_with(&self, warning: Diagnostic) {
        self.invocation.warn_with(warning);
    }

    /// Keeps what is known of an object that now exists: should the create die from here on, or the
    /// update or the delete fail, this is what Terraform stores.
    pub fn keep(&self, stored: Stored<R>) {
        *locked(&self.kept) = Some(stored);
    }

    /// Whether anything is kept.
    pub fn has_kept(&self) -> bool {
        locked(&self.kept).is_some()
    }
}
