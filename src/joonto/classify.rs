//! What a response proves about its request: one table by status, for every kind of request.
//!
//! This decision keeps one purchase one purchase. A request whose bytes may have left is sent
//! again only where the response proves that it had no effect.

use std::time::Duration;

/// How a request ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// No connection was made: nothing was sent.
    NotConnected,
    /// The request may have left, and no response came back.
    NoResponse,
    /// A response came back.
    Response {
        /// Its HTTP status.
        status: u16,
        /// Whether its body arrived whole and is JSON of the API: of a success the documented
        /// object, of an error any object.
        readable: bool,
        /// The time between the first byte of the request and the response.
        after: Duration,
    },
}

/// What a request can do when it is sent twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Safety {
    /// It buys a second number, or costs a second fee.
    Purchase,
    /// It does nothing, or something less costly.
    Other,
}

/// What follows for a request that must not take effect twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// The body says what the request did.
    Reported,
    /// It had no effect, and a later attempt may succeed.
    Retry(Retry),
    /// It had no effect, and would have none again.
    Refused,
    /// It may have taken effect: it must not be sent again.
    Unknown,
}

/// Why a request may be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Retry {
    /// Nothing was sent.
    NotConnected,
    /// The API refused it for the request limit, before any work.
    RateLimited,
    /// The API refused the token; a new one is tried once.
    TokenRefused,
}

/// A 401, 403 or 429 that arrives later than this may follow a purchase: the token may have
/// expired meanwhile, or something in front of the API may have responded.
pub const QUICK: Duration = Duration::from_secs(2);

impl Delivery {
    /// Decides what the request did.
    pub fn effect(&self, safety: Safety) -> Effect {
        let (status, readable, after) = match *self {
            Self::NotConnected => return Effect::Retry(Retry::NotConnected),
            Self::NoResponse => return Effect::Unknown,
            Self::Response {
                status,
                readable,
                after,
            } => (status, readable, after),
        };
        let is_purchase = safety == Safety::Purchase;
        match status {
            200..=299 if readable => Effect::Reported,
            401 | 403 | 429 if is_purchase && after > QUICK => Effect::Unknown,
            401 | 403 => Effect::Retry(Retry::TokenRefused),
            429 => Effect::Retry(Retry::RateLimited),
            400 | 404 if is_purchase && readable => Effect::Refused,
            408 => Effect::Unknown,
            400..=499 if !is_purchase => Effect::Refused,
            _ => Effect::Unknown,
        }
    }

    /// Whether the same request may succeed later. Repeatable requests are sent again then.
    pub const fn is_transient(&self) -> bool {
        match *self {
            Self::NotConnected | Self::NoResponse => true,
            Self::Response { status, .. } => {
                matches!(status, 200..=299 | 408 | 429 | 500..=599)
            }
        }
    }
}

#[cfg(test)]
mod tests;
