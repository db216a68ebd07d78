//! `POST /v1.0/message/routes/delete`: for good.

use serde_json::json;

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, request};
use crate::reply::Reply;

request! {
    /// The message route to delete.
    MessageRouteDeleteRequest {
        id: String = Field::named("MessageRouteId");
    }
}

pub(in super::super) struct MessageRouteDelete;

impl Operation for MessageRouteDelete {
    const NAME: &'static str = "message route delete";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/message/routes/delete";
    type Request = MessageRouteDeleteRequest;

    fn run(call: &mut Call<'_>, request: MessageRouteDeleteRequest) -> Outcome {
        super::own(call, &request.id)?;
        call.check_unused(&request.id)?;
        call.world.store.message_routes.remove(&request.id);
        call.world
            .ledger
            .change(call.request, Self::NAME, &request.id);
        Ok(Reply::json(
            200,
            &json!({ "MessageRouteStatus": "Deleted", "MRID": request.id }),
        ))
    }
}
