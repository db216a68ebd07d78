//! `POST /v1.0/numbers/update`: changes what it is sent, and nothing else.

use serde_json::{Value, json};

use super::provision::{MESSAGE_TYPES, PRODUCT_TYPES};
use super::{IncomingCall, Operation, OperationResult, views};
use crate::contract::{Field, Format, Given, request};
use crate::dates;
use crate::reply::{Refusal, Reply};
use crate::store::numbers::{NumberKind, NumberStatus, StoredNumber};
use crate::store::routes::RouteKind;
use crate::switches::NullInUpdate;

request! {
    /// The number and its new values.
    UpdateRequest {
        number: String = Field::named("Number").format(Format::E164);
        message_enabled: Given<bool> = Field::named("MessageEnabled");
        voice_enabled: Given<bool> = Field::named("VoiceEnabled");
        message_type: Given<String> = Field::named("MessageType").words(MESSAGE_TYPES);
        classification: Given<String> = Field::named("Classification").words(&["MVNO", "IoT"]);
        message_route_id: Given<String> = Field::named("MessageRouteId").nullable();
        voice_route_id: Given<String> = Field::named("VoiceRouteId").nullable();
        assigned_subscriber_id: Given<String> = Field::named("AssignedSubscriberId").nullable();
        iccid: Given<String> = Field::named("Iccid").format(Format::Iccid).nullable();
        cnam_first_name: Given<String> = Field::named("CnamFirstName").nullable();
        cnam_last_name: Given<String> = Field::named("CnamLastName").nullable();
        product_type: Given<String> = Field::named("ProductType").words(PRODUCT_TYPES).nullable();
    }
}

pub(super) struct Update;

impl Operation for Update {
    const NAME: &'static str = "update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/update";
    type Request = UpdateRequest;

    fn run(call: &mut IncomingCall<'_>, request: UpdateRequest) -> OperationResult {
        let before = call.changeable_number(&request.number)?;
        if matches!(before.status, NumberStatus::Cancelled { .. }) {
            return Err(Refusal::bad("Number is not active"));
        }
        call.check_route(RouteKind::Message, request.message_route_id.value())?;
        call.check_route(RouteKind::Voice, request.voice_route_id.value())?;

        let nulls = call.world.switches.null_in_update;
        if nulls == NullInUpdate::Refused && has_null(&request) {
            return Err(Refusal::bad("A field that is sent must not be null"));
        }
        let after = changed(&before, request, nulls == NullInUpdate::Clears);
        if after.kind == NumberKind::Iot && after.message_type == "a2p" {
            return Err(Refusal::bad(
                "Classification IoT does not support MessageType a2p",
            ));
        }

        let order_id = call.record_order("Update", &[&after.number]);
        call.world
            .ledger
            .change(call.request, "update", &after.number);
        let response = response(call, &after, &order_id);
        let lag = call.world.switches.update_lag;
        let stale = lag.map(|lag| before.into_stale(lag, call.now));
        if let Some(number) = call.world.store.numbers.get_mut(&after.number) {
            *number = StoredNumber { stale, ..after };
        }
        Ok(Reply::json(200, &response))
    }
}

fn has_null(request: &UpdateRequest) -> bool {
    [
        &request.message_route_id,
        &request.voice_route_id,
        &request.assigned_subscriber_id,
        &request.iccid,
        &request.cnam_first_name,
        &request.cnam_last_name,
        &request.product_type,
    ]
    .contains(&&Given::Null)
}

fn changed(before: &StoredNumber, request: UpdateRequest, null_clears: bool) -> StoredNumber {
    let mut after = StoredNumber {
        stale: None,
        ..before.clone()
    };
    let set = |slot: &mut Option<String>, given: Given<String>| match given {
        Given::Value(value) => *slot = Some(value),
        Given::Null if null_clears => *slot = None,
        Given::Null | Given::Absent => {}
    };
    set(&mut after.message_route_id, request.message_route_id);
    set(&mut after.voice_route_id, request.voice_route_id);
    set(&mut after.subscriber_id, request.assigned_subscriber_id);
    set(&mut after.iccid, request.iccid);
    set(&mut after.product_type, request.product_type);
    let [first, last] = &mut after.cnam;
    set(first, request.cnam_first_name);
    set(last, request.cnam_last_name);
    if let Given::Value(on) = request.message_enabled {
        after.message_enabled = on;
    }
    if let Given::Value(on) = request.voice_enabled {
        after.voice_enabled = on;
    }
    if let Given::Value(word) = request.message_type {
        after.message_type = word;
    }
    if let Given::Value(word) = request.classification {
        after.kind = if word == "IoT" {
            NumberKind::Iot
        } else {
            NumberKind::Mvno
        };
    }
    after
}

fn response(call: &IncomingCall<'_>, after: &StoredNumber, order_id: &str) -> Value {
    let switches = &call.world.switches;
    json!({
        "Number": after.number,
        "Tnid": null,
        "UpdateOrderId": order_id,
        "UpdateOrderDate": dates::with_offset(call.now),
        "UpdateOrderStatus": "Complete",
        "MessageType": after.message_type,
        "MessageEnabled": after.message_enabled,
        "Classification": views::classification(after, switches),
        "VoiceEnabled": after.voice_enabled,
        "MessageRouteId": after.message_route_id,
        "VoiceRouteId": after.voice_route_id,
        "Iccid": after.iccid.as_ref().map(|iccid| views::read_iccid(iccid, switches)),
        "CnamFirstName": after.cnam[0],
        "CnamLastName": after.cnam[1],
        "ProductType": after.product_type,
    })
}
