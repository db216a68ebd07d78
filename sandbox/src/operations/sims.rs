//! `POST /v1.0/sims/update-status`

use serde_json::json;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::store::Sim;

request! {
    /// The SIM, its state, and the number to bind it to.
    SimUpdateRequest {
        iccid: String = Field::named("ICCID").format(Format::Iccid);
        sim_status: Given<String> = Field::named("SimStatus").words(&["Active", "Suspended", "Empty"]);
        msisdn: Given<String> = Field::named("MSISDN").format(Format::E164);
    }
}

pub(super) struct SimUpdate;

impl Operation for SimUpdate {
    const NAME: &'static str = "SIM update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/sims/update-status";
    type Request = SimUpdateRequest;

    fn run(call: &mut IncomingCall<'_>, request: SimUpdateRequest) -> OperationResult {
        let iccid = request.iccid;
        let owner = call.account_key.clone();
        let store = &call.world.store;
        let known = store
            .sims
            .get(&iccid)
            .filter(|sim| sim.account_key == owner);
        if known.is_none() && !store.numbers.has_sim(&owner, &iccid) {
            if call.world.switches.unknown_sim_is_404 {
                return Err(Refusal::not_found("SIM"));
            }
            let refused = json!({ "ICCID": iccid, "SimStatus": null, "Successful": false });
            return Ok(Reply::json(200, &refused));
        }
        let known = known.map(|sim| sim.status.clone());
        let status = request.sim_status.into_value().or(known);
        let status = status.unwrap_or_else(|| "Active".to_owned());
        let bound = match request.msisdn.value() {
            Some(msisdn) => Some(call.own_number(msisdn)?.number),
            None => None,
        };
        let world = &mut *call.world;
        // An empty SIM is bound to no number.
        for number in world.store.numbers.iter_mut() {
            if status == "Empty" && number.iccid.as_ref() == Some(&iccid) {
                number.iccid = None;
            } else if bound.as_ref() == Some(&number.number) {
                number.iccid = Some(iccid.clone());
            }
        }
        world.ledger.change(call.request, Self::NAME, &iccid);
        let response = json!({ "ICCID": iccid, "SimStatus": status, "Successful": true });
        let sim = Sim {
            account_key: owner,
            status,
        };
        world.store.sims.insert(iccid, sim);
        Ok(Reply::json(200, &response))
    }
}
