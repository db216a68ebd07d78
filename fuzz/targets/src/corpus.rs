//! The inputs that are kept: seeds to begin with, and those that once found something.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::Target;

impl Target {
    /// Where its seeds are.
    #[must_use]
    pub fn corpus(&self) -> PathBuf {
        self.folder("corpus")
    }

    fn folder(&self, kind: &str) -> PathBuf {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.join("..").join(kind).join(self.name)
    }

    /// Every input that is kept, in the order of their names.
    ///
    /// # Errors
    ///
    /// If there are no seeds, or one of the files cannot be read.
    pub fn kept(&self) -> Result<Vec<Vec<u8>>> {
        let mut files = files(&self.corpus())?;
        let regressions = self.folder("regressions");
        if regressions.exists() {
            files.extend(self::files(&regressions)?);
        }
        files
            .iter()
            .map(|file| fs::read(file).with_context(|| file.display().to_string()))
            .collect()
    }

    /// Writes the seeds again, and removes what is none.
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

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    let files = entries.map(|entry| Ok(entry?.path()));
    let mut files: Vec<_> = files.collect::<io::Result<_>>()?;
    files.sort();
    Ok(files)
}
