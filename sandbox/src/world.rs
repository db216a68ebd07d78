//! Everything a running sandbox knows, and how a request passes through it. One mutex guards one `World`.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::clock::Clock;
use crate::contract::{Input, Kind, Source};
use crate::dates;
use crate::faults::{Fault, FaultKind, Faults, Struck};
use crate::ids::Ids;
use crate::ledger::{self, Ledger, Purchase, PurchaseState, Request};
use crate::limit::Limiter;
use crate::operations::{self, Call, Entry};
use crate::reply::{Refusal, Reply};
use crate::store::numbers::{Number, NumberKind, NumberStatus, Wait};
use crate::store::orders::OrderState;
use crate::store::{Sim, Store};
use crate::switches::{RetryAfter, Switches};
use crate::tokens::Tokens;

/// The state of a sandbox.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) store: Store,
    pub(crate) switches: Switches,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    pub(crate) tokens: Tokens,
    pub(crate) limiter: Limiter,
    /// Something changed that a state file must learn.
    pub(crate) dirty: bool,
}

/// A request off the wire.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl World {
    pub(crate) fn new(seed: u64, clock: Clock, switches: Switches) -> Self {
        Self {
            clock,
            ids: Ids::new(seed),
            store: Store::new(),
            switches,
            faults: Faults::default(),
            ledger: Ledger::default(),
            tokens: Tokens::default(),
            limiter: Limiter::default(),
            dirty: true,
        }
    }

    /// Enters a request in the ledger and looks whether a fault waits for it.
    pub(crate) fn arrive(&mut self, incoming: &Incoming) -> (u64, Option<Struck>) {
        let id = self.ledger.open(Request {
            id: 0,
            at: dates::with_z(self.clock.now()),
            method: incoming.method.clone(),
            path: incoming.path.clone(),
            query: incoming.query.clone(),
            body: ledger::masked(&incoming.body),
            account_key: None,
            status: None,
            fault: None,
            placement: None,
            violations: Vec::new(),
        });
        let struck = self
            .faults
            .strike(&incoming.method, &incoming.path, &incoming.query);
        if let (Some(struck), Some(entry)) = (&struck, self.ledger.request(id)) {
            entry.fault = Some(struck.kind.name());
            entry.placement = Some(struck.placement);
        }
        if let Some(Struck {
            kind: FaultKind::ExpireToken,
            ..
        }) = &struck
            && let Some(token) = incoming.authorization.as_deref().and_then(bearer)
        {
            self.tokens.revoke(token);
        }
        (id, struck)
    }

    /// Serves a request: authorisation, limit, contract, operation.
    pub(crate) fn serve(&mut self, id: u64, incoming: &Incoming) -> Reply {
        let now = self.clock.now();
        self.settle(now);
        self.dirty = true;
        let reply = match self.try_serve(id, incoming, now) {
            Ok(reply) => reply,
            Err(Failure::Refused(refusal)) => {
                self.note_violations(id, &refusal.violations);
                Reply::envelope(refusal.status, &refusal.message)
            }
            Err(Failure::OverLimit(wait)) => self.over_limit(wait, now),
        };
        if self.switches.random_key_case {
            reply.recased(&mut self.ids)
        } else {
            reply
        }
    }

    /// Writes down the status that was sent.
    pub(crate) fn answered(&mut self, id: u64, status: Option<u16>) {
        if let Some(entry) = self.ledger.request(id) {
            entry.status = status;
        }
    }

    fn try_serve(
        &mut self,
        id: u64,
        incoming: &Incoming,
        now: OffsetDateTime,
    ) -> Result<Reply, Failure> {
        let entry = operations::find(&incoming.method, &incoming.path)?;
        let account_key = if entry.is_token_call() {
            self.admit_token_call(incoming, now)?;
            String::new()
        } else {
            let key = self.authorize(incoming, now)?;
            if let Some(entry) = self.ledger.request(id) {
                entry.account_key = Some(key.clone());
            }
            self.admit(&key, now)?;
            key
        };
        let input = read_input(entry, incoming)?;
        let mut call = Call {
            world: self,
            account_key,
            request: id,
            now,
        };
        let (outcome, unknown) = entry.run(&mut call, &input);
        self.note_violations(id, &unknown);
        Ok(outcome?)
    }

    fn note_violations(&mut self, id: u64, violations: &[String]) {
        if let Some(entry) = self.ledger.request(id) {
            entry.violations.extend_from_slice(violations);
        }
    }

    fn authorize(&self, incoming: &Incoming, now: OffsetDateTime) -> Result<String, Refusal> {
        let token = incoming
            .authorization
            .as_deref()
            .and_then(bearer)
            .and_then(|token| self.tokens.check(token, now))
            .ok_or_else(|| Refusal::new(401, "Token is missing, invalid or expired"))?;
        if token.path == incoming.path {
            return Ok(token.account_key.clone());
        }
        let status = if self.switches.wrong_endpoint_is_401 {
            401
        } else {
            403
        };
        Err(Refusal::new(
            status,
            "Token was not issued for this endpoint",
        ))
    }

    fn admit_token_call(
        &mut self,
        incoming: &Incoming,
        now: OffsetDateTime,
    ) -> Result<(), Failure> {
        if self.switches.tokens_exempt {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(&incoming.body).unwrap_or_default();
        let Some(key) = body.get("AccountKey").and_then(Value::as_str) else {
            return Ok(());
        };
        // Only known keys are counted: anybody can make up the others.
        if self.store.accounts.by_key(key).is_none() {
            return Ok(());
        }
        self.admit(key, now)
    }

    fn admit(&mut self, key: &str, now: OffsetDateTime) -> Result<(), Failure> {
        match self.switches.limit {
            None => Ok(()),
            Some(limit) => self
                .limiter
                .admit(key, limit, self.switches.limit_fixed_window, now)
                .map_err(Failure::OverLimit),
        }
    }

    fn over_limit(&self, wait: time::Duration, now: OffsetDateTime) -> Reply {
        let reply = Reply::envelope(429, "Too many requests");
        // Rounded up: whoever waits as long as told gets through.
        let seconds = wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0);
        match self.switches.retry_after {
            RetryAfter::Absent => reply,
            RetryAfter::Seconds => reply.with_header("retry-after", seconds.to_string()),
            RetryAfter::Date => {
                let then = now + time::Duration::seconds(seconds + 1);
                reply.with_header("retry-after", dates::http(then))
            }
        }
    }

    /// Lets the clock's consequences happen: purges and scheduled changes.
    pub(crate) fn settle(&mut self, now: OffsetDateTime) {
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
    pub(crate) fn deliver(&mut self, mut number: Number) {
        let now = self.clock.now();
        number.hidden = self
            .switches
            .inventory_lag
            .map(|lag| Wait::starting(lag, now));
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

    /// Ends a pending order: it completes, or fails with the text given or the one it was ordered with.
    pub(crate) fn finish_order(&mut self, id: &str, failure: Option<String>) -> bool {
        let Some(order) = self.store.orders.get_mut(id) else {
            return false;
        };
        let OrderState::Pending { fails, number, .. } = &order.state else {
            return false;
        };
        let number = number.as_ref().clone();
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

    /// Puts a number into an account as if it had been bought long ago, or by another program.
    pub(crate) fn add_number(&mut self, account_key: &str, area: Option<&str>) -> Option<Number> {
        let now = self.clock.now();
        let account_id = self
            .store
            .accounts
            .by_key(account_key)?
            .credentials
            .account_id
            .clone();
        let drawn = self.store.stock.draw(area, None, &mut self.ids)?;
        let number = Number {
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
            iccid: Some(self.ids.iccid()),
            product_type: Some("Sms+Data".into()),
            subscriber_id: Some(format!("TSUID-{}", self.ids.uuid())),
            status: NumberStatus::Active,
            zip_code: drawn.zip,
            nid: format!("NID-{}", self.ids.uuid()),
            tnid: format!("TNID-{}", self.ids.hex(24)),
            order_id: format!("JNUOID-{}", self.ids.uuid()),
            read_order_id: format!("TNOID-{}", self.ids.uuid()),
            bought: now,
            cnam: [None, None],
            activation_code: Some(operations::activation_code(&mut self.ids)),
            swaps_remaining: 2,
            next_swap_reset: now + time::Duration::days(30),
            port_out_pin: self.ids.digits(4),
            hidden: None,
            stale: None,
            twin: None,
        };
        self.store.numbers.insert(number.clone());
        self.dirty = true;
        Some(number)
    }

    /// Another program buys a number for the account.
    pub(crate) fn buy_behind_the_scenes(&mut self, account_key: &str) -> Option<Number> {
        let number = self.add_number(account_key, None)?;
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
            self.add_number(&key, Some(area));
        }
    }

    /// A copy of the ledger, with the numbers owned now.
    pub(crate) fn snapshot(&mut self) -> Ledger {
        self.settle(self.clock.now());
        let mut ledger = self.ledger.clone();
        for number in self.store.numbers.iter().filter(|number| number.is_owned()) {
            ledger
                .numbers
                .entry(number.account_key.clone())
                .or_default()
                .push(number.number.clone());
        }
        ledger
    }

    pub(crate) fn place_fault(&mut self, fault: Fault) {
        self.faults.place(fault);
    }
}

enum Failure {
    Refused(Refusal),
    OverLimit(time::Duration),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn bearer(header: &str) -> Option<&str> {
    header.strip_prefix("Bearer ").map(str::trim)
}

fn read_input(entry: &Entry, incoming: &Incoming) -> Result<Input, Refusal> {
    match entry.source {
        Source::Query => Ok(Input {
            fields: read_query(entry, &incoming.query)?,
        }),
        Source::Body => {
            let labelled = incoming.content_type.as_deref().is_some_and(|label| {
                let label = label.split(';').next().unwrap_or_default().trim();
                label.eq_ignore_ascii_case("application/json")
                    || (entry.closed && label == "text/json")
            });
            if !labelled {
                let text = "Content-Type must be application/json".into();
                return Err(Refusal::outside_contract(400, vec![text]));
            }
            match serde_json::from_slice(&incoming.body) {
                Ok(Value::Object(fields)) => Ok(Input { fields }),
                _ => Err(Refusal::outside_contract(
                    400,
                    vec!["The body must be a JSON object".into()],
                )),
            }
        }
    }
}

fn read_query(entry: &Entry, query: &str) -> Result<Map<String, Value>, Refusal> {
    let mut fields = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decode(key), decode(value));
        let integer = entry
            .fields
            .iter()
            .any(|field| field.name == key && field.kind == Kind::Integer);
        let value = match value.parse::<i64>() {
            Ok(number) if integer => Value::from(number),
            _ => Value::String(value),
        };
        if fields.insert(key.clone(), value).is_some() {
            return Err(Refusal::outside_contract(
                400,
                vec![format!("{key} is given twice")],
            ));
        }
    }
    Ok(fields)
}

/// Undoes form encoding: `+` is a space, `%2B` is a plus.
fn decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut rest = bytes.clone();
                let code: Option<Vec<u8>> = Some([rest.next(), rest.next()])
                    .and_then(|digits| digits.into_iter().collect());
                let code = code
                    .and_then(|digits| String::from_utf8(digits).ok())
                    .and_then(|digits| u8::from_str_radix(&digits, 16).ok());
                match code {
                    Some(code) => {
                        bytes = rest;
                        code
                    }
                    None => b'%',
                }
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
