//! Whole commands through the real command line, beside those of a resource of Terraform's own
//! that holds the same bytes: what is left is the provider's doing.

use anyhow::Result;
use joonto_sandbox::Options;

use super::Bench;
use super::report::{Row, Unit, figure, thousands};
use super::scene::{APPLY, DESTROY, PLAN, Pair, Scene, median_of, ratio};
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
        words: APPLY,
        times: 1,
        ratio: 1.0,
        verb: "create",
        cpu: 0.6,
    },
    Command {
        words: PLAN,
        times: 3,
        ratio: 2.1,
        verb: "plan",
        cpu: 0.3,
    },
    Command {
        words: DESTROY,
        times: 1,
        ratio: 1.05,
        verb: "delete",
        cpu: 0.4,
    },
];

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.scaled(1_000);
    let reference = Reference::new(bench).await?;
    let mut pairs: [Vec<Pair>; COMMANDS.len()] = Default::default();
    for round in 0..bench.rounds {
        let scene = Scene::new(bench, Options::default(), count).await?;
        let other = reference.project(bench, count)?;
        for (command, pairs) in COMMANDS.iter().zip(&mut pairs) {
            for time in 0..command.times {
                let pair = scene.run_beside(&other, round + time, &command.words);
                pairs.push(pair.await?);
            }
        }
    }
    let measured = COMMANDS.iter().zip(&pairs);
    let rows = measured.flat_map(|(command, pairs)| command.rows(pairs, count));
    Ok(rows.collect())
}

impl Command {
    fn rows(&self, pairs: &[Pair], count: usize) -> [Row; 3] {
        let what = format!("{} of {}", self.words[0], thousands(count));
        let beside = format!("{what} ÷ reference");
        let cpu = median_of(pairs, |pair| pair.ours.cpu / pair.theirs.cpu);
        let of_both = format!("{beside}, processor time");
        let provider = median_of(pairs, |pair| 1e3 * pair.ours.provider / figure(count));
        let of_provider = format!("provider's processor time per number: {}", self.verb);
        let starts = median_of(pairs, |pair| figure(pair.ours.starts));
        [
            ratio(beside, pairs).at_most(self.ratio),
            Row::new(of_both, cpu, Unit::Ratio).note("Terraform and providers together"),
            Row::new(of_provider, provider, Unit::Milliseconds)
                .at_most(self.cpu)
                .note(format!("getrusage, {what}, {starts:.0} starts included")),
        ]
    }
}
