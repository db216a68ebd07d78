//! `GET /v1.0/account/voice/routes`: all at once, without pages.

use serde_json::{Value, json};

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, Given, request};
use crate::reply::Reply;

request! {
    /// Whose voice routes.
    VoiceRouteListRequest {
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(in super::super) struct VoiceRouteList;

impl Operation for VoiceRouteList {
    const NAME: &'static str = "voice route list";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/account/voice/routes";
    type Request = VoiceRouteListRequest;

    fn run(call: &mut Call<'_>, request: VoiceRouteListRequest) -> Outcome {
        let account_id = call.route_account(request.account_id.value())?;
        let routes: Vec<Value> = call
            .world
            .store
            .voice_routes
            .values()
            .filter(|route| route.account_key == call.account_key && route.account_id == account_id)
            .map(|route| Value::Object(super::list_item(route)))
            .collect();
        Ok(Reply::json(
            200,
            &json!({ "AccountID": account_id, "TotalRoutes": routes.len(), "Results": routes }),
        ))
    }
}
