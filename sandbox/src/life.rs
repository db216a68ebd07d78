//! What happens to numbers and orders apart from the request that is being served: time passes, orders complete,
//! other programs buy.

use time::OffsetDateTime;

use crate::ledger::{Purchase, PurchaseState};
use crate::operations;
use crate::store::Sim;
use crate::store::data::DataPlan;
use crate::store::numbers::{NumberKind, NumberStatus, StoredNumber, Wait};
use crate::store::orders::{OrderState, StoredOrder};
use crate::store::port_ins::{PortIn, PortInState};
use crate::store::stock::Drawn;
use crate::switches::{Lag, Switches};
use crate::world::World;

impl World {
    /// Lets the clock's consequences happen: purges and scheduled changes.
    pub(crate) fn let_due_happen(&mut self, now: OffsetDateTime) {
        let due: Vec<_> = self
            .store
            .orders
            .values()
            .filter_map(|order| match &order.state {
                OrderState::Scheduled(change) if change.on <= now.date() => {
                    Some((order.id.clone(), order.numbers.clone(), change.what.clone()))
                }
                _ => None,
            })
            .collect();
        for (order_id, numbers, what) in due {
            if let Some(order) = self.store.orders.get_mut(&order_id) {
                order.state = OrderState::Complete;
            }
            for number in numbers {
                self.change_status(0, &number, &what);
            }
        }
        let over: Vec<_> = self
            .store
            .orders
            .values()
            .filter(|order| order.state.is_over(now))
            .map(|order| order.id.clone())
            .collect();
        for order_id in over {
            self.advance_order(&order_id, |state| state.is_over(now));
        }
        for number in self.store.numbers.expired(now) {
            self.store.numbers.remove(&number);
            self.store.stock.give_back(&number);
            self.ledger.change(0, "purge", &number);
            self.dirty = true;
        }
    }

    /// Parks, cancels, activates or reactivates a number. The caller has checked that it may.
    pub(crate) fn change_status(&mut self, request: u64, number: &str, what: &str) {
        let now = self.clock.now();
        let Some(found) = self.store.numbers.get_mut(number) else {
            return;
        };
        let lag = self.switches.status_lag;
        let stale = lag.map(|lag| found.clone().into_stale(lag, now));
        found.stale = stale.or(found.stale.take());
        match what {
            "park" => found.status = NumberStatus::Parked,
            "cancel" => {
                found.status = NumberStatus::Cancelled { at: now };
                found.iccid = None;
                found.activation_code = None;
            }
            _ => found.status = NumberStatus::Active,
        }
        self.ledger.change(request, what, number);
        self.dirty = true;
    }

    /// Hands a number to its buyer.
    pub(crate) fn deliver(&mut self, mut number: StoredNumber) {
        let now = self.clock.now();
        let starting = |lag: Option<Lag>| lag.map(|lag| Wait::starting(lag, now));
        number.hidden = starting(self.switches.inventory_lag);
        number.unknown = starting(self.switches.details_lag);
        number.unbound = starting(self.switches.sim_lag);
        if self.switches.inventory_twins {
            let area = number.number.get(2..5).unwrap_or_default();
            number.twin = self
                .store
                .stock
                .draw_from(area, None)
                .map(|drawn| drawn.number);
        }
        if let Some(iccid) = &number.iccid {
            let sim = Sim {
                account_key: number.account_key.clone(),
                status: "Active".into(),
            };
            self.store.sims.insert(iccid.clone(), sim);
        }
        self.store.numbers.insert(number);
    }

    /// Lets time or reads do what they do to an order, for as long as it is due.
    pub(crate) fn advance_order(&mut self, id: &str, is_due: impl Fn(&mut OrderState) -> bool) {
        while let Some(order) = self.store.orders.get_mut(id)
            && is_due(&mut order.state)
        {
            match &order.state {
                OrderState::PortIn(port_in) => {
                    let next = port_in.next_state(&self.switches);
                    let at = match port_in.wait {
                        Some(Wait::Until(then)) => then,
                        _ => self.clock.now(),
                    };
                    self.move_port_in(0, id, next, at);
                }
                _ => {
                    self.finish_order(id, None);
                }
            }
        }
    }

    /// Moves an open port-in to a state. False if there is none.
    pub(crate) fn move_port_in(
        &mut self,
        request: u64,
        id: &str,
        to: PortInState,
        at: OffsetDateTime,
    ) -> bool {
        let Switches {
            port_in_step,
            port_in_lag,
            port_in_fee_returned,
            ..
        } = self.switches;
        let Some(order) = self.store.orders.get_mut(id) else {
            return false;
        };
        let OrderState::PortIn(port_in) = &mut order.state else {
            return false;
        };
        if !port_in.state.is_open() {
            return false;
        }
        port_in.enter(to.clone(), at, port_in_step, port_in_lag);
        let order = order.clone();
        let number = order.numbers.concat();
        match to {
            PortInState::Complete => {
                self.ledger.change(request, "port-in complete", &number);
                self.deliver_ported(&order, at);
            }
            PortInState::Cancelled => {
                self.ledger.change(request, "port-in cancel", &number);
                if port_in_fee_returned {
                    self.ledger.change(request, "port-in fee returned", &number);
                }
            }
            _ => {}
        }
        self.dirty = true;
        true
    }

    /// Hands a ported number to the one who asked for it: without routes and subscriber, on the SIM that was named.
    fn deliver_ported(&mut self, order: &StoredOrder, at: OffsetDateTime) {
        let OrderState::PortIn(port_in) = &order.state else {
            return;
        };
        let Some(owner) = self.store.accounts.by_key(&order.account_key) else {
            return;
        };
        let account_id = match &self.switches.port_in_account {
            Some(account_id) => account_id.clone(),
            None => owner.credentials.account_id.clone(),
        };
        let address = port_in.fields.get("CurrentBillingAddress");
        let zip = address.and_then(|address| address["Zip"].as_str());
        let drawn = Drawn {
            number: order.numbers.concat(),
            zip: zip.unwrap_or_default().to_owned(),
        };
        let kind = port_in.text("TargetPortinClassification");
        let is_iot = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("iot"));
        let iccid = port_in.text("ICCID").map(str::to_owned);
        let number = self.new_number(&order.account_key, account_id, drawn, at);
        self.deliver(StoredNumber {
            kind: if is_iot {
                NumberKind::Iot
            } else {
                NumberKind::Mvno
            },
            iccid,
            order_id: order.id.clone(),
            subscriber_id: None,
            product_type: None,
            activation_code: None,
            ..number
        });
    }

    /// The order of this id, or the last port-in of this number.
    pub(crate) fn port_in_order(&self, id_or_number: &str) -> Option<&StoredOrder> {
        let by_id = self.store.orders.get(id_or_number);
        let mut port_ins = self.port_ins();
        by_id
            .filter(|order| matches!(order.state, OrderState::PortIn(_)))
            .or_else(|| {
                port_ins.retain(|(order, _)| order.numbers.iter().any(|own| own == id_or_number));
                port_ins.last().map(|(order, _)| *order)
            })
    }

    /// Every port-in, oldest first.
    pub(crate) fn port_ins(&self) -> Vec<(&StoredOrder, &PortIn)> {
        let orders = self.store.orders.values();
        let mut port_ins: Vec<_> = orders
            .filter_map(|order| match &order.state {
                OrderState::PortIn(port_in) => Some((order, port_in.as_ref())),
                _ => None,
            })
            .collect();
        port_ins.sort_by_key(|(order, port_in)| (order.date, port_in.request));
        port_ins
    }

    /// Ends a pending order: it completes, or fails with the text given or the one it was ordered with.
    pub(crate) fn finish_order(&mut self, id: &str, failure: Option<String>) -> bool {
        let Some(order) = self.store.orders.get_mut(id) else {
            return false;
        };
        let (fails, number) = match &order.state {
            OrderState::Pending { fails, number, .. } => (fails, number.as_ref().clone()),
            OrderState::Changing { .. } => return self.finish_change(id, failure),
            OrderState::PortIn(_) => {
                let to = match failure {
                    Some(message) => PortInState::ResolutionRequired { message },
                    None => PortInState::Complete,
                };
                return self.move_port_in(0, id, to, self.clock.now());
            }
            _ => return false,
        };
        match failure.or_else(|| fails.clone()) {
            Some(text) => {
                order.state = OrderState::Error(text);
                order.numbers.clear();
                self.store.stock.give_back(&number.number);
                self.ledger.settle_purchase(id, PurchaseState::Failed);
            }
            None => {
                order.state = OrderState::Complete;
                self.ledger.settle_purchase(id, PurchaseState::Complete);
                self.deliver(number);
            }
        }
        self.dirty = true;
        true
    }

    /// Ends a pending change of status, as [`finish_order`](Self::finish_order) does a purchase.
    fn finish_change(&mut self, id: &str, failure: Option<String>) -> bool {
        let Some(order) = self.store.orders.get_mut(id) else {
            return false;
        };
        let state = std::mem::replace(&mut order.state, OrderState::Complete);
        let OrderState::Changing {
            fails,
            what,
            numbers,
            ..
        } = state
        else {
            order.state = state;
            return false;
        };
        self.dirty = true;
        match failure.or(fails) {
            Some(text) => order.state = OrderState::Error(text),
            None => {
                for number in numbers {
                    self.change_status(0, &number, &what);
                }
            }
        }
        true
    }

    /// Draws a number out of stock for an account, as an ordinary purchase does.
    fn draw_number(&mut self, account_key: &str, area: Option<&str>) -> Option<StoredNumber> {
        let distributor = self.store.accounts.by_key(account_key)?;
        let account_id = distributor.credentials.account_id.clone();
        let drawn = self.store.stock.draw(area, None, &mut self.ids)?;
        let number = self.new_number(account_key, account_id, drawn, self.clock.now());
        Some(StoredNumber {
            iccid: Some(self.ids.iccid()),
            ..number
        })
    }

    /// What was drawn, with the fields of an ordinary purchase, but for its SIM.
    pub(crate) fn new_number(
        &mut self,
        account_key: &str,
        account_id: String,
        drawn: Drawn,
        now: OffsetDateTime,
    ) -> StoredNumber {
        StoredNumber {
            number: drawn.number,
            account_key: account_key.to_owned(),
            account_id,
            kind: NumberKind::Mvno,
            message_type: "p2p".into(),
            message_enabled: true,
            voice_enabled: false,
            data_enabled: None,
            message_route_id: None,
            voice_route_id: None,
            iccid: None,
            subscriber_id: Some(format!("TSUID-{}", self.ids.uuid())),
            product_type: Some("Sms+Data".into()),
            status: NumberStatus::Active,
            zip_code: drawn.zip,
            nid: format!("NID-{}", self.ids.uuid()),
            tnid: format!("TNID-{}", self.ids.hex(24)),
            order_id: format!("JNUOID-{}", self.ids.uuid()),
            read_order_id: format!("TNOID-{}", self.ids.uuid()),
            bought: now,
            undated: false,
            data: DataPlan::default(),
            cnam: [None, None],
            activation_code: Some(operations::activation_code(&mut self.ids)),
            swaps_remaining: 2,
            next_swap_reset: now + time::Duration::days(30),
            port_out_pin: self.ids.digits(4),
            e911: None,
            device: None,
            hidden: None,
            unknown: None,
            unbound: None,
            stale: None,
            twin: None,
        }
    }

    /// Another program buys a number for the account.
    pub(crate) fn buy_behind_the_scenes(&mut self, account_key: &str) -> Option<StoredNumber> {
        self.buy_behind_the_scenes_with(account_key, None, |_| Ok(()))
    }

    /// Another program buys a number of an area (none = any; an unknown one is opened for it) with fields of its choice. The number itself and its
    /// owner stay as drawn.
    pub(crate) fn buy_behind_the_scenes_with(
        &mut self,
        account_key: &str,
        area: Option<&str>,
        change: impl FnOnce(&mut StoredNumber) -> Result<(), ()>,
    ) -> Option<StoredNumber> {
        if let Some(area) = area.filter(|area| !self.store.stock.areas.contains_key(*area)) {
            self.store.stock.set(area, 1);
        }
        let drawn = self.draw_number(account_key, area)?;
        let mut number = drawn.clone();
        change(&mut number).ok()?;
        number.number = drawn.number;
        number.account_key = drawn.account_key;
        self.store.numbers.insert(number.clone());
        self.dirty = true;
        self.ledger.orders.push(Purchase {
            request: 0,
            order_id: number.order_id.clone(),
            number: number.number.clone(),
            account_key: account_key.to_owned(),
            state: PurchaseState::Complete,
        });
        Some(number)
    }

    /// Gives the first `count` numbers of a fleet to the default account, spread over the areas.
    pub(crate) fn seed_fleet(&mut self, count: usize) {
        let key = self.store.accounts.default().key().to_owned();
        let areas: Vec<String> = self
            .store
            .stock
            .areas
            .iter()
            .filter(|(_, area)| area.remaining > 0)
            .map(|(code, _)| code.clone())
            .collect();
        // As many of one area as are reserved for fiction, then the next area.
        for place in 0..count {
            let area = &areas[(place / 100) % areas.len()];
            if let Some(number) = self.draw_number(&key, Some(area)) {
                self.store.numbers.insert(number);
            }
        }
    }

    /// Moves a number to the other owner, as if its owner's credentials had never seen it.
    pub(crate) fn steal(&mut self, number: &str) -> bool {
        let Some(found) = self.store.numbers.get_mut(number) else {
            return false;
        };
        let default = self.store.accounts.default();
        let thief = if found.account_key == default.key() {
            self.store.accounts.second()
        } else {
            default
        };
        found.account_key = thief.key().to_owned();
        found.account_id = thief.credentials.account_id.clone();
        self.ledger.change(0, "steal", number);
        self.dirty = true;
        true
    }

    /// Removes a number permanently.
    pub(crate) fn vanish(&mut self, number: &str) -> bool {
        let found = self.store.numbers.remove(number).is_some();
        if found {
            self.ledger.change(0, "vanish", number);
            self.dirty = true;
        }
        found
    }

    /// Hides a number from reads, or shows it again.
    pub(crate) fn hide(&mut self, number: &str, hidden: bool) {
        let all = &mut self.switches.hidden_numbers;
        match hidden {
            true => all.insert(number.to_owned()),
            false => all.remove(number),
        };
    }
}
