//! Reads what is useful in the vendor's tokens. They are not verified: the key is the vendor's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::lenient_json::{Json, LenientObject, text};

/// When a token expires, in seconds since 1970, if it tells.
pub(super) fn expiry(token: &str) -> Option<i64> {
    let claims = claims(token)?;
    LenientObject::of(&claims)?.seconds("exp")
}

/// Whose token it is: the account key, if the token tells.
pub(super) fn name_identifier(token: &str) -> Option<String> {
    let claims = claims(token)?;
    let fields = LenientObject::of(&claims)?;
    // The claim's name is a URI at times and an abbreviation at others.
    let mut named = fields.iter().filter(|(key, _)| {
        let key = key.to_ascii_lowercase();
        key.ends_with("nameidentifier") || key == "nameid"
    });
    named.find_map(|(_, value)| text(value))
}

fn claims(token: &str) -> Option<Json> {
    let payload = token.split('.').nth(1)?;
    let payload = payload.trim_end_matches('=');
    Json::read(&URL_SAFE_NO_PAD.decode(payload).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_are_read_loosely() {
        assert_eq!(
            expiry(&token(r#"{"exp": 1746210973}"#)),
            Some(1_746_210_973)
        );
        assert_eq!(
            expiry(&token(r#"{"exp": "1746210973"}"#)),
            Some(1_746_210_973)
        );
        assert_eq!(
            expiry(&token(r#"{"exp": 1746210973.9}"#)),
            Some(1_746_210_973)
        );
        for other in ["", "x", "a.b.c", "e30.e30.x", "..."] {
            assert_eq!(expiry(other), None, "{other}");
        }
        let uri = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
        assert_eq!(
            name_identifier(&token(&format!(r#"{{"{uri}": "DID-1"}}"#))),
            Some("DID-1".into())
        );
        assert_eq!(
            name_identifier(&token(r#"{"nameid": "DID-2"}"#)),
            Some("DID-2".into())
        );
        assert_eq!(name_identifier(&token(r#"{"name": "x"}"#)), None);
    }
}
