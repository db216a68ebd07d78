//! The device that a number is in, and the carrier's routing id of the number (NNID).

use serde_json::json;

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation::{DEVICE, NNID};
use super::session::ApiCall;
use super::types::{AccountId, E164, OrderClass};
use crate::context::Context;

/// The device that a number is in, as far as the API says. It identifies somebody's device.
#[derive(Clone, Default)]
pub struct Device {
    /// The number it is about, if the response names it.
    number: Option<E164>,
    /// Whether the response says that it found one.
    is_found: bool,
    /// The serial number of the device.
    pub imei: Option<String>,
    /// The part of it that names the model.
    pub tac: Option<String>,
    /// The maker, in the API's sample.
    pub model: Option<String>,
    /// The model, in the API's sample.
    pub name: Option<String>,
    /// What kind of number it is.
    pub number_type: Option<String>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").finish_non_exhaustive()
    }
}

impl FromResponse for Device {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["PhoneNumber", "IMEI", "Status"])?;
        let status = fields.text("Status");
        let is_found = status.is_none() || OrderClass::of(status.as_deref()) == OrderClass::Done;
        Some(Self {
            number: fields.e164(&["PhoneNumber"]),
            is_found,
            imei: fields.text("IMEI"),
            tac: fields.text("TAC"),
            model: fields.text("DeviceModel"),
            name: fields.text("DeviceName"),
            number_type: fields.text("NumberType"),
        })
    }
}

/// Whether the API did what was asked. Only an explicit "no" is a failure.
struct Successful(bool);

impl FromResponse for Successful {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["PhoneNumber", "NNID"])?;
        Some(Self(!fields.is_refusal()))
    }
}

impl Client {
    /// Reads which device a number is in. None if the API has seen none.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn device(
        &self,
        number: &E164,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Option<Device>, Error> {
        let mut request = json!({"PhoneNumber": number});
        if let Some(account_id) = account_id {
            request["AccountId"] = json!(account_id);
        }
        let call = ApiCall::post(&DEVICE, &request)?.personal();
        let Some(device) = self.find::<Device>(&call, context).await? else {
            return Ok(None);
        };
        Error::check_subject(&DEVICE, number, device.number.as_ref())?;
        Ok(device.is_found.then_some(device))
    }

    /// Has the carrier's routing id of a number read again. Returns whether the API did so.
    ///
    /// # Errors
    ///
    /// When the API refused, or could not be reached. It does no harm to repeat it.
    pub async fn refresh_nnid(&self, number: &E164, context: &Context) -> Result<bool, Error> {
        let call = ApiCall::post(&NNID, &json!({"PhoneNumber": number}))?;
        let Successful(is_done) = self.call(&call, context).await?;
        Ok(is_done)
    }
}
