//! What the simulated service holds.

pub(crate) mod accounts;
pub(crate) mod areas;
pub(crate) mod data;
pub(crate) mod numbers;
pub(crate) mod orders;
pub(crate) mod port_ins;
pub(crate) mod routes;
pub(crate) mod stock;
pub(crate) mod subscribers;
pub(crate) mod webhooks;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::accounts::Accounts;
use self::numbers::Numbers;
use self::orders::StoredOrder;
use self::routes::{Route, RouteKind};
use self::stock::Stock;
use self::subscribers::Subscriber;
use self::webhooks::Webhook;

/// A SIM the service has seen.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Sim {
    pub(crate) account_key: String,
    /// `Active`, `Suspended` or `Empty`.
    pub(crate) status: String,
}

/// Everything a restart must keep.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Store {
    pub(crate) accounts: Accounts,
    pub(crate) numbers: Numbers,
    pub(crate) orders: BTreeMap<String, StoredOrder>,
    pub(crate) message_routes: BTreeMap<String, Route>,
    pub(crate) voice_routes: BTreeMap<String, Route>,
    /// The state of each SIM that was ever bound to a number, by ICCID.
    pub(crate) sims: BTreeMap<String, Sim>,
    pub(crate) subscribers: BTreeMap<String, Subscriber>,
    #[serde(default)]
    pub(crate) webhooks: BTreeMap<String, Webhook>,
    pub(crate) stock: Stock,
}

impl Store {
    pub(crate) fn new() -> Self {
        let accounts = Accounts::new();
        let owner = accounts.default().clone();
        Self {
            message_routes: routes::seed_message_route(&owner),
            voice_routes: routes::seed_voice_route(&owner),
            webhooks: webhooks::seed(&owner),
            accounts,
            numbers: Numbers::default(),
            orders: BTreeMap::new(),
            sims: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            stock: Stock::new(),
        }
    }

    /// The routes of one kind, by id.
    pub(crate) fn routes(&self, kind: RouteKind) -> &BTreeMap<String, Route> {
        match kind {
            RouteKind::Message => &self.message_routes,
            RouteKind::Voice => &self.voice_routes,
        }
    }

    /// As [`routes`](Self::routes), to change them.
    pub(crate) fn routes_mut(&mut self, kind: RouteKind) -> &mut BTreeMap<String, Route> {
        match kind {
            RouteKind::Message => &mut self.message_routes,
            RouteKind::Voice => &mut self.voice_routes,
        }
    }

    /// The route of this id, of either kind.
    pub(crate) fn route_mut(&mut self, id: &str) -> Option<&mut Route> {
        match self.message_routes.get_mut(id) {
            Some(route) => Some(route),
            None => self.voice_routes.get_mut(id),
        }
    }
}
