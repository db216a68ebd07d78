//! Deleting a route, for good.

use super::{PATIENCE, RouteObject, RouteResource, explain, id_of};
use crate::joonto::{Error, Route, RouteId};
use crate::provider::account::Connection;
use crate::terraform::resource::{Call, Failure};
use crate::wait::Waits;

/// How much of the inventory is read to name the numbers that use a route.
const MAX_PAGES: u32 = 20;

/// Deletes the route.
pub(super) async fn delete<R: RouteObject>(
    connection: &Connection,
    route: &R,
    call: &Call<RouteResource<R>>,
) -> Result<(), Failure> {
    explain::same_account(route, connection)?;
    let id = id_of(route)?;
    let waits = call.waits().within(PATIENCE);
    match R::Told::delete(&connection.client, &id, &waits).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error @ Error::Refused { status: 400, .. }) => {
            let users = users::<R>(connection, &id, &waits).await;
            Err(explain::refused_to_delete(route, &error, users).into())
        }
        Err(error) => Err(explain::cannot_delete(route, &error).into()),
    }
}

/// The numbers that still use the route, as far as the inventory shows any.
async fn users<R: RouteObject>(
    connection: &Connection,
    id: &RouteId,
    waits: &Waits,
) -> Result<Vec<String>, Error> {
    let inventory = connection.client.inventory(MAX_PAGES, waits).await?;
    let uses = |route: Option<&String>| route.is_some_and(|route| route == id.as_str());
    Ok(inventory
        .numbers
        .iter()
        .filter(|number| uses(R::route_of(number).value()))
        .filter_map(|number| number.number.as_ref().map(ToString::to_string))
        .collect())
}
