//! `data "joonto_number_device"`: the device that a number is in.

use super::{DataSourceCall, DataSourceModel};
use crate::joonto::E164;
use crate::provider::diagnostics::lists;
use crate::provider::validators;
use crate::terraform::resource::Failure;

crate::model! {
    /// The device that a number is in. Every attribute is null if the API has seen no device, or
    /// does not know the number: it does not tell these apart.
    ///
    /// Each read is one request, so read the devices of a large fleet only where you need them.
    pub(crate) struct NumberDevice {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => required(), validator(validators::phone_number);

        /// Serial number of the device (IMEI, International Mobile Equipment Identity). It can be
        /// personal data, so Terraform does not print it.
        imei: String => computed(), sensitive();
        /// Part of the serial number that names the model (TAC, Type Allocation Code).
        tac: String => computed();
        /// Maker or model of the device, as the API calls it.
        device_model: String => computed();
        /// Name or model of the device, as the API calls it.
        device_name: String => computed();
        /// Kind of number, as the API writes it here, such as `IoT`.
        number_type: String => computed();
    }
    blocks {}
}

impl DataSourceModel for NumberDevice {
    const TYPE_NAME: &'static str = "joonto_number_device";

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let text = self.phone_number.as_str().unwrap_or_default();
        let Ok(number) = E164::parse(text) else {
            return Err(lists::not_found("the number").into());
        };
        let (data, context) = (&call.data, &call.context);
        let account_id = data.account_of(None);
        let found = data.client.device(&number, account_id.as_ref(), context);
        let what = format!("the device of {number}");
        let found = found
            .await
            .map_err(|error| lists::cannot_look_up(&what, &error))?;
        let device = found.unwrap_or_default();
        Ok(Self {
            imei: device.imei.into(),
            tac: device.tac.into(),
            device_model: device.model.into(),
            device_name: device.name.into(),
            number_type: device.number_type.into(),
            ..self
        })
    }
}
