//! Errors and warnings for the user.

use crate::proto::tfplugin6::{self as wire, diagnostic::Severity};

use super::path::AttributePath;

/// One error or warning, shown by Terraform beneath the configuration it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Diagnostic {
    severity: Severity,
    summary: String,
    detail: String,
    attribute: Option<AttributePath>,
    code: Option<&'static str>,
}

impl Diagnostic {
    /// An error: the operation did not happen as asked.
    ///
    /// `summary` is one short line; `detail` says in sentences what happened and what to do.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// A warning: the operation goes on, but the user should know.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    fn new(severity: Severity, summary: String, detail: String) -> Self {
        Self {
            severity,
            summary,
            detail,
            attribute: None,
            code: None,
        }
    }

    /// The same diagnostic with a code, which stays the same when its text changes. The detail
    /// ends with it.
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The code, if it has one.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// The same diagnostic, pointing at an attribute.
    pub fn at(mut self, attribute: AttributePath) -> Self {
        self.attribute = Some(attribute);
        self
    }

    /// The same diagnostic, pointing at an attribute of the outermost block.
    pub fn at_attribute(self, name: &str) -> Self {
        self.at(AttributePath::root().attribute(name.to_owned()))
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The one-line summary.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The explanation.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The attribute it points at, if any.
    pub fn attribute(&self) -> Option<&AttributePath> {
        self.attribute.as_ref()
    }
}

impl From<Diagnostic> for wire::Diagnostic {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            severity: diagnostic.severity.into(),
            summary: diagnostic.summary,
            detail: match diagnostic.code {
                Some(code) => format!("{}\n\nCode: {code}.", diagnostic.detail),
                None => diagnostic.detail,
            },
            attribute: diagnostic.attribute.as_ref().map(Into::into),
        }
    }
}

/// The diagnostics of one call, in the order they arose.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No diagnostics.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Them, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Them in the form the wire has.
    pub(super) fn into_wire(self) -> Vec<wire::Diagnostic> {
        self.0.into_iter().map(Into::into).collect()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
