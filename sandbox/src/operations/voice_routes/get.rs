//! `GET /v1.0/voice/routes`

use serde_json::Value;

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, Given, request};
use crate::reply::{Refusal, Reply};

request! {
    /// Which voice route. The capital D is the only spelling.
    VoiceRouteGetRequest {
        id: Given<String> = Field::named("CallRouteID");
    }
}

pub(in super::super) struct VoiceRouteGet;

impl Operation for VoiceRouteGet {
    const NAME: &'static str = "voice route get";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/voice/routes";
    type Request = VoiceRouteGetRequest;

    fn run(call: &mut Call<'_>, request: VoiceRouteGetRequest) -> Outcome {
        let id = request
            .id
            .into_value()
            .ok_or_else(|| Refusal::bad("CallRouteID is required"))?;
        let route = super::own(call, &id)?;
        Ok(Reply::json(200, &Value::Object(super::view(route))))
    }
}
