//! What cargo says it has built.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Where the program `name` is, as told by `cargo build --message-format=json`.
pub fn find(messages: &[u8], name: &str) -> Result<PathBuf> {
    messages
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .with_context(|| format!("cargo did not say where it put {name}"))
}
