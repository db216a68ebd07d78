//! The examples that pages embed.

use std::fs;
use std::path::Path;

use anyhow::Result;

/// An example file.
pub(super) struct Example {
    /// The language, for the code fence.
    language: &'static str,
    code: String,
}

impl Example {
    /// As a fenced block.
    pub(super) fn fenced(&self) -> String {
        format!("```{}\n{}\n```\n", self.language, self.code)
    }
}

/// The examples of an object: every file in `folder` whose name begins with `prefix`, in order.
pub(super) fn all(project: &Path, folder: &str, prefix: &str) -> Result<Vec<Example>> {
    let Ok(entries) = fs::read_dir(project.join(folder)) else {
        return Ok(vec![]);
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// The ways to import a resource, as far as there are examples of them.
pub(super) struct Imports {
    pub(super) identity: Option<Example>,
    pub(super) id: Option<Example>,
    pub(super) command: Option<Example>,
}

/// The examples of importing the object in `folder`.
pub(super) fn imports(project: &Path, folder: &str) -> Result<Imports> {
    let one = |name: &str| {
        let path = project.join(folder).join(name);
        path.is_file().then(|| read(&path)).transpose()
    };
    Ok(Imports {
        identity: one("import-by-identity.tf")?,
        id: one("import-by-string-id.tf")?,
        command: one("import.sh")?,
    })
}

/// The example in a file.
pub(super) fn read(path: &Path) -> Result<Example> {
    let is_shell = path.extension().is_some_and(|extension| extension == "sh");
    let language = if is_shell { "shell" } else { "terraform" };
    Ok(Example {
        language,
        code: fs::read_to_string(path)?.trim().to_owned(),
    })
}
