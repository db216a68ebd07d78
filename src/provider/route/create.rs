//! Making a route.
//!
//! The API knows no way to tell a repeated request from a second one, so a creation whose answer
//! is lost is not repeated. The account's list tells whether it was made: it is then the only new
//! route that is as asked for.

use std::collections::HashSet;
use std::time::Duration;

use tokio::sync::Mutex;

use super::{PATIENCE, RouteObject, RouteResource, account_of, explain, name_of, stored};
use crate::joonto::{AccountId, Age, Error, Route, RouteId, Told};
use crate::provider::account::Connection;
use crate::terraform::resource::{Call, Failure, Stored};
use crate::terraform::{Attr, Diagnostic, Diagnostics};
use crate::wait::Waits;

/// How long to wait before each look at the list: it may lag.
const LOOKS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(6),
];

/// Makes the planned route.
pub(super) async fn create<R: RouteObject>(
    connection: &Connection,
    making: &Mutex<()>,
    planned: R,
    call: &Call<RouteResource<R>>,
) -> Result<Stored<RouteResource<R>>, Failure> {
    let mut refused = Diagnostics::new();
    planned.validate(&mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Err(refused.into());
    }
    let waits = call.waits().within(PATIENCE);
    let account_id = account_of(&planned, connection);
    let maker = Maker {
        connection,
        planned: &planned,
        account_id: account_id.as_ref(),
        waits: &waits,
    };
    let made = {
        let _alone = waits
            .wait_for(making.lock())
            .await
            .map_err(|why| explain::not_begun(&planned, why))?;
        maker.make(call).await?
    };

    let mut route = planned;
    let fingerprint = connection.client.fingerprint().to_string();
    let common = route.common_mut();
    let id = made.id().map(|id| id.as_str().to_owned());
    *common.id = id.clone().into();
    *common.route_id = id.into();
    *common.account_fingerprint = Attr::Known(fingerprint);
    if !common.account_id.is_known() {
        let account_id = made.account_id().cloned().or(account_id);
        *common.account_id = account_id.map(|id| id.as_str().to_owned()).into();
    }
    call.keep(stored(route.clone()));
    route.settle(&made, connection, call, &waits).await;
    let enabled = route.common_mut().enabled;
    if enabled.is_unknown() {
        *enabled = R::told_enabled(&made).value().copied().into();
    }
    Ok(stored(route))
}

struct Maker<'a, R> {
    connection: &'a Connection,
    planned: &'a R,
    account_id: Option<&'a AccountId>,
    waits: &'a Waits,
}

impl<R: RouteObject> Maker<'_, R> {
    async fn make(&self, call: &Call<RouteResource<R>>) -> Result<R::Told, Diagnostic> {
        let before = self.before().await?;
        let settings = self.planned.changes(&R::default(), call.config());
        let client = &self.connection.client;
        match R::Told::create(client, &settings, self.account_id, self.waits).await {
            Ok(made) => Ok(made),
            Err(doubt) if doubt.is_in_doubt() => {
                let made = self.find(before, &doubt).await?;
                let id = made.id().map(RouteId::as_str).unwrap_or_default();
                call.warn(
                    format!("{id} was taken up"),
                    format!(
                        "The answer to creating {} was lost: {doubt}. The account's list shows \
                         {id}, which is new and as asked for, so this is taken to be it.",
                        name_of(self.planned)
                    ),
                );
                Ok(made)
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
        let routes = R::Told::list(client, self.account_id, Age::Now, self.waits).await?;
        Ok(routes
            .whole()?
            .iter()
            .filter_map(|route| route.id().cloned())
            .collect())
    }

    /// The route that a lost answer was about.
    async fn find(
        &self,
        before: Option<HashSet<RouteId>>,
        doubt: &Error,
    ) -> Result<R::Told, Diagnostic> {
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
                let route = R::Told::get(&self.connection.client, id, self.waits).await;
                let route = route.map_err(|error| unknown(&error))?;
                found.extend(route.filter(|route| self.planned.is_made_as(route)));
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
                    .filter_map(|route| route.id().map(RouteId::as_str))
                    .collect();
                Err(explain::several_seen(self.planned, doubt, &ids))
            }
        }
    }
}

/// Whether a told text is that of an attribute, as far as it is told.
pub(in crate::provider) fn agrees(attribute: &Attr<String>, told: &Told<String>) -> bool {
    match (attribute.as_str().filter(|text| !text.is_empty()), told) {
        (_, Told::Nothing) => true,
        (text, told) => text == told.value().map(String::as_str),
    }
}
