//! `POST /v1.0/sims/update-status`

use super::super::{Call, Operation, Outcome};
use crate::contract::{Field, Format, Given, request};

request! {
    /// The SIM, its state, and the number to bind it to.
    SimUpdateRequest {
        iccid: String = Field::named("ICCID").format(Format::Iccid);
        sim_status: Given<String> = Field::named("SimStatus").words(&["Active", "Suspended", "Empty"]);
        msisdn: Given<String> = Field::named("MSISDN").format(Format::E164);
    }
}

pub(in super::super) struct SimUpdate;

impl Operation for SimUpdate {
    const NAME: &'static str = "SIM update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/sims/update-status";
    type Request = SimUpdateRequest;

    fn run(call: &mut Call<'_>, request: SimUpdateRequest) -> Outcome {
        if !super::is_own(call, &request.iccid) {
            return super::answer(&request.iccid, None);
        }
        let known = call
            .world
            .store
            .sims
            .get(&request.iccid)
            .map(|sim| sim.status.clone());
        let status = request
            .sim_status
            .into_value()
            .or(known)
            .unwrap_or_else(|| "Active".to_owned());
        if let Some(msisdn) = request.msisdn.value() {
            let number = call.own_number(msisdn)?;
            if let Some(number) = call.world.store.numbers.get_mut(&number.number) {
                number.iccid = Some(request.iccid.clone());
            }
        }
        super::set(call, &request.iccid, &status);
        call.world
            .ledger
            .change(call.request, "SIM update", &request.iccid);
        super::answer(&request.iccid, Some(&status))
    }
}
