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

pub(super) const NAME: &str = "terraform-provider-joonto";

const LICENSE: &[u8] = include_bytes!("../../../../LICENSE");

/// The modes of what is unpacked.
const PROGRAM: u32 = 0o755;
const TEXT: u32 = 0o644;

/// A directory with the files of a release.
#[derive(Clone, Debug)]
pub struct Release {
    directory: PathBuf,
}

impl Release {
    /// The release in `directory`, which is made where it is missing.
    pub fn in_directory(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        Ok(Self {
            directory: directory.to_owned(),
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

    /// The checksums of all the other files.
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
        archive.start_file(program_name(platform), entry(PROGRAM))?;
        let mut program = File::open(program)
            .with_context(|| format!("there is no program at {}", program.display()))?;
        io::copy(&mut program, &mut archive)?;
        archive.finish()?;
        Ok(path)
    }

    /// Writes the manifest and the checksums, once everything for `platforms` is packed.
    pub fn seal(&self, platforms: &[Platform]) -> Result<()> {
        let manifest = json!({"version": 1, "metadata": {"protocol_versions": ["6.0"]}});
        fs::write(self.manifest(), format!("{manifest:#}\n"))?;
        let mut files: Vec<PathBuf> = platforms.iter().map(|one| self.archive(*one)).collect();
        ensure!(!files.is_empty(), "there is nothing to release");
        files.push(self.manifest());
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
        self.directory.join(format!("{NAME}_{VERSION}_{rest}"))
    }
}

/// What the program is called in the archive for `platform`: by that name Terraform finds it.
#[must_use]
pub fn program_name(platform: Platform) -> String {
    format!("{NAME}_v{VERSION}{}", platform.program_suffix())
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
mod tests {
    use super::*;

    const LINUX: Platform = Platform {
        os: "linux",
        arch: "amd64",
    };
    const WINDOWS: Platform = Platform {
        os: "windows",
        arch: "amd64",
    };

    fn release(directory: &tempfile::TempDir) -> Release {
        Release::in_directory(directory.path()).expect("a directory")
    }

    fn program(directory: &tempfile::TempDir) -> PathBuf {
        let path = directory.path().join("built");
        fs::write(&path, "the program").expect("written");
        path
    }

    #[test]
    fn an_archive_depends_on_the_program_alone() {
        let (here, there) = (tempfile::tempdir(), tempfile::tempdir());
        let (here, there) = (here.expect("one"), there.expect("another"));
        let archives = [&here, &there].map(|directory| {
            let program = program(directory);
            let touched = File::options().write(true).open(&program).expect("open");
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
            if std::ptr::eq(directory, &there) {
                touched.set_modified(time).expect("an older file");
            }
            let packed = release(directory).pack(LINUX, &program).expect("packed");
            fs::read(packed).expect("an archive")
        });
        assert_eq!(archives[0], archives[1]);
    }

    #[test]
    fn an_archive_holds_the_licence_and_the_program_by_its_version() {
        let directory = tempfile::tempdir().expect("a directory");
        for (platform, suffix) in [(LINUX, ""), (WINDOWS, ".exe")] {
            let packed = release(&directory).pack(platform, &program(&directory));
            let packed = File::open(packed.expect("packed")).expect("an archive");
            let mut archive = zip::ZipArchive::new(packed).expect("readable");
            let mut entries = Vec::new();
            for index in 0..archive.len() {
                let file = archive.by_index(index).expect("an entry");
                assert_eq!(file.last_modified(), Some(DateTime::default()));
                entries.push((file.name().expect("a name").into_owned(), file.unix_mode()));
            }
            let name = format!("terraform-provider-joonto_v{VERSION}{suffix}");
            let expected = [
                ("LICENSE".to_owned(), Some(0o100_644)),
                (name, Some(0o100_755)),
            ];
            assert_eq!(entries, expected);
        }
    }

    #[test]
    fn the_checksums_cover_every_archive_and_the_manifest() {
        let directory = tempfile::tempdir().expect("a directory");
        let release = release(&directory);
        for platform in [WINDOWS, LINUX] {
            release
                .pack(platform, &program(&directory))
                .expect("packed");
        }
        release.seal(&[WINDOWS, LINUX]).expect("sealed");
        let sums = fs::read_to_string(release.checksums()).expect("checksums");
        let files = [
            release.archive(LINUX),
            release.manifest(),
            release.archive(WINDOWS),
        ];
        let expected: Vec<String> = files
            .iter()
            .map(|file| {
                let name = file.file_name().expect("a name").to_string_lossy();
                format!("{}  {name}\n", checksum(file).expect("a checksum"))
            })
            .collect();
        assert_eq!(sums, expected.concat());
    }

    #[test]
    fn a_release_with_an_archive_missing_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let release = release(&directory);
        release.pack(LINUX, &program(&directory)).expect("packed");
        let error = release
            .seal(&[LINUX, WINDOWS])
            .expect_err("nothing for Windows");
        assert!(error.to_string().contains("windows_amd64.zip"), "{error:#}");
        assert!(!release.checksums().exists());
    }

    #[test]
    fn a_checksum_is_what_everybody_else_computes() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("abc");
        fs::write(&file, "abc").expect("written");
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(checksum(&file).expect("a checksum"), known);
    }
}
