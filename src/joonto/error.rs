//! What can go wrong between us and the API, and whose fault it is.

use super::api_error::VendorMessage;
use super::operation::Operation;
use crate::context::Interrupted;

/// A request that did not end well.
///
/// No text here holds a secret, a request, or a page of HTML.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}{problem}")]
pub struct Error {
    operation: &'static Operation,
    problem: Problem,
}

/// What an operation ended with. Each text goes on where the operation's name ends.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Problem {
    /// Terraform stopped the wait. A write was not sent then.
    #[error(" was cancelled: {0}")]
    Interrupted(Interrupted),

    /// This machine cannot make such a request: its certificates or its settings are at fault.
    #[error(": the request could not be made: {0}")]
    Setup(String),

    /// The network, the name or the certificate of the API: nothing was sent.
    #[error(": no connection to {base_url}: {cause}; nothing was sent")]
    NotConnected { base_url: String, cause: String },

    /// The network or the API: the request may have arrived.
    #[error(": no response: {0}")]
    NoResponse(String),

    /// The API, or something in front of it: the response is not one.
    #[error(": HTTP {status} with {problem}")]
    Unreadable { status: u16, problem: String },

    /// The request: the API refused it and would refuse it again. It had no effect.
    #[error(" was refused: {0}")]
    Refused(ErrorResponse),

    /// Too many requests: nothing was done, even after waiting.
    #[error(": the API's request limit is reached: {0}")]
    Limited(ErrorResponse),

    /// The API failed, or something in front of it did.
    #[error(" failed at the API: {0}")]
    Unavailable(ErrorResponse),

    /// A token that was just fetched for an endpoint was refused twice.
    #[error(": {0}; a new token made for {1} was refused as well")]
    TokenRefused(ErrorResponse, String),

    /// The ready-made token of the configuration was refused at an endpoint.
    #[error(
        ": {0}; the configured token is refused at {1}: it has expired, or was made for another \
         endpoint, since a token is good for one only. Give the account key and secret instead, so \
         that a token is fetched for each endpoint"
    )]
    ReadyTokenRefused(ErrorResponse, String),

    /// The account key and secret got no token for an endpoint.
    #[error(" for {1} was refused: {0}; check the account key and secret")]
    CredentialsRefused(ErrorResponse, String),

    /// The response is about something else: as good as none.
    #[error(": asked for {asked}, got {answered}")]
    AnotherSubject { asked: String, answered: String },

    /// The API: its list leaves entries out, or has some that cannot be read.
    #[error(": {read} of {total} entries of the list could be read")]
    Incomplete { read: usize, total: usize },

    /// The request may have taken effect, and must not simply be repeated: read first.
    #[error("{0}; it may have taken effect, so it was not repeated")]
    Unconfirmed(Box<Problem>),
}

/// A response that is an error, and what the API says to it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("HTTP {status}{message}")]
pub(super) struct ErrorResponse {
    pub(super) status: u16,
    pub(super) message: VendorMessage,
}

/// Turns the end of a wait into the error of what was waited for.
pub(super) fn given_up(operation: &'static Operation) -> impl Fn(Interrupted) -> Error {
    move |reason| Error::new(operation, Problem::Interrupted(reason))
}

impl Problem {
    fn response(&self) -> Option<&ErrorResponse> {
        match self {
            Self::Refused(response)
            | Self::Limited(response)
            | Self::Unavailable(response)
            | Self::TokenRefused(response, _)
            | Self::ReadyTokenRefused(response, _)
            | Self::CredentialsRefused(response, _) => Some(response),
            Self::Unconfirmed(cause) => cause.response(),
            _ => None,
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Unreadable { status, .. } => Some(*status),
            Self::Unconfirmed(cause) => cause.status(),
            other => other.response().map(|response| response.status),
        }
    }
}

impl Error {
    pub(super) const fn new(operation: &'static Operation, problem: Problem) -> Self {
        Self { operation, problem }
    }

    /// A response about something else than was asked for.
    pub(super) fn another_subject(
        operation: &'static Operation,
        asked: &(impl ToString + ?Sized),
        answered: &(impl ToString + ?Sized),
    ) -> Self {
        let (asked, answered) = (asked.to_string(), answered.to_string());
        Self::new(operation, Problem::AnotherSubject { asked, answered })
    }

    /// Refuses a response about something else than was asked for. One that does not say what it
    /// is about is taken for the one asked for.
    pub(super) fn check_subject<T: PartialEq + ToString + ?Sized>(
        operation: &'static Operation,
        asked: &T,
        answered: Option<&T>,
    ) -> Result<(), Self> {
        match answered.filter(|answered| *answered != asked) {
            Some(other) => Err(Self::another_subject(operation, asked, other)),
            None => Ok(()),
        }
    }

    /// Refuses a list of `total` entries of which not all could be read.
    pub(super) fn check_whole(
        operation: &'static Operation,
        read: usize,
        total: usize,
    ) -> Result<(), Self> {
        match read < total {
            true => Err(Self::new(operation, Problem::Incomplete { read, total })),
            false => Ok(()),
        }
    }

    /// A response of HTTP 200 that says that the request failed.
    pub(super) fn reported(operation: &'static Operation, message: &str) -> Self {
        Self::refused(operation, 200, VendorMessage::said(message))
    }

    /// A request about people that the API refused in a response of 200.
    pub(super) fn refused_personally(operation: &'static Operation) -> Self {
        Self::refused(operation, 200, VendorMessage::personal())
    }

    /// A purchase that the API refused with `status`, for tests of texts.
    #[cfg(test)]
    pub(crate) fn refused_for_tests(status: u16) -> Self {
        let message = VendorMessage::read(None, &[]);
        Self::refused(&super::operation::PROVISION, status, message)
    }

    const fn refused(operation: &'static Operation, status: u16, message: VendorMessage) -> Self {
        Self::new(
            operation,
            Problem::Refused(ErrorResponse { status, message }),
        )
    }

    /// The same error of a request that may have taken effect.
    pub(crate) fn unconfirmed(self) -> Self {
        Self::new(self.operation, Problem::Unconfirmed(Box::new(self.problem)))
    }

    /// What went wrong.
    pub(super) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The HTTP status, where there was a response.
    pub fn status(&self) -> Option<u16> {
        self.problem.status()
    }

    /// What the API says to it, if anything.
    pub fn message(&self) -> Option<&str> {
        self.problem.response()?.message.text()
    }

    /// Whether the API refused the request with this status, and would refuse it again.
    pub fn is_refused_with(&self, status: u16) -> bool {
        matches!(&self.problem, Problem::Refused(response) if response.status == status)
    }

    /// Whether the API says that it has no such thing, in this account.
    pub fn is_not_found(&self) -> bool {
        self.is_refused_with(404)
    }

    /// Whether nothing was sent, because there was no connection.
    pub fn is_not_connected(&self) -> bool {
        matches!(self.problem, Problem::NotConnected { .. })
    }

    /// Whether the request may have taken effect without our knowing.
    pub fn is_unconfirmed(&self) -> bool {
        matches!(self.problem, Problem::Unconfirmed(_))
    }

    /// Whether the credentials are at fault: no request will fare better with them.
    pub fn is_unauthorized(&self) -> bool {
        matches!(
            self.problem,
            Problem::TokenRefused(..)
                | Problem::ReadyTokenRefused(..)
                | Problem::CredentialsRefused(..)
        )
    }

    /// Whether a list came that is not whole.
    pub fn is_incomplete(&self) -> bool {
        matches!(self.problem, Problem::Incomplete { .. })
    }

    /// Why waiting was given up, if it was.
    pub fn interrupted(&self) -> Option<Interrupted> {
        match self.problem {
            Problem::Interrupted(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether the same request may well succeed later, and does no harm then.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.problem,
            Problem::NotConnected { .. }
                | Problem::NoResponse(_)
                | Problem::Limited(_)
                | Problem::Unavailable(_)
                | Problem::Unreadable { .. }
                | Problem::Interrupted(_)
                | Problem::Incomplete { .. }
        )
    }
}
