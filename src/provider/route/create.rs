//! Making a route.
//!
//! The API knows no way to tell a repeated request from a second one, so a creation whose answer
//! is lost is not repeated. The account's list tells whether it was made: it is then the only new
//! route that is as asked for.

use std::collections::HashSet;
use std::time::Duration;

use tokio::sync::Mutex;

use super::model::{self, RouteModel};
use super::{Kind, PATIENCE, RouteResource, account_of, explain, stored};
use crate::joonto::{AccountId, Age, Error, Route, RouteId};
use crate::provider::account::Connection;
use crate::terraform::resource::{Call, Failure, Stored};
use crate::terraform::{Diagnostic, Diagnostics};
use crate::wait::Waits;

/// How long to wait before each look at the list: it may lag.
const LOOKS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(6),
];

/// Makes the planned route.
pub(super) async fn create<K: Kind>(
    connection: &Connection,
    creating: &Mutex<()>,
    planned: RouteModel<K>,
    call: &Call<RouteResource<K>>,
) -> Result<Stored<RouteResource<K>>, Failure> {
    let mut refused = Diagnostics::new();
    planned.validate(&mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Err(refused.into());
    }
    let waits = call.waits().within(PATIENCE);
    let account_id = account_of(&planned, connection);
    let creator = Creator {
        connection,
        planned: &planned,
        account_id: account_id.as_ref(),
        waits: &waits,
    };
    let created = {
        let _alone = waits
            .wait_for(creating.lock())
            .await
            .map_err(|why| explain::not_begun(&planned, why))?;
        creator.create(call).await?
    };

    let mut route = planned;
    let id = created.id.as_ref().map(|id| id.as_str());
    route.set("id", id);
    route.set("route_id", id);
    route.set(
        "account_fingerprint",
        connection.client.fingerprint().as_str(),
    );
    if route.text("account_id").is_none() {
        let account_id = created.account_id.as_ref().or(account_id.as_ref());
        route.set("account_id", account_id.map(|id| id.as_str()));
    }
    call.keep(stored(route.clone()));
    K::verify_created(&mut route, &created, connection, call, &waits).await;
    if route.get("enabled").is_unknown() {
        route.set("enabled", created.value("enabled").map(model::stored));
    }
    Ok(stored(route))
}

struct Creator<'a, K> {
    connection: &'a Connection,
    planned: &'a RouteModel<K>,
    account_id: Option<&'a AccountId>,
    waits: &'a Waits,
}

impl<K: Kind> Creator<'_, K> {
    async fn create(&self, call: &Call<RouteResource<K>>) -> Result<Route, Diagnostic> {
        let before = self.before().await?;
        let patch = self.planned.expand(&RouteModel::default(), call.config());
        let client = &self.connection.client;
        let created = client.create_route::<K>(&patch, self.account_id, self.waits);
        match created.await {
            Ok(created) => Ok(created),
            Err(doubt) if doubt.is_in_doubt() => {
                let created = self.find(before, &doubt).await?;
                let id = created.id.as_ref().map(RouteId::as_str).unwrap_or_default();
                call.warn(
                    format!("{id} was taken up"),
                    format!(
                        "The answer to creating {} was lost: {doubt}. The account's list shows \
                         {id}, which is new and as asked for, so this is taken to be it.",
                        self.planned.name()
                    ),
                );
                Ok(created)
            }
            Err(error) => Err(explain::cannot_create(self.planned, &error)),
        }
    }

    /// The routes there are already; nothing if the credentials cannot tell.
    async fn before(&self) -> Result<Option<HashSet<RouteId>>, Diagnostic> {
        match self.list().await {
            Ok(routes) => Ok(Some(routes)),
            Err(error) if error.is_unauthorized() || error.is_incomplete() => Ok(None),
            Err(error) => Err(explain::cannot_create(self.planned, &error)),
        }
    }

    async fn list(&self) -> Result<HashSet<RouteId>, Error> {
        let client = &self.connection.client;
        let routes = client
            .routes::<K>(self.account_id, Age::Now, self.waits)
            .await?;
        Ok(routes
            .whole()?
            .iter()
            .filter_map(|route| route.id.clone())
            .collect())
    }

    /// The route that a lost answer was about.
    async fn find(
        &self,
        before: Option<HashSet<RouteId>>,
        doubt: &Error,
    ) -> Result<Route, Diagnostic> {
        let unknown = |why: &dyn std::fmt::Display| explain::in_doubt(self.planned, doubt, why);
        let Some(before) = before else {
            return Err(unknown(
                &"the account's routes could not be read, or not all of them",
            ));
        };
        let mut found = Vec::new();
        for wait in LOOKS {
            let slept = self.waits.sleep(wait).await;
            slept.map_err(|why| unknown(&why))?;
            let now = self.list().await.map_err(|error| unknown(&error))?;
            for id in now.difference(&before) {
                let route = self.connection.client.route::<K>(id, self.waits).await;
                let route = route.map_err(|error| unknown(&error))?;
                found.extend(route.filter(|route| self.planned.is_created_as(route)));
            }
            if !found.is_empty() {
                break;
            }
        }
        match found.len() {
            0 => Err(explain::none_seen(self.planned, doubt)),
            1 => Ok(found.remove(0)),
            _ => {
                let ids: Vec<&str> = found
                    .iter()
                    .filter_map(|route| route.id.as_ref().map(RouteId::as_str))
                    .collect();
                Err(explain::several_seen(self.planned, doubt, &ids))
            }
        }
    }
}
