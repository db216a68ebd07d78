//! A sandbox and a Terraform project for it, whose commands are measured.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::Project;
use joonto_sandbox::{Options, Request, Sandbox};

use super::driver::Driver;
use super::{Bench, process, state};

/// How long one command may take: growing fleets take Terraform minutes.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(3600);

/// The routes of a sandbox that has just been started.
pub(super) const MESSAGE_ROUTE: &str = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a";
pub(super) const VOICE_ROUTE: &str = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145";

/// Where `benches/usage.c` notes what providers used, in a project.
const USAGE: &str = "usage.txt";

/// A project against a sandbox in this process.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) project: Project,
}

/// What a command cost.
pub(super) struct Cost {
    pub(super) wall: Duration,
    /// The processor time of Terraform and all it started.
    pub(super) cpu: Duration,
    /// The providers' part of it.
    pub(super) provider: Duration,
    /// The most resident memory one of them had, in MiB.
    pub(super) peak: f64,
    /// How often one was started.
    pub(super) starts: usize,
    /// What the sandbox was asked.
    pub(super) sent: Vec<Request>,
}

/// The cost of a command with numbers, and with what they are compared to.
pub(super) struct Pair {
    pub(super) ours: Cost,
    pub(super) theirs: Cost,
}

impl Scene {
    /// A sandbox that starts as `options` say, and a project with `count` numbers to be.
    pub(super) async fn new(bench: &Bench, options: Options, count: usize) -> Result<Self> {
        let sandbox = Sandbox::start(options).await?;
        let mut project = Project::new(&bench.cli, &bench.usage)?;
        project.time_limit(TIME_LIMIT);
        for (name, value) in environment(&sandbox) {
            project.env(name, value);
        }
        let usage = project.path().join(USAGE);
        project.env("BENCH_PROGRAM", &bench.provider);
        project.env("BENCH_USAGE", usage);
        project.main(&fleet(count))?;
        Ok(Self { sandbox, project })
    }

    /// The same, and Terraform holds the numbers, as a refresh leaves them.
    pub(super) async fn owned(bench: &Bench, options: Options, count: usize) -> Result<Self> {
        let scene = Self::new(bench, options, count).await?;
        let driver = Driver::start(bench, &scene.sandbox).await?;
        // Read once: a purchase does not return all there is to a number.
        let numbers = driver.plan(driver.create(count).await?).await?;
        state::write_numbers(bench, &scene.project, driver.calls(), &numbers)?;
        driver.shutdown().await?;
        Ok(scene)
    }

    /// Runs a command that has to succeed.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<Cost> {
        let before = self.sandbox.ledger().requests.len();
        let mut cost = run(&self.project, arguments).await?;
        cost.sent = self.sandbox.ledger().requests.split_off(before);
        Ok(cost)
    }

    /// Runs a command here and in the project that is compared. Whose turn it is first alternates.
    pub(super) async fn run_beside(
        &self,
        other: &Project,
        turn: usize,
        arguments: &[&str],
    ) -> Result<Pair> {
        let (ours, theirs) = if turn.is_multiple_of(2) {
            let ours = self.run(arguments).await?;
            (ours, run(other, arguments).await?)
        } else {
            let theirs = run(other, arguments).await?;
            (self.run(arguments).await?, theirs)
        };
        crate::say(&format!(
            "    {}: {:.1} s ÷ {:.1} s",
            arguments[0],
            ours.wall.as_secs_f64(),
            theirs.wall.as_secs_f64()
        ));
        Ok(Pair { ours, theirs })
    }
}

async fn run(project: &Project, arguments: &[&str]) -> Result<Cost> {
    let file = project.path().join(USAGE);
    fs::write(&file, "")?;
    let before = process::cpu_of_ended()?;
    let begin = Instant::now();
    let run = project.run([arguments, &["-no-color"]].concat()).await?;
    let mut cost = Cost {
        wall: begin.elapsed(),
        cpu: process::cpu_of_ended()?.saturating_sub(before),
        provider: Duration::ZERO,
        peak: 0.0,
        starts: 0,
        sent: Vec::new(),
    };
    run.ok()?;
    for line in fs::read_to_string(file)?.lines() {
        let (micros, kib) = line.split_once(' ').context("not a line of usage")?;
        cost.provider += Duration::from_micros(micros.parse()?);
        cost.peak = cost.peak.max(kib.parse::<f64>()? / 1024.0);
        cost.starts += 1;
    }
    Ok(cost)
}

/// A provider's environment.
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
