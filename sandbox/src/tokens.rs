//! Tokens: shaped like the vendor's JWTs, each good for one path.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use time::OffsetDateTime;

use crate::ids::Ids;

/// The tokens in use. They do not survive a restart, as a real service's need not.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: HashMap<String, Token>,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) account_key: String,
    pub(crate) path: String,
    pub(crate) expires: OffsetDateTime,
}

impl Tokens {
    pub(crate) fn issue(&mut self, token: Token, text: String, now: OffsetDateTime) {
        self.issued.retain(|_, token| token.expires > now);
        self.issued.insert(text, token);
    }

    /// The token's meaning, if it is known and still good.
    pub(crate) fn check(&self, text: &str, now: OffsetDateTime) -> Option<&Token> {
        self.issued.get(text).filter(|token| token.expires > now)
    }

    pub(crate) fn revoke(&mut self, text: &str) {
        self.issued.remove(text);
    }
}

/// A token in the three parts of an HS256 JWT. The signature only looks like one: the sandbox knows its tokens by heart.
pub(crate) fn jwt(ids: &mut Ids, account_key: &str, expires: OffsetDateTime) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let claims = json!({
        "exp": expires.unix_timestamp(),
        "iss": "https://api.telegent.co",
        "aud": "com.telegent.co",
        "nameid": account_key,
        "opaque": ids.hex(24),
    });
    let signature: Vec<u8> = (0..4).flat_map(|_| ids.next().to_be_bytes()).collect();
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!(
        "{}.{}.{}",
        part(header.to_string().as_bytes()),
        part(claims.to_string().as_bytes()),
        part(&signature)
    )
}
