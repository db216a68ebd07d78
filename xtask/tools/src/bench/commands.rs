//! Whole commands through the real command line, beside those of a resource of Terraform's own
//! that holds the same bytes: what is left is the provider's doing.

use anyhow::{Context as _, Result};
use harness::Project;
use joonto_sandbox::Options;

use super::Bench;
use super::report::{Row, Unit, figure, median, ms, thousands};
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

/// One command's cost, ours and the reference's.
type Pair = (Cost, Cost);

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.scaled(1_000);
    let mut pairs: [Vec<Pair>; COMMANDS.len()] = Default::default();
    for round in 0..bench.rounds {
        measure_round(bench, count, round, &mut pairs).await?;
    }
    let (mut rows, mut provider) = (Vec::new(), Vec::new());
    for (command, pairs) in COMMANDS.iter().zip(&pairs) {
        rows.extend(command.ratios(pairs, count)?);
        provider.extend(command.provider(pairs, count));
    }
    rows.extend(provider);
    Ok(rows)
}

async fn measure_round(
    bench: &Bench,
    count: usize,
    round: usize,
    pairs: &mut [Vec<Pair>],
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
                thousands(count),
                ours.wall.as_secs_f64(),
                theirs.wall.as_secs_f64()
            ));
            pairs.push((ours, theirs));
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

/// The median of a figure, as far as there are any.
fn of(pairs: &[Pair], figure: impl Fn(&Pair) -> Option<f64>) -> Option<f64> {
    median(pairs.iter().filter_map(figure).collect())
}

impl Command {
    fn ratios(&self, pairs: &[Pair], count: usize) -> Result<Vec<Row>> {
        let seconds = |cost: &Cost| Some(cost.wall.as_secs_f64());
        let ours = of(pairs, |pair| seconds(&pair.0)).context("no runs")?;
        let theirs = of(pairs, |pair| seconds(&pair.1)).context("no runs")?;
        let wall = of(pairs, |(ours, theirs)| {
            Some(ours.wall.div_duration_f64(theirs.wall))
        });
        let cpu = of(pairs, |(ours, theirs)| {
            let theirs = theirs.cpu.filter(|cpu| !cpu.is_zero())?;
            Some(ours.cpu?.div_duration_f64(theirs))
        });
        let name = format!("{} of {} ÷ reference", self.name, thousands(count));
        let note = format!("{ours:.1} s ÷ {theirs:.1} s, median of {}", pairs.len());
        let wall = Row::new(&name, wall.context("no runs")?, Unit::Ratio).at_most(self.ratio);
        let cpu = cpu.map(|ratio| {
            let name = format!("{name}, processor time");
            Row::new(name, ratio, Unit::Ratio).note("Terraform and providers together")
        });
        Ok([Some(wall.note(note)), cpu].into_iter().flatten().collect())
    }

    fn provider(&self, pairs: &[Pair], count: usize) -> Option<Row> {
        let usage = |pair: &Pair| Some(ms(pair.0.provider?.cpu) / figure(count));
        let starts = of(pairs, |pair| Some(figure(pair.0.provider?.starts)))?;
        let name = format!("provider's processor time per number: {}", self.verb);
        let row = Row::new(name, of(pairs, usage)?, Unit::Milliseconds).at_most(self.cpu);
        Some(row.note(format!(
            "getrusage, {} of {}, {starts:.0} starts included",
            self.name,
            thousands(count)
        )))
    }
}
