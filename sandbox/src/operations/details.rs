//! `GET /v1.0/numbers`

use super::{IncomingCall, Operation, OperationResult, views};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::switches::DetailsKey;

request! {
    /// Which number, by one of three keys.
    DetailsRequest {
        // The format is checked below: a `+` that arrived as a space is a miss, not a malformed request.
        number: Given<String> = Field::named("Number");
        phone_number: Given<String> = Field::named("PhoneNumber");
        iccid: Given<String> = Field::named("ICCID").format(Format::Iccid);
    }
}

pub(super) struct Details;

impl Operation for Details {
    const NAME: &'static str = "details";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/numbers";
    type Request = DetailsRequest;

    fn run(call: &mut IncomingCall<'_>, request: DetailsRequest) -> OperationResult {
        let (by_number, by_phone_number) = match call.world.switches.details_key {
            DetailsKey::Both => (
                request.number.into_value(),
                request.phone_number.into_value(),
            ),
            DetailsKey::Number => (request.number.into_value(), None),
            DetailsKey::PhoneNumber => (None, request.phone_number.into_value()),
        };
        let (asked, by_sim) = match (by_number.or(by_phone_number), request.iccid.into_value()) {
            (Some(number), _) => (number, false),
            (None, Some(iccid)) => {
                let found = call.number_of_sim(&iccid);
                (found.ok_or_else(|| Refusal::not_found("Number"))?, true)
            }
            (None, None) => return Err(Refusal::bad("Number, PhoneNumber or ICCID is required")),
        };
        if !Format::E164.accepts(&asked) {
            // As a service would that decoded a bare `+` to a space: no such number. The ledger tells what is wrong.
            let text = format!("{asked:?} is not E.164; a + must travel as %2B");
            return Err(Refusal::outside_contract(404, vec![text]));
        }
        let shown = call.visible_number(&asked, by_sim)?;
        let shown = match call.world.switches.details_response_other_number {
            true => call.another_number(&asked).unwrap_or(shown),
            false => call.read(&shown.number).unwrap_or(shown),
        };
        Ok(Reply::json(
            200,
            &views::details(&shown, &call.world.switches),
        ))
    }
}
