//! The examples that pages embed.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The examples of an object, as fenced blocks: every file in `folder` whose name begins with `prefix`, in order.
pub(super) fn all(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let files = super::files_below(folder)?.into_iter().filter(|path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with(prefix)
    });
    files.map(|path| fenced(&path)).collect()
}

/// The example in a file, as a fenced block.
pub(super) fn fenced(path: &Path) -> Result<String> {
    let extension = path.extension().unwrap_or_default().to_str();
    let language = match extension.unwrap_or_default() {
        "sh" => "shell",
        "yml" | "yaml" => "yaml",
        "csv" => "text",
        "" if path.ends_with("Containerfile") => "dockerfile",
        // A Jenkinsfile.
        "" => "groovy",
        _ => "terraform",
    };
    let code = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(format!("```{language}\n{}\n```\n", code.trim()))
}
