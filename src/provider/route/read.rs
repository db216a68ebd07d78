//! Reading a route: what became of it since it was last looked at.

use super::arguments::Unset;
use super::{PATIENCE, RouteObject, RouteResource, explain, id_of, name_of, stored};
use crate::joonto::{AccountId, Route};
use crate::provider::account::Connection;
use crate::terraform::Attr;
use crate::terraform::resource::{Call, Failure, Reading, Stored};

/// Reads the route anew.
pub(super) async fn read<R: RouteObject>(
    connection: &Connection,
    current: Stored<RouteResource<R>>,
    call: &Call<RouteResource<R>>,
) -> Result<Reading<RouteResource<R>>, Failure> {
    let Stored {
        object: mut route,
        private,
    } = current;
    let id = id_of(&route)?;
    let waits = call.waits().within(PATIENCE);
    let told = R::Told::get(&connection.client, &id, &waits)
        .await
        .map_err(|error| explain::cannot_read(&route, &error))?;
    match told {
        Some(told) if private.imported => {
            refresh(&mut route, &told, Unset::Fill);
            let fingerprint = connection.client.fingerprint().to_string();
            *route.common_mut().account_fingerprint = Attr::Known(fingerprint);
            Ok(Reading::Present(stored(route)))
        }
        Some(told) => {
            refresh(&mut route, &told, Unset::Leave);
            Ok(Reading::Present(stored(route)))
        }
        None if private.imported => Err(explain::cannot_import(&route).into()),
        None => {
            explain::same_account(&route, connection)?;
            let name = name_of(&route);
            call.warn(
                format!("{name} is gone"),
                format!(
                    "{name} is dropped from the state: the API no longer knows it. The next apply \
                     creates a new one in its place, with another id; numbers that still name the \
                     old one have to be moved to it."
                ),
            );
            Ok(Reading::Gone)
        }
    }
}

/// Brings a route up to what the API tells.
pub(super) fn refresh<R: RouteObject>(route: &mut R, told: &R::Told, unset: Unset) {
    route.refresh(told, unset);
    let common = route.common_mut();
    common.id.clone_from(common.route_id);
    // A route stays in its account, which may be told by another kind of id than it was named by.
    if common.account_id.is_null() {
        let account_id = told.account_id().map(AccountId::as_str);
        *common.account_id = account_id.map(str::to_owned).into();
    }
}
