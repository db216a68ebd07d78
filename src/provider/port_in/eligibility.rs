//! `data "joonto_port_in_eligibility"`: whether a number can come along.

use crate::joonto::E164;
use crate::provider::data_sources::{DataSourceCall, DataSourceModel};
use crate::provider::diagnostics::{lists, objects};
use crate::provider::validators;
use crate::terraform::Diagnostics;
use crate::terraform::resource::Failure;

/// What a number can be ported in as, as far as the API's descriptions list it.
const CLASSIFICATIONS: [&str; 4] = ["Mobile", "Landline", "mvno", "iot"];

crate::model! {
    /// Whether a number can be ported in, and who has it. Ask before you create a
    /// `joonto_port_in`: each look is one request and costs nothing.
    pub(crate) struct PortInEligibility {
        /// Number in international form (E.164), such as `+12025550177`.
        phone_number: String => required(), validator(validators::phone_number);
        /// What the number should become. The API describes `Mobile`, `Landline`, `mvno` and `iot`;
        /// other words are sent with a warning.
        target_classification: String => required();

        /// Whether the number can be ported in. Null if the API does not say.
        eligible: bool => computed();
        /// Carrier that has the number.
        current_carrier: String => computed();
        /// What the number is now, as the API writes it, such as `mobile`.
        reported_type: String => computed();
        /// What the API says to it.
        message: String => computed();
    }
    blocks {}
}

impl DataSourceModel for PortInEligibility {
    const TYPE_NAME: &'static str = "joonto_port_in_eligibility";

    fn validate(&self, diagnostics: &mut Diagnostics) {
        let word = ("target_classification", None, &self.target_classification);
        objects::warn_of_unknown_word(word, &CLASSIFICATIONS, diagnostics);
    }

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let text = self.phone_number.as_str().unwrap_or_default();
        let Ok(number) = E164::parse(text) else {
            return Err(lists::not_found("the number").into());
        };
        let classification = self.target_classification.as_str().unwrap_or_default();
        let client = &call.data.client;
        let found = client.port_in_eligibility(&number, classification, &call.context);
        let what = format!("whether {number} can be ported in");
        let found = found
            .await
            .map_err(|error| lists::cannot_look_up(&what, &error))?;
        Ok(Self {
            eligible: found.is_eligible.into(),
            current_carrier: found.current_carrier.into(),
            reported_type: found.number_type.into(),
            message: found.message.into(),
            ..self
        })
    }
}
