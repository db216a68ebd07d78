//! Resources that are found by a natural key: everything beside numbers.
//!
//! [`KeyedResource`] is what each of them says for itself. What is the same for all of them stands
//! here, once: importing by the key, reads under other credentials, what a destroy leaves behind,
//! and what the state holds after a change that failed.

mod error;

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::joonto::Error;
use crate::provider::diagnostics::objects;
use crate::provider::provider_data::{ProviderData, ProviderHandle};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::resource::{
    Creation, Failure, Plan, PlanUpdate, ReadResult, ResourceInvocation, Stored,
};
use crate::terraform::schema::Model;
use crate::terraform::{Diagnostic, Diagnostics, Resource};

pub(super) use error::KeyedError;

/// Why a number that such an object is for can be null.
pub(super) const PENDING: &str = "If it comes from a joonto_number, the number has none yet: its \
                                  order is pending. Refresh, then apply again.";

/// How long to wait before each look for what a lost response was about: lists may lag.
pub(super) const LOOKS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(6),
];

/// How long one operation may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// What one type of resource says for itself.
///
/// An attribute whose change makes another object necessary is declared with `replaces()`.
pub(super) trait KeyedResource: Debug + Default + Send + Sync + 'static {
    /// What Terraform keeps of it.
    type Object: Model + PartialEq;

    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// What identifies one, and what one is imported by.
    const IDENTITY: IdentitySchema;

    /// What a destroy leaves at the API, as a sentence; none where a destroy deletes the object.
    const STAYS: Option<&'static str>;

    /// The value of its identity, once it has one.
    fn key(object: &Self::Object) -> Option<String>;

    /// What messages call it, such as `webhook WID-1`.
    fn name(object: &Self::Object) -> String;

    /// Whose credentials created it, where the object says so itself.
    fn account(object: &Self::Object) -> Option<&str> {
        let _ = object;
        None
    }

    /// A text about objects of any type, under the code that this type has for it.
    fn coded(text: Diagnostic) -> Diagnostic {
        text
    }

    /// The object that a key names, for a read to fill. The error says what is wrong with the key:
    /// "is no phone number".
    fn keyed(key: &str) -> Result<Self::Object, &'static str>;

    /// Checks a configuration, or a planned object, beyond single attributes.
    fn validate(object: &Self::Object, diagnostics: &mut Diagnostics);

    /// Notes that Terraform's state holds this object. Called before it is read or planned.
    fn note_in_state(
        data: &ProviderData,
        object: &Self::Object,
    ) -> impl Future<Output = ()> + Send {
        let _ = (data, object);
        std::future::ready(())
    }

    /// Prepares for a plan, which itself makes no calls.
    fn prepare_plan(data: &ProviderData) -> impl Future<Output = ()> + Send {
        let _ = data;
        std::future::ready(())
    }

    /// What the plan of a new object should say, as far as this account knows.
    fn say_at_plan(data: &ProviderData, planned: &Self::Object) -> Vec<Diagnostic> {
        let _ = (data, planned);
        Vec::new()
    }

    /// Says what a destroy does, where that is not plain; or refuses it.
    fn plan_destroy(data: Option<&ProviderData>, prior: &Self::Object) -> Vec<Diagnostic> {
        let _ = data;
        let name = Self::name(prior);
        Vec::from_iter(Self::STAYS.map(|stays| objects::will_stay(&name, stays)))
    }

    /// Why an object that a read does not find stays in state. None if it is removed.
    fn kept_if_missing(current: &Self::Object) -> Option<Diagnostic> {
        let _ = current;
        None
    }

    /// Completes a plan: for a new object if there is no `prior`. Makes no calls.
    fn plan(
        prior: Option<&Self::Object>,
        planned: &mut Self::Object,
        config: &Self::Object,
        diagnostics: &mut Diagnostics,
    ) {
        let _ = (prior, planned, config, diagnostics);
    }

    /// Creates it. Where a lost response leaves open whether it was created, this finds out, and
    /// adopts it only if it is certain to be the one.
    fn create(
        data: &ProviderData,
        planned: Self::Object,
        call: &Call<Self>,
        context: &Context,
    ) -> impl Future<Output = Result<Self::Object, KeyedError>> + Send;

    /// Reads it. None if the API says that there is none. `is_import`: nothing but the key is known
    /// of it.
    fn read(
        data: &ProviderData,
        current: Self::Object,
        is_import: bool,
        call: &Call<Self>,
        context: &Context,
    ) -> impl Future<Output = Result<Option<Self::Object>, KeyedError>> + Send;

    /// Brings it from `prior` to `planned`. After an error, the state holds what this [kept](keep),
    /// or else what a read returns.
    fn update(
        data: &ProviderData,
        prior: &Self::Object,
        planned: Self::Object,
        call: &Call<Self>,
        context: &Context,
    ) -> impl Future<Output = Result<Self::Object, KeyedError>> + Send;

    /// Deletes it. Never called where something [stays](Self::STAYS).
    fn delete(
        data: &ProviderData,
        prior: &Self::Object,
        call: &Call<Self>,
        context: &Context,
    ) -> impl Future<Output = Result<(), KeyedError>> + Send {
        let _ = (data, prior, call, context);
        std::future::ready(Ok(()))
    }
}

/// One invocation for a resource of that type.
pub(super) type Call<K> = ResourceInvocation<Keyed<K>>;

/// Keeps an object as it is now: should the create die from here on, or the update fail, Terraform
/// stores it.
pub(super) fn keep<K: KeyedResource>(call: &Call<K>, data: &ProviderData, object: &K::Object) {
    call.keep(Stored {
        object: object.clone(),
        private: KeyedPrivate::of(data),
    });
}

/// Why a call failed, with the text of `describe` for an error of the API.
fn failed<K: KeyedResource>(
    problem: KeyedError,
    name: &str,
    describe: fn(&str, &Error) -> Diagnostic,
) -> Failure {
    match problem {
        KeyedError::Api(error) => K::coded(describe(name, &error)).into(),
        KeyedError::Said(diagnostic) => diagnostic.into(),
    }
}

/// The resource for one type.
#[derive(Debug)]
pub(super) struct Keyed<K> {
    handle: ProviderHandle,
    resource: std::marker::PhantomData<K>,
}

impl<K> Keyed<K> {
    /// Objects of the account that `handle` leads to.
    pub(super) fn new(handle: &ProviderHandle) -> Self {
        Self {
            handle: handle.clone(),
            resource: std::marker::PhantomData,
        }
    }
}

/// What is kept beside an object.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct KeyedPrivate {
    /// The object was just imported, and a read has yet to fill it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    imported: bool,
    /// Whose credentials created or imported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

impl KeyedPrivate {
    fn of(data: &ProviderData) -> Self {
        Self {
            imported: false,
            account: Some(data.client.fingerprint().to_string()),
        }
    }

    /// To another account it never existed: that it is missing proves nothing.
    fn refuse_another_account<K: KeyedResource>(
        &self,
        object: &K::Object,
        data: &ProviderData,
    ) -> Result<(), Diagnostic> {
        match self.account.as_deref().or(K::account(object)) {
            Some(theirs) if theirs != data.client.fingerprint().as_str() => {
                Err(K::coded(objects::another_account(&K::name(object))))
            }
            _ => Ok(()),
        }
    }
}

impl<K: KeyedResource> Resource for Keyed<K> {
    type Object = K::Object;
    type Private = KeyedPrivate;

    const TYPE_NAME: &'static str = K::TYPE_NAME;

    const IDENTITY: Option<IdentitySchema> = Some(K::IDENTITY);

    fn identity(&self, object: &K::Object) -> Option<String> {
        K::key(object)
    }

    async fn note_in_state(&self, object: &K::Object) {
        if let Ok(data) = self.handle.data() {
            K::note_in_state(&data, object).await;
        }
    }

    async fn prepare_plan(&self, _: &Context) {
        if let Ok(data) = self.handle.data() {
            K::prepare_plan(&data).await;
        }
    }

    fn validate(&self, config: &K::Object, diagnostics: &mut Diagnostics) {
        K::validate(config, diagnostics);
    }

    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        let mut planned = creation.proposed;
        K::plan(None, &mut planned, &creation.config, diagnostics);
        if let Ok(data) = self.handle.data() {
            diagnostics.extend(K::say_at_plan(&data, &planned));
        }
        K::validate(&planned, diagnostics);
        Plan {
            object: planned,
            private: KeyedPrivate::default(),
            requires_replace: Vec::new(),
        }
    }

    fn plan_update(&self, update: PlanUpdate<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        let mut planned = update.proposed;
        K::plan(
            Some(&update.prior),
            &mut planned,
            &update.config,
            diagnostics,
        );
        K::validate(&planned, diagnostics);
        Plan {
            object: planned,
            private: update.private,
            requires_replace: Vec::new(),
        }
    }

    fn plan_destroy(&self, prior: &K::Object, diagnostics: &mut Diagnostics) {
        let data = self.handle.data().ok();
        diagnostics.extend(K::plan_destroy(data.as_ref(), prior));
    }

    async fn create(&self, planned: Stored<Self>, call: &Call<K>) -> Result<Stored<Self>, Failure> {
        let data = self.handle.data()?;
        let name = K::name(&planned.object);
        let context = call.context().within(TIMEOUT);
        match K::create(&data, planned.object, call, &context).await {
            Ok(object) => Ok(Stored {
                object,
                private: KeyedPrivate::of(&data),
            }),
            Err(problem) => Err(failed::<K>(problem, &name, objects::not_created)),
        }
    }

    async fn read(
        &self,
        current: Stored<Self>,
        call: &Call<K>,
    ) -> Result<ReadResult<Self>, Failure> {
        let data = self.handle.data()?;
        let Stored {
            object: current,
            private,
        } = current;
        let name = K::name(&current);
        let before = current.clone();
        let context = call.context().within(TIMEOUT);
        match K::read(&data, current, private.imported, call, &context).await {
            Ok(Some(object)) => Ok(ReadResult::Present(Stored {
                object,
                private: KeyedPrivate::of(&data),
            })),
            Ok(None) if private.imported => {
                Err(K::coded(objects::not_imported(&name, K::TYPE_NAME)).into())
            }
            // Credentials that see the object own it, whatever they were before.
            Ok(None) => {
                private.refuse_another_account::<K>(&before, &data)?;
                match K::kept_if_missing(&before) {
                    Some(why) => {
                        call.warn_with(why);
                        let object = before;
                        Ok(ReadResult::Present(Stored { object, private }))
                    }
                    None => {
                        call.warn_with(K::coded(objects::gone(&name)));
                        Ok(ReadResult::Removed)
                    }
                }
            }
            Err(problem) => Err(failed::<K>(problem, &name, objects::unreadable)),
        }
    }

    async fn update(
        &self,
        prior: K::Object,
        planned: Stored<Self>,
        call: &Call<K>,
    ) -> Result<Stored<Self>, Failure> {
        let data = self.handle.data()?;
        let private = planned.private;
        private.refuse_another_account::<K>(&prior, &data)?;
        let context = call.context().within(TIMEOUT);
        let problem = match K::update(&data, &prior, planned.object, call, &context).await {
            Ok(object) => return Ok(Stored { object, private }),
            Err(problem) => problem,
        };
        // The state is to hold what the API has now.
        if !call.has_kept()
            && let Ok(Some(object)) = K::read(&data, prior.clone(), false, call, &context).await
            && object != prior
        {
            call.keep(Stored { object, private });
        }
        Err(failed::<K>(problem, &K::name(&prior), objects::not_changed))
    }

    async fn delete(&self, prior: Stored<Self>, call: &Call<K>) -> Result<(), Failure> {
        let name = K::name(&prior.object);
        if let Some(stays) = K::STAYS {
            call.warn_with(objects::stays(&name, stays));
            return Ok(());
        }
        let data = self.handle.data()?;
        let Stored { object, private } = prior;
        private.refuse_another_account::<K>(&object, &data)?;
        let context = call.context().within(TIMEOUT);
        match K::delete(&data, &object, call, &context).await {
            Err(KeyedError::Api(error)) if error.is_not_found() => Ok(()),
            Err(problem) => Err(failed::<K>(problem, &name, objects::not_deleted)),
            Ok(()) => Ok(()),
        }
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        let id = id.trim();
        let object =
            K::keyed(id).map_err(|why| K::coded(objects::not_a_key(id, why, K::TYPE_NAME)))?;
        Ok(Stored {
            object,
            private: KeyedPrivate {
                imported: true,
                account: None,
            },
        })
    }
}
