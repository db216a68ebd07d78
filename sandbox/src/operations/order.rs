//! `GET /v1.0/numbers/order`

use serde_json::json;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Given, request};
use crate::dates;
use crate::reply::{Refusal, Reply};
use crate::store::orders::OrderState;
use crate::world::World;

request! {
    /// Which order.
    OrderRequest {
        order_id: Given<String> = Field::named("OrderId");
    }
}

pub(super) struct OrderRead;

impl Operation for OrderRead {
    const NAME: &'static str = "order";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/numbers/order";
    type Request = OrderRequest;

    fn run(call: &mut IncomingCall<'_>, request: OrderRequest) -> OperationResult {
        let id = request.order_id.into_value().ok_or_else(|| {
            Refusal::outside_contract(400, vec!["The OrderId field is required.".into()])
        })?;
        let id = match call.world.switches.order_names_first_order {
            true => first_order(call).unwrap_or(id),
            false => id,
        };
        let order = call
            .world
            .store
            .orders
            .get_mut(&id)
            .filter(|order| order.account_key == call.account_key)
            .ok_or_else(|| Refusal::not_found("Order"))?;
        if order.missing_polls > 0 {
            order.missing_polls -= 1;
            return Err(Refusal::not_found("Order"));
        }
        let now = call.now;
        call.world.advance_order(&id, |state| state.is_ripe(now));

        let World {
            store, switches, ..
        } = &mut *call.world;
        let order = store
            .orders
            .get_mut(&id)
            .ok_or_else(|| Refusal::not_found("Order"))?;
        let (status, message, delivered) = match &mut order.state {
            OrderState::Complete | OrderState::Scheduled(_) => ("Complete".to_owned(), None, true),
            OrderState::Error(message) => {
                (switches.failed_word.clone(), Some(message.clone()), true)
            }
            OrderState::Pending { word, .. } => (word.clone(), None, false),
            OrderState::Changing { word, .. } => (word.clone(), None, true),
            OrderState::PortIn(port_in) => {
                let (word, message) = port_in.shown(now, switches);
                (word, message, true)
            }
        };
        let numbers: Vec<_> = match delivered {
            true => order
                .numbers
                .iter()
                .map(|number| json!({ "Number": number }))
                .collect(),
            false => Vec::new(),
        };
        Ok(Reply::json(
            200,
            &json!({
                "OrderDate": dates::without_zone(order.date),
                "OrderId": order.id,
                "OrderStatus": status,
                "OrderStatusMessage": message,
                "OrderType": order.kind,
                "PhoneNumbersOrdered": numbers,
            }),
        ))
    }
}

/// The first order the caller bought something with.
fn first_order(call: &IncomingCall<'_>) -> Option<String> {
    let world = &*call.world;
    let mut own = world
        .ledger
        .orders
        .iter()
        .filter(|order| order.account_key == call.account_key)
        .map(|order| &order.order_id);
    own.find(|id| world.store.orders.contains_key(*id)).cloned()
}
