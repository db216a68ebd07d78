//! A sandbox and a Terraform project for it, whose commands are measured.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use harness::Project;
use joonto_sandbox::{Options, Request, Sandbox};

use super::driver::{self, Driver};
use super::report::{Row, Unit, median};
use super::{Bench, process, state};

/// What is run of Terraform.
pub(super) const APPLY: [&str; 2] = ["apply", "-auto-approve"];
/// Fails unless the plan is empty.
pub(super) const PLAN: [&str; 2] = ["plan", "-detailed-exitcode"];
pub(super) const DESTROY: [&str; 2] = ["destroy", "-auto-approve"];

/// Where `benches/usage.c` notes what providers used, in a project.
const USAGE: &str = "usage.txt";

/// A project against a sandbox in this process.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) project: Project,
}

/// What a command cost. Times are in seconds.
pub(super) struct Cost {
    pub(super) wall: f64,
    /// The processor time of Terraform and all it started.
    pub(super) cpu: f64,
    /// The providers' part of it.
    pub(super) provider: f64,
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
        let mut project = state::project(bench, &bench.usage, count)?;
        for (name, value) in driver::environment(&sandbox) {
            project.env(name, value);
        }
        let usage = project.path().join(USAGE);
        project.env("BENCH_PROGRAM", &bench.provider);
        project.env("BENCH_USAGE", usage);
        Ok(Self { sandbox, project })
    }

    /// The same, and Terraform holds the numbers, as a refresh leaves them.
    pub(super) async fn owned(bench: &Bench, options: Options, count: usize) -> Result<Self> {
        let scene = Self::new(bench, options, count).await?;
        let driver = Driver::start(bench, &scene.sandbox).await?;
        // Read once: a purchase does not return all there is to a number.
        let numbers = driver.refresh(driver.create(count).await?).await?;
        state::write_numbers(bench, &scene.project, &driver, &numbers)?;
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

    /// Applies, and sees that `count` numbers are bought.
    pub(super) async fn buy(&self, count: usize) -> Result<Cost> {
        let cost = self.run(&APPLY).await?;
        let bought = self.sandbox.ledger().purchases().len();
        ensure!(
            bought == count,
            "{count} numbers were wanted, {bought} bought"
        );
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
            arguments[0], ours.wall, theirs.wall
        ));
        Ok(Pair { ours, theirs })
    }
}

/// The middle of a figure of several pairs.
pub(super) fn median_of(pairs: &[Pair], figure: impl Fn(&Pair) -> f64) -> f64 {
    median(pairs.iter().map(figure).collect())
}

/// How long ours took, as a multiple of theirs.
pub(super) fn ratio(name: impl Into<String>, pairs: &[Pair]) -> Row {
    let ratio = median_of(pairs, |pair| pair.ours.wall / pair.theirs.wall);
    Row::new(name, ratio, Unit::Ratio).note(format!(
        "{:.1} s ÷ {:.1} s, median of {}",
        median_of(pairs, |pair| pair.ours.wall),
        median_of(pairs, |pair| pair.theirs.wall),
        pairs.len()
    ))
}

async fn run(project: &Project, arguments: &[&str]) -> Result<Cost> {
    let file = project.path().join(USAGE);
    fs::write(&file, "")?;
    let before = process::cpu_of_ended()?;
    let begin = Instant::now();
    let run = project.run([arguments, &["-no-color"]].concat()).await?;
    let mut cost = Cost {
        wall: begin.elapsed().as_secs_f64(),
        cpu: (process::cpu_of_ended()? - before).as_secs_f64(),
        provider: 0.0,
        peak: 0.0,
        starts: 0,
        sent: Vec::new(),
    };
    run.ok()?;
    for line in fs::read_to_string(file)?.lines() {
        let (micros, kib) = line.split_once(' ').context("not a line of usage")?;
        cost.provider += micros.parse::<f64>()? / 1e6;
        cost.peak = cost.peak.max(kib.parse::<f64>()? / 1024.0);
        cost.starts += 1;
    }
    Ok(cost)
}
