//! Subscribers: create, get, update, transfer and list; there is no delete.

use serde_json::{Value, json};

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::store::subscribers::Subscriber;
use crate::switches::{SubscriberList, WrongSource};

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

request! {
    /// From which account to which.
    TransferRequest {
        id: String = Field::named("SubscriberId");
        from: String = Field::named("FromAccountId");
        to: String = Field::named("ToAccountId");
    }
}

request! {
    /// Which page of the list.
    ListRequest {
        page_number: Given<i64> = Field::named("PageNumber");
        per_page: Given<i64> = Field::named("TotalPerPage");
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
            let status = match call.world.switches.email_taken_is_409 {
                true => 409,
                false => 400,
            };
            return Err(Refusal::new(status, "Email already exists"));
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
        let mut phone_numbers = match request.phone_numbers.into_value() {
            Some(numbers) if call.world.switches.subscriber_numbers_extend => {
                [old.phone_numbers, numbers].concat()
            }
            Some(numbers) => numbers,
            None => old.phone_numbers,
        };
        phone_numbers.sort();
        phone_numbers.dedup();
        let subscriber = Subscriber {
            name: request.name.into_value().unwrap_or(old.name),
            phone_numbers,
            role: request.role.into_value().unwrap_or(old.role),
            ..old
        };
        Ok(store(call, Self::NAME, subscriber))
    }
}

/// `POST /v1.0/subscribers/transfer`: to another account of the same distributor.
pub(super) struct SubscriberTransfer;

impl Operation for SubscriberTransfer {
    const NAME: &'static str = "subscriber transfer";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/subscribers/transfer";
    type Request = TransferRequest;

    fn run(call: &mut IncomingCall<'_>, request: TransferRequest) -> OperationResult {
        let old = own(call, &request.id)?;
        if !call.distributor()?.owns(&request.to) {
            return Err(Refusal::bad("Invalid ToAccountId"));
        }
        if old.account_id != request.from {
            match call.world.switches.transfer_from_wrong_account {
                WrongSource::Refused => return Err(Refusal::bad("Invalid FromAccountId")),
                WrongSource::NothingDone => return Ok(view(call, &old)),
                WrongSource::Ignored => {}
            }
        }
        let subscriber = Subscriber {
            account_id: request.to,
            ..old
        };
        Ok(store(call, Self::NAME, subscriber))
    }
}

/// `GET /v1.0/distributor/subscribers`: those of all its accounts.
pub(super) struct SubscriberListing;

impl Operation for SubscriberListing {
    const NAME: &'static str = "subscriber list";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/distributor/subscribers";
    type Request = ListRequest;

    fn run(call: &mut IncomingCall<'_>, request: ListRequest) -> OperationResult {
        let switches = &call.world.switches;
        let all = call.world.store.subscribers.values();
        let mut own: Vec<_> = all
            .filter(|subscriber| subscriber.account_key == call.account_key)
            .collect();
        match switches.subscriber_list {
            SubscriberList::Whole => {}
            SubscriberList::Forbidden => return Err(Refusal::new(403, "Forbidden")),
            SubscriberList::Missing => return Err(Refusal::not_found("Distributor")),
            SubscriberList::Empty => own.clear(),
        }
        let count = |given: Given<i64>, default: usize| {
            let given = given.into_value().map(usize::try_from);
            given.map_or(default, |count| count.unwrap_or(default).max(1))
        };
        let page = count(request.page_number, 1);
        let size = count(request.per_page, 10);
        let size = size.clamp(
            1,
            switches.subscriber_page_limit.unwrap_or(usize::MAX).max(1),
        );
        let item = |subscriber: &&Subscriber| {
            let mut item = object(call, subscriber, switches.subscriber_list_tells_account);
            item["Subscriptions"] = json!([]);
            item
        };
        let listed = own.iter().skip((page - 1).saturating_mul(size)).take(size);
        let items: Vec<Value> = listed.map(item).collect();
        Ok(Reply::json(
            200,
            &json!({ "PageNumber": page, "TotalSubscribers": own.len(), "Subscribers": items }),
        ))
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
    let tells_account = !call.world.switches.subscriber_account_hidden;
    Reply::json(200, &object(call, subscriber, tells_account))
}

fn object(call: &IncomingCall<'_>, subscriber: &Subscriber, tells_account: bool) -> Value {
    let accounts = &call.world.store.accounts;
    let account = accounts.account(&call.account_key, &subscriber.account_id);
    let account = account
        .filter(|_| tells_account)
        .map(|account| json!({ "AccountId": account.account_id, "CompanyName": account.name }));
    json!({
        "SubscriberId": subscriber.id,
        "Name": subscriber.name,
        "Email": subscriber.email,
        "PhoneNumbers": subscriber.phone_numbers,
        "Role": subscriber.role,
        "Account": account,
    })
}

fn own(call: &IncomingCall<'_>, id: &str) -> Result<Subscriber, Refusal> {
    let found = call.world.store.subscribers.get(id);
    let own = found.filter(|subscriber| subscriber.account_key == call.account_key);
    own.cloned().ok_or_else(|| Refusal::not_found("Subscriber"))
}
