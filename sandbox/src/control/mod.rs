//! The control side, on its own port: JSON for programs, a page for people.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use crate::server::Shared;

/// The control side's routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/ledger", get(ledger))
        .route("/contract", get(async || Json(crate::contract::describe())))
        .with_state(shared)
}

async fn ledger(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(serde_json::to_value(shared.world().snapshot()).unwrap_or_default())
}
