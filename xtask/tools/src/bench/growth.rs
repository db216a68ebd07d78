//! What happens on the way from 10 to 5,000 numbers.

use anyhow::{Context as _, Result};
use joonto_sandbox::Options;

use super::Bench;
use super::driver::Driver;
use super::report::{Row, Unit, figure, ms, reach, thousands};
use super::scene::{PLAN, Pair, Scene, ratio};
use super::state::{self, Reference};

const SIZES: [usize; 6] = [10, 100, 500, 1_000, 2_000, 5_000];

/// Below, what a process costs once outweighs what its numbers cost.
const FLAT_FROM: usize = 100;

/// What is looked at.
const VERBS: [&str; 3] = ["plan", "create", "delete"];

/// One size.
struct Point {
    count: usize,
    /// Plans.
    pairs: Vec<Pair>,
    /// The provider's processor time per number for each of the verbs, in milliseconds.
    cpu: [f64; VERBS.len()],
}

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sizes = if bench.quick { &SIZES[..2] } else { &SIZES };
    let reference = Reference::new(bench).await?;
    let mut points = Vec::new();
    for &count in sizes {
        let point = at(bench, &reference, count).await?;
        crate::say(&format!(
            "    {:>5}: cpu per number {:.3?} ms",
            thousands(count),
            point.cpu
        ));
        points.push(point);
    }
    rows(&points)
}

async fn at(bench: &Bench, reference: &Reference, count: usize) -> Result<Point> {
    let scene = Scene::new(bench, Options::default(), count).await?;
    let driver = Driver::start(bench, &scene.sandbox).await?;
    // What is made on first use is not a matter of the size.
    driver.delete(driver.create(1).await?).await?;
    let (bought, create) = driver.measured(driver.create(count)).await?;
    let (numbers, plan) = driver.measured(driver.refresh(bought)).await?;

    let other = reference.project(bench, count)?;
    reference.write(bench, &other, count)?;
    state::write_numbers(bench, &scene.project, &driver, &numbers)?;
    let mut pairs = Vec::new();
    let times = if count > 1_000 { 1 } else { bench.rounds };
    for turn in 0..times {
        pairs.push(scene.run_beside(&other, turn, &PLAN).await?);
    }

    let ((), delete) = driver.measured(driver.delete(numbers)).await?;
    driver.shutdown().await?;

    Ok(Point {
        count,
        pairs,
        cpu: [plan, create, delete].map(|all| ms(all) / figure(count)),
    })
}

fn rows(points: &[Point]) -> Result<Vec<Row>> {
    let last = points.last().context("no sizes")?;
    let mut rows = Vec::new();
    for point in points {
        let count = thousands(point.count);
        let [plan, create, delete] = point.cpu;
        let peak = reach(point.pairs.iter().map(|pair| pair.ours.peak)).1;
        let note =
            format!("a plan {plan:.3} ms and at most {peak:.1} MiB, a delete {delete:.3} ms");
        let name = format!("processor time of a create, one of {count}");
        rows.push(ratio(format!("plan of {count} ÷ reference"), &point.pairs));
        rows.push(Row::new(name, create, Unit::Milliseconds).note(note));
    }
    for (index, verb) in VERBS.iter().enumerate() {
        let flat = points.iter().filter(|point| point.count >= FLAT_FROM);
        let (least, most) = reach(flat.map(|point| point.cpu[index]));
        let name = format!("processor time per number, largest ÷ smallest: {verb}");
        let count = thousands(last.count);
        let note = format!("{least:.3} to {most:.3} ms from {FLAT_FROM} to {count} numbers");
        rows.push(
            Row::new(name, most / least, Unit::Ratio)
                .at_most(1.2)
                .note(note),
        );
    }
    Ok(rows)
}
