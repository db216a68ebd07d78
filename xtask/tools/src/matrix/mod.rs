//! `cargo xtask matrix`: the acceptance tests with every Terraform the provider is tested for.
//!
//! One build serves all versions. What a version's tests did stands in
//! `target/matrix/<version>.log`; once there is one of this build for each version, and all are
//! green, the guide for users is written from them. A run of some of the tests has a log of its own,
//! `<version>-some.log`, and writes no guide.

mod log;
mod page;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use harness::Cli;
use harness::cli::{CHOICE, Version, fetchable};
use tools::cargo;

use self::log::{Heading, Log};

/// How long one version's tests may take. They need about two minutes of a machine of their own.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// The guide, relative to the project.
const PAGE: &str = "docs/guides/compatibility.md";

/// What the matrix runs.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Terraform's versions, such as 1.6.6; all of them if none is named
    #[arg(value_name = "VERSION", value_parser = version)]
    versions: Vec<Version>,

    /// Runs the tests alone whose names contain one of these, such as `life`; all if none is named
    #[arg(long, num_args = 1.., value_name = "NAME")]
    only: Vec<String>,
}

/// Tests each version in turn, and writes the guide if all of them were tested.
///
/// # Errors
///
/// A test failed, or was not run.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let programs = Programs::new(arguments.only.clone())?;
    let all = fetchable();
    let versions = match arguments.versions.as_slice() {
        [] => all.as_slice(),
        some => some,
    };
    let mut logs = Vec::new();
    for version in versions {
        let log = programs.test(*version)?;
        for problem in log.problems() {
            crate::say(&format!("  {problem}"));
        }
        logs.push(log);
    }
    crate::say(&format!("\n{}", page::table(&logs)));
    if logs.iter().any(|log| !log.problems().is_empty()) {
        bail!("not every version passed; {PAGE} is left as it is");
    }
    if !arguments.only.is_empty() {
        return Ok(());
    }
    let (mut green, mut missing) = (Vec::new(), Vec::new());
    for version in all {
        match programs.green(version) {
            Some(log) => green.push(log),
            None => missing.push(version),
        }
    }
    if missing.is_empty() {
        fs::write(crate::project()?.join(PAGE), page::markdown(&green)?)?;
        crate::say(&format!("wrote {PAGE}"));
    } else {
        crate::say(&format!(
            "{PAGE} is left as it is: this build is still to be tested with {}.",
            list(&missing)
        ));
    }
    Ok(())
}

fn list(versions: &[Version]) -> String {
    let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
    versions.join(", ")
}

/// A version of which there is a package.
fn version(text: &str) -> Result<Version, String> {
    let known = fetchable();
    Version::parse(text)
        .filter(|version| known.contains(version))
        .ok_or_else(|| format!("these can be fetched: {}", list(&known)))
}

/// What is run, as it was built.
struct Programs {
    tests: PathBuf,
    /// When the later of tests and provider was built: what tells one build from another.
    built: u128,
    /// Where the logs go.
    logs: PathBuf,
    /// Parts of the names of the tests that are run; none if all are.
    only: Vec<String>,
}

impl Programs {
    /// Builds the acceptance tests, and the provider, which they start.
    fn new(only: Vec<String>) -> Result<Self> {
        // Of the whole workspace, so that its crates' features are those of all other tests, and next to nothing is
        // compiled a second time.
        let build = ["test", "--no-run", "--workspace", "--test", "acceptance"];
        let built_as = |name| cargo::build(&mut cargo::cargo(&build)?, name);
        let (tests, provider) = (
            built_as("acceptance")?,
            built_as("terraform-provider-joonto")?,
        );
        let target = provider.ancestors().nth(2);
        let logs = target.context("the provider is in no target directory")?;
        let logs = logs.join("matrix");
        fs::create_dir_all(&logs)?;
        Ok(Self {
            built: built(&tests)?.max(built(&provider)?),
            tests,
            logs,
            only,
        })
    }

    fn log(&self, version: Version) -> PathBuf {
        let part = if self.only.is_empty() { "" } else { "-some" };
        self.logs.join(format!("{version}{part}.log"))
    }

    /// What this build's tests did with `version`, if all is well with it.
    fn green(&self, version: Version) -> Option<Log> {
        let log = Log::read(&self.log(version)).ok()?;
        (log.heading.built == self.built && log.problems().is_empty()).then_some(log)
    }

    /// Runs the tests with `version`.
    fn test(&self, version: Version) -> Result<Log> {
        // First of all, so that one download that fails is not a hundred tests that fail.
        let cli = Cli::fetch(version)?;
        let path = self.log(version);
        crate::say(&format!("{cli}: {}", path.display()));
        let mut file = File::create(&path)?;
        Heading::now(version, self.built).write(&mut file)?;
        let begin = Instant::now();
        let mut tests = Command::new(&self.tests)
            .arg("--show-output")
            .args(&self.only)
            .env(CHOICE, version.to_string())
            // As cargo does.
            .current_dir(crate::project()?)
            .stdin(Stdio::null())
            .stderr(file.try_clone()?)
            .stdout(file)
            .spawn()
            .with_context(|| format!("cannot start {}", self.tests.display()))?;
        // How it ended, and whether it did, is read from the log.
        while tests.try_wait()?.is_none() {
            if begin.elapsed() > LIMIT {
                tests.kill()?;
            }
            thread::park_timeout(Duration::from_millis(100));
        }
        let log = Log::read(&path)?;
        crate::say(&format!(
            "  {} in {} s",
            log.summary(),
            begin.elapsed().as_secs()
        ));
        Ok(log)
    }
}

/// When a program was built, in nanoseconds.
fn built(program: &Path) -> Result<u128> {
    let built = fs::metadata(program)?.modified()?;
    Ok(built.duration_since(UNIX_EPOCH)?.as_nanos())
}
