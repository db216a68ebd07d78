//! Changing a route in place: exactly what differs is sent.

use super::model::{RouteModel, Unset, cleared};
use super::{Kind, PATIENCE, RouteResource, explain, id_of, stored};
use crate::joonto::{Error, RouteId};
use crate::provider::account::{Account, Connection};
use crate::terraform::resource::{Call, Updated};
use crate::terraform::{Diagnostic, Diagnostics};
use crate::wait::Waits;

/// Brings the route from `prior` to `planned`.
pub(super) async fn update<K: Kind>(
    account: &Account,
    prior: RouteModel<K>,
    planned: RouteModel<K>,
    call: &Call<RouteResource<K>>,
) -> Updated<RouteResource<K>> {
    let patch = planned.expand(&prior, call.config());
    if patch.is_empty() {
        return Updated::Done(stored(planned));
    }
    let connection = match account.connection() {
        Ok(connection) => connection,
        Err(failure) => return Updated::Not(failure),
    };
    let mut refused = Diagnostics::new();
    planned.validate(&mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Updated::Not(refused.into());
    }
    let id = match id_of(&prior) {
        Ok(id) => id,
        Err(diagnostic) => return Updated::Not(diagnostic.into()),
    };
    let waits = call.waits().within(PATIENCE);
    let client = &connection.client;
    let mut returned = match client.update_route::<K>(&id, &patch, &waits).await {
        Ok(returned) => returned,
        Err(error) => {
            let diagnostic = explain::cannot_update(&prior, &patch, &error);
            return after_failure(&connection, &id, prior, diagnostic, &waits).await;
        }
    };
    if cleared(&patch).next().is_none() {
        return Updated::Done(stored(planned));
    }
    // An answer may repeat the request; whether something was taken away, only a read tells.
    match client.route::<K>(&id, &waits).await {
        Ok(Some(now)) => returned = now,
        Ok(None) => {}
        Err(error) => warn_unread(call, &error),
    }
    let left = RouteModel::<K>::not_cleared(&patch, &returned);
    if left.is_empty() {
        return Updated::Done(stored(planned));
    }
    let mut now = planned;
    for name in &left {
        now.set(name, prior.get(name).clone());
    }
    Updated::Partly(stored(now), explain::cannot_unset(&prior, &left))
}

fn warn_unread<K: Kind>(call: &Call<RouteResource<K>>, error: &Error) {
    call.warn(
        format!("The {} could not be read after its change", K::TABLE.noun),
        format!(
            "The change was made, but whether every removed argument was taken away could not be \
             read: {error}. The next refresh tells."
        ),
    );
}

/// After a failed change the state is to hold what the API has now.
async fn after_failure<K: Kind>(
    connection: &Connection,
    id: &RouteId,
    prior: RouteModel<K>,
    diagnostic: Diagnostic,
    waits: &Waits,
) -> Updated<RouteResource<K>> {
    let mut now = prior.clone();
    if let Ok(Some(returned)) = connection.client.route::<K>(id, waits).await {
        now.flatten(&returned, Unset::Leave);
    }
    match now == prior {
        true => Updated::Not(diagnostic.into()),
        false => Updated::Partly(stored(now), diagnostic),
    }
}
