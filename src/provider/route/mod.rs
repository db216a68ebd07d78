//! `joonto_message_route` and `joonto_voice_route`: where a number's messages and calls go.
//!
//! The tables in `joonto` say what routes of a kind have, and `model` makes all that Terraform sees
//! of them. Planning, creating, reading, changing and deleting are the same for both. What a table
//! cannot say of its kind stands in `message` and `voice`.

mod create;
mod data_sources;
mod delete;
mod import;
mod message;
mod model;
mod plan;
mod read;
mod update;
mod validators;
mod voice;

use std::marker::PhantomData;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::diagnostics::routes;
use super::provider_data::{ProviderData, ProviderHandle};
use crate::joonto::{AccountId, RouteId};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::resource::{
    Creation, Failure, Plan, PlanUpdate, ReadResult, ResourceInvocation, Stored,
};
use crate::terraform::{Diagnostic, Diagnostics, Resource};

pub(super) use data_sources::data_sources;
use model::{ManagedRoute, RouteModel};

/// How long one operation on a route may take.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The resource for one kind of route.
#[derive(Debug)]
pub(super) struct RouteResource<K> {
    handle: ProviderHandle,
    /// Held while a route is created: one whose response is lost is recognized by being the
    /// only new one.
    creating: Mutex<()>,
    kind: PhantomData<K>,
}

impl<K> RouteResource<K> {
    /// Routes of `account`.
    pub(super) fn new(handle: ProviderHandle) -> Self {
        Self {
            handle,
            creating: Mutex::default(),
            kind: PhantomData,
        }
    }
}

/// What is kept beside a route.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct RoutePrivate {
    /// The object was just imported, and a read has yet to fill it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    imported: bool,
}

impl<K: ManagedRoute> Resource for RouteResource<K> {
    type Object = RouteModel<K>;
    type Private = RoutePrivate;

    const TYPE_NAME: &'static str = K::TYPE_NAME;

    const IDENTITY: Option<IdentitySchema> = Some(K::IDENTITY);

    fn identity(&self, route: &RouteModel<K>) -> Option<String> {
        route.text("route_id").map(str::to_owned)
    }

    fn validate(&self, config: &RouteModel<K>, diagnostics: &mut Diagnostics) {
        config.validate(diagnostics);
    }

    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        plan::create(creation, diagnostics)
    }

    fn plan_update(&self, update: PlanUpdate<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        plan::update(update, diagnostics)
    }

    fn plan_destroy(&self, prior: &RouteModel<K>, diagnostics: &mut Diagnostics) {
        diagnostics.push(routes::departs(&prior.name(), false));
    }

    async fn create(
        &self,
        planned: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        let data = self.handle.data()?;
        create::create(&data, &self.creating, planned.object, call).await
    }

    async fn read(
        &self,
        current: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> Result<ReadResult<Self>, Failure> {
        read::read(&self.handle.data()?, current, call).await
    }

    async fn update(
        &self,
        prior: RouteModel<K>,
        planned: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        update::update(&self.handle, prior, planned.object, call).await
    }

    async fn delete(
        &self,
        prior: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> Result<(), Failure> {
        delete::delete(&self.handle.data()?, &prior.object, call).await
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        import::import(id)
    }
}

/// The id to call the API with.
fn id_of<K: ManagedRoute>(route: &RouteModel<K>) -> Result<RouteId, Diagnostic> {
    let id = route.text("route_id");
    id.and_then(|id| RouteId::parse(id).ok())
        .ok_or_else(|| routes::without_id(K::TYPE_NAME))
}

/// The account a route is to belong to, where one is named.
fn account_of<K: ManagedRoute>(route: &RouteModel<K>, data: &ProviderData) -> Option<AccountId> {
    let own = route.text("account_id").filter(|id| !id.is_empty());
    own.or(data.account_id.as_deref())
        .and_then(|id| AccountId::parse(id).ok())
}

/// To another account it never existed, so that it is missing proves nothing.
fn refuse_another_account<K: ManagedRoute>(
    route: &RouteModel<K>,
    data: &ProviderData,
) -> Result<(), Diagnostic> {
    let ours = data.client.fingerprint();
    match route.text("account_fingerprint") {
        Some(theirs) if theirs != ours.as_str() => Err(routes::another_account(&route.name())),
        _ => Ok(()),
    }
}

fn stored<K: ManagedRoute>(object: RouteModel<K>) -> Stored<RouteResource<K>> {
    Stored {
        object,
        private: RoutePrivate::default(),
    }
}
