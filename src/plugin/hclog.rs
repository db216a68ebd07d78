//! One line of log, as the host reads it: a JSON object in hclog's form.
//!
//! A message that is not text crashes the host. It shows a line as plain text if the timestamp has
//! another form, or if the line exceeds its buffer of 64 KiB.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::Level;

/// Well below the host's buffer.
const LONGEST_LINE: usize = 60 * 1024;

/// The lengths to cut each text to, tried in turn until the line is short enough.
const CUTS: [usize; 6] = [usize::MAX, 16 * 1024, 4096, 1024, 256, 64];

const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// The content of one line.
#[derive(Clone, Debug)]
pub(super) struct LogLine<'a> {
    pub(super) at: OffsetDateTime,
    pub(super) level: Level,
    pub(super) module: &'a str,
    pub(super) message: &'a str,
    pub(super) fields: Map<String, Value>,
}

impl LogLine<'_> {
    /// Returns the line with its newline. It is always short enough.
    pub(super) fn render(&self) -> String {
        CUTS.into_iter()
            .map(|longest| self.render_cut(longest, &self.fields))
            .find(|line| line.len() <= LONGEST_LINE)
            .unwrap_or_else(|| self.render_cut(64, &Map::new()))
    }

    fn render_cut(&self, longest: usize, fields: &Map<String, Value>) -> String {
        let mut line: Map<String, Value> = fields
            .iter()
            // hclog reserves names with an @.
            .filter(|(name, _)| !name.starts_with('@'))
            .map(|(name, value)| {
                let value = match value {
                    Value::String(text) => cut(text, longest).into(),
                    other => other.clone(),
                };
                (name.clone(), value)
            })
            .collect();
        let at = self.at.to_offset(time::UtcOffset::UTC).format(TIMESTAMP);
        for (name, value) in [
            ("@level", self.level.as_str().to_ascii_lowercase()),
            ("@message", cut(self.message, longest)),
            ("@module", cut(self.module, longest)),
            ("@timestamp", at.unwrap_or_default()),
        ] {
            line.insert(name.to_owned(), Value::String(value));
        }
        format!("{}\n", Value::Object(line))
    }
}

/// Returns `text`, or its beginning and a mark that says how much is missing.
fn cut(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let kept = &text[..text.floor_char_boundary(longest)];
    format!("{kept}… [{} bytes cut]", text.len() - kept.len())
}

#[cfg(test)]
mod tests;
