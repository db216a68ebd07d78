//! What message and voice routes have in common, which is all but their arguments.
//!
//! `message_route/` and `voice_route/` say what a route of their kind is: its attributes, and which
//! of them the API tells. Planning, making, reading, changing and deleting stand here once.

mod arguments;
mod checks;
mod create;
mod delete;
mod explain;
mod found;
mod import;
mod plan;
mod read;
mod update;

use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::account::{Account, Connection};
use super::diagnostics::shown;
use crate::joonto::{AccountId, NumberRecord, Route, RouteId, Told};
use crate::terraform::identity::Identity;
use crate::terraform::resource::{Call, Creation, Failure, Plan, Reading, Stored, Update, Updated};
use crate::terraform::schema::Model;
use crate::terraform::{Attr, Diagnostic, Diagnostics, Resource};
use crate::wait::Waits;

pub(super) use arguments::{
    Unset, arguments, change, change_secret, check_secret, is_still_told, tell, tell_switch,
};
pub(super) use checks::{
    authentication, http_url, method, not_empty, one_of, optional, port, required, uri,
    whole_number,
};
pub(super) use create::agrees;
pub(super) use found::{FoundRoute, FoundRoutes, RouteDataSource, RoutesDataSource, found, heard};

/// How long one operation on a route may take.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// What Terraform keeps of a route of one kind.
pub(super) trait RouteObject: Model + PartialEq {
    /// The same route as the API tells it.
    type Told: Route;

    /// The resource's type.
    const TYPE_NAME: &'static str;
    /// What texts call it.
    const NOUN: &'static str;
    /// How ids of this kind begin.
    const PREFIX: &'static str;
    /// What identifies a route of this kind.
    const IDENTITY: Identity;
    /// How ids of the other kind begin, and what that is.
    const OTHER: (&'static str, &'static str);

    /// The attributes that routes of each kind have.
    fn common(&self) -> Common<&Attr<String>, &Attr<bool>>;

    /// The same, to be changed.
    fn common_mut(&mut self) -> Common<&mut Attr<String>, &mut Attr<bool>>;

    /// What the API is to be told so that `prior` becomes this. What is never stored is in
    /// `config` alone.
    fn changes(&self, prior: &Self, config: &Self) -> <Self::Told as Route>::Settings;

    /// The settings that are to be taken away.
    fn cleared(settings: &<Self::Told as Route>::Settings) -> Vec<&'static str>;

    /// Brings this up to what the API tells.
    fn refresh(&mut self, told: &Self::Told, unset: Unset);

    /// Of what was to be taken away, what is still there.
    fn not_cleared(
        settings: &<Self::Told as Route>::Settings,
        told: &Self::Told,
    ) -> Vec<&'static str>;

    /// Sets these attributes back to what they were.
    fn restore(&mut self, prior: &Self, names: &[&str]);

    /// Decides about switches that are left out of the configuration: off is as good as unset.
    fn plan_switches(&mut self, config: &Self, prior: Option<&Self>);

    /// Whether the told route is in service, if that is told.
    fn told_enabled(told: &Self::Told) -> &Told<bool>;

    /// Checks what spans attributes.
    fn validate(&self, diagnostics: &mut Diagnostics);

    /// Whether a route, new in the account, is the one that was to be made.
    fn is_made_as(&self, told: &Self::Told) -> bool;

    /// The route of this kind that a number takes.
    fn route_of(number: &NumberRecord) -> &Told<String>;

    /// What to say of a refused change beyond what the API says.
    fn hint(settings: &<Self::Told as Route>::Settings) -> Option<&'static str> {
        let _ = settings;
        None
    }

    /// Sees to it that a route just made is as it was asked for.
    fn settle(
        &mut self,
        made: &Self::Told,
        connection: &Connection,
        call: &Call<RouteResource<Self>>,
        waits: &Waits,
    ) -> impl Future<Output = ()> + Send {
        let _ = (made, connection, call, waits);
        async {}
    }
}

/// The attributes that routes of each kind have.
pub(super) struct Common<Text, Flag> {
    pub(super) id: Text,
    pub(super) route_id: Text,
    pub(super) route_name: Text,
    pub(super) account_id: Text,
    pub(super) account_fingerprint: Text,
    pub(super) enabled: Flag,
}

/// A resource for one kind of route.
#[derive(Debug)]
pub(super) struct RouteResource<R> {
    account: Account,
    /// Held while a route is made: one whose answer is lost is told from others by being the only
    /// new one.
    making: Mutex<()>,
    kind: PhantomData<fn() -> R>,
}

impl<R> RouteResource<R> {
    /// Routes of `account`.
    pub(super) fn new(account: Account) -> Self {
        Self {
            account,
            making: Mutex::default(),
            kind: PhantomData,
        }
    }
}

/// What is kept beside a route.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Private {
    /// The object was just imported, and a read has yet to fill it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    imported: bool,
}

impl<R: RouteObject> Resource for RouteResource<R> {
    type Object = R;
    type Private = Private;

    const TYPE_NAME: &'static str = R::TYPE_NAME;

    const IDENTITY: Option<Identity> = Some(R::IDENTITY);

    fn identity(&self, route: &R) -> Option<String> {
        route.common().route_id.as_str().map(str::to_owned)
    }

    fn validate(&self, config: &R, diagnostics: &mut Diagnostics) {
        config.validate(diagnostics);
    }

    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        plan::create(creation, diagnostics)
    }

    fn plan_update(&self, update: Update<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        plan::update(update, diagnostics)
    }

    fn plan_destroy(&self, prior: &R, diagnostics: &mut Diagnostics) {
        diagnostics.push(plan::farewell(prior, "destroys"));
    }

    async fn create(
        &self,
        planned: Stored<Self>,
        call: &Call<Self>,
    ) -> Result<Stored<Self>, Failure> {
        let connection = self.account.connection()?;
        create::create(&connection, &self.making, planned.object, call).await
    }

    async fn read(
        &self,
        current: Stored<Self>,
        call: &Call<Self>,
    ) -> Result<Reading<Self>, Failure> {
        read::read(&self.account.connection()?, current, call).await
    }

    async fn update(&self, prior: R, planned: Stored<Self>, call: &Call<Self>) -> Updated<Self> {
        update::update(&self.account, prior, planned.object, call).await
    }

    async fn delete(&self, prior: Stored<Self>, call: &Call<Self>) -> Result<(), Failure> {
        delete::delete(&self.account.connection()?, &prior.object, call).await
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        import::import(id)
    }
}

/// What messages call a route: by its name, and its id once it has one.
fn name_of<R: RouteObject>(route: &R) -> String {
    let common = route.common();
    match (common.route_name.as_str(), common.route_id.as_str()) {
        (Some(name), Some(id)) => format!("{} {} ({id})", R::NOUN, shown(name)),
        (Some(name), None) => format!("{} {}", R::NOUN, shown(name)),
        (None, Some(id)) => format!("{} {id}", R::NOUN),
        (None, None) => format!("the {}", R::NOUN),
    }
}

/// The id to call the API with.
fn id_of<R: RouteObject>(route: &R) -> Result<RouteId, Diagnostic> {
    let id = route.common().route_id.as_str();
    id.and_then(|id| RouteId::parse(id).ok())
        .ok_or_else(explain::nothing_to_ask_by::<R>)
}

/// The account a route is to belong to, where one is named.
fn account_of<R: RouteObject>(route: &R, connection: &Connection) -> Option<AccountId> {
    let own = route.common().account_id.as_str();
    let named = own.filter(|id| !id.trim().is_empty());
    named
        .or(connection.account_id.as_deref())
        .and_then(|id| AccountId::parse(id).ok())
}

fn stored<R: RouteObject>(object: R) -> Stored<RouteResource<R>> {
    Stored {
        object,
        private: Private::default(),
    }
}
