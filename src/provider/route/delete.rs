//! Deleting a route, for good.

use std::time::Duration;

use super::model::RouteModel;
use super::{Kind, PATIENCE, RouteResource, explain, id_of};
use crate::joonto::{Age, Error, NumberClass, NumberRecord, RouteId};
use crate::provider::account::Connection;
use crate::provider::diagnostics::capitalised;
use crate::terraform::resource::{Call, Failure};
use crate::wait::Waits;

/// How much of the inventory is read to name the numbers that use a route.
const MAX_PAGES: u32 = 20;

/// How long that may take: to name them is no reason not to delete the route.
const LOOK: Duration = Duration::from_secs(60);

/// Deletes the route.
pub(super) async fn delete<K: Kind>(
    connection: &Connection,
    route: &RouteModel<K>,
    call: &Call<RouteResource<K>>,
) -> Result<(), Failure> {
    explain::same_account(route, connection)?;
    let id = id_of(route)?;
    // Read before: what the API does to numbers whose route is deleted nobody knows.
    let users = users::<K>(connection, &id, &call.waits().within(LOOK)).await;
    let waits = call.waits().within(PATIENCE);
    match connection.client.delete_route::<K>(&id, &waits).await {
        Ok(()) => {
            if let Ok(users) = users
                && !users.is_empty()
            {
                let name = route.name();
                call.warn(
                    format!("{} was deleted while numbers used it", capitalised(&name)),
                    format!(
                        "{name} was deleted, and the inventory, which may lag, still showed these \
                         numbers on it: {}. Those that are have lost their routing until they are \
                         moved to another. {}",
                        explain::some_of(&users),
                        explain::ORDER
                    ),
                );
            }
            Ok(())
        }
        Err(error) if error.is_not_found() => Ok(()),
        Err(error @ Error::Refused { status: 400, .. }) => {
            Err(explain::refused_to_delete(route, &error, users).into())
        }
        Err(error) => Err(explain::cannot_delete(route, &error).into()),
    }
}

/// The numbers that still use the route, as far as the inventory shows any.
async fn users<K: Kind>(
    connection: &Connection,
    id: &RouteId,
    waits: &Waits,
) -> Result<Vec<String>, Error> {
    let inventory = connection.fleet.inventory(Age::Recent, MAX_PAGES, waits);
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
