//! `GET /v1.0/subscribers/get`

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, request};
use crate::reply::Reply;

request! {
    /// Which subscriber.
    SubscriberGetRequest {
        id: String = Field::named("SubscriberId");
    }
}

pub(in super::super) struct SubscriberGet;

impl Operation for SubscriberGet {
    const NAME: &'static str = "subscriber get";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/subscribers/get";
    type Request = SubscriberGetRequest;

    fn run(call: &mut Call<'_>, request: SubscriberGetRequest) -> Outcome {
        let subscriber = super::own(call, &request.id)?;
        Ok(Reply::json(200, &super::view(call, &subscriber)))
    }
}
