//! `POST /v1.0/numbers/availability`: a read in spite of its method.

use serde_json::{Value, json};

use super::provision::MESSAGE_TYPES;
use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Format, Given, request};
use crate::dates;
use crate::reply::{Refusal, Reply};

request! {
    /// What is being looked for.
    AvailabilityRequest {
        number_type: String = Field::named("NumberType").words(&["mobile"]);
        message_type: Given<String> = Field::named("MessageType").words(MESSAGE_TYPES);
        message_enabled: bool = Field::named("MessageEnabled");
        voice_enabled: bool = Field::named("VoiceEnabled");
        page_number: Given<i64> = Field::named("PageNumber");
        area_code: Given<String> = Field::named("AreaCode").format(Format::AreaCode).or_blank();
        zip_code: Given<String> = Field::named("ZipCode").format(Format::Zip).or_blank();
    }
}

pub(super) struct Availability;

impl Operation for Availability {
    const NAME: &'static str = "availability";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/availability";
    type Request = AvailabilityRequest;

    fn run(call: &mut IncomingCall<'_>, request: AvailabilityRequest) -> OperationResult {
        let page = usize::try_from(request.page_number.into_value().unwrap_or(1))
            .ok()
            .filter(|page| *page > 0)
            .ok_or_else(|| Refusal::bad("PageNumber must be at least 1"))?;
        let (area_code, zip_code) = (
            request.area_code.into_value(),
            request.zip_code.into_value(),
        );
        let mut areas: Vec<Value> = Vec::new();
        for (code, area) in &call.world.store.stock.areas {
            if area.remaining == 0 || area_code.as_ref().is_some_and(|asked| asked != code) {
                continue;
            }
            for zip in &area.zips {
                if zip_code.as_ref().is_none_or(|asked| asked == zip) {
                    areas.push(json!({
                        "NGP": area.gateway,
                        "AreaCode": code.parse::<u32>().unwrap_or_default(),
                        "Zipcode": zip,
                    }));
                }
            }
        }
        let total = areas.len();
        let size = call.world.switches.availability_page_size.max(1);
        let areas: Vec<_> = areas
            .into_iter()
            .skip((page - 1).saturating_mul(size))
            .take(size)
            .collect();
        Ok(Reply::json(
            200,
            &json!({
                "RequestId": format!("T-{:05}", call.request),
                "RequestDate": dates::with_z(call.now),
                "NumberType": request.number_type,
                "VoiceEnabled": request.voice_enabled,
                "MessageEnabled": request.message_enabled,
                "AreaCode": area_code.unwrap_or_default(),
                "ZipCode": zip_code.unwrap_or_default(),
                "PageNumber": page,
                "ResultsTotal": total,
                "AvailableNumberAreas": areas,
            }),
        ))
    }
}
