//! What the quickstart shows.

use std::env;
use std::io::{self, IsTerminal as _};
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::timeout;

/// How many steps there are. The first, building, is xtask's.
const STEPS: u8 = 5;

/// How long nothing may be said.
const SILENCE: Duration = Duration::from_secs(15);

/// The terminal, or wherever the output goes.
pub(crate) struct Screen {
    /// Somebody is watching, so there may be colours.
    live: bool,
    step: u8,
    begin: Instant,
}

impl Screen {
    /// Standard output, once the programs are built.
    pub(crate) fn new() -> Self {
        Self {
            live: io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none(),
            step: 1,
            begin: Instant::now(),
        }
    }

    /// The next step begins.
    pub(crate) fn step(&mut self, text: &str) {
        self.step += 1;
        let step = format!("Step {} of {STEPS}: {text}", self.step);
        say(&format!("\n{}", self.styled("1", &step)));
    }

    /// Waits for something that may take a while, and says so.
    pub(crate) async fn wait<T>(&mut self, what: &str, work: impl Future<Output = T>) -> T {
        self.begin = Instant::now();
        say(&self.styled("2", &format!("  · {what} ...")));
        let mut work = pin!(work);
        loop {
            if let Ok(done) = timeout(SILENCE, work.as_mut()).await {
                return done;
            }
            let (step, seconds) = (self.step, self.begin.elapsed().as_secs());
            say(&format!("  step {step} of {STEPS}: {what} for {seconds} s"));
        }
    }

    /// What was waited for is done.
    pub(crate) fn done(&self, text: &str) {
        let took = format!("{:.1} s", self.begin.elapsed().as_secs_f64());
        let (mark, took) = (self.styled("32", "✓"), self.styled("2", &took));
        say(&format!("  {mark} {text}  {took}"));
    }

    pub(crate) fn field(&self, name: &str, value: &str) {
        let name = self.styled("2", &format!("{name:<10}"));
        say(&format!("      {name}{value}"));
    }

    pub(crate) fn command(&self, text: &str) {
        say(&format!("      {}", self.styled("36", text)));
    }

    fn styled(&self, style: &str, text: &str) -> String {
        match self.live {
            true => format!("\x1b[{style}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a command talks to the user who typed it"
)]
pub(crate) fn say(text: &str) {
    println!("{text}");
}
