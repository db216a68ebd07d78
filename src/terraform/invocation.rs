//! One operation under way.

use std::sync::Mutex;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use crate::sync::locked;
use crate::wait::Waits;

/// How an operation waits, and what it tells beside its result.
#[derive(Debug)]
pub struct Operation {
    waits: Waits,
    warnings: Mutex<Diagnostics>,
}

impl Operation {
    /// An operation that waits as `waits` says.
    #[must_use]
    pub fn new(waits: Waits) -> Self {
        Self {
            waits,
            warnings: Mutex::default(),
        }
    }

    /// How the operation waits.
    #[must_use]
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Tells the user something that does not stop the operation.
    pub fn warn(&self, summary: impl Into<String>, detail: impl Into<String>) {
        self.warn_with(Diagnostic::warning(summary, detail));
    }

    /// Tells the user something that does not stop the operation.
    pub fn warn_with(&self, warning: Diagnostic) {
        locked(&self.warnings).push(warning);
    }

    /// Everything to tell of it once it has ended: what it told, and why it failed, if it did.
    pub(super) fn ended(&self, failure: Option<Failure>) -> Diagnostics {
        let mut diagnostics = std::mem::take(&mut *locked(&self.warnings));
        diagnostics.extend(failure.map(Failure::into_diagnostic));
        diagnostics
    }
}
