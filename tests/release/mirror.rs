//! A directory Terraform installs providers from, and what it writes down about them.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use harness::cli::Product;
use harness::{Cli, Project, Result};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tools::cargo::cargo;
use tools::dist::{Platform, Program, Release, VERSION};

/// The provider under test.
const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-joonto");

/// The release to look at: a given one, or the programs under test, packed once for all tests.
pub(crate) fn released(program: Program) -> Result<Release> {
    static PACKED: OnceLock<TempDir> = OnceLock::new();
    if let Some(directory) = env::var_os("JOONTO_TEST_RELEASE") {
        return Release::in_directory(Path::new(&directory), program);
    }
    let directory = PACKED.get_or_init(|| pack().expect("a release of the programs under test"));
    Release::in_directory(directory.path(), program)
}

fn pack() -> Result<TempDir> {
    let directory = tempfile::tempdir()?;
    let platform = Platform::host()?;
    for program in Program::ALL {
        let built = match program {
            Program::Provider => PROVIDER.into(),
            Program::Sandbox => sandbox()?,
        };
        let release = Release::in_directory(directory.path(), program)?;
        release.pack(platform, &built)?;
        release.seal(&[platform])?;
    }
    Ok(directory)
}

/// The sandbox's program, which its own tests start. It belongs to another package, so cargo does
/// not say here where it is.
fn sandbox() -> Result<PathBuf> {
    // Of the whole workspace, so that what it depends on is built as for all other tests.
    let mut build = cargo(&[
        "test",
        "--locked",
        "--no-run",
        "--workspace",
        "--test",
        "it",
    ])?;
    tools::cargo::build(&mut build, Program::Sandbox.name())
}

/// A filesystem mirror with one archive, in the packed layout.
pub(crate) struct Mirror {
    directory: TempDir,
    host: &'static str,
    archive: PathBuf,
}

impl Mirror {
    pub(crate) fn new(archive: &Path) -> Result<Self> {
        let host = match Cli::find()?.product() {
            Product::Terraform => "registry.terraform.io",
            Product::OpenTofu => "registry.opentofu.org",
        };
        let directory = tempfile::tempdir()?;
        let place = directory.path().join(host).join("joonto/joonto");
        fs::create_dir_all(&place)?;
        let name = archive.file_name().expect("an archive has a name");
        let mirrored = place.join(name);
        fs::copy(archive, &mirrored)?;
        Ok(Self {
            directory,
            host,
            archive: mirrored,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The provider's address, with the host it is looked for at.
    pub(crate) fn address(&self) -> String {
        format!("{}/joonto/joonto", self.host)
    }

    /// Puts another program in place of the released one, under the same names.
    pub(crate) fn replace(&self, program: &Path) -> Result<()> {
        let place = self.archive.parent().expect("an archive lies somewhere");
        Release::in_directory(place, Program::Provider)?.pack(Platform::host()?, program)?;
        Ok(())
    }

    /// What `init` has unpacked: the files' contents, by name.
    pub(crate) fn unpacked_in(&self, project: &Project) -> Result<BTreeMap<String, Vec<u8>>> {
        let place = project
            .path()
            .join(".terraform/providers")
            .join(self.address())
            .join(VERSION)
            .join(Platform::host()?.to_string());
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(place)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, fs::read(entry.path())?);
        }
        Ok(files)
    }
}

/// A lock file that knows one checksum of an archive.
pub(crate) fn lock_file(address: &str, sum: &str) -> String {
    format!(
        "provider {address:?} {{\n  version = {VERSION:?}\n  hashes = [\n    \"zh:{sum}\",\n  ]\n}}\n"
    )
}

/// Terraform's hash of a directory, Go's `h1:`: over a line of sum and name for each file.
pub(crate) fn hash_of_files(files: &BTreeMap<String, Vec<u8>>) -> Result<String> {
    let mut whole = Sha256::new();
    for (name, content) in files {
        let sum: String = Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        whole.update(format!("{sum}  {name}\n"));
    }
    Ok(format!("h1:{}", BASE64_STANDARD.encode(whole.finalize())))
}
