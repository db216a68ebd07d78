//! `joonto_message_route` and `joonto_voice_route`: where a number's messages and calls go.
//!
//! The tables in `joonto` say what routes of a kind have, and `model` makes all that Terraform sees
//! of them. Planning, creating, reading, changing and deleting are the same for both. What a table
//! cannot say of its kind stands in `message` and `voice`.

mod create;
mod data_sources;
mod message;
mod model;
#[cfg(test)]
mod tests;
mod validators;
mod voice;

use std::time::Duration;

use super::call::{Call, CallResult};
use super::diagnostics::{routes, shown, values};
use super::flatten::UnsetFields;
use super::keyed::KeyedResource;
use super::provider_data::ProviderData;
use crate::context::Context;
use crate::joonto::{Age, Error, NumberClass, NumberRecord, ROUTE_TABLES, RouteId};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Diagnostic, Diagnostics};

pub(super) use data_sources::data_sources;
pub(super) use model::RouteModel;
use model::{ManagedRoute, cleared};

/// How much of the inventory is read to name the numbers that use a route.
const MAX_PAGES: u32 = 20;

/// How long that may take: to name them is no reason not to delete the route.
const LOOK: Duration = Duration::from_secs(60);

impl<K: ManagedRoute> KeyedResource for RouteModel<K> {
    const TYPE_NAME: &'static str = K::TYPE_NAME;

    const IDENTITY: IdentitySchema = K::IDENTITY;

    const STAYS: Option<&'static str> = None;

    /// By its name, and its id once it has one.
    fn name(&self) -> String {
        let noun = K::TABLE.noun;
        match (self.text("route_name"), self.text("route_id")) {
            (Some(name), Some(id)) => format!("{noun} {} ({id})", shown(name)),
            (Some(name), None) => format!("{noun} {}", shown(name)),
            (None, Some(id)) => format!("{noun} {id}"),
            (None, None) => format!("the {noun}"),
        }
    }

    fn account(&self) -> Option<&str> {
        self.text("account_fingerprint")
    }

    fn coded(text: Diagnostic) -> Diagnostic {
        routes::coded(text)
    }

    fn keyed(id: &str) -> Result<Self, &'static str> {
        let mut tables = ROUTE_TABLES.iter();
        let is_other = tables.any(|it| it.prefix != K::TABLE.prefix && id.starts_with(it.prefix));
        if is_other || id.contains(char::is_whitespace) || RouteId::parse(id).is_err() {
            return Err(K::NOT_AN_ID);
        }
        let mut route = Self::default();
        route.set("id", id);
        route.set("route_id", id);
        Ok(route)
    }

    fn validate(&self, diagnostics: &mut Diagnostics) {
        for column in K::TABLE.columns {
            if let Some((write_only, version)) = column.write_only
                && !self.get(write_only).is_null()
            {
                if self.text(column.name).is_some() {
                    diagnostics.push(values::secret_given_twice(column.name, write_only));
                }
                if self.get(version).is_null() {
                    diagnostics.push(values::secret_needs_version(write_only, version));
                }
            }
        }
        K::validate(self, diagnostics);
    }

    fn plan(&mut self, prior: Option<&Self>, config: &Self, diagnostics: &mut Diagnostics) {
        self.plan_switches(config, prior);
        if let Some(prior) = prior {
            self.plan_account(prior, &prior.name(), diagnostics);
        }
    }

    fn plan_destroy(&self, _: Option<&ProviderData>) -> Vec<Diagnostic> {
        vec![routes::destroys(&self.name())]
    }

    async fn create(self, call: &Call<'_, Self>) -> CallResult<Self> {
        create::create(self, call).await
    }

    async fn read(mut self, is_import: bool, call: &Call<'_, Self>) -> CallResult<Option<Self>> {
        let id = self.id()?;
        let client = &call.data.client;
        let Some(returned) = client.route::<K>(&id, &call.context).await? else {
            return Ok(None);
        };
        if is_import {
            self.flatten(&returned, UnsetFields::Fill);
            self.set("account_fingerprint", client.fingerprint().as_str());
        } else {
            self.flatten(&returned, UnsetFields::Leave);
        }
        Ok(Some(self))
    }

    async fn update(mut self, prior: &Self, call: &Call<'_, Self>) -> CallResult<Self> {
        let patch = self.expand(prior, call.config());
        if patch.is_empty() {
            return Ok(self);
        }
        self.refuse_impossible()?;
        let (id, name) = (prior.id()?, prior.name());
        let (client, context) = (&call.data.client, &call.context);
        let updated = client.update_route::<K>(&id, &patch, context).await;
        let mut returned = updated.map_err(|error| {
            let advice = match K::hint(&patch) {
                _ if error.status() != Some(400) => String::new(),
                Some(hint) => hint.to_owned(),
                None => routes::unset_advice(&cleared(&patch).collect::<Vec<_>>()),
            };
            routes::not_changed(&name, &error, &advice)
        })?;
        if cleared(&patch).next().is_none() {
            return Ok(self);
        }
        // A response may repeat the request; only a read shows whether something was taken away.
        match client.route::<K>(&id, context).await {
            Ok(Some(now)) => returned = now,
            Ok(None) => {}
            Err(error) => call.warn_with(routes::unverified(&name, &error)),
        }
        let left = Self::not_cleared(&patch, &returned);
        if left.is_empty() {
            return Ok(self);
        }
        for name in &left {
            self.set(name, prior.get(name).clone());
        }
        call.keep(&self);
        Err(routes::not_unset(&name, &left).into())
    }

    async fn delete(&self, call: &Call<'_, Self>) -> CallResult<()> {
        let (id, name) = (self.id()?, self.name());
        // Read before: what the API does to numbers whose route is deleted nobody knows.
        let users = users::<K>(&call.data, &id, &call.context.within(LOOK)).await;
        match call.data.client.delete_route::<K>(&id, &call.context).await {
            Ok(()) => {
                let users = users.unwrap_or_default();
                if !users.is_empty() {
                    call.warn_with(routes::deleted_in_use(&name, &users));
                }
                Ok(())
            }
            Err(error) if error.is_refused_with(400) => {
                Err(routes::in_use(&name, &error, users).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl<K: ManagedRoute> RouteModel<K> {
    /// The id to call the API with.
    fn id(&self) -> Result<RouteId, Diagnostic> {
        let id = self.text("route_id");
        id.and_then(|id| RouteId::parse(id).ok())
            .ok_or_else(|| routes::without_id(K::TYPE_NAME))
    }

    /// Refuses what turned out impossible once every value was known.
    fn refuse_impossible(&self) -> Result<(), Diagnostic> {
        let mut diagnostics = Diagnostics::new();
        self.validate(&mut diagnostics);
        diagnostics.into_iter().next().map_or(Ok(()), Err)
    }
}

/// The numbers that still use the route, as far as the inventory shows any.
async fn users<K: ManagedRoute>(
    data: &ProviderData,
    id: &RouteId,
    context: &Context,
) -> Result<Vec<String>, Error> {
    let inventory = data.cache.inventory(Age::Recent, MAX_PAGES, context);
    let uses = |number: &&NumberRecord| {
        let route = K::route_of(number).value();
        number.class() != NumberClass::Gone && route.is_some_and(|route| route == id.as_str())
    };
    Ok(inventory
        .await?
        .numbers
        .iter()
        .filter(uses)
        .filter_map(|number| number.number.as_ref().map(ToString::to_string))
        .collect())
}
