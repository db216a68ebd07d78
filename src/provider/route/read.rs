//! Reading a route: what became of it since it was last looked at.

use super::model::Unset;
use super::{Kind, PATIENCE, RouteResource, explain, id_of, stored};
use crate::provider::account::Connection;
use crate::terraform::resource::{Call, Failure, Reading, Stored};

/// Reads the route anew.
pub(super) async fn read<K: Kind>(
    connection: &Connection,
    current: Stored<RouteResource<K>>,
    call: &Call<RouteResource<K>>,
) -> Result<Reading<RouteResource<K>>, Failure> {
    let Stored {
        object: mut route,
        private,
    } = current;
    let id = id_of(&route)?;
    let waits = call.waits().within(PATIENCE);
    let returned = connection.client.route::<K>(&id, &waits);
    let returned = returned
        .await
        .map_err(|error| explain::cannot_read(&route, &error))?;
    match returned {
        Some(returned) if private.imported => {
            route.flatten(&returned, Unset::Fill);
            let fingerprint = connection.client.fingerprint();
            route.set("account_fingerprint", fingerprint.as_str());
            Ok(Reading::Present(stored(route)))
        }
        Some(returned) => {
            route.flatten(&returned, Unset::Leave);
            Ok(Reading::Present(stored(route)))
        }
        None if private.imported => Err(explain::cannot_import(&route).into()),
        None => {
            explain::same_account(&route, connection)?;
            let name = route.name();
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
