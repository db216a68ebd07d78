//! Reports panics to the host.

use std::panic::PanicHookInfo;

use serde_json::{Map, Value};

use super::log;

/// How much of a panic's message is reported.
const LONGEST_MESSAGE: usize = 512;

/// Reports panics to the host from now on.
///
/// Nothing catches a panic of the main thread outside of a task. It is reported in the plain form
/// that the host recognises as a crash and shows to the user. Any other panic ends only its task, so
/// it is logged as an error. Both forms contain the place and the message, and no more.
pub fn report_panics() {
    std::panic::set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let location = panic.location().map(ToString::to_string);
    let uncaught = is_uncaught(std::thread::current().name());
    log::write(&describe(message, &location.unwrap_or_default(), uncaught));
}

/// Tasks also run on the main thread, and their panics are caught.
fn is_uncaught(thread: Option<&str>) -> bool {
    thread == Some("main") && tokio::task::try_id().is_none()
}

fn describe(message: &str, location: &str, uncaught: bool) -> String {
    let message = &message[..message.floor_char_boundary(LONGEST_MESSAGE)];
    if uncaught {
        return format!("panic: {message}\n\n{location}\n");
    }
    let fields = Map::from_iter([
        ("panic".to_owned(), Value::from(message)),
        ("location".to_owned(), Value::from(location)),
    ]);
    log::error_line("plugin", "a task of the provider panicked", fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_task_is_caught_on_whichever_thread() {
        let in_a_task = tokio::spawn(async { is_uncaught(Some("main")) });
        assert!(!in_a_task.await.expect("no panic"));
        assert!(is_uncaught(Some("main")));
        assert!(!is_uncaught(Some("journal")));
    }

    #[test]
    fn only_an_uncaught_panic_looks_like_a_crash() {
        let crash = describe("it broke", "src/a.rs:1:2", true);
        assert_eq!(crash, "panic: it broke\n\nsrc/a.rs:1:2\n");

        let caught = describe("it broke", "src/a.rs:1:2", false);
        let fields: Value = serde_json::from_str(&caught).expect("one JSON object");
        assert_eq!(fields["@level"], "error");
        assert_eq!(fields["panic"], "it broke");
        assert_eq!(fields["location"], "src/a.rs:1:2");
    }

    #[test]
    fn a_long_message_is_cut() {
        let crash = describe(&"ü".repeat(10_000), "", true);
        assert!(crash.len() < LONGEST_MESSAGE + 20, "{} bytes", crash.len());
    }
}
