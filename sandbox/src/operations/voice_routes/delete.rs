//! `POST /v1.0/voice/routes/delete`: for good.

use serde_json::json;

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, request};
use crate::reply::Reply;

request! {
    /// The voice route to delete.
    VoiceRouteDeleteRequest {
        id: String = Field::named("CallRouteId");
    }
}

pub(in super::super) struct VoiceRouteDelete;

impl Operation for VoiceRouteDelete {
    const NAME: &'static str = "voice route delete";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/voice/routes/delete";
    type Request = VoiceRouteDeleteRequest;

    fn run(call: &mut Call<'_>, request: VoiceRouteDeleteRequest) -> Outcome {
        super::own(call, &request.id)?;
        call.check_unused(&request.id)?;
        call.world.store.voice_routes.remove(&request.id);
        call.world
            .ledger
            .change(call.request, Self::NAME, &request.id);
        Ok(Reply::json(
            200,
            &json!({ "CallRouteStatus": "Deleted", "CallRouteId": request.id }),
        ))
    }
}
