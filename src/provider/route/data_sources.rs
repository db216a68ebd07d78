//! Routes that are looked up: one by its id, or all of an account. Without their secrets.

use std::marker::PhantomData;
use std::time::Duration;

use super::model::{ManagedRoute, attribute, computed, description, stored};
use super::validators;
use crate::joonto::{AccountId, Age, Column, ReturnedBy, Route, RouteId};
use crate::provider::data_sources::{DataSourceCall, DataSourceModel};
use crate::provider::diagnostics::lists;
use crate::provider::keyed::TIMEOUT;
use crate::provider::provider_data::ProviderHandle;
use crate::terraform::Attr;
use crate::terraform::data_source::{AnyDataSource, erase};
use crate::terraform::object::{Blueprint, Object};
use crate::terraform::resource::Failure;
use crate::terraform::schema::AttrType as _;
use crate::terraform::schema::{Attribute, Block};
use crate::terraform::value::Value;

/// The data sources for one route, and for the routes of an account.
pub(in crate::provider) fn data_sources<K: ManagedRoute>(
    handle: &ProviderHandle,
) -> [Box<dyn AnyDataSource>; 2] {
    [
        erase(handle.all::<Object<OneRoute<K>>>()),
        erase(handle.all::<Object<AllRoutes<K>>>()),
    ]
}

/// The block of one route.
#[derive(Clone, Debug, Default, PartialEq)]
struct OneRoute<K>(PhantomData<K>);

/// The block of all routes of an account.
#[derive(Clone, Debug, Default, PartialEq)]
struct AllRoutes<K>(PhantomData<K>);

/// The block of a route among others.
#[derive(Clone, Debug, Default, PartialEq)]
struct ListedRoute<K>(PhantomData<K>);

impl<K: ManagedRoute> Blueprint for OneRoute<K> {
    fn block() -> Block {
        let (noun, not_returned) = (K::TABLE.noun, K::NOT_RETURNED);
        let doc = format!("A {noun} of the account, managed by Terraform or not. {not_returned}");
        let asked = Attribute::new::<String>("route_id", &["Id of the route."]);
        let asked = asked.required().validator(validators::not_empty);
        let mut attributes = vec![asked, computed("id", "Id of the route, as `route_id`.")];
        attributes.extend(returned::<K>(Column::is_returned));
        Block::new(&[&doc], attributes, Vec::new())
    }
}

impl<K: ManagedRoute> Blueprint for AllRoutes<K> {
    fn block() -> Block {
        let noun = K::TABLE.noun;
        let doc = format!("The {noun}s of an account, managed by Terraform or not.");
        let account_id = "Account (`AID-...`) whose routes are listed. Defaults to the \
                          provider's `account_id`, and without one to that of the credentials.";
        let routes = "Routes, in the order of their ids.";
        let attributes = vec![
            Attribute::new::<String>("account_id", &[account_id]).optional_computed(),
            Attribute::new::<Vec<Attr<Object<ListedRoute<K>>>>>("routes", &[routes]).computed(),
        ];
        Block::new(&[&doc], attributes, Vec::new())
    }
}

impl<K: ManagedRoute> Blueprint for ListedRoute<K> {
    fn block() -> Block {
        let is_listed = |column: &Column| column.returned_by.contains(&ReturnedBy::List);
        let mut attributes = vec![computed("route_id", "Id of the route.")];
        attributes.extend(returned::<K>(is_listed));
        Block::new(&["A route of the account."], attributes, Vec::new())
    }
}

/// What is found of a route: its account, and the columns that are returned.
fn returned<K: ManagedRoute>(is_returned: impl Fn(&Column) -> bool) -> Vec<Attribute> {
    let account_id = computed("account_id", "Account that the route belongs to.");
    let columns = K::TABLE.columns.iter().filter(|column| is_returned(column));
    let columns = columns.map(|column| attribute(column, &description(column)).computed());
    [account_id].into_iter().chain(columns).collect()
}

/// A route as it was returned, in the object of a block.
fn found<B: Blueprint>(route: &Route) -> Object<B> {
    let mut object = Object::default();
    for attribute in B::block().attributes() {
        let value: Value = match attribute.name() {
            "id" | "route_id" => route.id().into(),
            "account_id" => route.account_id.as_ref().map(AccountId::as_str).into(),
            name => route.value(name).map(stored).into(),
        };
        object.set(attribute.name(), value);
    }
    object
}

impl<K: ManagedRoute> DataSourceModel for Object<OneRoute<K>> {
    const TYPE_NAME: &'static str = K::TYPE_NAME;

    const TIMEOUT: Duration = TIMEOUT;

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let id = self.text("route_id").unwrap_or_default();
        // An id has some 40 characters.
        let shown: String = id.chars().take(80).collect();
        let what = format!("{} {shown}", K::TABLE.noun);
        let Ok(id) = RouteId::parse(id) else {
            return Err(lists::not_found(&what).into());
        };
        match call.data.client.route::<K>(&id, &call.context).await {
            Ok(Some(route)) => Ok(found(&route)),
            Ok(None) => Err(lists::not_found(&what).into()),
            Err(error) => Err(lists::cannot_look_up(&what, &error).into()),
        }
    }
}

impl<K: ManagedRoute> DataSourceModel for Object<AllRoutes<K>> {
    const TYPE_NAME: &'static str = K::LIST_TYPE_NAME;

    const TIMEOUT: Duration = TIMEOUT;

    async fn read(mut self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let account_id = call.data.account_of(self.text("account_id"));
        let client = &call.data.client;
        let listed = client.routes::<K>(account_id.as_ref(), Age::Recent, &call.context);
        let listed = listed
            .await
            .and_then(|list| list.whole().map(<[_]>::to_vec));
        let what = format!("the {}s", K::TABLE.noun);
        let mut routes = listed.map_err(|error| lists::cannot_look_up(&what, &error))?;
        // The order of the API is not known to mean anything, nor to stay.
        routes.sort_by(|a, b| a.id.cmp(&b.id));
        let returned = routes.iter().find_map(|route| route.account_id.as_ref());
        let account_id = account_id.as_ref().or(returned);
        self.set("account_id", account_id.map(AccountId::as_str));
        let items = routes
            .iter()
            .map(found::<ListedRoute<K>>)
            .map(Object::into_value);
        self.set("routes", Value::List(items.collect()));
        Ok(self)
    }
}
