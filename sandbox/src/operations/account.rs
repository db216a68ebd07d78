//! `GET /v1.0/account`, `GET /v1.0/distributor/accounts`

use serde_json::{Value, json};

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, request};
use crate::reply::{Refusal, Reply};
use crate::store::Store;
use crate::store::accounts::Account;
use crate::switches::AccountList;

request! {
    /// Which account.
    AccountRequest {
        account_id: String = Field::named("AccountId");
    }
}

request! {
    /// All accounts.
    AccountsRequest {}
}

pub(super) struct AccountGet;

impl Operation for AccountGet {
    const NAME: &'static str = "account get";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/account";
    type Request = AccountRequest;

    fn run(call: &mut IncomingCall<'_>, request: AccountRequest) -> OperationResult {
        let store = &call.world.store;
        let account = store
            .accounts
            .account(&call.account_key, &request.account_id)
            .ok_or_else(|| Refusal::not_found("Account"))?;
        Ok(Reply::json(200, &shown(store, account)))
    }
}

pub(super) struct AccountsGet;

impl Operation for AccountsGet {
    const NAME: &'static str = "account list";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/distributor/accounts";
    type Request = AccountsRequest;

    fn run(call: &mut IncomingCall<'_>, _: AccountsRequest) -> OperationResult {
        let store = &call.world.store;
        let accounts = call.distributor()?.accounts.iter();
        let mut accounts: Vec<Value> = accounts.map(|account| shown(store, account)).collect();
        let body = match call.world.switches.account_list {
            AccountList::Array => json!(accounts),
            AccountList::One => accounts.swap_remove(0),
            // In two samples the total differs from the number of results.
            AccountList::Results => json!({ "TotalResults": 1, "Results": accounts }),
            AccountList::Refused => return Err(Refusal::new(403, "Not a distributor")),
        };
        Ok(Reply::json(200, &body))
    }
}

fn shown(store: &Store, account: &Account) -> Value {
    let subscribers = store.subscribers.values();
    let subscribers = subscribers
        .filter(|one| one.account_id == account.account_id)
        .count();
    // The service says "NULL", the word, where it means nothing.
    let address = |second_line: Option<&str>| {
        json!({
            "Street1": null, "Street2": second_line, "City": null,
            "State": null, "Zip": null, "Country": null,
        })
    };
    json!({
        "AccountId": account.account_id,
        "AccountName": account.name,
        "TotalSubscribers": subscribers,
        "BillingAddress": address(Some("NULL")),
        "MailingAddress": address(None),
    })
}
