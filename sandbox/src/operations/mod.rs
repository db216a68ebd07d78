//! The API's operations, one per file, and the table the server looks them up in.

mod account;
mod availability;
mod call;
mod data_usage;
mod details;
mod device;
mod e911;
mod inventory;
mod order;
mod port_in;
mod provision;
mod reactivate;
mod routes;
mod sims;
mod status;
mod subscribers;
mod token;
mod update;
mod views;
mod webhooks;

pub(crate) use self::port_in::submit_elsewhere;
pub(crate) use self::provision::RecentOrder;
pub(crate) use self::views::activation_code;

use std::sync::LazyLock;

use time::OffsetDateTime;

use crate::contract::{Field, Input, Request};
use crate::reply::{Refusal, Reply};
use crate::switches::Edition;
use crate::world::World;

/// What an operation gets to work with.
pub(crate) struct IncomingCall<'a> {
    pub(crate) world: &'a mut World,
    /// Whose token came with the request; empty on the token call.
    pub(crate) account_key: String,
    /// The request's id in the ledger.
    pub(crate) request: u64,
    pub(crate) now: OffsetDateTime,
}

type OperationResult = Result<Reply, Refusal>;

/// One operation: where it is, what it takes, what it does.
trait Operation {
    const NAME: &'static str;
    const METHOD: &'static str;
    const PATH: &'static str;
    /// Whether unknown keys are refused instead of ignored.
    const CLOSED: bool = false;
    type Request: Request;

    fn run(call: &mut IncomingCall<'_>, request: Self::Request) -> OperationResult;
}

type Run = Box<dyn Fn(&mut IncomingCall<'_>, &Input) -> OperationResult + Send + Sync>;

/// An operation as the server sees it.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) closed: bool,
    pub(crate) fields: Vec<Field>,
    /// Gets a request without problems, and of it only the fields the contract knows.
    run: Run,
}

impl Entry {
    fn of<O: Operation>() -> Self {
        Self {
            name: O::NAME.to_owned(),
            method: O::METHOD,
            path: O::PATH.to_owned(),
            closed: O::CLOSED,
            fields: O::Request::FIELDS.to_vec(),
            run: Box::new(|call, input| {
                let request = O::Request::read(input)
                    .map_err(|error| Refusal::outside_contract(400, vec![error.to_string()]))?;
                O::run(call, request)
            }),
        }
    }

    /// Checks the request and runs the operation. Keys the contract does not know are ignored, unless it is closed.
    pub(crate) fn run(&self, call: &mut IncomingCall<'_>, input: Input) -> OperationResult {
        let unknown = self.unknown_keys(&input);
        if self.closed && !unknown.is_empty() {
            return Err(Refusal::outside_contract(400, unknown));
        }
        let problems = self.problems(&input, call.world.switches.edition);
        if !problems.is_empty() {
            return Err(Refusal::outside_contract(400, problems));
        }
        let mut known = input;
        known.retain(|key, _| self.knows(key));
        (self.run)(call, &known)
    }

    /// Everything about the request that is outside the contract, ignored keys included.
    pub(crate) fn violations(&self, input: &Input) -> Vec<String> {
        let mut violations = self.problems(input, Edition::Strict);
        violations.extend(self.unknown_keys(input));
        violations
    }

    fn problems(&self, input: &Input, edition: Edition) -> Vec<String> {
        let checked = self.fields.iter();
        checked
            .filter_map(|field| field.check(input.get(field.name), edition).err())
            .collect()
    }

    fn unknown_keys(&self, input: &Input) -> Vec<String> {
        let unknown = input.keys().filter(|key| !self.knows(key));
        unknown
            .map(|key| format!("{key} is not a field of this request"))
            .collect()
    }

    fn knows(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.name == key)
    }

    /// Whether the request travels in the query, not in the body.
    pub(crate) fn is_query(&self) -> bool {
        self.method == "GET"
    }

    pub(crate) fn is_token_call(&self) -> bool {
        self.path == token::PATH
    }
}

static OPERATIONS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut operations = vec![
        Entry::of::<token::Token>(),
        Entry::of::<provision::Provision>(),
        Entry::of::<order::OrderRead>(),
        Entry::of::<details::Details>(),
        Entry::of::<inventory::Inventory>(),
        Entry::of::<availability::Availability>(),
        Entry::of::<update::Update>(),
        Entry::of::<status::Status>(),
        Entry::of::<reactivate::Reactivate>(),
        Entry::of::<sims::SimUpdate>(),
        Entry::of::<data_usage::LimitSet>(),
        Entry::of::<data_usage::LimitRead>(),
        Entry::of::<data_usage::UsageRead>(),
        Entry::of::<data_usage::RenewalSet>(),
    ];
    operations.extend(routes::MESSAGE.entries());
    operations.extend(routes::VOICE.entries());
    operations.extend([
        Entry::of::<subscribers::SubscriberCreate>(),
        Entry::of::<subscribers::SubscriberGet>(),
        Entry::of::<subscribers::SubscriberUpdate>(),
        Entry::of::<subscribers::SubscriberTransfer>(),
        Entry::of::<subscribers::SubscriberListing>(),
        Entry::of::<account::AccountGet>(),
        Entry::of::<account::AccountsGet>(),
        Entry::of::<e911::E911Get>(),
        Entry::of::<e911::E911Update>(),
        Entry::of::<device::DeviceDetails>(),
        Entry::of::<device::RefreshNnid>(),
        Entry::of::<port_in::Eligibility>(),
        Entry::of::<port_in::Submit>(),
        Entry::of::<port_in::Update>(),
        Entry::of::<port_in::Cancel>(),
    ]);
    operations.extend(webhooks::entries());
    operations
});

/// Every operation.
pub(crate) fn all() -> &'static [Entry] {
    &OPERATIONS
}

/// Whether any operation is at this path.
pub(crate) fn is_path(path: &str) -> bool {
    path == token::OLD_PATH || OPERATIONS.iter().any(|entry| entry.path == path)
}

/// The operation at a path and method; else 404 or 405.
pub(crate) fn find(method: &str, path: &str) -> Result<&'static Entry, Refusal> {
    let path = if path == token::OLD_PATH {
        token::PATH
    } else {
        path
    };
    let mut here = OPERATIONS
        .iter()
        .filter(|entry| entry.path == path)
        .peekable();
    if here.peek().is_none() {
        return Err(Refusal::outside_contract(
            404,
            vec![format!("No operation at {path}")],
        ));
    }
    here.find(|entry| entry.method == method).ok_or_else(|| {
        Refusal::outside_contract(405, vec![format!("{method} is not allowed at {path}")])
    })
}
