//! Why a call for a resource failed.

use crate::joonto::Error;
use crate::terraform::Diagnostic;
use crate::terraform::resource::Failure;

/// Why it failed.
#[derive(Debug)]
pub(in crate::provider) enum KeyedError {
    /// The API, or the way to it. What failed decides the text.
    Api(Error),
    /// A text of its own says it.
    Said(Diagnostic),
}

impl KeyedError {
    /// The failure, with the text of `describe` for an error of the API.
    pub(super) fn into_failure(self, describe: impl Fn(&Error) -> Diagnostic) -> Failure {
        match self {
            Self::Api(error) => describe(&error).into(),
            Self::Said(diagnostic) => diagnostic.into(),
        }
    }
}

impl From<Error> for KeyedError {
    fn from(error: Error) -> Self {
        Self::Api(error)
    }
}

impl From<Diagnostic> for KeyedError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Said(diagnostic)
    }
}
