//! What can be wrong with a value, and where. Never with what it holds: values may be secrets.

use std::error::Error;
use std::fmt;

use crate::terraform::path::{AttributePath, PathStep};

/// Bytes that are not a value of the wanted type, or a value that cannot be written as one: what is
/// wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    /// Where the fault is.
    pub path: AttributePath,
    /// What the fault is.
    pub fault: Fault,
}

impl ValueError {
    /// The same fault, seen from one level further out.
    pub(in crate::terraform) fn inside(self, step: PathStep) -> Self {
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

impl From<Fault> for ValueError {
    /// A fault in the value itself.
    fn from(fault: Fault) -> Self {
        Self {
            path: AttributePath::root(),
            fault,
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_root() {
            write!(f, "{}: ", self.path)?;
        }
        self.fault.fmt(f)
    }
}

impl Error for ValueError {}

/// What is wrong with bytes, or with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
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

    /// A string or a collection longer than the format can say.
    #[error("too long for the wire format")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_and_what() {
        let error = ValueError::from(Fault::MissingAttribute);
        assert_eq!(error.to_string(), "the attribute is missing");

        let error = error
            .inside(PathStep::Attribute("create".into()))
            .inside(PathStep::Attribute("timeouts".into()));
        assert_eq!(
            error.to_string(),
            "timeouts.create: the attribute is missing"
        );
    }
}
