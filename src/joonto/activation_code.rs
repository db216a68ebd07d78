//! The activation code of an eSIM, and the QR link it comes in.

use percent_encoding::percent_decode_str;

use super::secret::Secret;

/// An activation code, taken apart: `LPA:1$<address>$<matching id>[$<object id>[$1]]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ActivationCode {
    /// The whole of it, as a phone reads it. Anybody who has it can load the eSIM.
    pub text: Secret,
    /// The server that has the eSIM.
    pub smdp_address: String,
    /// Which of its eSIMs this is, unless the server knows by the phone.
    pub matching_id: Option<Secret>,
    /// Whether the phone asks for a confirmation code as well.
    pub confirmation_code_required: bool,
}

impl ActivationCode {
    /// Reads a code, or the QR link it comes in.
    ///
    /// # Errors
    ///
    /// Why it is neither. Never tells the text: it may be a secret.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.starts_with("https://") || text.starts_with("http://") {
            let code = activation_code(text)
                .ok_or("it is a link that has no activation code in its text parameter")?;
            return Self::of_code(code.expose());
        }
        Self::of_code(text)
    }

    fn of_code(text: &str) -> Result<Self, &'static str> {
        let parts = text
            .strip_prefix("LPA:1$")
            .ok_or("it begins with neither LPA:1$ nor https://")?;
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("there is a character in it that no activation code has");
        }
        let mut parts = parts.split('$');
        let address = parts.next().unwrap_or_default();
        let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if address.is_empty() || !address.chars().all(in_name) {
            return Err("what follows LPA:1$ is not the name of a server");
        }
        let matching_id = parts
            .next()
            .ok_or("nothing follows the name of the server; a $ and the matching id should")?;
        let _object_id = parts.next();
        let confirmation_code_required = match parts.next() {
            None | Some("" | "0") => false,
            Some("1") => true,
            Some(_) => {
                return Err("its last part should be 1, for a confirmation code, or missing");
            }
        };
        if parts.next().is_some() {
            return Err("it has more parts, separated by $, than an activation code can have");
        }
        Ok(Self {
            text: Secret::new(text.to_owned()),
            smdp_address: address.to_owned(),
            matching_id: (!matching_id.is_empty()).then(|| Secret::new(matching_id.to_owned())),
            confirmation_code_required,
        })
    }
}

/// The text a phone reads from the picture behind `link`: `LPA:1$<host>$<matching id>`.
///
/// Nothing when the link is of another shape; links on reads often are.
pub fn activation_code(link: &str) -> Option<Secret> {
    let (_, query) = link.split_once('?')?;
    let (query, _) = query.split_once('#').unwrap_or((query, ""));
    let text = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("text="))?;
    // Not as in a form: a `+` stays one.
    let code = percent_decode_str(text).decode_utf8().ok()?;
    code.starts_with("LPA:1$").then(|| Secret::new(code))
}

#[cfg(test)]
mod tests;
