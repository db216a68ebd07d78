//! `parse_activation_code`: an eSIM's activation code, taken apart.

use crate::joonto::ActivationCode;
use crate::provider::diagnostics::values;
use crate::terraform::{Attr, Diagnostic, Function};

crate::model! {
    /// Takes apart an eSIM's activation code, as a phone reads it from a QR code. The answer has
    /// the whole code (`activation_code`), the server that has the eSIM (`smdp_address`), which
    /// of the server's eSIMs it is (`matching_id`, null if the code leaves that to the server),
    /// and whether the phone will ask for a confirmation code (`confirmation_code_required`).
    ///
    /// Whoever has the code can load the eSIM. Given a sensitive text, such as the `qr_code` of a
    /// `joonto_number`, the answer is sensitive too.
    pub(crate) struct Parameters {
        /// The code (`LPA:1$...`), or the QR link it comes in.
        text: String => required(), verbatim();
    }
    blocks {}
}

crate::model! {
    /// An activation code, taken apart.
    pub(crate) struct Answer {
        /// The whole code.
        activation_code: String => computed(), sensitive();
        /// The server.
        smdp_address: String => computed();
        /// Which of the server's eSIMs.
        matching_id: String => computed(), sensitive();
        /// Whether the phone asks for a confirmation code.
        confirmation_code_required: bool => computed();
    }
    blocks {}
}

/// The function `parse_activation_code`.
#[derive(Debug)]
pub(crate) struct ParseActivationCode;

impl Function for ParseActivationCode {
    type Parameters = Parameters;
    type Output = Answer;

    const NAME: &'static str = "parse_activation_code";
    const SUMMARY: &'static str = "Takes apart an eSIM's activation code";

    fn call(&self, parameters: Parameters) -> Result<Answer, Diagnostic> {
        let text = parameters.text.as_str().unwrap_or_default();
        let code = ActivationCode::parse(text)
            .map_err(|error| values::no_activation_code(&error).at_attribute("text"))?;
        Ok(Answer {
            activation_code: code.text.expose().into(),
            smdp_address: Attr::Known(code.smdp_address),
            matching_id: code.matching_id.map(|id| id.expose().to_owned()).into(),
            confirmation_code_required: Attr::Known(code.confirmation_code_required),
        })
    }
}
