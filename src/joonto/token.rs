//! Tokens: one for each endpoint, fetched once for all who need it, renewed ahead of expiry.

use std::time::{Duration, Instant};

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::jwt;
use super::lenient_json::{Fields, FromResponse, Json};
use super::secret::Secret;
use super::single_flight::{Fetched, SingleFlight};

/// Life of a token that does not tell.
const UNTOLD_LIFE: Duration = Duration::from_secs(60);
/// No token is kept for longer, whatever it tells.
const LONGEST_LIFE: Duration = Duration::from_secs(60 * 60);
/// Tokens are renewed this long before they expire, or a fifth of their life if that is less.
const AHEAD: Duration = Duration::from_secs(30);
/// Refused credentials are not tried again for this long: a plan over a thousand numbers is to
/// fail at once, not at the rate of the request limit.
const REFUSAL_STANDS: Duration = Duration::from_secs(60);

/// The response to a token call.
#[derive(Clone, Debug)]
pub(super) struct TokenResponse {
    pub(super) token: Option<Secret>,
    pub(super) successful: Option<bool>,
    pub(super) expiry: Option<String>,
}

impl FromResponse for TokenResponse {
    fn read(body: &Json) -> Option<Self> {
        // `successful` tells nothing apart: a wrapper has that key, too.
        let fields = Fields::of_response(body, &["token", "tokenExpiry", "error"])?;
        Some(Self {
            token: fields.text("token").map(Secret::new),
            successful: fields.flag("successful"),
            expiry: fields.text("tokenExpiry"),
        })
    }
}

/// A token that was fetched.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    /// From here on a new one is fetched first. May be past already: then the API decides.
    pub(super) use_until: Instant,
}

impl Token {
    /// A token that was asked for at `asked_at`, answered at `server_time` by the server's clock.
    ///
    /// Its life is measured between two times of the server, so that a wrong clock here does no
    /// harm.
    pub(super) fn new(
        secret: Secret,
        named_expiry: Option<&str>,
        server_time: OffsetDateTime,
        asked_at: Instant,
    ) -> Self {
        let expiry = jwt::expiry(secret.expose())
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .or_else(|| parse_expiry(named_expiry?));
        let life = match expiry {
            Some(expiry) => Duration::try_from(expiry - server_time).unwrap_or_default(),
            None => UNTOLD_LIFE,
        };
        let life = life.min(LONGEST_LIFE);
        let use_until = asked_at + (life - AHEAD.min(life / 5));
        Self { secret, use_until }
    }

    /// Whether the last fetch spares another one at `now`. Those who waited for it share its result,
    /// be it a token or an error.
    pub(super) fn will_do(last: &Fetched<'_, Self>, now: Instant) -> bool {
        let stands = match last.result {
            Ok(token) => token.is_fresh(now),
            Err(error) => error.is_unauthorized() && last.age < REFUSAL_STANDS,
        };
        last.is_shared || stands
    }

    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        now < self.use_until
    }
}

/// Reads `05/02/2025 06:36:13 PM`: month first, 12 hours, UTC.
fn parse_expiry(text: &str) -> Option<OffsetDateTime> {
    let format = format_description!(
        "[month padding:none]/[day padding:none]/[year] \
         [hour repr:12 padding:none]:[minute]:[second] [period case_sensitive:false]"
    );
    let time = PrimitiveDateTime::parse(text, format).ok()?;
    Some(time.assume_utc())
}

/// The tokens of all endpoints.
pub(super) type Tokens = SingleFlight<String, Token>;

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use time::macros::datetime;

    use super::*;

    fn life(secret: &str, expiry: Option<&str>) -> Duration {
        let asked_at = Instant::now();
        let server_time = datetime!(2025-05-02 18:31:13 UTC);
        let token = Token::new(Secret::new(secret), expiry, server_time, asked_at);
        token.use_until - asked_at
    }

    fn jwt(seconds: i64) -> String {
        let claims = format!(r#"{{"exp": {seconds}}}"#);
        format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
    }

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_vendors_sample_tells_the_same_time_twice() {
        assert_eq!(
            parse_expiry("05/02/2025 06:36:13 PM"),
            OffsetDateTime::from_unix_timestamp(1_746_210_973).ok()
        );
        assert_eq!(
            parse_expiry("11/23/2026 12:15:00 AM"),
            Some(datetime!(2026-11-23 00:15 UTC))
        );
        assert_eq!(
            parse_expiry("5/2/2025 6:36:13 pm"),
            Some(datetime!(2025-05-02 18:36:13 UTC))
        );
        assert_eq!(parse_expiry("2025-05-02T18:36:13Z"), None);
    }

    #[test]
    fn how_long_a_token_is_used() {
        // Five minutes, less 30 s; the JWT counts before the text.
        assert_eq!(
            life(&jwt(1_746_210_973), Some("05/02/2025 07:00:00 PM")),
            seconds(270)
        );
        assert_eq!(life("opaque", Some("05/02/2025 06:36:13 PM")), seconds(270));
        // Short lives lose a fifth.
        assert_eq!(life("opaque", Some("05/02/2025 06:31:23 PM")), seconds(8));
        assert_eq!(life("opaque", None), seconds(48));
        assert_eq!(life("opaque", Some("garbage")), seconds(48));
        assert_eq!(life("opaque", Some("05/02/2025 06:00:00 PM")), seconds(0));
        assert_eq!(life(&jwt(i64::MAX), None), seconds(48), "no such year");
        assert_eq!(
            life(&jwt(253_402_300_799), None),
            seconds(3570),
            "kept for an hour at most"
        );
    }
}
