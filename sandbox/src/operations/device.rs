//! `POST /v1.0/numbers/device-details`, `POST /v1.0/numbers/refresh-nnid`

use serde_json::json;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::reply::{Refusal, Reply};
use crate::store::numbers::{Device, NumberKind};
use crate::switches::NoDevice;

request! {
    /// The number whose device is asked for.
    DeviceRequest {
        phone_number: String = Field::named("PhoneNumber").format(Format::E164);
        account_id: Given<String> = Field::named("AccountId");
    }
}

request! {
    /// The number whose routing id is to be read again.
    RefreshRequest {
        phone_number: String = Field::named("PhoneNumber").format(Format::E164);
    }
}

pub(super) struct DeviceDetails;

impl Operation for DeviceDetails {
    const NAME: &'static str = "device details";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/device-details";
    type Request = DeviceRequest;

    fn run(call: &mut IncomingCall<'_>, request: DeviceRequest) -> OperationResult {
        call.check_account(&request.account_id)?;
        let number = call.own_number(&request.phone_number)?;
        let (device, status) = match (number.device, call.world.switches.no_device) {
            (Some(device), _) => (Some(device), "Success"),
            (None, NoDevice::NotFound) => return Err(Refusal::not_found("Device")),
            (None, NoDevice::Nulls) => (None, "Success"),
            (None, NoDevice::Status) => (None, "NoDevice"),
        };
        let of_device = |field: fn(&Device) -> &String| device.as_ref().map(field);
        let number_type = match number.kind {
            NumberKind::Iot => "IoT",
            NumberKind::Mvno => "MVNO",
            NumberKind::Voip => "VoIP",
        };
        Ok(Reply::json(
            200,
            &json!({
                "AccountId": number.account_id,
                "PhoneNumber": number.number,
                "NumberType": number_type,
                "IMEI": of_device(|device| &device.imei),
                "DeviceModel": of_device(|device| &device.model),
                "DeviceName": of_device(|device| &device.name),
                "TAC": of_device(|device| &device.imei).and_then(|imei| imei.get(..8)),
                "Status": status,
                "StatusMessage": "",
            }),
        ))
    }
}

pub(super) struct RefreshNnid;

impl Operation for RefreshNnid {
    const NAME: &'static str = "refresh NNID";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/refresh-nnid";
    type Request = RefreshRequest;

    fn run(call: &mut IncomingCall<'_>, request: RefreshRequest) -> OperationResult {
        let number = call.own_number(&request.phone_number)?;
        Ok(Reply::json(
            200,
            &json!({
                "PhoneNumber": number.number,
                "NNID": call.world.ids.digits(6),
                "Successful": !call.world.switches.nnid_refresh_fails,
            }),
        ))
    }
}
