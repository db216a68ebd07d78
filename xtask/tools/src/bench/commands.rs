//! Whole commands through the real command line, beside those of a resource of Terraform's own
//! that holds the same bytes: what is left is the provider's doing.

use anyhow::Result;
use harness::Project;
use joonto_sandbox::Options;

use super::Bench;
use super::report::{Row, Unit, figure, median, ms, thousands};
use super::scene::{Pair, Scene};
use super::state::Reference;

/// A command, what it may cost as a multiple of the reference, and how much processor time the
/// provider may spend on a number, in milliseconds.
struct Command {
    words: [&'static str; 2],
    /// How often it is run in each round.
    times: usize,
    ratio: f64,
    verb: &'static str,
    cpu: f64,
}

const COMMANDS: [Command; 3] = [
    Command {
        words: ["apply", "-auto-approve"],
        times: 1,
        ratio: 1.0,
        verb: "create",
        cpu: 0.6,
    },
    Command {
        words: ["plan", "-detailed-exitcode"],
        times: 3,
        ratio: 2.1,
        verb: "plan",
        cpu: 0.3,
    },
    Command {
        words: ["destroy", "-auto-approve"],
        times: 1,
        ratio: 1.05,
        verb: "delete",
        cpu: 0.4,
    },
];

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.scaled(1_000);
    let mut pairs: [Vec<Pair>; COMMANDS.len()] = Default::default();
    for round in 0..bench.rounds {
        let scene = Scene::new(bench, Options::default(), count).await?;
        let other = reference(bench, count).await?;
        for (command, pairs) in COMMANDS.iter().zip(&mut pairs) {
            for time in 0..command.times {
                let pair = scene.run_beside(&other, round + time, &command.words);
                pairs.push(pair.await?);
            }
        }
        scene.sandbox.shutdown().await;
    }
    let measured = || COMMANDS.iter().zip(&pairs);
    let ratios = measured().flat_map(|(command, pairs)| command.ratios(pairs, count));
    let provider = measured().map(|(command, pairs)| command.provider(pairs, count));
    Ok(ratios.chain(provider).collect())
}

/// A project with `count` of what numbers are compared with.
async fn reference(bench: &Bench, count: usize) -> Result<Project> {
    let one = Scene::new(bench, Options::default(), 1).await?;
    one.run(&["apply", "-auto-approve"]).await?;
    let number = one.project.resource("joonto_number.fleet[0]").await?;
    one.sandbox.shutdown().await;
    Reference::to(number)?.project(bench, count)
}

fn median_of(pairs: &[Pair], figure: impl Fn(&Pair) -> f64) -> f64 {
    median(pairs.iter().map(figure).collect())
}

impl Command {
    fn ratios(&self, pairs: &[Pair], count: usize) -> [Row; 2] {
        let name = format!("{} of {} ÷ reference", self.words[0], thousands(count));
        let wall = median_of(pairs, |pair| {
            pair.ours.wall.div_duration_f64(pair.theirs.wall)
        });
        let cpu = median_of(pairs, |pair| {
            pair.ours.cpu.div_duration_f64(pair.theirs.cpu)
        });
        let note = format!(
            "{:.1} s ÷ {:.1} s, median of {}",
            median_of(pairs, |pair| pair.ours.wall.as_secs_f64()),
            median_of(pairs, |pair| pair.theirs.wall.as_secs_f64()),
            pairs.len()
        );
        [
            Row::new(&name, wall, Unit::Ratio)
                .at_most(self.ratio)
                .note(note),
            Row::new(format!("{name}, processor time"), cpu, Unit::Ratio)
                .note("Terraform and providers together"),
        ]
    }

    fn provider(&self, pairs: &[Pair], count: usize) -> Row {
        let name = format!("provider's processor time per number: {}", self.verb);
        let per_number = median_of(pairs, |pair| ms(pair.ours.provider) / figure(count));
        let starts = median_of(pairs, |pair| figure(pair.ours.starts));
        Row::new(name, per_number, Unit::Milliseconds)
            .at_most(self.cpu)
            .note(format!(
                "getrusage, {} of {}, {starts:.0} starts included",
                self.words[0],
                thousands(count)
            ))
    }
}
