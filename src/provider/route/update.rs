//! Changing a route in place: exactly what differs is sent.

use super::model::{ManagedRoute, RouteModel, cleared};
use super::{RouteResource, id_of};
use crate::context::Context;
use crate::provider::diagnostics::routes;
use crate::provider::keyed::{Call, KeyedError, KeyedResource as _, keep};
use crate::provider::provider_data::ProviderData;

/// Brings the route from `prior` to `planned`.
pub(super) async fn update<K: ManagedRoute>(
    data: &ProviderData,
    prior: &RouteModel<K>,
    planned: RouteModel<K>,
    call: &Call<RouteResource<K>>,
    context: &Context,
) -> Result<RouteModel<K>, KeyedError> {
    let patch = planned.expand(prior, call.config());
    if patch.is_empty() {
        return Ok(planned);
    }
    planned.refuse_impossible()?;
    let (id, name) = (id_of(prior)?, RouteResource::name(prior));
    let client = &data.client;
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
        return Ok(planned);
    }
    // A response may repeat the request; only a read shows whether something was taken away.
    match client.route::<K>(&id, context).await {
        Ok(Some(now)) => returned = now,
        Ok(None) => {}
        Err(error) => call.warn_with(routes::unverified(&name, &error)),
    }
    let left = RouteModel::<K>::not_cleared(&patch, &returned);
    if left.is_empty() {
        return Ok(planned);
    }
    let mut now = planned;
    for name in &left {
        now.set(name, prior.get(name).clone());
    }
    keep(call, data, &now);
    Err(routes::not_unset(&name, &left).into())
}
