//! `GET /v1.0/account`

use serde_json::json;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, request};
use crate::reply::{Refusal, Reply};

request! {
    /// Which account.
    AccountRequest {
        account_id: String = Field::named("AccountId");
    }
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
        Ok(Reply::json(
            200,
            &json!({
                "AccountId": account.account_id,
                "AccountName": account.name,
                "TotalSubscribers": subscribers,
                "BillingAddress": address(Some("NULL")),
                "MailingAddress": address(None),
            }),
        ))
    }
}
