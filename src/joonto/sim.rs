//! Switching a SIM off and on.

use serde_json::json;

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation;
use super::session::ApiCall;
use super::types::Iccid;
use crate::context::Context;

/// Whether a SIM is in service. The API has a third word, which cuts it off from its number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SimStatus {
    /// In service.
    Active,
    /// Out of service; it stays tied to its number.
    Suspended,
}

impl SimStatus {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Suspended];

    /// The word in requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Suspended => "Suspended",
        }
    }

    /// Reads the word, exactly as requests spell it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }
}

/// The response to a change of a SIM's status.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SimResponse {
    /// The status word that the SIM is now said to have.
    pub status: Option<String>,
    /// The API says itself that nothing was changed.
    pub is_refused: bool,
}

impl FromResponse for SimResponse {
    fn read(body: &Json) -> Option<Self> {
        // The flag can stand around a wrapped response, in it, or both.
        let around = LenientObject::of(body)?;
        let fields = LenientObject::of_response(body, &["ICCID", "SimStatus"])?;
        Some(Self {
            status: fields.text("SimStatus"),
            is_refused: fields.is_refusal() || around.is_refusal(),
        })
    }
}

impl Client {
    /// Sets the status of a SIM. Repeated after a response that leaves it open: the status is
    /// absolute.
    ///
    /// # Errors
    ///
    /// When it could not be set. That the API refused it in a response of 200 is not an error here.
    pub async fn set_sim_status(
        &self,
        iccid: &Iccid,
        status: SimStatus,
        context: &Context,
    ) -> Result<SimResponse, Error> {
        let request = json!({"ICCID": iccid, "SimStatus": status.as_str()});
        let call = ApiCall::post(&operation::SIM_STATUS, &request)?;
        self.call(&call, context).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_explicit_false_is_a_refusal() {
        let read = |json: &str| {
            let json = Json::read(json.as_bytes()).expect("JSON");
            SimResponse::read(&json).expect("a response")
        };
        let status = Some("Active".to_owned());
        for (json, is_refused) in [
            (
                r#"{"ICCID": "8901", "SimStatus": "Active", "Successful": true}"#,
                false,
            ),
            (
                r#"{"Successful": true, "Data": {"simStatus": "Active"}}"#,
                false,
            ),
            (
                r#"{"Successful": true, "Data": {"SimStatus": "Active", "successful": false}}"#,
                true,
            ),
            (
                r#"{"Successful": false, "Data": {"SimStatus": "Active"}}"#,
                true,
            ),
            (r#"{"SimStatus": "Active", "Successful": "false"}"#, true),
        ] {
            let expected = SimResponse {
                status: status.clone(),
                is_refused,
            };
            assert_eq!(read(json), expected, "{json}");
        }
    }
}
