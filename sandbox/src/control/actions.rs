//! Control of single numbers and orders: what else may happen to them while Terraform is not looking.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{World, done, refuse};
use crate::store::numbers::StoredNumber;
use crate::store::port_ins::PortInState;

/// What a losing carrier refuses with, unless another message is named.
const REFUSAL: &str = "8A-ACCOUNT_NUM_REQ_OR_INCORRECT";

/// Every number, secrets left out.
pub(super) async fn numbers(State(shared): World) -> Json<Value> {
    let mut world = shared.world();
    let now = world.clock.now();
    world.let_due_happen(now);
    Json(world.store.numbers.iter().map(shown).collect())
}

pub(super) async fn number(State(shared): World, Path(number): Path<String>) -> Response {
    match shared.world().store.numbers.get(&number) {
        Some(number) => Json(shown(number)).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "there is no such number"),
    }
}

fn shown(number: &StoredNumber) -> Value {
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
    area_code: Option<String>,
    /// Fields that differ from those of an ordinary purchase.
    #[serde(default)]
    fields: Map<String, Value>,
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
    let area = order.area_code.as_deref();
    let mut bought = Vec::new();
    for _ in 0..order.count {
        let mut wrong = None;
        let change = |number: &mut StoredNumber| {
            *number = changed(number, order.fields.clone()).map_err(|problem| {
                wrong = Some(problem);
            })?;
            Ok(())
        };
        bought.extend(world.buy_behind_the_scenes_with(&key, area, change));
        if let Some(problem) = wrong {
            return refuse(StatusCode::BAD_REQUEST, &problem);
        }
    }
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
    match changed(found, changes) {
        Ok(changed) => {
            *found = changed;
            Json(shown(found)).into_response()
        }
        Err(problem) => refuse(StatusCode::BAD_REQUEST, &problem),
    }
}

/// The number with some of its fields changed, or what is wrong with the changes.
fn changed(number: &StoredNumber, changes: Map<String, Value>) -> Result<StoredNumber, String> {
    let mut fields = json!(number);
    if let Some(fields) = fields.as_object_mut() {
        let unknown = |key: &&String| !fields.contains_key(*key) || *key == "number";
        if let Some(unknown) = changes.keys().find(unknown) {
            return Err(format!("{unknown} cannot be changed"));
        }
        fields.extend(changes);
    }
    serde_json::from_value(fields).map_err(|error| error.to_string())
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
        "hide" | "show" if known => {
            world.hide(&number, action == "hide");
            true
        }
        "steal" => world.steal(&number),
        "vanish" => world.vanish(&number),
        _ => false,
    };
    done(&headers, did)
}

#[derive(Deserialize)]
pub(super) struct Reason {
    message: Option<String>,
}

/// Acts on an order. A port-in may also be named by its number.
pub(super) async fn act_on_order(
    State(shared): World,
    Path((order, action)): Path<(String, String)>,
    Query(reason): Query<Reason>,
    headers: HeaderMap,
) -> Response {
    let mut world = shared.world();
    let now = world.clock.now();
    world.let_due_happen(now);
    let port_in = world.port_in_order(&order).map(|order| order.id.clone());
    let to = match action.as_str() {
        "wait" => Some(PortInState::Pending),
        "schedule" => Some(PortInState::InProgress),
        "refuse" | "fail" => Some(PortInState::refused(
            reason.message.as_deref().unwrap_or(REFUSAL),
        )),
        "complete" => Some(PortInState::Complete),
        "cancel" => Some(PortInState::Cancelled),
        _ => None,
    };
    if let (Some(id), Some(to)) = (&port_in, to) {
        return done(&headers, world.move_port_in(0, id, to, now));
    }
    let did = match action.as_str() {
        "complete" => world.finish_order(&order, None),
        "fail" => world.finish_order(&order, Some("failed by hand".into())),
        _ => false,
    };
    done(&headers, did)
}
