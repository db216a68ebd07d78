//! `joonto_message_route` and `joonto_voice_route`: where a number's messages and calls go.
//!
//! The tables in `joonto` say what routes of a kind have, and `model` makes all that Terraform sees
//! of them. Planning, creating, reading, changing and deleting are the same for both. What a table
//! cannot say of its kind stands in `message` and `voice`.

mod create;
mod data_sources;
mod delete;
mod message;
mod model;
#[cfg(test)]
mod tests;
mod update;
mod validators;
mod voice;

use std::marker::PhantomData;

use super::diagnostics::{routes, shown};
use super::flatten::UnsetFields;
use super::keyed::{Call, KeyedError, KeyedResource};
use super::provider_data::ProviderData;
use crate::context::Context;
use crate::joonto::{ROUTE_TABLES, RouteId};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Diagnostic, Diagnostics};

pub(super) use data_sources::data_sources;
use model::{ManagedRoute, RouteModel};

/// The resource for one kind of route.
#[derive(Debug, Default)]
pub(super) struct RouteResource<K>(PhantomData<K>);

impl<K: ManagedRoute> KeyedResource for RouteResource<K> {
    type Object = RouteModel<K>;

    const TYPE_NAME: &'static str = K::TYPE_NAME;

    const IDENTITY: IdentitySchema = K::IDENTITY;

    const STAYS: Option<&'static str> = None;

    fn key(route: &RouteModel<K>) -> Option<String> {
        route.text("route_id").map(str::to_owned)
    }

    /// By its name, and its id once it has one.
    fn name(route: &RouteModel<K>) -> String {
        let noun = K::TABLE.noun;
        match (route.text("route_name"), route.text("route_id")) {
            (Some(name), Some(id)) => format!("{noun} {} ({id})", shown(name)),
            (Some(name), None) => format!("{noun} {}", shown(name)),
            (None, Some(id)) => format!("{noun} {id}"),
            (None, None) => format!("the {noun}"),
        }
    }

    fn account(route: &RouteModel<K>) -> Option<&str> {
        route.text("account_fingerprint")
    }

    fn coded(text: Diagnostic) -> Diagnostic {
        routes::coded(text)
    }

    fn keyed(id: &str) -> Result<RouteModel<K>, &'static str> {
        let mut tables = ROUTE_TABLES.iter();
        let is_other = tables.any(|it| it.prefix != K::TABLE.prefix && id.starts_with(it.prefix));
        if is_other || id.contains(char::is_whitespace) || RouteId::parse(id).is_err() {
            return Err(K::NOT_AN_ID);
        }
        let mut route = RouteModel::default();
        route.set("id", id);
        route.set("route_id", id);
        Ok(route)
    }

    fn validate(route: &RouteModel<K>, diagnostics: &mut Diagnostics) {
        route.validate(diagnostics);
    }

    fn plan(
        prior: Option<&RouteModel<K>>,
        planned: &mut RouteModel<K>,
        config: &RouteModel<K>,
        diagnostics: &mut Diagnostics,
    ) {
        planned.plan_switches(config, prior);
        if let Some(prior) = prior {
            planned.plan_account(prior, &Self::name(prior), diagnostics);
        }
    }

    fn plan_destroy(_: Option<&ProviderData>, prior: &RouteModel<K>) -> Vec<Diagnostic> {
        vec![routes::destroys(&Self::name(prior))]
    }

    async fn create(
        data: &ProviderData,
        planned: RouteModel<K>,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<RouteModel<K>, KeyedError> {
        create::create(data, planned, call, context).await
    }

    async fn read(
        data: &ProviderData,
        mut current: RouteModel<K>,
        is_import: bool,
        _: &Call<Self>,
        context: &Context,
    ) -> Result<Option<RouteModel<K>>, KeyedError> {
        let id = id_of(&current)?;
        let Some(returned) = data.client.route::<K>(&id, context).await? else {
            return Ok(None);
        };
        if is_import {
            current.flatten(&returned, UnsetFields::Fill);
            let fingerprint = data.client.fingerprint();
            current.set("account_fingerprint", fingerprint.as_str());
        } else {
            current.flatten(&returned, UnsetFields::Leave);
        }
        Ok(Some(current))
    }

    async fn update(
        data: &ProviderData,
        prior: &RouteModel<K>,
        planned: RouteModel<K>,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<RouteModel<K>, KeyedError> {
        update::update(data, prior, planned, call, context).await
    }

    async fn delete(
        data: &ProviderData,
        prior: &RouteModel<K>,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<(), KeyedError> {
        delete::delete(data, prior, call, context).await
    }
}

/// The id to call the API with.
fn id_of<K: ManagedRoute>(route: &RouteModel<K>) -> Result<RouteId, Diagnostic> {
    let id = route.text("route_id");
    id.and_then(|id| RouteId::parse(id).ok())
        .ok_or_else(|| routes::without_id(K::TYPE_NAME))
}
