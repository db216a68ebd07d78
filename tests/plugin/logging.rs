//! What the plugin writes to standard error.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;

use crate::launch;

async fn lines_with(variables: &[(&str, &str)]) -> Vec<String> {
    let launch = variables
        .iter()
        .fold(launch(), |launch, (name, value)| launch.env(name, value));
    let host = launch.start().await.expect("the plugin starts");
    host.shutdown().await.expect("it ends").stderr
}

fn assert_is_hclog(line: &str) {
    assert!(line.len() < 64 * 1024);
    let fields: Map<String, Value> = serde_json::from_str(line).expect("one JSON object");
    let text = |name: &str| {
        let value = fields.get(name).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("no text {name} in {line}"))
    };
    let levels = ["trace", "debug", "info", "warn", "error"];
    assert!(levels.contains(&text("@level")), "{line}");
    assert!(!text("@message").is_empty(), "{line}");
    assert!(!text("@module").is_empty(), "{line}");
    let timestamp = text("@timestamp");
    // 2026-01-02T03:04:05.123456Z
    assert_eq!(timestamp.len(), 27, "{line}");
    assert_eq!((&timestamp[19..20], &timestamp[26..]), (".", "Z"), "{line}");
    time::OffsetDateTime::parse(timestamp, &Rfc3339).expect("a time");
}

#[tokio::test]
async fn every_line_is_hclogs() {
    for (name, value) in [
        ("TF_LOG", "trace"),
        ("TF_LOG", "JSON"),
        ("TF_LOG_PROVIDER", "debug"),
        ("TF_LOG_PROVIDER_JOONTO", "anything"),
    ] {
        let lines = lines_with(&[(name, value)]).await;
        assert!(!lines.is_empty(), "{name}={value} asks for a log");
        for line in &lines {
            assert_is_hclog(line);
        }
    }
}

#[tokio::test]
async fn the_most_particular_variable_wins() {
    for variables in [
        &[][..],
        &[("TF_LOG", "ERROR")],
        &[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "OFF")],
        &[
            ("TF_LOG_PROVIDER", "TRACE"),
            ("TF_LOG_PROVIDER_JOONTO", "ERROR"),
        ],
    ] {
        assert_eq!(lines_with(variables).await, [""; 0], "{variables:?}");
    }
}

#[tokio::test]
async fn warnings_are_logged_by_default() {
    let lines = lines_with(&[("PLUGIN_PROTOCOL_VERSIONS", "7,8")]).await;
    let [line] = &lines[..] else {
        panic!("one warning, not {lines:?}");
    };
    assert_is_hclog(line);
    assert!(line.contains("\"@level\":\"warn\""), "{line}");
}
