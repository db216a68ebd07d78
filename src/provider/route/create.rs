//! Creating a route.
//!
//! The API cannot tell a repeated request from a second one, so a creation whose response is lost
//! is not repeated. The account's list shows whether the route was created: it is then the only new
//! one that is as asked for.

use std::collections::HashSet;

use super::model::{self, ManagedRoute, RouteModel};
use crate::context::Context;
use crate::joonto::{AccountId, Age, Client, Error, Route, RouteId};
use crate::provider::call::{Call, CallResult};
use crate::provider::diagnostics::routes;
use crate::provider::keyed::{KeyedResource as _, LOOKS, if_visible};
use crate::terraform::Diagnostic;

/// Creates the planned route.
pub(super) async fn create<K: ManagedRoute>(
    planned: RouteModel<K>,
    call: &Call<'_, RouteModel<K>>,
) -> CallResult<RouteModel<K>> {
    planned.refuse_impossible()?;
    let (client, context) = (&call.data.client, &call.context);
    let account_id = call.data.account_of(planned.text("account_id"));
    let account_id = account_id.as_ref();
    let patch = planned.expand(&RouteModel::default(), call.config());
    let created = {
        // One whose response is lost is recognized by being the only new one.
        let alone = client.creation_of::<K>(context).await;
        let _alone = alone.map_err(|why| routes::cancelled(&planned.name(), why))?;
        let before = if_visible(ids::<K>(client, account_id, context).await)?;
        match client.create_route::<K>(&patch, account_id, context).await {
            Err(lost) if lost.is_unconfirmed() => {
                let found = find(client, &planned, account_id, before, &lost, context).await?;
                call.warn_with(routes::adopted(found.id(), &lost));
                found
            }
            created => created?,
        }
    };

    let mut route = planned;
    route.set("id", created.id());
    route.set("route_id", created.id());
    route.set("account_fingerprint", client.fingerprint().as_str());
    if route.text("account_id").is_none() {
        let account_id = created.account_id.as_ref().or(account_id);
        route.set("account_id", account_id.map(AccountId::as_str));
    }
    call.keep(&route);
    if let Err(error) = K::verify_created(&mut route, &created, client, context).await {
        call.warn_with(routes::enabled_unverified(&route.name(), &error));
    }
    if route.get("enabled").is_unknown() {
        route.set("enabled", created.value("enabled").map(model::stored));
    }
    Ok(route)
}

/// The ids of all routes in the account.
async fn ids<K: ManagedRoute>(
    client: &Client,
    account_id: Option<&AccountId>,
    context: &Context,
) -> Result<HashSet<RouteId>, Error> {
    let routes = client.routes::<K>(account_id, Age::Now, context).await?;
    let routes = routes.whole()?.iter();
    Ok(routes.filter_map(|route| route.id.clone()).collect())
}

/// The route that a lost response was about. `before` are those there were already.
async fn find<K: ManagedRoute>(
    client: &Client,
    planned: &RouteModel<K>,
    account_id: Option<&AccountId>,
    before: Option<HashSet<RouteId>>,
    lost: &Error,
    context: &Context,
) -> Result<Route, Diagnostic> {
    let name = planned.name();
    let unknown = |why: String| routes::unconfirmed(&name, lost, &why);
    let Some(before) = before else {
        let why = "the account's routes could not be read, or not all of them";
        return Err(unknown(why.to_owned()));
    };
    let mut found = Vec::new();
    for wait in LOOKS {
        let slept = context.sleep(wait).await;
        slept.map_err(|why| unknown(why.to_string()))?;
        let now = ids::<K>(client, account_id, context).await;
        let now = now.map_err(|error| unknown(error.to_string()))?;
        for id in now.difference(&before) {
            let route = client.route::<K>(id, context).await;
            let route = route.map_err(|error| unknown(error.to_string()))?;
            found.extend(route.filter(|route| planned.is_created_as(route)));
        }
        if !found.is_empty() {
            break;
        }
    }
    match found.len() {
        0 => Err(routes::not_listed(&name, K::TABLE.noun, lost)),
        1 => Ok(found.remove(0)),
        _ => {
            let ids: Vec<&str> = found.iter().map(Route::id).collect();
            Err(routes::ambiguous(&name, lost, &ids))
        }
    }
}
