//! Message routes: the five calls and what they have in common.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use serde_json::{Map, Value, json};

use super::Call;
use crate::reply::Refusal;
use crate::store::routes::Route;

const METHODS: &[&str] = &["GET", "POST"];
const AUTHENTICATIONS: &[&str] = &["None", "Basic", "Bearer"];

/// What answers tell of a route beside its id and account. The bypass and intelligence flags are not told.
const TOLD: &[&str] = &[
    "RouteName",
    "MessageUrl",
    "MessageUrlMethod",
    "MessageRouteEnabled",
    "MessageAuthenticationType",
    "MessageUsername",
    "MessagePasswordToken",
    "CallbackMessageUrl",
    "CallbackMessageUrlMethod",
    "CallbackMessageAuthenticationType",
    "CallbackMessageUsername",
    "CallbackMessagePasswordToken",
];

/// A route as answers show it; lists spell the account's key another way.
fn view(route: &Route, account_key: &str) -> Value {
    let mut view = Map::new();
    view.insert("MessageRouteId".into(), json!(route.id));
    view.insert(account_key.into(), json!(route.account_id));
    view.extend(
        TOLD.iter()
            .map(|name| ((*name).to_owned(), route.field(name))),
    );
    Value::Object(view)
}

fn own<'a>(call: &'a mut Call<'_>, id: &str) -> Result<&'a mut Route, Refusal> {
    let owner = &call.account_key;
    let route = call.world.store.message_routes.get_mut(id);
    route
        .filter(|route| route.account_key == *owner)
        .ok_or_else(|| Refusal::not_found("Route"))
}
