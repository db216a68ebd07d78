//! `data "joonto_number"`: one number, by its digits or by its SIM.

use super::{DataSourceCall, DataSourceModel};
use crate::joonto::{self, E164, Found, Iccid, Lookup, NumberRecord};
use crate::provider::diagnostics::lists;
use crate::provider::{number, validators};
use crate::terraform::resource::Failure;
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostics};

crate::model! {
    /// A phone number of the account, managed by Terraform or not. Give its
    /// `phone_number` or its `iccid`.
    pub(crate) struct FoundNumber {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => optional_computed(), validator(validators::phone_number);
        /// ICCID (integrated circuit card identifier) of the SIM (subscriber identity module).
        iccid: String => optional_computed(), validator(validators::iccid);

        /// Number in E.164 form.
        id: String => computed();
        /// Kind of number: `mvno`, `iot` or `voip`. Null if the API does not return it.
        number_type: String => computed();
        /// Message type: `a2p` (application to person) or `p2p` (person to person).
        message_type: String => computed();
        /// Whether the number sends and receives text messages (SMS, short message service) and
        /// MMS (multimedia messaging service).
        message_enabled: bool => computed();
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => computed();
        /// Message route of the number.
        message_route_id: String => computed();
        /// Voice route of the number, by the id that the API returns.
        voice_route_id: String => computed();
        /// Subscriber that the number is assigned to.
        assigned_subscriber_id: String => computed();
        /// Status of the number, such as `Active`.
        status: String => computed();
        /// Id of the number at the API.
        phone_number_id: String => computed();
        /// Order that brought the number, by the id that reads return.
        order_id: String => computed();
        /// Date of the purchase, as the API writes it.
        original_date_purchased: String => computed();
        /// Number of SIM swaps that are left.
        swaps_remaining: Number => computed();
        /// Link to the eSIM's QR code. Anybody who has it can load the eSIM.
        qr_code: String => computed(), sensitive();
        /// Activation code of the eSIM (embedded SIM; `LPA:1$...`), if the QR link contains it.
        activation_code: String => computed(), sensitive();
    }
    blocks {}
}

impl DataSourceModel for FoundNumber {
    const TYPE_NAME: &'static str = "joonto_number";

    fn validate(&self, diagnostics: &mut Diagnostics) {
        let problem = match (&self.phone_number, &self.iccid) {
            (Attr::Null, Attr::Null) => "neither is set",
            (Attr::Null, _) | (_, Attr::Null) => return,
            _ => "both are set",
        };
        diagnostics.push(lists::one_of_two_needed(problem));
    }

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let by_number = self.phone_number.as_str().map(E164::parse);
        let by_sim = self.iccid.as_str().map(Iccid::parse);
        let lookup = match (by_number, by_sim) {
            (Some(Ok(number)), _) => Lookup::Number(number),
            (_, Some(Ok(iccid))) => Lookup::Sim(iccid),
            _ => return Err(lists::one_of_two_needed("neither has a value").into()),
        };
        match number::look_up(&call.data, &lookup, &call.context).await {
            Ok(Found::Record(record, _)) if record.number.is_some() => Ok(flatten(&record)),
            Ok(_) => Err(lists::not_found(&lookup.to_string()).into()),
            Err(error) => Err(lists::cannot_look_up(&lookup.to_string(), &error).into()),
        }
    }
}

fn flatten(record: &NumberRecord) -> FoundNumber {
    let number = record.number.as_ref().map(E164::to_string);
    let link = record.qr_code.as_ref().map(|link| link.expose().to_owned());
    let code = link.as_deref().and_then(joonto::activation_code);
    let count = |count: u64| i64::try_from(count).ok().map(Number::from);
    FoundNumber {
        phone_number: number.into(),
        original_date_purchased: record.original_date_purchased.clone().into(),
        swaps_remaining: record.swaps_remaining.and_then(count).into(),
        qr_code: link.into(),
        activation_code: code.map(|code| code.expose().to_owned()).into(),
        ..number::of_record(record)
    }
}
