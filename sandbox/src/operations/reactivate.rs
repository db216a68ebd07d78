//! `POST /v1.0/numbers/reactivate`: undoes a cancel, for 30 days.

use serde_json::json;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::store::numbers::NumberStatus;

request! {
    /// The number to bring back.
    ReactivateRequest {
        phone_number: String = Field::named("PhoneNumber").format(Format::E164);
        account_id: Given<String> = Field::named("AccountId").nullable();
    }
}

pub(super) struct Reactivate;

impl Operation for Reactivate {
    const NAME: &'static str = "reactivate";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/reactivate";
    const CLOSED: bool = true;
    type Request = ReactivateRequest;

    fn run(call: &mut IncomingCall<'_>, request: ReactivateRequest) -> OperationResult {
        call.check_account(&request.account_id)?;
        let number = call.cancelled_or_own_number(&request.phone_number)?;
        if !matches!(number.status, NumberStatus::Cancelled { .. }) {
            return Err(Refusal::bad("Number is not cancelled"));
        }
        call.world
            .change_status(call.request, &number.number, "reactivate");
        Ok(Reply::json(
            200,
            &json!({
                "PhoneNumber": number.number,
                "AccountId": number.account_id,
                "Status": "Success",
                "StatusMessage": null,
            }),
        ))
    }
}
