//! The control side, on its own port: JSON for programs, a page for people.

mod actions;
mod page;
mod settings;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::server::App;

type World = State<Arc<App>>;

/// The control side's routes.
pub(crate) fn router(shared: Arc<App>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/ledger", get(ledger))
        .route("/contract", get(async || Json(crate::contract::describe())))
        .route("/credentials", get(settings::credentials))
        .route(
            "/switches",
            get(settings::switches).post(settings::change_switches),
        )
        .route("/faults", get(settings::faults).post(settings::place_fault))
        .route("/faults/clear", post(settings::clear_faults))
        .route("/chaos", post(settings::set_chaos))
        .route("/clock", get(settings::clock).post(settings::move_clock))
        .route("/stock", post(settings::set_stock))
        .route("/listening", post(settings::listen))
        .route("/release", post(settings::release))
        .route("/numbers", get(actions::numbers).post(actions::seed))
        .route(
            "/numbers/{number}",
            get(actions::number).post(actions::edit),
        )
        .route("/numbers/{number}/{action}", post(actions::act_on_number))
        .route("/orders/{order}/{action}", post(actions::act_on_order))
        .layer(from_fn(only_from_here))
        .with_state(shared)
}

async fn page(State(shared): World) -> Html<String> {
    Html(page::render(&mut shared.world()))
}

async fn ledger(State(shared): World) -> Json<Value> {
    Json(serde_json::to_value(shared.world().snapshot()).unwrap_or_default())
}

/// Keeps web pages of other origins out: they could reach a loopback port through a person's browser.
async fn only_from_here(request: Request, next: Next) -> Response {
    if is_from_here(request.headers()) {
        next.run(request).await
    } else {
        refuse(
            StatusCode::FORBIDDEN,
            "the control side serves only pages of its own",
        )
    }
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let own_origin = |origin: &str| origin.strip_prefix("http://") == Some(host);
    ["127.0.0.1", "localhost"].contains(&name) && text(header::ORIGIN).is_none_or(own_origin)
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

/// The response to something done: a person's browser goes back to the page, a program gets JSON.
fn done(headers: &HeaderMap, found: bool) -> Response {
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    match (
        found,
        accepts.is_some_and(|accepts| accepts.contains("text/html")),
    ) {
        (_, true) => Redirect::to("/").into_response(),
        (true, false) => Json(json!({ "done": true })).into_response(),
        (false, false) => refuse(
            StatusCode::NOT_FOUND,
            "there is nothing of that name to do this to",
        ),
    }
}
