//! `data "joonto_number_availability"`: the areas that have numbers.

use super::{DataSourceCall, DataSourceModel};
use crate::joonto::{AvailabilityRequest, MessageType, NumberType};
use crate::provider::diagnostics::lists;
use crate::provider::validators::{self, given};
use crate::terraform::Attr;
use crate::terraform::resource::Failure;

crate::model! {
    /// The areas that have numbers in stock. The API names areas, not numbers, and reserves
    /// nothing: by the time of a purchase the list may be out of date.
    pub(crate) struct AvailableAreas {
        /// Kind of number: `mvno`, `iot` or `voip`. Defaults to `mvno`. The API lists the same
        /// areas for `mvno` and `iot`.
        number_type: String => optional(), validator(validators::unset_or(validators::number_type));
        /// Message type: `a2p` (application to person) or `p2p` (person to person).
        message_type: String => optional(), validator(validators::unset_or(validators::message_type));
        /// Whether the number sends and receives text messages (SMS, short message service) and
        /// MMS (multimedia messaging service).
        message_enabled: bool => required();
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => required();
        /// Area code to look in, three digits.
        area_code: String => optional(), validator(validators::unset_or(validators::area_code));
        /// US zip code to look at, five digits.
        zip_code: String => optional(), validator(validators::unset_or(validators::zip_code));

        /// Whether any area has numbers.
        available: bool => computed();
        /// Areas with numbers, sorted by area code and zip code.
        areas: Vec<Attr<AvailableArea>> => computed();
    }
    blocks {}
}

crate::model! {
    /// An area with numbers.
    pub(crate) struct AvailableArea {
        /// Area code.
        area_code: String => computed();
        /// Zip code.
        zip_code: String => computed();
        /// Provider of the numbers, as the API names it. A purchase cannot choose one.
        gateway_provider: String => computed();
    }
    blocks {}
}

impl DataSourceModel for AvailableAreas {
    const TYPE_NAME: &'static str = "joonto_number_availability";

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let number_type = self.number_type.as_str().and_then(NumberType::parse);
        let request = AvailabilityRequest {
            // The API has other words here than where it sells.
            number_type: match number_type {
                Some(NumberType::Voip) => "voip".to_owned(),
                _ => "mobile".to_owned(),
            },
            message_type: self.message_type.as_str().and_then(MessageType::parse),
            message_enabled: self.message_enabled.into_known().unwrap_or_default(),
            voice_enabled: self.voice_enabled.into_known().unwrap_or_default(),
            area_code: given(&self.area_code).map(str::to_owned),
            zip_code: given(&self.zip_code).map(str::to_owned),
        };
        let found = call.data.client.availability(&request, &call.context).await;
        let found = found.map_err(|error| lists::cannot_look_up("the available areas", &error))?;
        let areas: Vec<_> = found
            .areas
            .into_iter()
            .map(|area| AvailableArea {
                area_code: area.area_code.into(),
                zip_code: area.zip_code.into(),
                gateway_provider: area.gateway_provider.into(),
            })
            .map(Attr::Known)
            .collect();
        Ok(Self {
            available: Attr::Known(!areas.is_empty()),
            areas: Attr::Known(areas),
            ..self
        })
    }
}
