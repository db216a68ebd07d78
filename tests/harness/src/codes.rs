//! What tests match of a diagnostic in place of its prose: its code, the lines to paste, and what
//! it points at.

use crate::run::Diagnostic;

impl Diagnostic {
    /// The code at the end of the detail; empty where there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        let code = self.detail.rsplit_once("Code: ");
        code.map_or("", |(_, code)| code.trim().trim_end_matches('.'))
    }

    /// The lines that can be pasted: the values of JOONTO_PURCHASE_RESOLVED.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lines = self.detail.lines().filter_map(|line| {
            let value = line.trim().strip_prefix("JOONTO_PURCHASE_RESOLVED=")?;
            Some(value.trim_matches('"').to_owned())
        });
        lines.collect()
    }

    /// The line of configuration it points at.
    #[must_use]
    pub fn line(&self) -> Option<&str> {
        self.snippet.as_ref().map(|snippet| snippet.code.trim())
    }

    /// Whether it points at the line that sets `attribute`.
    #[must_use]
    pub fn points_at(&self, attribute: &str) -> bool {
        self.line()
            .and_then(|line| line.strip_prefix(attribute))
            .is_some_and(|rest| rest.trim_start().starts_with(['=', '{']))
    }
}
