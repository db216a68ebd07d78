//! `GET /v1.0/message/routes`

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, Given, request};
use crate::reply::{Refusal, Reply};

request! {
    /// Which message route; both spellings are known.
    MessageRouteGetRequest {
        id: Given<String> = Field::named("MessageRouteId");
        id_in_capitals: Given<String> = Field::named("MessageRouteID");
    }
}

pub(in super::super) struct MessageRouteGet;

impl Operation for MessageRouteGet {
    const NAME: &'static str = "message route get";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/message/routes";
    type Request = MessageRouteGetRequest;

    fn run(call: &mut Call<'_>, request: MessageRouteGetRequest) -> Outcome {
        let id = request
            .id
            .into_value()
            .or(request.id_in_capitals.into_value());
        let id = id.ok_or_else(|| Refusal::bad("MessageRouteId is required"))?;
        let route = super::own(call, &id)?;
        Ok(Reply::json(200, &super::view(route, "AccountId")))
    }
}
