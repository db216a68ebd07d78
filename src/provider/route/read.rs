//! Reading a route: what became of it since it was last looked at.

use super::model::ManagedRoute;
use super::{RouteResource, TIMEOUT, id_of, refuse_another_account, stored};
use crate::provider::diagnostics::routes;
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::ProviderData;
use crate::terraform::resource::{Failure, ReadResult, ResourceInvocation, Stored};

/// Reads the route again.
pub(super) async fn read<K: ManagedRoute>(
    data: &ProviderData,
    current: Stored<RouteResource<K>>,
    call: &ResourceInvocation<RouteResource<K>>,
) -> Result<ReadResult<RouteResource<K>>, Failure> {
    let Stored {
        object: mut route,
        private,
    } = current;
    let id = id_of(&route)?;
    let context = call.context().within(TIMEOUT);
    let returned = data.client.route::<K>(&id, &context);
    let returned = returned
        .await
        .map_err(|error| routes::unreadable(&route.name(), &error))?;
    match returned {
        Some(returned) if private.imported => {
            route.flatten(&returned, UnsetFields::Fill);
            let fingerprint = data.client.fingerprint();
            route.set("account_fingerprint", fingerprint.as_str());
            Ok(ReadResult::Present(stored(route)))
        }
        Some(returned) => {
            route.flatten(&returned, UnsetFields::Leave);
            Ok(ReadResult::Present(stored(route)))
        }
        None if private.imported => Err(routes::not_imported(&route.name()).into()),
        None => {
            refuse_another_account(&route, data)?;
            call.warn_with(routes::gone(&route.name()));
            Ok(ReadResult::Removed)
        }
    }
}
