//! Subscribers: create, get and update; there is no delete.

pub(super) mod create;
pub(super) mod get;
pub(super) mod update;

use serde_json::{Value, json};

use super::Call;
use crate::reply::Refusal;
use crate::store::subscribers::Subscriber;

const ROLES: &[&str] = &["Subscriber", "Manager", "Account Admin"];

fn view(call: &Call<'_>, subscriber: &Subscriber) -> Value {
    let account = call
        .world
        .store
        .accounts
        .account(&call.account_key, &subscriber.account_id);
    json!({
        "SubscriberId": subscriber.id,
        "Name": subscriber.name,
        "Email": subscriber.email,
        "PhoneNumbers": subscriber.phone_numbers,
        "Role": subscriber.role,
        "Account": account.map(|account| json!({
            "AccountId": account.account_id,
            "CompanyName": account.name,
        })),
    })
}

fn own(call: &Call<'_>, id: &str) -> Result<Subscriber, Refusal> {
    let found = call.world.store.subscribers.get(id);
    let own = found.filter(|subscriber| subscriber.account_key == call.account_key);
    own.cloned().ok_or_else(|| Refusal::not_found("Subscriber"))
}
