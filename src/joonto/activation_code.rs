//! The activation code of an eSIM, and the QR link it comes in.

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
#[must_use]
pub fn activation_code(link: &str) -> Option<Secret> {
    let (_, query) = link.split_once('?')?;
    let (query, _) = query.split_once('#').unwrap_or((query, ""));
    let text = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("text="))?;
    let code = percent_decoded(text)?;
    code.starts_with("LPA:1$").then(|| Secret::new(code))
}

/// Decodes `%41` and the like; a `+` stays one.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => char::from(*high)
                .to_digit(16)
                .zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match escaped.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(link: &str) -> Option<String> {
        activation_code(link).map(|code| code.expose().to_owned())
    }

    #[test]
    fn codes_in_links() {
        let expected = Some("LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN".to_owned());
        let plain =
            "https://quickchart.io/qr?text=LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN";
        assert_eq!(code(plain), expected);
        assert_eq!(
            code(&format!("{plain}&centerImageUrl=https://x/y.png&ecLevel=H")),
            expected
        );
        let encoded = "https://quickchart.io/qr?size=3&text=LPA%3A1%24T-MOBILE.IDEMIA.IO%24LX9G1-Q12VI-CIIWA-WAQIN#x";
        assert_eq!(code(encoded), expected);
        assert_eq!(
            code("https://x/?text=LPA:1$h$a+b%2").as_deref(),
            Some("LPA:1$h$a+b%2")
        );
    }

    #[test]
    fn links_without_a_code() {
        for link in [
            "",
            "https://x/",
            "https://x/?text=",
            "https://x/?text=hello",
            "https://x/?a=LPA:1$h$m",
            "https://x/?text=LPA:1$%ff",
        ] {
            assert_eq!(code(link), None, "{link}");
        }
    }

    #[test]
    fn a_code_is_taken_apart_alone_and_in_its_link() {
        let alone = "LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI";
        let link = "https://quickchart.io/qr?text=LPA%3A1%24T-MOBILE.IDEMIA.IO%24LX9G1-Q12VI";
        for text in [alone, link, "  LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI\n"] {
            let code = ActivationCode::parse(text).expect(text);
            assert_eq!(code.text.expose(), alone);
            assert_eq!(code.smdp_address, "T-MOBILE.IDEMIA.IO");
            assert_eq!(
                code.matching_id.as_ref().map(Secret::expose),
                Some("LX9G1-Q12VI")
            );
            assert!(!code.confirmation_code_required);
        }
        for (text, matching_id, required) in [
            ("LPA:1$smdp.example.com$$1.3.6.1.4.1.31746$1", None, true),
            ("LPA:1$smdp.example.com$ID$$1", Some("ID"), true),
            ("LPA:1$smdp.example.com:8443$ID$1.3.6", Some("ID"), false),
        ] {
            let code = ActivationCode::parse(text).expect(text);
            assert_eq!(code.matching_id.as_ref().map(Secret::expose), matching_id);
            assert_eq!(code.confirmation_code_required, required, "{text}");
        }
    }

    #[test]
    fn no_code_is_distinguished_from_a_bad_one() {
        for (text, expected) in [
            ("", "neither LPA:1$ nor"),
            ("1$smdp.example.com$ID", "neither LPA:1$ nor"),
            ("LPA:2$smdp.example.com$ID", "neither LPA:1$ nor"),
            (
                "https://example.com/qr-activation-link",
                "a link that has no",
            ),
            ("https://example.com/?text=hello", "a link that has no"),
            ("LPA:1$", "not the name of a server"),
            ("LPA:1$$ID", "not the name of a server"),
            ("LPA:1$not/a/name$ID", "not the name of a server"),
            ("LPA:1$smdp.example.com", "nothing follows"),
            ("LPA:1$smdp.example.com$A B", "a character"),
            ("LPA:1$smdp.example.com$ID$1.3$yes", "its last part"),
            ("LPA:1$smdp.example.com$ID$1.3$1$", "more parts"),
        ] {
            let error = ActivationCode::parse(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
