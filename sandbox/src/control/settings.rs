//! Control of the whole: switches, faults, the clock, stock, the API's port.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{World, refuse};
use crate::faults::{Chaos, Fault};

pub(super) async fn credentials(State(shared): World) -> Json<Value> {
    let world = shared.world();
    let accounts = &world.store.accounts;
    Json(
        json!({ "default": accounts.default().credentials, "second": accounts.second().credentials }),
    )
}

pub(super) async fn switches(State(shared): World) -> Json<Value> {
    Json(json!(shared.world().switches))
}

/// Sets the switches named in the body and leaves the others.
pub(super) async fn change_switches(
    State(shared): World,
    Json(changes): Json<Map<String, Value>>,
) -> Response {
    let mut world = shared.world();
    let mut all = json!(world.switches);
    if let Some(fields) = all.as_object_mut() {
        fields.extend(changes);
    }
    match serde_json::from_value(all) {
        Ok(switches) => {
            world.switches = switches;
            Json(json!(world.switches)).into_response()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

pub(super) async fn faults(State(shared): World) -> Json<Value> {
    Json(json!(shared.world().faults.waiting()))
}

pub(super) async fn place_fault(State(shared): World, Json(fault): Json<Fault>) -> Response {
    if !fault.can_strike() {
        return refuse(StatusCode::BAD_REQUEST, "no operation is at that path");
    }
    shared.world().faults.place(fault);
    Json(json!({ "done": true })).into_response()
}

pub(super) async fn clear_faults(State(shared): World) -> Json<Value> {
    shared.world().faults.clear();
    Json(json!({ "done": true }))
}

/// Sets random faults; `null` ends them.
pub(super) async fn set_chaos(
    State(shared): World,
    Json(chaos): Json<Option<Chaos>>,
) -> Json<Value> {
    shared.world().faults.set_chaos(chaos);
    Json(json!({ "done": true }))
}

pub(super) async fn clock(State(shared): World) -> Json<Value> {
    Json(json!({ "now": crate::dates::with_z(shared.world().clock.now()) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ClockMove {
    AdvanceMs(u64),
    /// Seconds since 1970.
    SetUnix(i64),
    Stop(bool),
}

pub(super) async fn move_clock(State(shared): World, Json(order): Json<ClockMove>) -> Response {
    let clock = shared.world().clock.clone();
    match order {
        ClockMove::AdvanceMs(by) => clock.advance(Duration::from_millis(by)),
        ClockMove::SetUnix(to) => match OffsetDateTime::from_unix_timestamp(to) {
            Ok(to) => clock.set(to),
            Err(error) => return refuse(StatusCode::BAD_REQUEST, &error.to_string()),
        },
        ClockMove::Stop(true) => clock.stop(),
        ClockMove::Stop(false) => clock.run(),
    }
    let mut world = shared.world();
    world.let_due_happen(clock.now());
    world.dirty = true;
    Json(json!({ "now": crate::dates::with_z(clock.now()) })).into_response()
}

#[derive(Deserialize)]
pub(super) struct StockOrder {
    area_code: String,
    remaining: u32,
}

pub(super) async fn set_stock(State(shared): World, Json(order): Json<StockOrder>) -> Json<Value> {
    let mut world = shared.world();
    world.store.stock.set(&order.area_code, order.remaining);
    world.dirty = true;
    Json(json!({ "done": true }))
}

#[derive(Deserialize)]
pub(super) struct Listening {
    open: bool,
}

pub(super) async fn listen(State(shared): World, Json(order): Json<Listening>) -> Json<Value> {
    shared.listening.send_replace(order.open);
    Json(json!({ "done": true }))
}

pub(super) async fn release(State(shared): World) -> Json<Value> {
    shared.released.send_modify(|times| *times += 1);
    Json(json!({ "done": true }))
}
