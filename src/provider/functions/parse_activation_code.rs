//! `parse_activation_code`: the parts of an eSIM's activation code.

use crate::joonto::ActivationCode;
use crate::provider::diagnostics::values;
use crate::terraform::{Attr, Diagnostic, Function};

crate::model! {
    /// Splits the activation code of an eSIM (embedded subscriber identity module, SIM), as a phone reads it from a QR code. It returns an object:
    /// the whole code (`activation_code`), the server that has the eSIM (`smdp_address`), the id
    /// of the eSIM on that server (`matching_id`, null if the code leaves it to the server), and
    /// whether the phone asks for a confirmation code (`confirmation_code_required`).
    ///
    /// Anybody who has the code can load the eSIM. The result of a sensitive text, such as the
    /// `qr_code` of a `joonto_number`, is sensitive too.
    pub(crate) struct Parameters {
        /// The code (`LPA:1$...`), or the QR link it comes in.
        text: String => required(), verbatim();
    }
    blocks {}
}

crate::model! {
    /// The parts of an activation code.
    pub(crate) struct CodeParts {
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
    type Output = CodeParts;

    const NAME: &'static str = "parse_activation_code";
    const SUMMARY: &'static str = "Splits the activation code of an eSIM into its parts";

    fn call(&self, parameters: Parameters) -> Result<CodeParts, Diagnostic> {
        let text = parameters.text.as_str().unwrap_or_default();
        let code = ActivationCode::parse(text)
            .map_err(|error| values::no_activation_code(error).at_attribute("text"))?;
        Ok(CodeParts {
            activation_code: code.text.expose().into(),
            smdp_address: Attr::Known(code.smdp_address),
            matching_id: code.matching_id.map(|id| id.expose().to_owned()).into(),
            confirmation_code_required: Attr::Known(code.confirmation_code_required),
        })
    }
}
