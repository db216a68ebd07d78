//! What can go wrong between us and the API, and whose fault it is.

use time::OffsetDateTime;

use super::api_error::VendorMessage;
use super::operation::Operation;
use crate::context::Interrupted;

/// A request that did not end well.
///
/// No text here holds a secret, a request, or a page of HTML.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// We were told to give up waiting. A write was not sent then.
    #[error("{operation} was cancelled: {reason}")]
    Interrupted {
        /// What was to be done.
        operation: &'static Operation,
        /// Who says so.
        reason: Interrupted,
    },

    /// This machine cannot make such a request: its certificates or its settings are at fault.
    #[error("{operation}: the request could not be made: {cause}")]
    Setup {
        /// What was to be done.
        operation: &'static Operation,
        /// What is missing or wrong.
        cause: String,
    },

    /// The network, the name or the certificate of the API: nothing was sent.
    #[error("{operation}: no connection to {base_url}: {cause}; nothing was sent")]
    NotConnected {
        /// What was to be done.
        operation: &'static Operation,
        /// Where to.
        base_url: String,
        /// What went wrong.
        cause: String,
    },

    /// The network or the API: the request may have arrived.
    #[error("{operation}: no response: {cause}")]
    NoResponse {
        /// What was to be done.
        operation: &'static Operation,
        /// What went wrong.
        cause: String,
    },

    /// The API, or something in front of it: the answer is not one.
    #[error("{operation}: HTTP {status} with {problem}")]
    Unreadable {
        /// What was to be done.
        operation: &'static Operation,
        /// The status of the answer.
        status: u16,
        /// What is wrong with it.
        problem: String,
    },

    /// The request: the API refused it and would refuse it again. It had no effect.
    #[error("{operation} was refused: HTTP {status}{message}")]
    Refused {
        /// What was to be done.
        operation: &'static Operation,
        /// The status of the answer.
        status: u16,
        /// What the API says to it.
        message: VendorMessage,
    },

    /// Too many requests: nothing was done, even after waiting.
    #[error("{operation}: the API's request limit is reached: HTTP 429{message}")]
    Limited {
        /// What was to be done.
        operation: &'static Operation,
        /// What the API says to it.
        message: VendorMessage,
    },

    /// The API failed, or something in front of it did.
    #[error("{operation} failed at the API: HTTP {status}{message}")]
    Unavailable {
        /// What was to be done.
        operation: &'static Operation,
        /// The status of the answer.
        status: u16,
        /// What the API says to it.
        message: VendorMessage,
    },

    /// A token that was just fetched was refused twice.
    #[error(
        "{operation}: HTTP {status}{message}; a new token made for {endpoint} was refused as well"
    )]
    TokenRefused {
        /// What was to be done.
        operation: &'static Operation,
        /// The URL the token was made for.
        endpoint: String,
        /// The status of the answer.
        status: u16,
        /// What the API says to it.
        message: VendorMessage,
    },

    /// The ready-made token of the configuration was refused.
    #[error(
        "{operation}: HTTP {status}{message}; the configured token is refused at {endpoint}: it \
         has expired, or was made for another endpoint, since a token is good for one only. Give \
         the account key and secret instead, so that a token is fetched for each endpoint"
    )]
    ReadyTokenRefused {
        /// What was to be done.
        operation: &'static Operation,
        /// The URL the token was refused at.
        endpoint: String,
        /// The status of the answer.
        status: u16,
        /// What the API says to it.
        message: VendorMessage,
    },

    /// The account key and secret got no token.
    #[error(
        "{operation} for {endpoint} was refused: HTTP {status}{message}; check the account key \
         and secret"
    )]
    CredentialsRefused {
        /// The token call.
        operation: &'static Operation,
        /// The URL the token was to be made for.
        endpoint: String,
        /// The status of the answer.
        status: u16,
        /// What the API says to it.
        message: VendorMessage,
    },

    /// The answer is about something else: as good as none.
    #[error("{operation}: asked for {asked}, answered for {answered}")]
    AnotherSubject {
        /// What was to be done.
        operation: &'static Operation,
        /// What was asked for.
        asked: String,
        /// What the answer is about.
        answered: String,
    },

    /// The API: its list leaves entries out, or has some that cannot be read.
    #[error("{operation}: {read} of {total} entries of the list could be read")]
    Incomplete {
        /// What was to be done.
        operation: &'static Operation,
        /// How many entries could be read.
        read: u64,
        /// How many there are.
        total: u64,
    },

    /// The request may have taken effect, and must not simply be repeated: read first.
    #[error("{cause}; it may have taken effect, so it was not repeated")]
    InDoubt {
        /// What became of the answer.
        cause: Box<Error>,
        /// When the request was sent.
        sent_at: OffsetDateTime,
    },
}

/// Turns the end of a wait into the error of what was waited for.
pub(super) fn given_up(operation: &'static Operation) -> impl Fn(Interrupted) -> Error {
    move |reason| Error::Interrupted { operation, reason }
}

impl Error {
    /// A purchase that the API refused with `status`, for tests of texts.
    #[cfg(test)]
    pub(crate) fn refused_for_tests(status: u16) -> Self {
        Self::Refused {
            operation: &super::operation::PROVISION,
            status,
            message: VendorMessage::read(None, &[]),
        }
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unreadable { status, .. }
            | Self::Refused { status, .. }
            | Self::Unavailable { status, .. }
            | Self::TokenRefused { status, .. }
            | Self::ReadyTokenRefused { status, .. }
            | Self::CredentialsRefused { status, .. } => Some(*status),
            Self::Limited { .. } => Some(429),
            Self::InDoubt { cause, .. } => cause.status(),
            _ => None,
        }
    }

    /// What the API says to it, if anything.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Refused { message, .. }
            | Self::Limited { message, .. }
            | Self::Unavailable { message, .. }
            | Self::TokenRefused { message, .. }
            | Self::ReadyTokenRefused { message, .. }
            | Self::CredentialsRefused { message, .. } => message.text(),
            Self::InDoubt { cause, .. } => cause.message(),
            _ => None,
        }
    }

    /// Whether the API says that it has no such thing, in this account.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the request may have taken effect without our knowing.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Self::InDoubt { .. })
    }

    /// Whether the credentials are at fault: no request will fare better with them.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(
            self,
            Self::TokenRefused { .. }
                | Self::ReadyTokenRefused { .. }
                | Self::CredentialsRefused { .. }
        )
    }

    /// Whether a list came that is not whole.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Self::Incomplete { .. })
    }

    /// Why waiting was given up, if it was.
    #[must_use]
    pub fn interrupted(&self) -> Option<Interrupted> {
        match self {
            Self::Interrupted { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    /// Whether the same request may well succeed later, and does no harm then.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::NotConnected { .. }
                | Self::NoResponse { .. }
                | Self::Limited { .. }
                | Self::Unavailable { .. }
                | Self::Unreadable { .. }
                | Self::Interrupted { .. }
                | Self::Incomplete { .. }
        )
    }
}
