//! Subscribers: create, get and update; there is no delete.

use serde_json::json;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::store::subscribers::Subscriber;

const ROLES: &[&str] = &["Subscriber", "Manager", "Account Admin"];

request! {
    /// A new subscriber.
    CreateRequest {
        name: String = Field::named("Name");
        email: String = Field::named("Email").format(Format::Email);
        phone_numbers: Vec<String> = Field::named("PhoneNumbers").format(Format::E164);
        role: String = Field::named("Role").words(ROLES);
        password: String = Field::named("Password");
        account_id: String = Field::named("AccountId");
    }
}

request! {
    /// Which subscriber.
    GetRequest {
        id: String = Field::named("SubscriberId");
    }
}

request! {
    /// A subscriber's new values.
    UpdateRequest {
        id: String = Field::named("SubscriberId");
        name: Given<String> = Field::named("Name");
        phone_numbers: Given<Vec<String>> = Field::named("PhoneNumbers").format(Format::E164);
        role: Given<String> = Field::named("Role").words(ROLES);
        password: Given<String> = Field::named("Password");
    }
}

/// `POST /v1.0/subscribers/create`
pub(super) struct SubscriberCreate;

impl Operation for SubscriberCreate {
    const NAME: &'static str = "subscriber create";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/subscribers/create";
    type Request = CreateRequest;

    fn run(call: &mut IncomingCall<'_>, request: CreateRequest) -> OperationResult {
        if !call.distributor()?.owns(&request.account_id) {
            return Err(Refusal::bad("Invalid AccountId"));
        }
        // Unique across the whole platform, other owners included.
        let mut others = call.world.store.subscribers.values();
        if others.any(|other| other.email.eq_ignore_ascii_case(&request.email)) {
            return Err(Refusal::bad("Email already exists"));
        }
        let subscriber = Subscriber {
            id: format!("TSUID-{}", call.world.ids.uuid()),
            account_key: call.account_key.clone(),
            account_id: request.account_id,
            name: request.name,
            email: request.email,
            role: request.role,
            phone_numbers: request.phone_numbers,
        };
        Ok(store(call, Self::NAME, subscriber))
    }
}

/// `GET /v1.0/subscribers/get`
pub(super) struct SubscriberGet;

impl Operation for SubscriberGet {
    const NAME: &'static str = "subscriber get";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/subscribers/get";
    type Request = GetRequest;

    fn run(call: &mut IncomingCall<'_>, request: GetRequest) -> OperationResult {
        let subscriber = own(call, &request.id)?;
        Ok(view(call, &subscriber))
    }
}

/// `POST /v1.0/subscribers/update`: neither e-mail nor account can change.
pub(super) struct SubscriberUpdate;

impl Operation for SubscriberUpdate {
    const NAME: &'static str = "subscriber update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/subscribers/update";
    type Request = UpdateRequest;

    fn run(call: &mut IncomingCall<'_>, request: UpdateRequest) -> OperationResult {
        let old = own(call, &request.id)?;
        let subscriber = Subscriber {
            name: request.name.into_value().unwrap_or(old.name),
            phone_numbers: request
                .phone_numbers
                .into_value()
                .unwrap_or(old.phone_numbers),
            role: request.role.into_value().unwrap_or(old.role),
            ..old
        };
        Ok(store(call, Self::NAME, subscriber))
    }
}

fn store(call: &mut IncomingCall<'_>, what: &str, subscriber: Subscriber) -> Reply {
    let world = &mut *call.world;
    world.ledger.change(call.request, what, &subscriber.id);
    let reply = view(call, &subscriber);
    let subscribers = &mut call.world.store.subscribers;
    subscribers.insert(subscriber.id.clone(), subscriber);
    reply
}

fn view(call: &IncomingCall<'_>, subscriber: &Subscriber) -> Reply {
    let accounts = &call.world.store.accounts;
    let account = accounts.account(&call.account_key, &subscriber.account_id);
    let account = account
        .map(|account| json!({ "AccountId": account.account_id, "CompanyName": account.name }));
    Reply::json(
        200,
        &json!({
            "SubscriberId": subscriber.id,
            "Name": subscriber.name,
            "Email": subscriber.email,
            "PhoneNumbers": subscriber.phone_numbers,
            "Role": subscriber.role,
            "Account": account,
        }),
    )
}

fn own(call: &IncomingCall<'_>, id: &str) -> Result<Subscriber, Refusal> {
    let found = call.world.store.subscribers.get(id);
    let own = found.filter(|subscriber| subscriber.account_key == call.account_key);
    own.cloned().ok_or_else(|| Refusal::not_found("Subscriber"))
}
