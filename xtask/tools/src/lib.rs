//! What the project's own commands share with one another, and with the tests.

pub mod cargo;
pub mod dist;

use std::path::Path;

use anyhow::{Context as _, Result};

/// The project's directory.
pub fn project() -> Result<&'static Path> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .context("the tools lie inside the project")
}

/// Tells the user who typed the command.
#[expect(
    clippy::print_stdout,
    reason = "a command talks to the user who typed it"
)]
pub fn say(text: &str) {
    println!("{text}");
}
