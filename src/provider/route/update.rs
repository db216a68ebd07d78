//! Changing a route in place: exactly what differs is sent.

use super::arguments::Unset;
use super::{PATIENCE, RouteObject, RouteResource, explain, id_of, read, stored};
use crate::joonto::{Error, Route, RouteId};
use crate::provider::account::{Account, Connection};
use crate::terraform::resource::{Call, Updated};
use crate::terraform::{Diagnostic, Diagnostics};
use crate::wait::Waits;

/// Brings the route from `prior` to `planned`.
pub(super) async fn update<R: RouteObject>(
    account: &Account,
    prior: R,
    planned: R,
    call: &Call<RouteResource<R>>,
) -> Updated<RouteResource<R>> {
    let settings = planned.changes(&prior, call.config());
    if settings == <R::Told as Route>::Settings::default() {
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
    let updated = R::Told::update(&connection.client, &id, &settings, &waits).await;
    let mut told = match updated {
        Ok(told) => told,
        Err(error) => {
            let diagnostic = explain::cannot_update(&prior, &settings, &error);
            return after_failure(&connection, &id, prior, diagnostic, &waits).await;
        }
    };
    if R::cleared(&settings).is_empty() {
        return Updated::Done(stored(planned));
    }
    // An answer may repeat the request; whether something was taken away, only a read tells.
    match R::Told::get(&connection.client, &id, &waits).await {
        Ok(Some(now)) => told = now,
        Ok(None) => {}
        Err(error) => warn_unread(call, &error),
    }
    let left = R::not_cleared(&settings, &told);
    if left.is_empty() {
        return Updated::Done(stored(planned));
    }
    let mut now = planned;
    now.restore(&prior, &left);
    Updated::Partly(stored(now), explain::cannot_unset(&prior, &left))
}

fn warn_unread<R: RouteObject>(call: &Call<RouteResource<R>>, error: &Error) {
    call.warn(
        format!("The {} could not be read after its change", R::NOUN),
        format!(
            "The change was made, but whether every removed argument was taken away could not be \
             read: {error}. The next refresh tells."
        ),
    );
}

/// After a failed change the state is to hold what the API has now.
async fn after_failure<R: RouteObject>(
    connection: &Connection,
    id: &RouteId,
    prior: R,
    diagnostic: Diagnostic,
    waits: &Waits,
) -> Updated<RouteResource<R>> {
    let mut now = prior.clone();
    if let Ok(Some(told)) = R::Told::get(&connection.client, id, waits).await {
        read::refresh(&mut now, &told, Unset::Leave);
    }
    match now == prior {
        true => Updated::Not(diagnostic.into()),
        false => Updated::Partly(stored(now), diagnostic),
    }
}
