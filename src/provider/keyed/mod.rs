//! Resources that are found by a natural key: everything beside numbers.
//!
//! [`KeyedResource`] is what each of them says for itself. What is the same for all of them stands
//! here, once: importing by the key, reads under other credentials, what a destroy leaves behind,
//! and what the state holds after a change that failed.

use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::joonto::Error;
use crate::provider::call::{Call, CallError, CallResult};
use crate::provider::diagnostics::objects;
use crate::provider::provider_data::{AccountObjects, ProviderData};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::resource::{
    Creation, Failure, Plan, PlanUpdate, ReadResult, ResourceInvocation, Stored,
};
use crate::terraform::schema::Model;
use crate::terraform::{Diagnostic, Diagnostics, Resource};

/// What identifies an object of which each number has one.
pub(super) const NUMBER_IDENTITY: IdentitySchema = IdentitySchema {
    attribute: "phone_number",
    of: "phone_number",
    description: "Number in international form (E.164), such as `+18016025346`.",
};

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

/// What is listed before a create, by which a lost response is recognized. None if these
/// credentials cannot tell.
pub(super) fn if_visible<T>(listed: Result<T, Error>) -> Result<Option<T>, Error> {
    match listed {
        Ok(listed) => Ok(Some(listed)),
        Err(error) if error.is_unauthorized() || error.is_incomplete() => Ok(None),
        Err(error) => Err(error),
    }
}

/// How long one operation may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// What one type of resource says for itself. Implemented by what Terraform keeps of it.
///
/// An attribute whose change makes another object necessary is declared with `replaces()`.
pub(super) trait KeyedResource: Model + PartialEq {
    /// The type's full name.
    const TYPE_NAME: &'static str;

    /// What identifies one, and what one is imported by.
    const IDENTITY: IdentitySchema;

    /// What a destroy leaves at the API, as a sentence; none where a destroy deletes the object.
    const STAYS: Option<&'static str>;

    /// What messages call it, such as `webhook WID-1`.
    fn name(&self) -> String;

    /// Whose credentials created it, where the object says so itself.
    fn account(&self) -> Option<&str> {
        None
    }

    /// A text about objects of any type, under the code that this type has for it.
    fn coded(text: Diagnostic) -> Diagnostic {
        text
    }

    /// The object that a key names, for a read to fill. The error says what is wrong with the key:
    /// "is no phone number".
    fn keyed(key: &str) -> Result<Self, &'static str>;

    /// Checks a configuration, or a planned object, beyond single attributes.
    fn validate(&self, _diagnostics: &mut Diagnostics) {}

    /// Notes that Terraform's state holds this object. Called before it is read or planned.
    fn note_in_state(&self, _data: &ProviderData) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Prepares for a plan, which itself makes no calls.
    fn prepare_plan(_data: &ProviderData) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// What the plan of a new object should say, as far as this account knows.
    fn say_at_plan(&self, _data: &ProviderData) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Says what a destroy does, where that is not plain; or refuses it.
    fn plan_destroy(&self, _data: Option<&ProviderData>) -> Vec<Diagnostic> {
        let name = self.name();
        Vec::from_iter(Self::STAYS.map(|stays| objects::will_stay(&name, stays)))
    }

    /// Why an object that a read does not find stays in state. None if it is removed.
    fn kept_if_missing(&self) -> Option<Diagnostic> {
        None
    }

    /// Completes a planned object: a new one if there is no `prior`. Makes no calls.
    fn plan(&mut self, _prior: Option<&Self>, _config: &Self, _diagnostics: &mut Diagnostics) {}

    /// Creates it. Where a lost response leaves open whether it was created, this finds out, and
    /// adopts it only if it is certain to be the one.
    fn create(self, call: &Call<Self>) -> impl Future<Output = CallResult<Self>> + Send;

    /// Reads it. None if the API says that there is none. `is_import`: nothing but the key is known
    /// of it.
    fn read(
        self,
        is_import: bool,
        call: &Call<Self>,
    ) -> impl Future<Output = CallResult<Option<Self>>> + Send;

    /// Brings it from `prior` to this, which is planned. After an error, the state holds what this
    /// [kept](Call::keep), or else what a read returns.
    fn update(
        self,
        prior: &Self,
        call: &Call<Self>,
    ) -> impl Future<Output = CallResult<Self>> + Send;

    /// Deletes it. Never called where something [stays](Self::STAYS).
    fn delete(&self, _call: &Call<Self>) -> impl Future<Output = CallResult<()>> + Send {
        std::future::ready(Ok(()))
    }
}

impl<K: KeyedResource> Call<'_, K> {
    /// Keeps an object as it is now: should the create die from here on, or the update fail,
    /// Terraform stores it.
    pub(super) fn keep(&self, object: &K) {
        self.invocation.keep(Stored {
            object: object.clone(),
            private: KeyedPrivate::of(&self.data),
        });
    }
}

/// Why a call failed, with the text of `describe` for an error of the API.
fn failed<K: KeyedResource>(
    problem: CallError,
    name: &str,
    describe: fn(&str, &Error) -> Diagnostic,
) -> Failure {
    match problem {
        CallError::Api(error) => K::coded(describe(name, &error)).into(),
        CallError::Said(diagnostic) => diagnostic.into(),
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
        object: &K,
        data: &ProviderData,
    ) -> Result<(), Diagnostic> {
        match self.account.as_deref().or(object.account()) {
            Some(theirs) if theirs != data.client.fingerprint().as_str() => {
                Err(K::coded(objects::another_account(&object.name())))
            }
            _ => Ok(()),
        }
    }
}

impl<K: KeyedResource> Resource for AccountObjects<K> {
    type Object = K;
    type Private = KeyedPrivate;

    const TYPE_NAME: &'static str = K::TYPE_NAME;

    const IDENTITY: IdentitySchema = K::IDENTITY;

    async fn note_in_state(&self, object: &K) {
        if let Ok(data) = self.handle.data() {
            object.note_in_state(&data).await;
        }
    }

    async fn prepare_plan(&self, _: &Context) {
        if let Ok(data) = self.handle.data() {
            K::prepare_plan(&data).await;
        }
    }

    fn validate(&self, config: &K, diagnostics: &mut Diagnostics) {
        config.validate(diagnostics);
    }

    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        let mut planned = creation.proposed;
        planned.plan(None, &creation.config, diagnostics);
        if let Ok(data) = self.handle.data() {
            diagnostics.extend(planned.say_at_plan(&data));
        }
        planned.validate(diagnostics);
        Plan {
            object: planned,
            private: KeyedPrivate::default(),
            requires_replace: Vec::new(),
        }
    }

    fn plan_update(&self, update: PlanUpdate<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        let mut planned = update.proposed;
        planned.plan(Some(&update.prior), &update.config, diagnostics);
        planned.validate(diagnostics);
        Plan {
            object: planned,
            private: update.private,
            requires_replace: Vec::new(),
        }
    }

    fn plan_destroy(&self, prior: &K, diagnostics: &mut Diagnostics) {
        diagnostics.extend(prior.plan_destroy(self.handle.data().ok().as_ref()));
    }

    async fn create(
        &self,
        planned: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        let call = Call::new(self, TIMEOUT, invocation)?;
        let name = planned.object.name();
        match planned.object.create(&call).await {
            Ok(object) => Ok(Stored {
                object,
                private: KeyedPrivate::of(&call.data),
            }),
            Err(problem) => Err(failed::<K>(problem, &name, objects::not_created)),
        }
    }

    async fn read(
        &self,
        current: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<ReadResult<Self>, Failure> {
        let call = Call::new(self, TIMEOUT, invocation)?;
        let Stored { object, private } = current;
        let name = object.name();
        match object.clone().read(private.imported, &call).await {
            Ok(Some(object)) => Ok(ReadResult::Present(Stored {
                object,
                private: KeyedPrivate::of(&call.data),
            })),
            Ok(None) if private.imported => {
                Err(K::coded(objects::not_imported(&name, K::TYPE_NAME)).into())
            }
            // Credentials that see the object own it, whatever they were before.
            Ok(None) => {
                private.refuse_another_account(&object, &call.data)?;
                match object.kept_if_missing() {
                    Some(why) => {
                        call.warn_with(why);
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
        prior: K,
        planned: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        let call = Call::new(self, TIMEOUT, invocation)?;
        let private = planned.private;
        private.refuse_another_account(&prior, &call.data)?;
        let problem = match planned.object.update(&prior, &call).await {
            Ok(object) => return Ok(Stored { object, private }),
            Err(problem) => problem,
        };
        // The state is to hold what the API has now.
        if !invocation.has_kept()
            && let Ok(Some(object)) = prior.clone().read(false, &call).await
            && object != prior
        {
            invocation.keep(Stored { object, private });
        }
        Err(failed::<K>(problem, &prior.name(), objects::not_changed))
    }

    async fn delete(
        &self,
        prior: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<(), Failure> {
        let Stored { object, private } = prior;
        let name = object.name();
        if let Some(stays) = K::STAYS {
            invocation.warn_with(objects::stays(&name, stays));
            return Ok(());
        }
        let call = Call::new(self, TIMEOUT, invocation)?;
        private.refuse_another_account(&object, &call.data)?;
        match object.delete(&call).await {
            Err(CallError::Api(error)) if error.is_not_found() => Ok(()),
            Err(problem) => Err(failed::<K>(problem, &name, objects::not_deleted)),
            Ok(()) => Ok(()),
        }
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        let id = id.trim();
        let not_a_key = |why| K::coded(objects::not_a_key(id, why, K::TYPE_NAME));
        let object = K::keyed(id).map_err(not_a_key)?;
        Ok(Stored {
            object,
            private: KeyedPrivate {
                imported: true,
                account: None,
            },
        })
    }
}
