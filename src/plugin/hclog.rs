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
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    fn line(message: &str, fields: impl IntoIterator<Item = (String, Value)>) -> String {
        LogLine {
            at: datetime!(2026-01-02 03:04:05.000_006_7 +1),
            level: Level::WARN,
            module: "joonto.client",
            message,
            fields: fields.into_iter().collect(),
        }
        .render()
    }

    fn parse(line: &str) -> Map<String, Value> {
        assert!(line.ends_with('\n') && !line.trim_end().contains('\n'));
        assert!(line.len() <= LONGEST_LINE, "{} bytes", line.len());
        serde_json::from_str(line).expect("one JSON object")
    }

    #[test]
    fn a_line_has_hclogs_form() {
        let fields = [("status".to_owned(), 429.into())];
        assert_eq!(
            line("too \"many\"\nrequests", fields),
            "{\"@level\":\"warn\",\"@message\":\"too \\\"many\\\"\\nrequests\",\
             \"@module\":\"joonto.client\",\"@timestamp\":\"2026-01-02T02:04:05.000006Z\",\
             \"status\":429}\n"
        );
    }

    #[test]
    fn a_field_cannot_pose_as_hclogs_own() {
        let fields = [
            ("@message".to_owned(), 1.into()),
            ("@x".to_owned(), 1.into()),
        ];
        let parsed = parse(&line("text", fields));
        assert_eq!(parsed["@message"], "text");
        assert!(!parsed.contains_key("@x"));
    }

    #[test]
    fn long_texts_are_cut_with_a_mark() {
        let fields = [("body".to_owned(), "ü".repeat(1_000_000).into())];
        let parsed = parse(&line("text", fields));
        let body = parsed["body"].as_str().expect("text");
        assert!(body.ends_with("bytes cut]"), "{}", &body[body.len() - 40..]);
        assert_eq!(parsed["@message"], "text");
    }

    #[test]
    fn too_many_fields_are_left_out() {
        let fields = (0..100_000).map(|n| (format!("field{n}"), n.into()));
        assert_eq!(parse(&line("text", fields)).len(), 4);
    }

    proptest! {
        #[test]
        fn any_line_is_short_and_parses(
            message in any::<String>(),
            values in proptest::collection::vec((any::<String>(), any::<String>(), 1usize..3000), 0..8),
        ) {
            let fields = values
                .into_iter()
                .map(|(name, value, times)| (name, value.repeat(times).into()));
            let parsed = parse(&line(&message, fields));
            prop_assert!(parsed["@message"].is_string());
        }
    }
}
