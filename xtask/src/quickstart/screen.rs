//! What the quickstart shows.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Instant;

/// The terminal, or wherever the output goes.
pub(super) struct Screen {
    /// Somebody is watching, so there may be colours and lines that are written over.
    live: bool,
}

impl Screen {
    /// Standard output.
    pub(super) fn new() -> Self {
        Self {
            live: io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none(),
        }
    }

    pub(super) fn title(&self, text: &str) {
        crate::say(&format!("\n{}", self.styled("1", text)));
    }

    pub(super) fn heading(&self, text: &str) {
        crate::say(&format!("\n{}", self.styled("1", text)));
    }

    /// Something begins that may take a while.
    #[expect(clippy::print_stdout, reason = "a command talks to whoever typed it")]
    pub(super) fn doing(&self, text: &str) {
        if self.live {
            print!("  {}", self.styled("2", &format!("· {text} ...")));
            // A screen that cannot be written to shows nothing, and stops nothing.
            let _ = io::stdout().flush();
        }
    }

    /// It is done.
    pub(super) fn done(&self, text: &str, begin: Instant) {
        // Over what `doing` has written.
        let over = if self.live { "\r\x1b[K" } else { "" };
        let took = format!("{:.1} s", begin.elapsed().as_secs_f64());
        crate::say(&format!(
            "{over}  {} {text}  {}",
            self.styled("32", "✓"),
            self.styled("2", &took)
        ));
    }

    pub(super) fn field(&self, name: &str, value: &str) {
        crate::say(&format!(
            "      {}{value}",
            self.styled("2", &format!("{name:<10}"))
        ));
    }

    pub(super) fn command(&self, text: &str) {
        crate::say(&format!("      {}", self.styled("36", text)));
    }

    pub(super) fn note(&self, text: &str) {
        crate::say(&format!("  {text}"));
    }

    pub(super) fn end(&self) {
        crate::say("");
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.live {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
