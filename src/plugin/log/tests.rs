use std::sync::{Arc, Mutex};

use super::*;

fn logged(level: &str, work: impl FnOnce()) -> Vec<Map<String, Value>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let written = lines.clone();
    let log = Hclog {
        level: Verbosity::parse(level).0,
        write: move |line: &str| {
            let line = serde_json::from_str(line).expect("a JSON object");
            written.lock().expect("not poisoned").push(line);
        },
    };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(log), work);
    std::mem::take(&mut *lines.lock().expect("not poisoned"))
}

#[test]
fn levels_are_read_as_terraform_reads_them() {
    for (text, expected) in [
        ("trace", LevelFilter::TRACE),
        (" Debug ", LevelFilter::DEBUG),
        ("INFO", LevelFilter::INFO),
        ("warn", LevelFilter::WARN),
        ("ERROR", LevelFilter::ERROR),
        ("off", LevelFilter::OFF),
        ("JSON", LevelFilter::TRACE),
        ("1", LevelFilter::TRACE),
    ] {
        assert_eq!(Verbosity::parse(text).0, expected, "{text}");
    }
}

#[test]
fn events_carry_their_spans_fields() {
    let lines = logged("TRACE", || {
        let span = tracing::info_span!("rpc", tf_rpc = "Plan", tf_req_duration_ms = 0);
        let _entered = span.enter();
        span.record("tf_req_duration_ms", 12);
        tracing::info!(count = 3, ok = true, what = ?Some("x"), "hello {}", "there");
    });
    let [line] = &lines[..] else {
        panic!("one line, not {lines:?}");
    };
    assert_eq!(line["@message"], "hello there");
    assert_eq!(line["@level"], "info");
    assert_eq!(line["@module"], "plugin.log.tests");
    assert_eq!(line["tf_rpc"], "Plan");
    assert_eq!(line["tf_req_duration_ms"], 12);
    assert_eq!(line["count"], 3);
    assert_eq!(line["ok"], true);
    assert_eq!(line["what"], "Some(\"x\")");
}

#[test]
fn the_message_is_text_whatever_it_was() {
    let lines = logged("TRACE", || tracing::error!(message = 5));
    assert_eq!(lines[0]["@message"], "5");
}

#[test]
fn less_than_the_level_is_not_logged() {
    let levels = |level| {
        let lines = logged(level, || {
            tracing::error!("e");
            tracing::warn!("w");
            tracing::info!("i");
            tracing::trace!("t");
        });
        lines.len()
    };
    assert_eq!(
        ["OFF", "ERROR", "WARN", "INFO", "TRACE"].map(levels),
        [0, 1, 2, 3, 4]
    );
}

#[test]
fn modules_are_dotted() {
    assert_eq!(module(&format!("{OURS}::joonto::client")), "joonto.client");
    assert_eq!(module("h2::codec"), "h2.codec");
    assert_eq!(module("sdk.proto"), "sdk.proto");
}
