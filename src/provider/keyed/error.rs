//! Why a call for a resource failed.

use crate::joonto::Error;
use crate::terraform::Diagnostic;

/// Why it failed.
#[derive(Debug)]
pub(in crate::provider) enum KeyedError {
    /// The API, or the way to it. What failed decides the text.
    Api(Error),
    /// A text of its own says it.
    Said(Diagnostic),
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
