//! What the project's own commands share with one another, and with the tests.

pub mod dist;
pub mod executable;

use std::path::Path;

use anyhow::{Context as _, Result};

/// The project's directory.
pub fn project() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies inside the project")
}

/// Tells whoever typed the command.
#[expect(clippy::print_stdout, reason = "a command talks to whoever typed it")]
pub fn say(text: &str) {
    println!("{text}");
}
