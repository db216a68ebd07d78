//! The API's operations, one per file, and the table the server looks them up in.

mod account;
mod availability;
mod call;
mod details;
mod inventory;
mod message_routes;
mod order;
mod provision;
mod reactivate;
mod sims;
mod status;
mod subscribers;
mod token;
mod update;
mod views;
mod voice_routes;

pub(crate) use self::provision::RecentOrder;
pub(crate) use self::views::activation_code;

use time::OffsetDateTime;

use crate::contract::{Field, Input, Request, Source, unknown_keys};
use crate::reply::{Refusal, Reply};
use crate::world::World;

/// What an operation gets to work with.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    /// Whose token came with the request; empty on the token call.
    pub(crate) account_key: String,
    /// The request's id in the ledger.
    pub(crate) request: u64,
    pub(crate) now: OffsetDateTime,
}

type Outcome = Result<Reply, Refusal>;

/// One operation: where it is, what it takes, what it does.
trait Operation {
    const NAME: &'static str;
    const METHOD: &'static str;
    const PATH: &'static str;
    /// Whether unknown keys are refused instead of ignored.
    const CLOSED: bool = false;
    type Request: Request;

    fn run(call: &mut Call<'_>, request: Self::Request) -> Outcome;
}

/// An operation as the server sees it.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) source: Source,
    pub(crate) closed: bool,
    pub(crate) fields: &'static [Field],
    check: fn(&Input) -> Vec<String>,
    run: fn(&mut Call<'_>, &Input) -> Outcome,
}

impl Entry {
    const fn of<O: Operation>() -> Self {
        Self {
            name: O::NAME,
            method: O::METHOD,
            path: O::PATH,
            source: if O::METHOD.len() == 3 {
                Source::Query
            } else {
                Source::Body
            },
            closed: O::CLOSED,
            fields: <O::Request as Request>::FIELDS,
            check: |input| O::Request::read(input).err().unwrap_or_default(),
            run: |call, input| {
                let request = O::Request::read(input)
                    .map_err(|problems| Refusal::outside_contract(400, problems))?;
                O::run(call, request)
            },
        }
    }

    /// Checks the request and runs the operation. Keys the contract does not know are ignored, unless it is closed.
    pub(crate) fn run(&self, call: &mut Call<'_>, input: &Input) -> Outcome {
        let unknown = unknown_keys(self.fields, input);
        if self.closed && !unknown.is_empty() {
            return Err(Refusal::outside_contract(400, unknown));
        }
        (self.run)(call, input)
    }

    /// Everything about the request that is outside the contract, ignored keys included.
    pub(crate) fn violations(&self, input: &Input) -> Vec<String> {
        let mut violations = (self.check)(input);
        violations.extend(unknown_keys(self.fields, input));
        violations
    }

    pub(crate) fn is_token_call(&self) -> bool {
        self.path == token::PATH
    }
}

static OPERATIONS: &[Entry] = &[
    Entry::of::<token::Token>(),
    Entry::of::<provision::Provision>(),
    Entry::of::<order::OrderRead>(),
    Entry::of::<details::Details>(),
    Entry::of::<inventory::Inventory>(),
    Entry::of::<availability::Availability>(),
    Entry::of::<update::Update>(),
    Entry::of::<status::Status>(),
    Entry::of::<reactivate::Reactivate>(),
    Entry::of::<sims::clear::Clear>(),
    Entry::of::<sims::update::SimUpdate>(),
    Entry::of::<message_routes::create::MessageRouteCreate>(),
    Entry::of::<message_routes::get::MessageRouteGet>(),
    Entry::of::<message_routes::update::MessageRouteUpdate>(),
    Entry::of::<message_routes::delete::MessageRouteDelete>(),
    Entry::of::<message_routes::list::MessageRouteList>(),
    Entry::of::<voice_routes::create::VoiceRouteCreate>(),
    Entry::of::<voice_routes::get::VoiceRouteGet>(),
    Entry::of::<voice_routes::update::VoiceRouteUpdate>(),
    Entry::of::<voice_routes::delete::VoiceRouteDelete>(),
    Entry::of::<voice_routes::list::VoiceRouteList>(),
    Entry::of::<subscribers::create::SubscriberCreate>(),
    Entry::of::<subscribers::get::SubscriberGet>(),
    Entry::of::<subscribers::update::SubscriberUpdate>(),
    Entry::of::<account::AccountGet>(),
];

/// Every operation.
pub(crate) fn all() -> &'static [Entry] {
    OPERATIONS
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
