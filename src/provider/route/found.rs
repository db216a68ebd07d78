//! Routes that are looked up: one by its id, or all of an account. Without their secrets.

use std::fmt;
use std::marker::PhantomData;

use super::PATIENCE;
use super::arguments::Heard;
use crate::joonto::{AccountId, Age, Route, RouteId, Told};
use crate::provider::account::Account;
use crate::provider::diagnostics::lists;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Model;
use crate::terraform::{Attr, DataSource, Diagnostics, Invocation};

/// One route that was looked up by its id.
pub(in crate::provider) trait FoundRoute: Model {
    /// The same route as the API tells it.
    type Told: Route;

    /// The data source's type.
    const TYPE_NAME: &'static str;
    /// What texts call it.
    const NOUN: &'static str;

    /// The id it is looked up by.
    fn asked_for(&self) -> &Attr<String>;

    /// The route as it was told.
    fn found(told: &Self::Told) -> Self;
}

/// All routes of an account.
pub(in crate::provider) trait FoundRoutes: Model {
    /// A route as the API tells it.
    type Told: Route;

    /// The data source's type.
    const TYPE_NAME: &'static str;
    /// What texts call them.
    const NOUN: &'static str;

    /// The account that is asked for.
    fn asked_for(&self) -> &Attr<String>;

    /// The routes as they were told, for the account that was asked for.
    fn found(account_id: Attr<String>, told: &[Self::Told]) -> Self;
}

/// A data source for one route.
pub(in crate::provider) struct RouteDataSource<F> {
    account: Account,
    kind: PhantomData<fn() -> F>,
}

/// A data source for the routes of an account.
pub(in crate::provider) struct RoutesDataSource<F> {
    account: Account,
    kind: PhantomData<fn() -> F>,
}

impl<F> RouteDataSource<F> {
    /// Routes of `account`.
    pub(in crate::provider) fn new(account: Account) -> Self {
        Self {
            account,
            kind: PhantomData,
        }
    }
}

impl<F> RoutesDataSource<F> {
    /// Routes of `account`.
    pub(in crate::provider) fn new(account: Account) -> Self {
        Self {
            account,
            kind: PhantomData,
        }
    }
}

impl<F: FoundRoute> DataSource for RouteDataSource<F> {
    type Object = F;

    const TYPE_NAME: &'static str = F::TYPE_NAME;

    fn validate(&self, _: &F, _: &mut Diagnostics) {}

    async fn read(&self, config: F, invocation: &Invocation) -> Result<F, Failure> {
        let connection = self.account.connection()?;
        let id = config.asked_for().as_str().unwrap_or_default();
        // An id has some 40 characters.
        let shown: String = id.chars().take(80).collect();
        let what = format!("{} {shown}", F::NOUN);
        let Ok(id) = RouteId::parse(id) else {
            return Err(lists::not_found(&what).into());
        };
        let waits = invocation.waits().within(PATIENCE);
        match F::Told::get(&connection.client, &id, &waits).await {
            Ok(Some(told)) => Ok(F::found(&told)),
            Ok(None) => Err(lists::not_found(&what).into()),
            Err(error) => Err(lists::cannot_look_up(&what, &error).into()),
        }
    }
}

impl<F: FoundRoutes> DataSource for RoutesDataSource<F> {
    type Object = F;

    const TYPE_NAME: &'static str = F::TYPE_NAME;

    fn validate(&self, _: &F, _: &mut Diagnostics) {}

    async fn read(&self, config: F, invocation: &Invocation) -> Result<F, Failure> {
        let connection = self.account.connection()?;
        let asked_for = config.asked_for().clone();
        let account_id = asked_for.as_str().or(connection.account_id.as_deref());
        let account_id = account_id.and_then(|id| AccountId::parse(id).ok());
        let waits = invocation.waits().within(PATIENCE);
        let client = &connection.client;
        let told = F::Told::list(client, account_id.as_ref(), Age::Recent, &waits).await;
        let told = told.and_then(|told| told.whole().map(<[_]>::to_vec));
        let mut told = told.map_err(|error| lists::cannot_look_up(F::NOUN, &error))?;
        // The order of the API is not known to mean anything, nor to stay.
        told.sort_by(|a, b| a.id().cmp(&b.id()));
        let told_account = told.iter().find_map(Route::account_id);
        let account_id = account_id.as_ref().or(told_account);
        let account_id = account_id.map(|id| id.as_str().to_owned());
        Ok(F::found(account_id.into(), &told))
    }
}

impl<F> fmt::Debug for RouteDataSource<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteDataSource").finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for RoutesDataSource<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutesDataSource").finish_non_exhaustive()
    }
}

/// A value as it was told; null if it was not.
pub(in crate::provider) fn heard<T: Heard<W>, W>(told: &Told<W>) -> Attr<T> {
    told.value().map(T::heard).into()
}

/// Declares what is found of a kind of route: alone, and in a list. Attributes have the names of
/// what is told.
macro_rules! found {
    (
        $(#[doc = $one_doc:literal])*
        $one:ident = $one_type:literal, $one_noun:literal, of $told:ty;
        $(#[doc = $many_doc:literal])*
        $many:ident = $many_type:literal, $many_noun:literal, of $item:ident;
        alone {$(
            $(#[doc = $own_doc:literal])*
            $own:ident: $own_ty:ty;
        )*}
        both {$(
            $(#[doc = $doc:literal])*
            $attribute:ident: $ty:ty;
        )*}
    ) => {
        crate::model! {
            $(#[doc = $one_doc])*
            pub(crate) struct $one {
                /// The route's id.
                route_id: String => required(), check(route::not_empty);

                /// The route's id, as `route_id`.
                id: String => computed();
                /// The account the route belongs to.
                account_id: String => computed();
                $(
                    $(#[doc = $doc])*
                    $attribute: $ty => computed();
                )*
                $(
                    $(#[doc = $own_doc])*
                    $own: $own_ty => computed();
                )*
            }
            blocks {}
        }

        crate::model! {
            $(#[doc = $many_doc])*
            pub(crate) struct $many {
                /// The account (`AID-...`) whose routes are listed. Defaults to the provider's
                /// `account_id`, and without one to that of the credentials.
                account_id: String => optional_computed();

                /// The routes, in the order of their ids.
                routes: Vec<Attr<$item>> => computed();
            }
            blocks {}
        }

        crate::model! {
            /// A route of the account.
            pub(crate) struct $item {
                /// The route's id.
                route_id: String => computed();
                /// The account the route belongs to.
                account_id: String => computed();
                $(
                    $(#[doc = $doc])*
                    $attribute: $ty => computed();
                )*
            }
            blocks {}
        }

        impl route::FoundRoute for $one {
            type Told = $told;

            const TYPE_NAME: &'static str = $one_type;
            const NOUN: &'static str = $one_noun;

            fn asked_for(&self) -> &Attr<String> {
                &self.route_id
            }

            fn found(told: &$told) -> Self {
                let id: Attr<String> = told.id.as_ref().map(|id| id.as_str().to_owned()).into();
                let account_id = told.account_id.as_ref();
                Self {
                    route_id: id.clone(),
                    id,
                    account_id: account_id.map(|id| id.as_str().to_owned()).into(),
                    $($attribute: route::heard(&told.$attribute),)*
                    $($own: route::heard(&told.$own),)*
                }
            }
        }

        impl route::FoundRoutes for $many {
            type Told = $told;

            const TYPE_NAME: &'static str = $many_type;
            const NOUN: &'static str = $many_noun;

            fn asked_for(&self) -> &Attr<String> {
                &self.account_id
            }

            fn found(account_id: Attr<String>, told: &[$told]) -> Self {
                let item = |told: &$told| $item {
                    route_id: told.id.as_ref().map(|id| id.as_str().to_owned()).into(),
                    account_id: told
                        .account_id
                        .as_ref()
                        .map(|id| id.as_str().to_owned())
                        .into(),
                    $($attribute: route::heard(&told.$attribute),)*
                };
                Self {
                    account_id,
                    routes: Attr::Known(told.iter().map(item).map(Attr::Known).collect()),
                }
            }
        }
    };
}

pub(in crate::provider) use found;
