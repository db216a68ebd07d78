//! Everything a running sandbox knows, and how a request passes through it. One mutex guards one `World`.

use serde_json::Value;
use time::OffsetDateTime;

use crate::clock::Clock;
use crate::contract::{FieldKind, Input};
use crate::dates;
use crate::dialect;
use crate::faults::{FaultKind, Faults, Struck};
use crate::ids::Ids;
use crate::ledger::{self, Ledger, PortInOrder, Request};
use crate::limit::Limiter;
use crate::operations::{self, Entry, IncomingCall, RecentOrder};
use crate::reply::{Refusal, Reply};
use crate::store::Store;
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
    /// Purchases that an equal one may be taken for.
    pub(crate) recent: Vec<RecentOrder>,
    /// Something changed that a state file must learn.
    pub(crate) dirty: bool,
}

/// A request off the wire.
#[derive(Clone, Debug)]
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
            recent: Vec::new(),
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
            arrived: 0,
            ended: None,
            ended_at: None,
            client_left: false,
            // Looked at here, so that a request is judged even where a fault or a bad token keeps it from being served.
            violations: inspect(incoming),
        });
        let struck = self
            .faults
            .strike(&incoming.method, &incoming.path, &incoming.query);
        if let (Some(struck), Some(entry)) = (&struck, self.ledger.request(id)) {
            entry.fault = Some(struck.kind.name());
            entry.placement = Some(struck.placement);
        }
        if let Some(Struck { kind, .. }) = &struck
            && *kind.in_the_end() == FaultKind::ExpireToken
            && let Some(token) = incoming.authorization.as_deref().and_then(bearer)
        {
            self.tokens.revoke(token);
        }
        (id, struck)
    }

    /// Serves a request: authorisation, limit, contract, operation.
    pub(crate) fn serve(&mut self, id: u64, incoming: &Incoming) -> Reply {
        let now = self.clock.now();
        self.let_due_happen(now);
        self.dirty = true;
        let reply = match self.try_serve(id, incoming, now) {
            Ok(reply) => reply,
            Err(Failure::Refused(refusal)) => {
                self.note_violations(id, &refusal.violations);
                Reply::envelope(refusal.status, &refusal.message)
            }
            Err(Failure::OverLimit(wait)) => self.over_limit(wait, now),
        };
        dialect::speak(reply, &self.switches, &mut self.ids)
    }

    /// Writes down the status that is about to be sent.
    pub(crate) fn answered(&mut self, id: u64, status: Option<u16>) {
        let now = dates::with_z(self.clock.now());
        if let Some(entry) = self.ledger.close(id, now) {
            entry.status = status;
        }
    }

    /// Writes down that the client has left, unless the request has ended already.
    pub(crate) fn left(&mut self, id: u64) {
        let now = dates::with_z(self.clock.now());
        if let Some(entry) = self.ledger.close(id, now) {
            entry.client_left = true;
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
        let mut call = IncomingCall {
            world: self,
            account_key,
            request: id,
            now,
        };
        Ok(entry.run(&mut call, input)?)
    }

    fn note_violations(&mut self, id: u64, violations: &[String]) {
        if let Some(entry) = self.ledger.request(id) {
            for violation in violations {
                if !entry.violations.contains(violation) {
                    entry.violations.push(violation.clone());
                }
            }
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
        // Rounded up: a client that waits as long as asked gets through.
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

    /// A copy of the ledger, with the numbers owned now.
    pub(crate) fn snapshot(&mut self) -> Ledger {
        self.let_due_happen(self.clock.now());
        let mut ledger = self.ledger.clone();
        for number in self.store.numbers.iter().filter(|number| number.is_owned()) {
            ledger
                .numbers
                .entry(number.account_key.clone())
                .or_default()
                .push(number.number.clone());
        }
        let port_ins = self.port_ins().into_iter();
        ledger.port_ins = port_ins
            .map(|(order, port_in)| PortInOrder {
                request: port_in.request,
                order_id: order.id.clone(),
                number: order.numbers.concat(),
                account_key: order.account_key.clone(),
                state: port_in.state.clone(),
            })
            .collect();
        ledger
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

/// What about a request is outside the contract, as far as one can see without serving it.
fn inspect(incoming: &Incoming) -> Vec<String> {
    let checked = operations::find(&incoming.method, &incoming.path)
        .and_then(|entry| Ok((entry, read_input(entry, incoming)?)));
    match checked {
        Ok((entry, input)) => entry.violations(&input),
        Err(refusal) => refusal.violations,
    }
}

fn read_input(entry: &Entry, incoming: &Incoming) -> Result<Input, Refusal> {
    if entry.is_query() {
        return read_query(entry, &incoming.query);
    }
    let labelled = incoming.content_type.as_deref().is_some_and(|label| {
        let label = label.split(';').next().unwrap_or_default().trim();
        label.eq_ignore_ascii_case("application/json") || (entry.closed && label == "text/json")
    });
    if !labelled {
        let text = "Content-Type must be application/json".into();
        return Err(Refusal::outside_contract(400, vec![text]));
    }
    serde_json::from_slice(&incoming.body)
        .map_err(|_| Refusal::outside_contract(400, vec!["The body must be a JSON object".into()]))
}

fn read_query(entry: &Entry, query: &str) -> Result<Input, Refusal> {
    let mut fields = Input::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let integer = entry
            .fields
            .iter()
            .any(|field| field.name == key && field.kind == FieldKind::Integer);
        let value = match value.parse::<i64>() {
            Ok(number) if integer => Value::from(number),
            _ => Value::String(value.into_owned()),
        };
        if fields.insert(key.to_string(), value).is_some() {
            return Err(Refusal::outside_contract(
                400,
                vec![format!("{key} is given twice")],
            ));
        }
    }
    Ok(fields)
}
