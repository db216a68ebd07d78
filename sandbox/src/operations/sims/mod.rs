//! The two SIM calls.

pub(super) mod clear;
pub(super) mod update;

use serde_json::json;

use super::{Call, Outcome};
use crate::reply::Reply;

/// The answer of both calls.
fn answer(iccid: &str, status: Option<&str>) -> Outcome {
    let successful = status.is_some();
    Ok(Reply::json(
        200,
        &json!({ "ICCID": iccid, "SimStatus": status, "Successful": successful }),
    ))
}

/// Whether the caller has this SIM, bound to a number now or once.
fn is_own(call: &Call<'_>, iccid: &str) -> bool {
    call.world
        .store
        .sims
        .get(iccid)
        .is_some_and(|sim| sim.account_key == call.account_key)
        || call.world.store.numbers.has_sim(&call.account_key, iccid)
}

/// Notes the SIM's state; an empty SIM is bound to no number.
fn set(call: &mut Call<'_>, iccid: &str, status: &str) {
    let world = &mut *call.world;
    if status == "Empty" {
        for number in world.store.numbers.iter_mut() {
            if number.iccid.as_deref() == Some(iccid) {
                number.iccid = None;
            }
        }
    }
    let sim = crate::store::Sim {
        account_key: call.account_key.clone(),
        status: status.to_owned(),
    };
    world.store.sims.insert(iccid.to_owned(), sim);
}
