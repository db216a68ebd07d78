//! What happens on the way from 10 to 5,000 numbers.

use std::fs;

use anyhow::{Context as _, Result};
use joonto_sandbox::Options;

use super::Bench;
use super::driver::Driver;
use super::plot::{self, Panel, Series};
use super::report::{Row, Unit, figure, ms, reach, thousands};
use super::scene::{PLAN, Pair, Scene, median_of, ratio};
use super::state::{self, Reference};

const SIZES: [usize; 6] = [10, 100, 500, 1_000, 2_000, 5_000];

/// Below, what a process costs once outweighs what its numbers cost.
const FLAT_FROM: f64 = 100.0;

/// What is looked at.
const VERBS: [&str; 3] = ["plan", "create", "delete"];

/// One size.
struct Point {
    count: f64,
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
    if bench.writes_page {
        let plot = plot::svg(&panels(&points))?;
        fs::write(bench.root.join("docs/benchmarks.svg"), plot)?;
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
        count: figure(count),
        pairs,
        cpu: [plan, create, delete].map(|all| ms(all) / figure(count)),
    })
}

fn rows(points: &[Point]) -> Result<Vec<Row>> {
    let last = points.last().context("no sizes")?;
    let count = last.count;
    let mut rows = vec![ratio(
        format!("plan of {count:.0} ÷ reference"),
        &last.pairs,
    )];
    for (index, verb) in VERBS.iter().enumerate() {
        let flat = points.iter().filter(|point| point.count >= FLAT_FROM);
        let (least, most) = reach(flat.map(|point| point.cpu[index]));
        let name = format!("processor time per number, largest ÷ smallest: {verb}");
        let note = format!("{least:.3} to {most:.3} ms from {FLAT_FROM} to {count:.0} numbers");
        rows.push(
            Row::new(name, most / least, Unit::Ratio)
                .at_most(1.2)
                .note(note),
        );
    }
    Ok(rows)
}

/// The most memory that the provider had in a plan, in MiB.
fn peak(point: &Point) -> f64 {
    reach(point.pairs.iter().map(|pair| pair.ours.peak)).1
}

fn panels(points: &[Point]) -> [Panel; 3] {
    let series = |name, value: &dyn Fn(&Point) -> f64| Series {
        name,
        points: points
            .iter()
            .map(|point| (point.count, value(point)))
            .collect(),
    };
    let verbs = VERBS.iter().enumerate();
    [
        Panel {
            title: "terraform plan, nothing to do: seconds",
            is_logarithmic: true,
            series: vec![
                series("joonto_number", &|point| {
                    median_of(&point.pairs, |pair| pair.ours.wall)
                }),
                series("terraform_data", &|point| {
                    median_of(&point.pairs, |pair| pair.theirs.wall)
                }),
            ],
        },
        Panel {
            title: "provider's processor time per number: ms",
            is_logarithmic: false,
            series: verbs
                .map(|(index, verb)| series(verb, &|point| point.cpu[index]))
                .collect(),
        },
        Panel {
            title: "provider's peak memory in a plan: MiB",
            is_logarithmic: false,
            series: vec![series("joonto_number", &peak)],
        },
    ]
}
