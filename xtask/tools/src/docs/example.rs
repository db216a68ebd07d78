//! The examples that pages embed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The section with the example of an object, which is the file of this name in `folder`, whatever it ends in; empty
/// where there is none.
pub(super) fn usage(folder: &Path, name: &str) -> Result<String> {
    let files = super::files_below(folder)?;
    let is_it = |path: &&PathBuf| path.file_prefix().is_some_and(|prefix| prefix == name);
    match files.iter().find(is_it) {
        Some(example) => Ok(format!("\n## Example Usage\n\n{}", fenced(example)?)),
        None => Ok(String::new()),
    }
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
