//! `POST /v1.0/sims/clear-status`

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, Format, request};

request! {
    /// The SIM to free.
    ClearRequest {
        iccid: String = Field::named("ICCID").format(Format::Iccid);
    }
}

pub(in super::super) struct Clear;

impl Operation for Clear {
    const NAME: &'static str = "SIM clear";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/sims/clear-status";
    type Request = ClearRequest;

    fn run(call: &mut Call<'_>, request: ClearRequest) -> Outcome {
        if !super::is_own(call, &request.iccid) {
            return super::answer(&request.iccid, None);
        }
        super::set(call, &request.iccid, "Empty");
        call.world
            .ledger
            .change(call.request, "SIM clear", &request.iccid);
        super::answer(&request.iccid, Some("Empty"))
    }
}
