//! Message and voice routes: where incoming messages and calls go.
//!
//! Each kind is one table, in `message` and `voice`, of settings with their names in the API; what
//! is sent and what is read both come from it. The calls are the same for both, and stand here.

#[cfg(feature = "fuzzing")]
pub(super) mod fuzzing;
mod message;
mod route_list;
mod table;
mod values;
mod voice;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::account_lists::AccountLists;
use super::client::Client;
use super::error::{Error, given_up};
use super::lenient_json::{Field, FromResponse, Json, LenientObject};
use super::operation::Operation;
use super::patch::Patch;
use super::secret::Secret;
use super::session::ApiCall;
use super::single_flight::{Age, Fetched};
use super::types::{AccountId, RouteId};
use crate::context::Context;

pub use message::MessageRoute;
use route_list::Listed;

pub use route_list::RouteList;
pub use table::{Column, Format, ReturnedBy, RouteTable, ValueKind};
pub use values::RouteValue;
pub use voice::VoiceRoute;

/// How URLs are called.
const METHODS: &[&str] = &["GET", "POST"];
/// How the API proves who it is.
const AUTHENTICATION: &[&str] = &["None", "Basic", "Bearer"];

/// A kind of route.
pub trait RouteKind: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    /// What the API calls it, and the settings it has.
    const TABLE: &'static RouteTable;
}

/// The tables of all kinds.
pub const ROUTE_TABLES: [&RouteTable; 2] = [MessageRoute::TABLE, VoiceRoute::TABLE];

/// What is sent of a route's settings, by the names of their attributes. What is not there is not
/// sent.
pub type RoutePatch = BTreeMap<&'static str, Patch<RouteValue>>;

/// A route as the API returns it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// Its id.
    pub id: Option<RouteId>,
    /// The account it belongs to.
    pub account_id: Option<AccountId>,
    /// What it has, by the names of the attributes.
    pub settings: BTreeMap<&'static str, Field<RouteValue>>,
}

impl Route {
    /// Its id; empty where the API does not return one.
    pub fn id(&self) -> &str {
        self.id.as_ref().map(RouteId::as_str).unwrap_or_default()
    }

    /// What the API returns for the setting that an attribute holds.
    pub fn setting(&self, name: &str) -> &Field<RouteValue> {
        self.settings.get(name).unwrap_or(&Field::Absent)
    }

    /// The value of that setting, if the API returns one.
    pub fn value(&self, name: &str) -> Option<&RouteValue> {
        self.setting(name).value()
    }

    fn read<K: RouteKind>(fields: LenientObject<'_>) -> Self {
        let returned = K::TABLE
            .columns
            .iter()
            .filter(|column| column.is_returned());
        let id = |name: &str| fields.text(name);
        Self {
            id: id(K::TABLE.id).and_then(|id| RouteId::parse(&id).ok()),
            account_id: id("AccountId").and_then(|id| AccountId::parse(&id).ok()),
            settings: returned
                .map(|column| (column.name, column.read(fields)))
                .collect(),
        }
    }
}

impl Client {
    /// Creates a route.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have been created: the list shows it.
    pub async fn create_route<K: RouteKind>(
        &self,
        patch: &RoutePatch,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Route, Error> {
        let account = account_id.map(|id| ("AccountId", id.as_str()));
        let created = self.write_route::<K, _>(K::TABLE.create, account, patch, context);
        created.await.map(|Identified::<K>(route, _)| route)
    }

    /// Reads a route. Nothing when the API says that this account has no such route.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn route<K: RouteKind>(
        &self,
        id: &RouteId,
        context: &Context,
    ) -> Result<Option<Route>, Error> {
        let operation = K::TABLE.get;
        let call = ApiCall::get(operation, vec![(K::TABLE.id_in_query, id.to_string())]);
        let Some(Identified::<K>(route, _)) = self.find(&call, context).await? else {
            return Ok(None);
        };
        Error::check_subject(operation, id, route.id.as_ref())?;
        self.with_listed::<K>(route, context).await.map(Some)
    }

    /// Takes from the account's list what it alone returns. What the response about this route has
    /// in its place means nothing.
    async fn with_listed<K: RouteKind>(
        &self,
        mut route: Route,
        context: &Context,
    ) -> Result<Route, Error> {
        let columns = K::TABLE.columns.iter();
        let listed_only = columns.filter(|column| column.returned_by == [ReturnedBy::List]);
        if listed_only.clone().next().is_none() {
            return Ok(route);
        }
        let list = self.routes::<K>(route.account_id.as_ref(), Age::Recent, context);
        let listed = match list.await {
            Ok(list) => list.readable().iter().find(|it| it.id == route.id).cloned(),
            // A ready-made token is good for one endpoint: then these are not returned.
            Err(error) if self.ready_token().is_some() && error.is_unauthorized() => None,
            Err(error) => return Err(error),
        };
        let listed = listed.unwrap_or_default();
        for Column { name, .. } in listed_only {
            route.settings.insert(name, listed.setting(name).clone());
        }
        Ok(route)
    }

    /// Changes a route, and returns how it is now. Repeated after a response that leaves it open:
    /// it sets absolute values.
    ///
    /// # Errors
    ///
    /// When it could not be changed.
    pub async fn update_route<K: RouteKind>(
        &self,
        id: &RouteId,
        patch: &RoutePatch,
        context: &Context,
    ) -> Result<Route, Error> {
        let id = Some((K::TABLE.id, id.as_str()));
        let updated = self.write_route::<K, _>(K::TABLE.update, id, patch, context);
        updated.await.map(|UpdatedRoute::<K>(route, _)| route)
    }

    /// Deletes a route. That cannot be undone.
    ///
    /// # Errors
    ///
    /// A refusal with status 404 ([`Error::is_not_found`]) when there is none, or none any more.
    pub async fn delete_route<K: RouteKind>(
        &self,
        id: &RouteId,
        context: &Context,
    ) -> Result<(), Error> {
        let (id, none) = (Some((K::TABLE.id, id.as_str())), RoutePatch::new());
        let deleted = self.write_route::<K, _>(K::TABLE.delete, id, &none, context);
        deleted.await
    }

    /// All routes of an account: of the credentials' own, unless one is named. Recent ones are
    /// read once for everyone, until this process writes a route.
    ///
    /// # Errors
    ///
    /// When they could not be read.
    pub async fn routes<K: RouteKind>(
        &self,
        account_id: Option<&AccountId>,
        age: Age,
        context: &Context,
    ) -> Result<Arc<RouteList>, Error> {
        let RouteLists(lists, _) = &*self.kept::<RouteLists<K>>();
        let operation = K::TABLE.list;
        if age == Age::Recent
            && let Some(account_id) = account_id
        {
            let own = context.wait_for(lists.own()).await;
            let own = own.map_err(given_up(operation))?;
            // The credentials' own list is that of an account which each of its routes names.
            if let Some(own) = own.filter(|own| own.is_of(account_id)) {
                return Ok(own);
            }
        }
        // A failure is a response to all who had asked by then: they would try one after the other
        // otherwise, each with all its retries.
        let will_do =
            |last: &Fetched<'_, _>| age == Age::Recent && (last.result.is_ok() || last.is_shared);
        let fetch = async {
            let account = account_id.map(|id| ("AccountId", id.to_string()));
            let call = ApiCall::get(operation, account.into_iter().collect());
            let listed = self.call(&call, context).await;
            listed.map(|Listed::<K>(list, _)| list)
        };
        let list = lists.get(account_id, operation, context, will_do, fetch);
        list.await
    }

    /// Sends the settings of `patch` for the route or the account that `id` names.
    async fn write_route<K: RouteKind, A: FromResponse>(
        &self,
        operation: &'static Operation,
        id: Option<(&str, &str)>,
        patch: &RoutePatch,
        context: &Context,
    ) -> Result<A, Error> {
        let mut body: Map<_, _> = id
            .map(|(name, id)| (name.to_owned(), id.into()))
            .into_iter()
            .collect();
        let mut secrets = Vec::new();
        for column in K::TABLE.columns {
            let value = match patch.get(column.name) {
                None | Some(Patch::Keep) => continue,
                Some(Patch::Clear) => Value::Null,
                Some(Patch::Set(value)) => column.write(value),
            };
            let text = value.as_str().unwrap_or_default();
            secrets.extend(user_info(text));
            if column.is_sensitive {
                secrets.push(Secret::new(text));
            }
            body.insert(column.api.to_owned(), value);
        }
        let call = ApiCall::post(operation, &body)?.with_secrets(secrets);
        let RouteLists(lists, _) = &*self.kept::<RouteLists<K>>();
        let _writing = lists.writing();
        self.call(&call, context).await
    }
}

/// The lists of one kind of route. Two things of a voice route stand in its account's list alone, so
/// each refresh of one wants the whole list.
#[derive(Debug, Default)]
struct RouteLists<K>(AccountLists<RouteList>, PhantomData<K>);

/// User name and password of a URL, which a refusal may repeat.
pub(super) fn user_info(url: &str) -> Vec<Secret> {
    let user_info = || {
        let (_, rest) = url.split_once(':')?;
        let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next()?;
        authority.rsplit_once('@').map(|(user_info, _)| user_info)
    };
    let Some(user_info) = user_info() else {
        return Vec::new();
    };
    let password = user_info.split_once(':').map(|(_, password)| password);
    let all = [Some(user_info), password].into_iter().flatten();
    all.map(Secret::new).collect()
}

/// A response that has to say which route it is about: without that it is none.
struct Identified<K>(Route, PhantomData<K>);

impl<K: RouteKind> FromResponse for Identified<K> {
    fn read(body: &Json) -> Option<Self> {
        let UpdatedRoute::<K>(route, kind) = UpdatedRoute::read(body)?;
        route.id.is_some().then_some(Self(route, kind))
    }
}

/// The response to an update; that it came is what counts.
struct UpdatedRoute<K>(Route, PhantomData<K>);

impl<K: RouteKind> FromResponse for UpdatedRoute<K> {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &[K::TABLE.id])?;
        Some(Self(Route::read::<K>(fields), PhantomData))
    }
}

#[cfg(test)]
mod tests;
