//! Control of single numbers and orders: what else may happen to them while Terraform is not looking.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{World, done, refuse};
use crate::store::numbers::Number;

/// Every number, secrets left out.
pub(super) async fn numbers(State(shared): World) -> Json<Value> {
    let mut world = shared.world();
    let now = world.clock.now();
    world.settle(now);
    Json(world.store.numbers.iter().map(shown).collect())
}

pub(super) async fn number(State(shared): World, Path(number): Path<String>) -> Response {
    match shared.world().store.numbers.get(&number) {
        Some(number) => Json(shown(number)).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "there is no such number"),
    }
}

fn shown(number: &Number) -> Value {
    let mut shown = json!(number);
    if let Some(fields) = shown.as_object_mut() {
        for secret in ["port_out_pin", "activation_code", "stale"] {
            fields.remove(secret);
        }
    }
    shown
}

#[derive(Deserialize)]
pub(super) struct Seed {
    #[serde(default = "one")]
    count: usize,
    account_key: Option<String>,
}

fn one() -> usize {
    1
}

/// Numbers bought by another program, with the default account's credentials or those named.
pub(super) async fn seed(State(shared): World, Json(order): Json<Seed>) -> Response {
    let mut world = shared.world();
    let key = order
        .account_key
        .unwrap_or_else(|| world.store.accounts.default().key().to_owned());
    let bought: Vec<_> = (0..order.count)
        .map_while(|_| world.buy_behind_the_scenes(&key))
        .collect();
    if bought.len() < order.count {
        return refuse(
            StatusCode::CONFLICT,
            "no such account, or nothing left to buy",
        );
    }
    Json(
        bought
            .iter()
            .map(|number| json!(number.number))
            .collect::<Value>(),
    )
    .into_response()
}

/// Changes the fields of a number that the body names.
pub(super) async fn edit(
    State(shared): World,
    Path(number): Path<String>,
    Json(changes): Json<Map<String, Value>>,
) -> Response {
    let mut world = shared.world();
    world.dirty = true;
    let Some(found) = world.store.numbers.get_mut(&number) else {
        return refuse(StatusCode::NOT_FOUND, "there is no such number");
    };
    let mut fields = json!(found);
    if let Some(fields) = fields.as_object_mut() {
        if let Some(unknown) = changes
            .keys()
            .find(|key| !fields.contains_key(*key) || *key == "number")
        {
            return refuse(
                StatusCode::BAD_REQUEST,
                &format!("{unknown} cannot be changed"),
            );
        }
        fields.extend(changes);
    }
    match serde_json::from_value(fields) {
        Ok(changed) => {
            *found = changed;
            Json(shown(found)).into_response()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

pub(super) async fn act_on_number(
    State(shared): World,
    Path((number, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let mut world = shared.world();
    let known = world.store.numbers.get(&number).is_some();
    let did = match action.as_str() {
        "cancel" | "park" | "activate" if known => {
            world.change_status(0, &number, &action);
            true
        }
        "steal" => world.steal(&number),
        "vanish" => world.vanish(&number),
        _ => false,
    };
    done(&headers, did)
}

pub(super) async fn act_on_order(
    State(shared): World,
    Path((order, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let mut world = shared.world();
    let did = match action.as_str() {
        "complete" => world.finish_order(&order, None),
        "fail" => world.finish_order(&order, Some("failed by hand".into())),
        _ => false,
    };
    done(&headers, did)
}
