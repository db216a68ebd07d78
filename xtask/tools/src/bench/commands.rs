//! Whole commands through the real command line, beside those of a resource of Terraform's own
//! that holds the same bytes: what is left is the provider's doing.

use std::time::Duration;

use anyhow::{Context as _, Result};
use harness::Project;
use joonto_sandbox::Options;

use super::Bench;
use super::report::{Row, Thousands, Unit, figure, median, ms};
use super::scene::{self, Cost, Scene};
use super::state::Reference;

/// A command, what it may cost as a multiple of the reference, and how much processor time the
/// provider may spend on a number, in milliseconds.
struct Command {
    name: &'static str,
    words: &'static [&'static str],
    ratio: f64,
    verb: &'static str,
    cpu: f64,
}

const COMMANDS: [Command; 3] = [
    Command {
        name: "apply",
        words: &["apply", "-auto-approve"],
        ratio: 1.0,
        verb: "create",
        cpu: 0.6,
    },
    Command {
        name: "plan",
        words: &["plan", "-detailed-exitcode"],
        ratio: 2.1,
        verb: "plan",
        cpu: 0.3,
    },
    Command {
        name: "destroy",
        words: &["destroy", "-auto-approve"],
        ratio: 1.05,
        verb: "delete",
        cpu: 0.4,
    },
];

/// How often the one that is over soon is run in each round.
const PLANS: usize = 3;

/// One command's cost, ours and the reference's, run after run.
#[derive(Default)]
struct Pairs(Vec<(Cost, Cost)>);

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.scaled(1_000);
    let mut pairs: [Pairs; COMMANDS.len()] = Default::default();
    for round in 0..bench.rounds {
        measure_round(bench, count, round, &mut pairs).await?;
    }
    let mut rows = Vec::new();
    for (command, pairs) in COMMANDS.iter().zip(&pairs) {
        rows.extend(pairs.ratios(command, count)?);
    }
    for (command, pairs) in COMMANDS.iter().zip(&pairs) {
        rows.extend(pairs.provider(command, count));
    }
    Ok(rows)
}

async fn measure_round(
    bench: &Bench,
    count: usize,
    round: usize,
    pairs: &mut [Pairs],
) -> Result<()> {
    let scene = Scene::new(bench, Options::default(), count).await?;
    let other = reference(bench, count).await?;
    for (command, pairs) in COMMANDS.iter().zip(pairs) {
        let times = if command.name == "plan" { PLANS } else { 1 };
        for time in 0..times {
            // Neither always goes first.
            let (ours, theirs) = if (round + time).is_multiple_of(2) {
                let ours = scene.run(command.words).await?;
                (ours, scene::run(&other, command.words, None).await?)
            } else {
                let theirs = scene::run(&other, command.words, None).await?;
                (scene.run(command.words).await?, theirs)
            };
            crate::say(&format!(
                "    {} {}: {:.1} s ÷ {:.1} s",
                command.name,
                Thousands(count),
                ours.wall.as_secs_f64(),
                theirs.wall.as_secs_f64()
            ));
            pairs.0.push((ours, theirs));
        }
    }
    scene.sandbox.shutdown().await;
    Ok(())
}

/// A project with `count` of what numbers are compared with.
async fn reference(bench: &Bench, count: usize) -> Result<Project> {
    let one = Scene::new(bench, Options::default(), 1).await?;
    one.run(&["apply", "-auto-approve"]).await?;
    let number = one.project.resource("joonto_number.fleet[0]").await?;
    one.sandbox.shutdown().await;
    let mut project = Project::new(&bench.cli, &bench.provider)?;
    project.time_limit(scene::TIME_LIMIT);
    Reference::to(&number)?.configure(&project, count)?;
    Ok(project)
}

impl Pairs {
    fn of(&self, figure: impl Fn(&(Cost, Cost)) -> Option<f64>) -> Option<f64> {
        median(self.0.iter().filter_map(figure).collect())
    }

    fn ratios(&self, command: &Command, count: usize) -> Result<Vec<Row>> {
        let seconds = |wall: Duration| Some(wall.as_secs_f64());
        let ratio = |(ours, theirs): &(Cost, Cost)| Some(ours.wall.div_duration_f64(theirs.wall));
        let ours = self.of(|pair| seconds(pair.0.wall)).context("no runs")?;
        let theirs = self.of(|pair| seconds(pair.1.wall)).context("no runs")?;
        let name = format!("{} of {} ÷ reference", command.name, Thousands(count));
        let wall = Row::new(&name, self.of(ratio).context("no runs")?, Unit::Ratio)
            .at_most(command.ratio)
            .note(format!(
                "{ours:.1} s ÷ {theirs:.1} s, median of {}",
                self.0.len()
            ));
        let cpu = self.of(|(ours, theirs)| {
            Some(
                ours.cpu?
                    .div_duration_f64(theirs.cpu.filter(|cpu| !cpu.is_zero())?),
            )
        });
        let cpu = cpu.map(|ratio| {
            let name = format!("{name}, processor time");
            Row::new(name, ratio, Unit::Ratio).note("Terraform and providers together")
        });
        Ok([Some(wall), cpu].into_iter().flatten().collect())
    }

    fn provider(&self, command: &Command, count: usize) -> Option<Row> {
        let usage = |pair: &(Cost, Cost)| Some(ms(pair.0.provider?.cpu) / figure(count));
        let starts = self.of(|pair| Some(figure(pair.0.provider?.starts)))?;
        let row = Row::new(
            format!("provider's processor time per number: {}", command.verb),
            self.of(usage)?,
            Unit::Milliseconds,
        );
        Some(row.at_most(command.cpu).note(format!(
            "getrusage, {} of {}, {starts:.0} starts included",
            command.name,
            Thousands(count)
        )))
    }
}
