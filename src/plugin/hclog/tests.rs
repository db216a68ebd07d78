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
