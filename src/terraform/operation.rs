//! One operation under way on something that is not a managed resource.

use std::sync::{Arc, Mutex};

use super::diagnostics::{Diagnostic, Diagnostics};
use crate::sync::locked;
use crate::wait::Waits;

/// How an operation waits, and what it tells beside its result. Clones share both.
#[derive(Clone, Debug)]
pub struct Operation {
    waits: Waits,
    warnings: Arc<Mutex<Diagnostics>>,
}

impl Operation {
    /// An operation that waits as `waits` says.
    #[must_use]
    pub fn new(waits: Waits) -> Self {
        Self {
            waits,
            warnings: Arc::default(),
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

    /// What was told so far, once.
    pub(super) fn warnings(&self) -> Diagnostics {
        std::mem::take(&mut *locked(&self.warnings))
    }
}
