//! `GET /v1.0/account/message/routes`: all at once, without pages.

use serde_json::{Value, json};

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, Given, request};
use crate::reply::Reply;

request! {
    /// Whose message routes.
    MessageRouteListRequest {
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(in super::super) struct MessageRouteList;

impl Operation for MessageRouteList {
    const NAME: &'static str = "message route list";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/account/message/routes";
    type Request = MessageRouteListRequest;

    fn run(call: &mut Call<'_>, request: MessageRouteListRequest) -> Outcome {
        let account_id = call.route_account(request.account_id.value())?;
        let routes: Vec<Value> = call
            .world
            .store
            .message_routes
            .values()
            .filter(|route| route.account_key == call.account_key && route.account_id == account_id)
            .map(|route| super::view(route, "AccountID"))
            .collect();
        Ok(Reply::json(
            200,
            &json!({ "AccountID": account_id, "TotalRoutes": routes.len(), "Results": routes }),
        ))
    }
}
