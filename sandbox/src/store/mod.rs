//! What the simulated service holds.

pub(crate) mod accounts;
pub(crate) mod areas;
pub(crate) mod numbers;
pub(crate) mod orders;
pub(crate) mod routes;
pub(crate) mod stock;
pub(crate) mod subscribers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::accounts::Accounts;
use self::numbers::Numbers;
use self::orders::Order;
use self::routes::Route;
use self::stock::Stock;
use self::subscribers::Subscriber;

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
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) message_routes: BTreeMap<String, Route>,
    pub(crate) voice_routes: BTreeMap<String, Route>,
    /// The state of each SIM that was ever bound to a number, by ICCID.
    pub(crate) sims: BTreeMap<String, Sim>,
    pub(crate) subscribers: BTreeMap<String, Subscriber>,
    pub(crate) stock: Stock,
}

impl Store {
    pub(crate) fn new() -> Self {
        let accounts = Accounts::new();
        let owner = accounts.default().clone();
        Self {
            message_routes: routes::first_message_routes(&owner),
            voice_routes: routes::first_voice_routes(&owner),
            accounts,
            numbers: Numbers::default(),
            orders: BTreeMap::new(),
            sims: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            stock: Stock::new(),
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
