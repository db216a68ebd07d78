//! What can be wrong with a value, and where. Never with what it holds: values may be secrets.

use std::error::Error;
use std::fmt;

use crate::terraform::path::{AttributePath, Step};

/// A fault in a value, and the place of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<F> {
    /// Where the fault is.
    pub path: AttributePath,
    /// What the fault is.
    pub fault: F,
}

/// Bytes that are not a value of the wanted type.
pub type DecodeError = At<DecodeFault>;

/// A value that is not of the type it should be written as.
pub type EncodeError = At<EncodeFault>;

impl<F> At<F> {
    /// The same fault, seen from one level further out.
    pub(in crate::terraform) fn inside(self, step: Step) -> Self {
        Self {
            path: self.path.inside(step),
            fault: self.fault,
        }
    }

    /// The same fault, said of the value as a whole: what is inside a set has no address.
    pub(in crate::terraform) fn of_the_whole(self) -> Self {
        self.fault.into()
    }
}

impl<F> From<F> for At<F> {
    /// A fault in the value itself.
    fn from(fault: F) -> Self {
        Self {
            path: AttributePath::root(),
            fault,
        }
    }
}

impl<F: fmt::Display> fmt::Display for At<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_root() {
            write!(f, "{}: ", self.path)?;
        }
        self.fault.fmt(f)
    }
}

impl<F: Error> Error for At<F> {}

/// What keeps bytes from being a value of the wanted type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeFault {
    /// The bytes end before the value does.
    #[error("the value ends too early")]
    Truncated,
    /// Something follows the value.
    #[error("bytes follow the end of the value")]
    TrailingBytes,
    /// A value of another kind.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// The kind that the type asks for.
        expected: &'static str,
        /// The kind that is there.
        found: &'static str,
    },
    /// An object lacks an attribute of its type.
    #[error("the attribute is missing")]
    MissingAttribute,
    /// An object has an attribute that its type does not know.
    #[error("the type has no such attribute")]
    UnexpectedAttribute,
    /// An object has a key twice.
    #[error("the key occurs twice")]
    DuplicateKey,
    /// Text that is not UTF-8.
    #[error("the text is not valid Unicode")]
    NotUnicode,
    /// A number that is not one, or is beyond what can be held.
    #[error("not a usable number")]
    NotANumber,
    /// A type constraint that cannot be understood.
    #[error("not a valid type constraint")]
    BadType,
    /// Text that is not JSON.
    #[error("not valid JSON (line {line}, column {column})")]
    NotJson {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
}

/// What keeps a value from being written as the wanted type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeFault {
    /// A value of another kind.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// The kind that the type asks for.
        expected: &'static str,
        /// The kind of the value.
        found: &'static str,
    },
    /// An object lacks an attribute of its type.
    #[error("the attribute is missing")]
    MissingAttribute,
    /// An object has an attribute that its type does not know.
    #[error("the type has no such attribute")]
    UnexpectedAttribute,
    /// A string or a collection longer than the format can say.
    #[error("too long for the wire format")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_and_what() {
        let error = DecodeError::from(DecodeFault::MissingAttribute);
        assert_eq!(error.to_string(), "the attribute is missing");

        let error = error
            .inside(Step::Attribute("create".into()))
            .inside(Step::Attribute("timeouts".into()));
        assert_eq!(
            error.to_string(),
            "timeouts.create: the attribute is missing"
        );
    }
}
