//! Why something was not done.

use super::diagnostics::Diagnostic;

/// Why something was not done.
#[derive(Clone, Debug)]
pub enum Failure {
    /// It was tried, or was not worth trying.
    Failed(Diagnostic),
    /// The provider's configuration is not known yet. Where Terraform can put the decision off
    /// to a later run it is asked to; elsewhere this is the error.
    NotConfigured(Diagnostic),
}

impl Failure {
    /// The error that the user sees.
    pub fn into_diagnostic(self) -> Diagnostic {
        match self {
            Self::Failed(diagnostic) | Self::NotConfigured(diagnostic) => diagnostic,
        }
    }

    /// Whether a later run can tell more.
    pub(super) fn is_not_configured(&self) -> bool {
        matches!(self, Self::NotConfigured(_))
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Failed(diagnostic)
    }
}
