//! Changing a route in place: exactly what differs is sent.

use super::model::{ManagedRoute, RouteModel, cleared};
use super::{RouteResource, TIMEOUT, id_of, stored};
use crate::provider::diagnostics::routes;
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::ProviderHandle;
use crate::terraform::resource::{Failure, ResourceInvocation, Stored};

/// Brings the route from `prior` to `planned`.
pub(super) async fn update<K: ManagedRoute>(
    handle: &ProviderHandle,
    prior: RouteModel<K>,
    planned: RouteModel<K>,
    call: &ResourceInvocation<RouteResource<K>>,
) -> Result<Stored<RouteResource<K>>, Failure> {
    let patch = planned.expand(&prior, call.config());
    if patch.is_empty() {
        return Ok(stored(planned));
    }
    let data = handle.data()?;
    planned.refuse_impossible()?;
    let id = id_of(&prior)?;
    let context = call.context().within(TIMEOUT);
    let client = &data.client;
    let mut returned = match client.update_route::<K>(&id, &patch, &context).await {
        Ok(returned) => returned,
        Err(error) => {
            let is_refused = error.status() == Some(400);
            let cleared: Vec<_> = cleared(&patch).collect();
            let advice = match K::hint(&patch) {
                _ if !is_refused => String::new(),
                Some(hint) => hint.to_owned(),
                None => routes::unset_advice(&cleared),
            };
            let diagnostic = routes::not_changed(&prior.name(), &error, &advice);
            // The state is to hold what the API has now.
            let mut now = prior.clone();
            if let Ok(Some(returned)) = client.route::<K>(&id, &context).await {
                now.flatten(&returned, UnsetFields::Leave);
            }
            if now != prior {
                call.keep(stored(now));
            }
            return Err(diagnostic.into());
        }
    };
    if cleared(&patch).next().is_none() {
        return Ok(stored(planned));
    }
    // A response may repeat the request; only a read shows whether something was taken away.
    match client.route::<K>(&id, &context).await {
        Ok(Some(now)) => returned = now,
        Ok(None) => {}
        Err(error) => call.warn_with(routes::unverified(&prior.name(), &error)),
    }
    let left = RouteModel::<K>::not_cleared(&patch, &returned);
    if left.is_empty() {
        return Ok(stored(planned));
    }
    let mut now = planned;
    for name in &left {
        now.set(name, prior.get(name).clone());
    }
    call.keep(stored(now));
    Err(routes::not_unset(&prior.name(), &left).into())
}
