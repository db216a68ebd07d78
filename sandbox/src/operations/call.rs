//! What several operations need: the caller's own numbers and routes, and the orders writes leave behind.

use time::OffsetDateTime;

use super::IncomingCall;
use crate::contract::Given;
use crate::reply::Refusal;
use crate::store::Store;
use crate::store::accounts::Distributor;
use crate::store::numbers::{NumberStatus, StoredNumber, Wait};
use crate::store::orders::{OrderState, StoredOrder};
use crate::store::routes::RouteKind;

impl IncomingCall<'_> {
    pub(super) fn distributor(&self) -> Result<&Distributor, Refusal> {
        self.world
            .store
            .accounts
            .by_key(&self.account_key)
            .ok_or_else(|| Refusal::new(401, "Unknown AccountKey"))
    }

    /// Refuses an account that is not one of the caller's.
    pub(super) fn check_account(&self, asked: &Given<String>) -> Result<(), Refusal> {
        match asked.value() {
            Some(asked) if !self.distributor()?.owns(asked) => {
                Err(Refusal::bad("Invalid AccountId"))
            }
            _ => Ok(()),
        }
    }

    /// The caller's number; 404 for one that is absent, another's, or invisible by a switch.
    pub(super) fn own_number(&self, number: &str) -> Result<StoredNumber, Refusal> {
        let found = self.cancelled_or_own_number(number)?;
        let cancelled = matches!(found.status, NumberStatus::Cancelled { .. });
        if cancelled && self.world.switches.cancelled_is_gone {
            return Err(Refusal::not_found("Number"));
        }
        Ok(found)
    }

    /// As [`own_number`](Self::own_number), for a change: by switch, what details do not find yet cannot be changed.
    pub(super) fn changeable_number(&self, number: &str) -> Result<StoredNumber, Refusal> {
        let found = self.own_number(number)?;
        let lags = found.unknown.as_ref().is_some_and(|w| w.lasts(self.now));
        if lags && self.world.switches.changes_lag {
            return Err(Refusal::not_found("Number"));
        }
        Ok(found)
    }

    /// As [`own_number`](Self::own_number), but a cancelled number is always found.
    pub(super) fn cancelled_or_own_number(&self, number: &str) -> Result<StoredNumber, Refusal> {
        let visible = !self.world.switches.numbers_invisible;
        self.world
            .store
            .numbers
            .get(number)
            .filter(|found| visible && found.account_key == self.account_key)
            .cloned()
            .ok_or_else(|| Refusal::not_found("Number"))
    }

    /// The caller's number as details may show it: 404 also for one that is hidden, or that they do not find yet.
    pub(super) fn visible_number(
        &mut self,
        number: &str,
        by_sim: bool,
    ) -> Result<StoredNumber, Refusal> {
        let found = self.cancelled_or_own_number(number)?;
        let switches = &self.world.switches;
        let gone = switches.cancelled_is_gone && !found.shown(self.now).is_owned();
        let hidden = gone || switches.hidden_numbers.contains(number);
        if hidden || (!by_sim && self.is_unknown(number)) {
            return Err(Refusal::not_found("Number"));
        }
        Ok(found)
    }

    /// Whether details by number do not find the number yet. Counts the read.
    fn is_unknown(&mut self, number: &str) -> bool {
        let now = self.now;
        let found = self.world.store.numbers.get_mut(number);
        found.is_some_and(|number| still_waits(&mut number.unknown, now))
    }

    /// The number a SIM responds under: the one bought last, if several were. One that lags counts the read, and is
    /// passed over.
    pub(super) fn number_of_sim(&mut self, iccid: &str) -> Option<String> {
        let now = self.now;
        let Store { numbers, .. } = &self.world.store;
        let bound = numbers.of_sim(&self.account_key, iccid, now);
        bound.into_iter().find(|number| {
            if self.world.switches.hidden_numbers.contains(number) {
                return false;
            }
            let found = self.world.store.numbers.get_mut(number);
            found.is_some_and(|number| !still_waits(&mut number.unbound, now))
        })
    }

    /// Any other number of the caller's.
    pub(super) fn another_number(&self, number: &str) -> Option<StoredNumber> {
        let mut others = self.world.store.numbers.iter();
        others
            .find(|other| other.account_key == self.account_key && other.number != number)
            .cloned()
    }

    /// The number as a read shows it now, which may be as it was before its last update. Counts the read.
    pub(super) fn read(&mut self, number: &str) -> Option<StoredNumber> {
        let now = self.now;
        let found = self.world.store.numbers.get_mut(number)?;
        if let Some(stale) = &mut found.stale {
            if stale.wait.holds(now) {
                return Some(stale.shown.clone());
            }
            found.stale = None;
        }
        Some(found.clone())
    }

    /// Refuses a route that is not one of the caller's of this kind.
    pub(super) fn check_route(&self, kind: RouteKind, id: Option<&String>) -> Result<(), Refusal> {
        let Some(id) = id else {
            return Ok(());
        };
        match self.world.store.routes(kind).get(id) {
            Some(route) if route.account_key == self.account_key => Ok(()),
            _ => Err(Refusal::bad(format!("Invalid {kind:?}RouteId"))),
        }
    }

    /// The account a route belongs to: the one asked for, which may also be the distributor itself.
    pub(super) fn route_account(&self, asked: Option<&str>) -> Result<String, Refusal> {
        let distributor = self.distributor()?;
        match asked {
            Some(asked) if distributor.owns(asked) => Ok(asked.to_owned()),
            Some(asked) if asked != distributor.key() => Err(Refusal::bad("Invalid AccountId")),
            _ => Ok(distributor.credentials.account_id.clone()),
        }
    }

    /// By switch, a route that a number still uses cannot be deleted.
    pub(super) fn check_unused(&self, route_id: &str) -> Result<(), Refusal> {
        let mut numbers = self.world.store.numbers.iter();
        if self.world.switches.route_in_use_refused
            && numbers.any(|number| number.is_owned() && number.uses_route(route_id))
        {
            return Err(Refusal::bad("Route is still assigned to numbers"));
        }
        Ok(())
    }

    /// Leaves a complete order behind and returns its id.
    pub(super) fn record_order(&mut self, kind: &str, numbers: &[&str]) -> String {
        let id = format!("JNUOID-{}", self.world.ids.uuid());
        let order = StoredOrder {
            id: id.clone(),
            account_key: self.account_key.clone(),
            kind: kind.to_owned(),
            date: self.now,
            numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
            state: OrderState::Complete,
            missing_polls: self.world.switches.order_missing_polls,
        };
        self.world.store.orders.insert(id.clone(), order);
        id
    }
}

/// Whether this read has to wait. Forgets a wait that is over.
fn still_waits(wait: &mut Option<Wait>, now: OffsetDateTime) -> bool {
    let waits = wait.as_mut().is_some_and(|wait| wait.holds(now));
    if !waits {
        *wait = None;
    }
    waits
}
