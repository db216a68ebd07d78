//! What happened: every request in order, and every change that was committed. The judge of all money tests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::port_ins::PortInState;

/// Beyond this many the oldest requests are forgotten; commits never are.
const REQUESTS_KEPT: usize = 200_000;

/// When a fault struck, seen from the change the request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Nothing was changed.
    Before,
    /// The change was made, the response was spoilt.
    After,
}

/// One request the sandbox received.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Request {
    /// Its place in the order of arrival, from 1.
    pub id: u64,
    /// The sandbox's time when it came.
    pub at: String,
    /// `GET` or `POST`, or whatever was sent.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as it came, still encoded.
    pub query: String,
    /// The body with secrets masked; text that is not JSON is not kept, only its length.
    pub body: Value,
    /// The owner of the token, where there was a good one.
    pub account_key: Option<String>,
    /// The status of the response; none while it is being served, and where none was sent.
    pub status: Option<u16>,
    /// The fault that struck, by name.
    pub fault: Option<String>,
    /// Whether it struck before or after the change.
    pub placement: Option<Placement>,
    /// Its arrival, in one count of all arrivals and ends: of two requests the smaller one came first.
    #[serde(default)]
    pub arrived: u64,
    /// Its end in the same count: the response was about to be sent, or the connection to be closed. None while it is
    /// being served. A request that arrived after a greater count was begun after that end.
    #[serde(default)]
    pub ended: Option<u64>,
    /// The sandbox's time when it ended.
    #[serde(default)]
    pub ended_at: Option<String>,
    /// It ended because its client left before a response was sent.
    #[serde(default)]
    pub client_left: bool,
    /// What about the request was outside the contract.
    pub violations: Vec<String>,
}

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// Ordered; the number is not delivered yet.
    Pending,
    /// The number is the buyer's.
    Complete,
    /// Ordered, and refused later: nothing was bought.
    Failed,
}

/// A committed purchase order. There is exactly one per order, whatever became of the response.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Purchase {
    /// The request that bought it; 0 for a number seeded or bought behind the scenes.
    pub request: u64,
    /// The order, `JNUOID-...`.
    pub order_id: String,
    /// The number, also while the order is pending.
    pub number: String,
    /// The buyer's `AccountKey`.
    pub account_key: String,
    /// Where it stands.
    pub state: PurchaseState,
}

/// A committed change other than a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LedgerEntry {
    /// The request that made it; 0 for one made behind the scenes or by the clock.
    pub request: u64,
    /// What was done: `update`, `cancel`, `park`, `message route create`, `port-in submit`, `port-in fee`, ...
    pub what: String,
    /// To which number, route, SIM or subscriber.
    pub subject: String,
}

/// A committed request to bring a number here. There is exactly one per order, whatever became of the response.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PortInOrder {
    /// The request that submitted it; 0 for one submitted behind the scenes.
    pub request: u64,
    /// The order, `JNUOID-...` or `JNOID-...`.
    pub order_id: String,
    /// The number.
    pub number: String,
    /// The `AccountKey` of the one who submitted it.
    pub account_key: String,
    /// Where it stands now.
    pub state: PortInState,
}

/// A copy of the ledger at one moment.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Ledger {
    /// Every request, oldest first.
    pub requests: Vec<Request>,
    /// Every purchase, oldest first, failed ones included.
    pub orders: Vec<Purchase>,
    /// Every other committed change, oldest first.
    pub changes: Vec<LedgerEntry>,
    /// The numbers each `AccountKey` owns now, cancelled ones not counted.
    pub numbers: BTreeMap<String, Vec<String>>,
    /// Every port-in, oldest first.
    #[serde(default)]
    pub port_ins: Vec<PortInOrder>,
    #[serde(skip)]
    next: u64,
    #[serde(skip)]
    events: u64,
}

impl Ledger {
    /// The requests sent to a path.
    pub fn requests_to(&self, path: &str) -> Vec<&Request> {
        self.requests
            .iter()
            .filter(|request| request.path == path)
            .collect()
    }

    /// What the request of this id bought, if it committed a purchase.
    pub fn purchase_of(&self, request: u64) -> Option<&Purchase> {
        self.orders.iter().find(|order| order.request == request)
    }

    /// The requests to a path that arrived after this one ended; none while it is being served.
    pub fn begun_after(&self, path: &str, request: &Request) -> Vec<&Request> {
        let Some(end) = request.ended else {
            return Vec::new();
        };
        let mut begun = self.requests_to(path);
        begun.retain(|request| request.arrived > end);
        begun
    }

    /// The purchases that cost money: complete and pending ones.
    pub fn purchases(&self) -> Vec<&Purchase> {
        self.orders
            .iter()
            .filter(|order| order.state != PurchaseState::Failed)
            .collect()
    }

    /// The numbers an account owns, cancelled ones not counted.
    pub fn owned(&self, account_key: &str) -> Vec<String> {
        self.numbers.get(account_key).cloned().unwrap_or_default()
    }

    /// The committed changes of one kind, such as `cancel`.
    pub fn changes_of(&self, what: &str) -> Vec<&LedgerEntry> {
        self.changes
            .iter()
            .filter(|change| change.what == what)
            .collect()
    }

    /// How often requests made a change of one kind to one thing. Changes by other hands or by time do not count.
    pub fn count_of(&self, what: &str, subject: &str) -> usize {
        let mut made = self.changes_of(what);
        made.retain(|change| change.request != 0 && change.subject == subject);
        made.len()
    }

    /// The port-ins of a number, oldest first.
    pub fn port_ins_of(&self, number: &str) -> Vec<&PortInOrder> {
        let all = self.port_ins.iter();
        all.filter(|order| order.number == number).collect()
    }

    /// How many port-ins of a number are open.
    pub fn open_port_ins(&self, number: &str) -> usize {
        let mut open = self.port_ins_of(number);
        open.retain(|order| order.state.is_open());
        open.len()
    }

    /// How many fees for port-ins of a number were charged and not given back.
    pub fn port_in_fees(&self, number: &str) -> usize {
        let of = |what| {
            let mut all = self.changes_of(what);
            all.retain(|change| change.subject == number);
            all.len()
        };
        of("port-in fee") - of("port-in fee returned")
    }

    /// The requests that were outside the contract. A well-behaved client has none.
    pub fn violations(&self) -> Vec<&Request> {
        self.requests
            .iter()
            .filter(|request| !request.violations.is_empty())
            .collect()
    }

    /// Fails the test whose client sent a request outside the contract.
    ///
    /// # Panics
    ///
    /// If there was one; the message lists them all.
    #[track_caller]
    pub fn assert_within_contract(&self) {
        let wrong: Vec<_> = self
            .violations()
            .iter()
            .map(|request| {
                format!(
                    "{} {}: {}",
                    request.method,
                    request.path,
                    request.violations.join("; ")
                )
            })
            .collect();
        assert!(
            wrong.is_empty(),
            "requests outside the contract:\n{}",
            wrong.join("\n")
        );
    }

    pub(crate) fn open(&mut self, mut request: Request) -> u64 {
        self.next += 1;
        self.events += 1;
        request.id = self.next;
        request.arrived = self.events;
        if self.requests.len() >= REQUESTS_KEPT {
            self.requests.drain(..REQUESTS_KEPT / 10);
        }
        self.requests.push(request);
        self.next
    }

    pub(crate) fn request(&mut self, id: u64) -> Option<&mut Request> {
        let place = self
            .requests
            .binary_search_by_key(&id, |request| request.id)
            .ok()?;
        self.requests.get_mut(place)
    }

    /// Writes down that a request has ended; only its first end counts.
    pub(crate) fn close(&mut self, id: u64, at: String) -> Option<&mut Request> {
        let event = self.events + 1;
        let request = self.request(id).filter(|request| request.ended.is_none())?;
        request.ended = Some(event);
        request.ended_at = Some(at);
        self.events = event;
        self.request(id)
    }

    pub(crate) fn change(&mut self, request: u64, what: &str, subject: &str) {
        self.changes.push(LedgerEntry {
            request,
            what: what.to_owned(),
            subject: subject.to_owned(),
        });
    }

    pub(crate) fn settle_purchase(&mut self, order_id: &str, state: PurchaseState) {
        if let Some(order) = self
            .orders
            .iter_mut()
            .find(|order| order.order_id == order_id)
        {
            order.state = state;
        }
    }

    /// After a restart, ids go on where they were.
    pub(crate) fn resume(&mut self) {
        self.next = self.requests.last().map_or(0, |request| request.id);
        let latest = |request: &Request| request.ended.unwrap_or_default().max(request.arrived);
        self.events = self.requests.iter().map(latest).max().unwrap_or_default();
    }
}

/// Keys whose values never enter the ledger.
const SECRETS: [&str; 12] = [
    "accountsecret",
    "token",
    "password",
    "portoutpin",
    "messageusername",
    "messagepasswordtoken",
    "callbackmessageusername",
    "callbackmessagepasswordtoken",
    "voicepasswordtoken",
    "voiceusername",
    "currentaccountnumber",
    "currentaccountpassword",
];

/// A body as the ledger may keep it.
pub(crate) fn masked(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice(body) {
        Ok(value) => mask(value),
        Err(_) => Value::String(format!("{} bytes that are not JSON", body.len())),
    }
}

fn mask(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let secret = SECRETS.contains(&key.to_ascii_lowercase().as_str());
                let value = if secret && !value.is_null() {
                    Value::String("***".into())
                } else {
                    mask(value)
                };
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(mask).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let body = json!({ "AccountKey": "DID-1", "AccountSecret": "canary", "A": [{ "PortOutPin": "canary" }] });
        let kept = masked(body.to_string().as_bytes());
        assert_eq!(
            kept,
            json!({ "AccountKey": "DID-1", "AccountSecret": "***", "A": [{ "PortOutPin": "***" }] })
        );
        assert_eq!(masked(b"canary"), json!("6 bytes that are not JSON"));
    }
}
