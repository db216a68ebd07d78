//! The inputs that are kept: seeds to begin with, and those that once found something.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::Target;

impl Target {
    /// Where its seeds are.
    #[must_use]
    pub fn corpus(&self) -> PathBuf {
        fuzz().join("corpus").join(self.name)
    }

    /// Where the inputs are that once found something.
    #[must_use]
    pub fn regressions(&self) -> PathBuf {
        fuzz().join("regressions").join(self.name)
    }

    /// Every input that is kept, in the order of their names.
    ///
    /// # Errors
    ///
    /// If there are no seeds, or one of the files cannot be read.
    pub fn kept(&self) -> Result<Vec<Vec<u8>>> {
        let mut files = files(&self.corpus())?;
        if self.regressions().exists() {
            files.extend(self::files(&self.regressions())?);
        }
        files
            .iter()
            .map(|file| fs::read(file).with_context(|| file.display().to_string()))
            .collect()
    }

    /// Keeps an input that has found something, and says where.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn keep(&self, input: &[u8]) -> Result<PathBuf> {
        fs::create_dir_all(self.regressions())?;
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let path = self
            .regressions()
            .join(format!("found-{:016x}", hasher.finish()));
        fs::write(&path, input)?;
        Ok(path)
    }

    /// Writes the seeds anew, and removes what is none.
    ///
    /// # Errors
    ///
    /// If that cannot be done.
    pub fn write_seeds(&self) -> Result<()> {
        let directory = self.corpus();
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        for (name, input) in (self.seeds)() {
            fs::write(directory.join(name), input)?;
        }
        Ok(())
    }
}

fn fuzz() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}
