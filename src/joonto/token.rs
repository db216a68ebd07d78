//! Tokens: one for each endpoint, fetched once for all who need it, renewed ahead of expiry.

use std::time::{Duration, Instant};

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::jwt;
use super::lenient_json::{FromResponse, Json, LenientObject};
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
        let fields = LenientObject::of_response(body, &["token", "tokenExpiry", "error"])?;
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
mod tests;
