//! What becomes of panics.

use std::panic::PanicHookInfo;

use serde_json::{Map, Value};

use super::log;

/// How much of a panic's message is told.
const LONGEST_MESSAGE: usize = 512;

/// From now on panics are reported to the host.
///
/// Those of the main thread, which nothing catches, in the plain form by which the host recognises
/// a crash and shows it to the user. All others end one task at most: the host would be misled by
/// that form and gets an ordinary error. Either tells the place and the message, and no more.
pub fn report_panics() {
    std::panic::set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let message = &message[..message.floor_char_boundary(LONGEST_MESSAGE)];
    let location = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    if std::thread::current().name() == Some("main") {
        log::write(&format!("panic: {message}\n\n{location}\n"));
    } else {
        let fields = Map::from_iter([
            ("panic".to_owned(), Value::from(message)),
            ("location".to_owned(), Value::from(location)),
        ]);
        log::error("plugin", "a task of the provider panicked", fields);
    }
}
