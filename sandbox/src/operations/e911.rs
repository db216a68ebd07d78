//! `GET /v1.0/numbers/e911address`, `POST /v1.0/numbers/e911address/update`: the address for emergency calls.

use serde_json::{Value, json};

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::store::numbers::E911Address;

/// No street of a name with this word is in the address guide.
const NOWHERE: &str = "NOWHERE";

request! {
    /// Whose address.
    E911Request {
        phone_number: String = Field::named("PhoneNumber").format(Format::E164);
        account_id: Given<String> = Field::named("AccountId");
    }
}

request! {
    /// An address, flat.
    E911UpdateRequest {
        phone_number: String = Field::named("PhoneNumber").format(Format::E164);
        street1: String = Field::named("Street1");
        street2: Given<String> = Field::named("Street2").or_blank();
        city: String = Field::named("City");
        state: String = Field::named("State").format(Format::State);
        zip: String = Field::named("Zip").format(Format::ZipPlusFour);
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(super) struct E911Get;

impl Operation for E911Get {
    const NAME: &'static str = "E911 address get";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/numbers/e911address";
    type Request = E911Request;

    fn run(call: &mut IncomingCall<'_>, request: E911Request) -> OperationResult {
        call.check_account(&request.account_id)?;
        let number = call.own_number(&request.phone_number)?;
        let address = match &number.e911 {
            Some(address) => json!({
                "Street1": address.street1,
                "Street2": address.street2,
                "City": address.city,
                "State": address.state,
                "Zip": address.zip,
            }),
            None if call.world.switches.e911_missing_is_200 => json!({
                "Street1": null, "Street2": null, "City": null, "State": null, "Zip": null,
            }),
            None => return Err(Refusal::not_found("E911 address")),
        };
        Ok(Reply::json(
            200,
            &json!({
                "PhoneNumber": number.number,
                "AccountId": number.account_id,
                "E911Address": address,
            }),
        ))
    }
}

pub(super) struct E911Update;

impl Operation for E911Update {
    const NAME: &'static str = "E911 address update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/e911address/update";
    type Request = E911UpdateRequest;

    fn run(call: &mut IncomingCall<'_>, request: E911UpdateRequest) -> OperationResult {
        call.check_account(&request.account_id)?;
        let number = call.own_number(&request.phone_number)?.number;
        let reply = |status: &str, message: &Value| {
            let body = json!({ "PhoneNumber": number, "Status": status, "StatusMessage": message });
            Ok(Reply::json(200, &body))
        };
        if request.street1.to_uppercase().contains(NOWHERE) {
            // The service may well repeat what it was sent.
            let problem = format!("{} is not in the address guide", request.street1);
            return match call.world.switches.e911_refusal_is_200 {
                true => reply("Failed", &json!(problem)),
                false => Err(Refusal::bad(problem)),
            };
        }
        let as_sent = call.world.switches.e911_verbatim;
        let written = |text: String| match as_sent {
            true => text,
            false => text.to_uppercase(),
        };
        let zip = match as_sent || request.zip.contains('-') {
            true => request.zip,
            false => format!("{}-0001", request.zip),
        };
        let address = E911Address {
            street1: written(request.street1),
            street2: request.street2.into_value().map(written),
            city: written(request.city),
            state: written(request.state),
            zip,
        };
        call.world.dirty = true;
        if let Some(stored) = call.world.store.numbers.get_mut(&number) {
            stored.e911 = Some(address);
        }
        let word = call.world.switches.e911_success_word.clone();
        reply(&word, &json!(""))
    }
}
