//! Deleting a route, which cannot be undone.

use std::time::Duration;

use super::model::{ManagedRoute, RouteModel};
use super::{RouteResource, id_of};
use crate::context::Context;
use crate::joonto::{Age, Error, NumberClass, NumberRecord, RouteId};
use crate::provider::diagnostics::routes;
use crate::provider::keyed::{Call, KeyedError, KeyedResource as _};
use crate::provider::provider_data::ProviderData;

/// How much of the inventory is read to name the numbers that use a route.
const MAX_PAGES: u32 = 20;

/// How long that may take: to name them is no reason not to delete the route.
const LOOK: Duration = Duration::from_secs(60);

/// Deletes the route.
pub(super) async fn delete<K: ManagedRoute>(
    data: &ProviderData,
    route: &RouteModel<K>,
    call: &Call<RouteResource<K>>,
    context: &Context,
) -> Result<(), KeyedError> {
    let id = id_of(route)?;
    let name = RouteResource::name(route);
    // Read before: what the API does to numbers whose route is deleted nobody knows.
    let users = users::<K>(data, &id, &context.within(LOOK)).await;
    match data.client.delete_route::<K>(&id, context).await {
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
