//! A sandbox and a Terraform project for it, whose commands are measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::Project;
use joonto_sandbox::{Options, Sandbox};

use super::driver::Driver;
use super::{Bench, process, state};

/// How long one command may take: growing fleets take Terraform minutes.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(3600);

/// The routes of a sandbox that has just been started.
pub(super) const MESSAGE_ROUTE: &str = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a";
pub(super) const VOICE_ROUTE: &str = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145";

/// A project against a sandbox in this process.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) project: Project,
    usage: Option<PathBuf>,
}

/// What a command cost.
pub(super) struct Cost {
    pub(super) wall: Duration,
    /// The processor time of Terraform and all it started.
    pub(super) cpu: Option<Duration>,
    /// The providers' part of it.
    pub(super) provider: Option<Usage>,
}

/// What the providers of one command used.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    pub(super) cpu: Duration,
    /// The most resident memory one of them had.
    pub(super) peak: u64,
    pub(super) starts: usize,
}

impl Scene {
    /// A sandbox that starts as `options` say, and a project with `count` numbers to be.
    pub(super) async fn new(bench: &Bench, options: Options, count: usize) -> Result<Self> {
        let sandbox = Sandbox::start(options).await?;
        let program = bench.usage.as_ref().unwrap_or(&bench.provider);
        let mut project = Project::new(&bench.cli, program)?;
        project.time_limit(TIME_LIMIT);
        for (name, value) in environment(&sandbox) {
            project.env(name, value);
        }
        let usage = project.path().join("usage.txt");
        project.env("BENCH_PROGRAM", &bench.provider);
        project.env("BENCH_USAGE", &usage);
        project.main(&fleet(count))?;
        Ok(Self {
            sandbox,
            project,
            usage: bench.usage.is_some().then_some(usage),
        })
    }

    /// The same, and Terraform holds the numbers.
    pub(super) async fn owned(bench: &Bench, options: Options, count: usize) -> Result<Self> {
        let scene = Self::new(bench, options, count).await?;
        let driver = Driver::start(bench, &scene.sandbox).await?;
        let numbers = driver.create(count).await?;
        driver.shutdown().await?;
        state::write_numbers(bench, &scene.project, &numbers)?;
        Ok(scene)
    }

    /// Runs a command that has to succeed.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<Cost> {
        run(&self.project, arguments, self.usage.as_deref()).await
    }

    /// How many requests the sandbox has had.
    pub(super) fn requests(&self) -> usize {
        self.sandbox.ledger().requests.len()
    }
}

/// Runs a command that has to succeed; the providers have noted what they used in `usage`.
pub(super) async fn run(
    project: &Project,
    arguments: &[&str],
    usage: Option<&Path>,
) -> Result<Cost> {
    if let Some(file) = usage {
        fs::write(file, "")?;
    }
    let cpu = process::cpu_of_ended();
    let begin = Instant::now();
    let run = project.run([arguments, &["-no-color"]].concat()).await?;
    let wall = begin.elapsed();
    let cpu = process::cpu_of_ended().zip(cpu);
    run.ok()?;
    Ok(Cost {
        wall,
        cpu: cpu.map(|(after, before)| after.saturating_sub(before)),
        provider: usage.map(read_usage).transpose()?,
    })
}

fn read_usage(file: &Path) -> Result<Usage> {
    let mut usage = Usage::default();
    for line in fs::read_to_string(file)?.lines() {
        let (micros, kib) = line.split_once(' ').context("not a line of usage")?;
        usage.cpu += Duration::from_micros(micros.parse()?);
        usage.peak = usage.peak.max(kib.parse::<u64>()? * 1024);
        usage.starts += 1;
    }
    Ok(usage)
}

/// What a provider is told in its environment.
pub(super) fn environment(sandbox: &Sandbox) -> [(&'static str, String); 4] {
    let credentials = sandbox.credentials();
    [
        ("JOONTO_BASE_URL", sandbox.base_url()),
        ("JOONTO_ACCOUNT_KEY", credentials.account_key),
        ("JOONTO_ACCOUNT_SECRET", credentials.account_secret),
        ("JOONTO_MAX_REQUESTS_PER_MINUTE", "0".to_owned()),
    ]
}

/// A configuration with `count` numbers.
fn fleet(count: usize) -> String {
    format!(
        "resource \"joonto_number\" \"fleet\" {{\n  count            = {count}\n  number_type      = \
         \"mvno\"\n  message_type     = \"p2p\"\n  message_enabled  = true\n  voice_enabled    = \
         true\n  data_enabled     = true\n  message_route_id = \"{MESSAGE_ROUTE}\"\n  \
         voice_route_id   = \"{VOICE_ROUTE}\"\n}}\n"
    )
}
