//! Message and voice routes: where incoming messages and calls go.
//!
//! Each kind is one table, `message` and `voice`, of settings with their names on the wire; what
//! is sent and what is read both come from it. The rest is the same for both, and stands here.

#[cfg(feature = "fuzzing")]
pub(super) mod fuzzing;
mod lists;
mod message;
mod voice;
mod words;

use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use self::lists::Lists;
use super::client::Client;
use super::error::Error;
use super::ids::{AccountId, RouteId};
use super::lenient_json::{Answer, Fields, Json};
use super::operation::Operation;
use super::secret::Secret;
use super::session::Call;
use super::single_flight::Age;
use crate::wait::Waits;

pub use lists::RouteList;
pub use message::{MessageRoute, MessageRouteSettings};
pub use voice::{VoiceRoute, VoiceRouteSettings};
pub use words::{Addresses, Port};

/// A kind of route, as the API tells it, and the five calls there are for it.
pub trait Route: Clone + std::fmt::Debug + Send + Sync + Sized + 'static {
    /// What can be set.
    type Settings: Clone + Default + PartialEq + Send + Sync;

    /// Its id; nothing if the answer does not tell.
    fn id(&self) -> Option<&RouteId>;

    /// The account it belongs to.
    fn account_id(&self) -> Option<&AccountId>;

    /// Makes one.
    ///
    /// # Errors
    ///
    /// [`Error::InDoubt`] when it may have been made: the list knows.
    fn create(
        client: &Client,
        settings: &Self::Settings,
        account_id: Option<&AccountId>,
        waits: &Waits,
    ) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Reads one. Nothing when the API says that this account has no such route.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    fn get(
        client: &Client,
        id: &RouteId,
        waits: &Waits,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send;

    /// Changes one, and answers how it is now. Repeated after an answer that leaves it open: it
    /// sets absolute values.
    ///
    /// # Errors
    ///
    /// When it could not be changed.
    fn update(
        client: &Client,
        id: &RouteId,
        settings: &Self::Settings,
        waits: &Waits,
    ) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Deletes one, for good.
    ///
    /// # Errors
    ///
    /// A refusal with status 404 ([`Error::is_not_found`]) when there is none, any more perhaps.
    fn delete(
        client: &Client,
        id: &RouteId,
        waits: &Waits,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// All of an account: of the credentials' own, unless one is named. Recent ones are read once
    /// for everyone, until this process writes a route.
    ///
    /// # Errors
    ///
    /// When they could not be read.
    fn list(
        client: &Client,
        account_id: Option<&AccountId>,
        age: Age,
        waits: &Waits,
    ) -> impl Future<Output = Result<Arc<RouteList<Self>>, Error>> + Send;
}

/// Declares a kind of route: one line for each setting, with its name on the wire. Those under
/// `told` come back in answers; those under `untold` and `secret` do not, or not so that anything
/// could be concluded from it.
macro_rules! route {
    (
        $(#[$settings_doc:meta])*
        $settings:ident
        $(#[$route_doc:meta])*
        $route:ident
        told {$(
            $(#[$told_doc:meta])*
            $told:ident: $told_type:ty = $told_name:literal $(or $other_name:literal)?;
        )*}
        untold {$(
            $(#[$untold_doc:meta])*
            $untold:ident: $untold_type:ty = $untold_name:literal;
        )*}
        secret {$(
            $(#[$secret_doc:meta])*
            $secret:ident = $secret_name:literal;
        )*}
    ) => {
        $(#[$settings_doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        pub struct $settings {
            $(
                $(#[$told_doc])*
                #[serde(rename = $told_name, skip_serializing_if = "Change::is_keep")]
                pub $told: Change<$told_type>,
            )*
            $(
                $(#[$untold_doc])*
                #[serde(rename = $untold_name, skip_serializing_if = "Change::is_keep")]
                pub $untold: Change<$untold_type>,
            )*
            $(
                $(#[$secret_doc])*
                #[serde(rename = $secret_name, skip_serializing_if = "Change::is_keep")]
                pub $secret: Change<Secret>,
            )*
        }

        impl $settings {
            /// The settings that are taken away.
            #[must_use]
            pub fn cleared(&self) -> Vec<&'static str> {
                [
                    $((stringify!($told), self.$told.is_clear()),)*
                    $((stringify!($untold), self.$untold.is_clear()),)*
                    $((stringify!($secret), self.$secret.is_clear()),)*
                ]
                .into_iter()
                .filter_map(|(name, is_cleared)| is_cleared.then_some(name))
                .collect()
            }

            fn secrets(&self) -> Vec<Secret> {
                [$(self.$secret.value().cloned()),*]
                    .into_iter()
                    .flatten()
                    .collect()
            }
        }

        $(#[$route_doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $route {
            /// Its id.
            pub id: Option<RouteId>,
            /// The account it belongs to.
            pub account_id: Option<AccountId>,
            $(
                $(#[$told_doc])*
                pub $told: Told<$told_type>,
            )*
        }

        impl $route {
            fn told_by(fields: Fields<'_>, id: &str) -> Self {
                let parse = |name| fields.text(name);
                Self {
                    id: parse(id).and_then(|id| RouteId::parse(&id).ok()),
                    account_id: parse("AccountId").and_then(|id| AccountId::parse(&id).ok()),
                    $($told: FromWire::told(fields, &[$told_name $(, $other_name)?]),)*
                }
            }
        }

        impl Route for $route {
            type Settings = $settings;

            fn id(&self) -> Option<&RouteId> {
                self.id.as_ref()
            }

            fn account_id(&self) -> Option<&AccountId> {
                self.account_id.as_ref()
            }

            async fn create(
                client: &Client,
                settings: &$settings,
                account_id: Option<&AccountId>,
                waits: &Waits,
            ) -> Result<Self, Error> {
                let secrets = settings.secrets();
                super::create(client, settings, secrets, account_id, waits).await
            }

            async fn get(
                client: &Client,
                id: &RouteId,
                waits: &Waits,
            ) -> Result<Option<Self>, Error> {
                match super::get::<Self>(client, id, waits).await? {
                    Some(route) => route.completed(client, waits).await.map(Some),
                    None => Ok(None),
                }
            }

            async fn update(
                client: &Client,
                id: &RouteId,
                settings: &$settings,
                waits: &Waits,
            ) -> Result<Self, Error> {
                super::update(client, id, settings, settings.secrets(), waits).await
            }

            async fn delete(client: &Client, id: &RouteId, waits: &Waits) -> Result<(), Error> {
                super::delete::<Self>(client, id, waits).await
            }

            async fn list(
                client: &Client,
                account_id: Option<&AccountId>,
                age: Age,
                waits: &Waits,
            ) -> Result<Arc<super::RouteList<Self>>, Error> {
                let lists = client.kept::<Lists<Self>>();
                lists.of(client, account_id, age, waits).await
            }
        }
    };
}

use route;

/// What the calls for one kind of route are called.
struct Names {
    create: &'static Operation,
    get: &'static Operation,
    update: &'static Operation,
    delete: &'static Operation,
    list: &'static Operation,
    /// The id in bodies, and in answers.
    id: &'static str,
    /// The id in queries, where case matters.
    id_in_query: &'static str,
}

/// A route as one of the answers tells it.
trait FromAnswer: Route {
    const NAMES: Names;

    /// Reads an answer about one route.
    fn of(fields: Fields<'_>) -> Self;

    /// Reads an entry of the account's list.
    fn of_list(fields: Fields<'_>) -> Self;

    /// Adds what only another call tells.
    async fn completed(self, client: &Client, waits: &Waits) -> Result<Self, Error>;
}

async fn create<R: FromAnswer>(
    client: &Client,
    settings: &(impl Serialize + Sync),
    secrets: Vec<Secret>,
    account_id: Option<&AccountId>,
    waits: &Waits,
) -> Result<R, Error> {
    let request = CreateRequest {
        account_id,
        settings,
    };
    let secrets = [secrets, user_infos(settings)].concat();
    let call = Call::post(R::NAMES.create, &request)?.with_secrets(secrets);
    let lists = client.kept::<Lists<R>>();
    let _writing = lists.writing();
    let Identified(route) = client.call(&call, waits).await?;
    Ok(route)
}

async fn get<R: FromAnswer>(
    client: &Client,
    id: &RouteId,
    waits: &Waits,
) -> Result<Option<R>, Error> {
    let operation = R::NAMES.get;
    let query = vec![(R::NAMES.id_in_query, id.as_str().to_owned())];
    match client
        .call::<Identified<R>>(&Call::get(operation, query), waits)
        .await
    {
        Ok(Identified(route)) => match route.id() {
            Some(answered) if answered != id => Err(Error::AnotherSubject {
                operation,
                asked: id.to_string(),
                answered: answered.to_string(),
            }),
            _ => Ok(Some(route)),
        },
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

async fn update<R: FromAnswer>(
    client: &Client,
    id: &RouteId,
    settings: &(impl Serialize + Sync),
    secrets: Vec<Secret>,
    waits: &Waits,
) -> Result<R, Error> {
    let request = UpdateRequest {
        id: Named(R::NAMES.id, id),
        settings,
    };
    let secrets = [secrets, user_infos(settings)].concat();
    let call = Call::post(R::NAMES.update, &request)?.with_secrets(secrets);
    let lists = client.kept::<Lists<R>>();
    let _writing = lists.writing();
    let Echo(route) = client.call(&call, waits).await?;
    Ok(route)
}

/// User names and passwords in the URLs of settings, which a refusal may repeat.
fn user_infos(settings: &impl Serialize) -> Vec<Secret> {
    let Ok(serde_json::Value::Object(settings)) = serde_json::to_value(settings) else {
        return Vec::new();
    };
    let texts = settings.values().filter_map(serde_json::Value::as_str);
    let user_info = |text: &str| {
        let (_, rest) = text.split_once(':')?;
        let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next()?;
        let (user_info, _) = authority.rsplit_once('@')?;
        let password = user_info.split_once(':').map(|(_, password)| password);
        Some([Some(user_info.to_owned()), password.map(str::to_owned)])
    };
    let found = texts.filter_map(user_info).flatten().flatten();
    found.map(Secret::new).collect()
}

async fn delete<R: FromAnswer>(client: &Client, id: &RouteId, waits: &Waits) -> Result<(), Error> {
    let call = Call::post(R::NAMES.delete, &Named(R::NAMES.id, id))?;
    let lists = client.kept::<Lists<R>>();
    let _writing = lists.writing();
    let Done = client.call(&call, waits).await?;
    Ok(())
}

#[derive(Serialize)]
struct CreateRequest<'a, S> {
    #[serde(rename = "AccountId", skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a AccountId>,
    #[serde(flatten)]
    settings: &'a S,
}

#[derive(Serialize)]
struct UpdateRequest<'a, S> {
    #[serde(flatten)]
    id: Named<'a>,
    #[serde(flatten)]
    settings: &'a S,
}

/// An id under the name it has for this kind of route.
struct Named<'a>(&'static str, &'a RouteId);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

/// An answer that has to say which route it is about: without that it is none.
struct Identified<R>(R);

impl<R: FromAnswer> Answer for Identified<R> {
    fn read(body: &Json) -> Option<Self> {
        let route = R::of(Fields::of_answer(body, &[R::NAMES.id])?);
        route.id().is_some().then_some(Self(route))
    }
}

/// The answer to an update; that it came is what counts.
struct Echo<R>(R);

impl<R: FromAnswer> Answer for Echo<R> {
    fn read(body: &Json) -> Option<Self> {
        Fields::of_answer(body, &[R::NAMES.id]).map(R::of).map(Self)
    }
}

/// The answer to a deletion; its words differ, and that it came is what counts.
struct Done;

impl Answer for Done {
    fn read(body: &Json) -> Option<Self> {
        Fields::of(body).map(|_| Self)
    }
}

/// An account's routes. Without a list this says nothing about them, unless it says there are none.
struct Listed<R> {
    routes: Vec<R>,
    /// How many there are: those that could not be read as well, and those that it only counts.
    total: u64,
}

impl<R: FromAnswer> Answer for Listed<R> {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["Results", "TotalRoutes"])?;
        let items = match fields.list("Results") {
            Some(items) => items,
            None if fields.named("Results").any(|json| *json == Json::Null) => &[],
            None => return None,
        };
        let read = items.iter().filter_map(Fields::of).map(R::of_list);
        let listed = u64::try_from(items.len()).unwrap_or(u64::MAX);
        Some(Self {
            routes: read.filter(|route| route.id().is_some()).collect(),
            total: listed.max(fields.count("TotalRoutes").unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests;
