//! One invocation under way.

use std::sync::Mutex;

use super::diagnostics::{Diagnostic, Diagnostics};
use super::failure::Failure;
use crate::context::Context;
use crate::sync::locked;

/// How an invocation waits, and what it tells beside its result.
#[derive(Debug)]
pub struct Invocation {
    context: Context,
    warnings: Mutex<Diagnostics>,
}

impl Invocation {
    /// An invocation that waits as `context` says.
    pub fn new(context: Context) -> Self {
        Self {
            context,
            warnings: Mutex::default(),
        }
    }

    /// How the invocation waits.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Tells the user something that does not stop the invocation.
    pub fn warn_with(&self, warning: Diagnostic) {
        locked(&self.warnings).push(warning);
    }

    /// Everything to tell of it once it has ended: what it reported, and why it failed, if it did.
    pub(super) fn ended(&self, failure: Option<Failure>) -> Diagnostics {
        let mut diagnostics = std::mem::take(&mut *locked(&self.warnings));
        diagnostics.extend(failure.map(Failure::into_diagnostic));
        diagnostics
    }
}
