//! The files of a release, as the Terraform registry wants them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::platform::Platform;

/// The version that is released.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const LICENSE: &[u8] = include_bytes!("../../../../LICENSE");

/// The modes of what is unpacked.
const PROGRAM: u32 = 0o755;
const TEXT: u32 = 0o644;

/// What is released. Each program has archives and checksums of its own, because the registry
/// refuses checksums of anything but the provider's archives and its manifest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Program {
    /// The provider, which Terraform installs.
    Provider,
    /// The simulated API, for tests that cost no money.
    Sandbox,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Provider, Self::Sandbox];

    /// What it is called, as a package, as a program and in the names of its files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "terraform-provider-joonto",
            Self::Sandbox => "joonto-sandbox",
        }
    }

    /// What it is called in the archive for `platform`: by that name Terraform finds the provider.
    #[must_use]
    pub fn file_name(self, platform: Platform) -> String {
        let version = match self {
            Self::Provider => format!("_v{VERSION}"),
            Self::Sandbox => String::new(),
        };
        format!("{}{version}{}", self.name(), platform.program_suffix())
    }
}

/// A directory with the files of a program's release.
#[derive(Clone, Debug)]
pub struct Release {
    directory: PathBuf,
    program: Program,
}

impl Release {
    /// The release of `program` in `directory`, which is made where it is missing.
    pub fn in_directory(directory: &Path, program: Program) -> Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        Ok(Self {
            directory: directory.to_owned(),
            program,
        })
    }

    /// The archive for one platform.
    #[must_use]
    pub fn archive(&self, platform: Platform) -> PathBuf {
        self.file(&format!("{platform}.zip"))
    }

    /// What tells the registry which protocol the provider speaks.
    #[must_use]
    pub fn manifest(&self) -> PathBuf {
        self.file("manifest.json")
    }

    /// The checksums of the program's other files.
    #[must_use]
    pub fn checksums(&self) -> PathBuf {
        self.file("SHA256SUMS")
    }

    /// The signature of the checksums.
    #[must_use]
    pub fn signature(&self) -> PathBuf {
        self.file("SHA256SUMS.sig")
    }

    /// Packs a program for one platform.
    ///
    /// The archive depends on the program's bytes and on nothing else: not on the time, the
    /// system it is packed on, or the program's mode there.
    pub fn pack(&self, platform: Platform, program: &Path) -> Result<PathBuf> {
        let path = self.archive(platform);
        let mut archive = ZipWriter::new(File::create(&path)?);
        archive.start_file("LICENSE", entry(TEXT))?;
        io::copy(&mut &*LICENSE, &mut archive)?;
        archive.start_file(self.program.file_name(platform), entry(PROGRAM))?;
        let mut program = File::open(program)
            .with_context(|| format!("there is no program at {}", program.display()))?;
        io::copy(&mut program, &mut archive)?;
        archive.finish()?;
        Ok(path)
    }

    /// Writes the provider's manifest and the checksums, once everything for `platforms` is packed.
    pub fn seal(&self, platforms: &[Platform]) -> Result<()> {
        let mut files: Vec<PathBuf> = platforms.iter().map(|one| self.archive(*one)).collect();
        ensure!(!files.is_empty(), "there is nothing to release");
        if self.program == Program::Provider {
            let manifest = json!({"version": 1, "metadata": {"protocol_versions": ["6.0"]}});
            fs::write(self.manifest(), format!("{manifest:#}\n"))?;
            files.push(self.manifest());
        }
        files.sort();
        let mut lines = String::new();
        for file in files {
            let name = file.file_name().context("a file has a name")?;
            let sum = checksum(&file)?;
            lines += &format!("{sum}  {}\n", name.to_string_lossy());
        }
        fs::write(self.checksums(), lines)?;
        Ok(())
    }

    fn file(&self, rest: &str) -> PathBuf {
        let name = self.program.name();
        self.directory.join(format!("{name}_{VERSION}_{rest}"))
    }
}

/// The SHA-256 of a file, in hexadecimal.
pub fn checksum(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn entry(mode: u32) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(mode)
}

#[cfg(test)]
mod tests;
