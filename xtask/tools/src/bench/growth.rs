//! What happens on the way from 10 to 5,000 numbers.

use std::fs;

use anyhow::{Context as _, Result};
use joonto_sandbox::Options;

use super::Bench;
use super::driver::Driver;
use super::plot::{self, Panel, Series};
use super::report::{Row, Unit, figure, median, ms, thousands};
use super::scene::Scene;
use super::state::{self, Reference};

const SIZES: [usize; 6] = [10, 100, 500, 1_000, 2_000, 5_000];

/// Below, what a process costs once outweighs what its numbers cost.
const FLAT_FROM: usize = 100;

/// What is looked at.
const VERBS: [&str; 3] = ["plan", "create", "delete"];

/// One size.
struct Point {
    count: f64,
    /// A plan, in seconds.
    ours: f64,
    reference: f64,
    /// The provider's peak memory in that plan, in MiB.
    peak: f64,
    /// The provider's processor time per number for each of the verbs, in milliseconds.
    cpu: [f64; VERBS.len()],
}

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sizes = if bench.quick { &SIZES[..2] } else { &SIZES };
    let mut points = Vec::new();
    for &count in sizes {
        let point = at(bench, count).await?;
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

async fn at(bench: &Bench, count: usize) -> Result<Point> {
    let scene = Scene::new(bench, Options::default(), count).await?;
    let driver = Driver::start(bench, &scene.sandbox).await?;
    // What is made on first use is not a matter of the size.
    driver.delete(driver.create(1).await?).await?;

    let mut stamps = vec![driver.cpu()?];
    let bought = driver.create(count).await?;
    stamps.push(driver.cpu()?);
    let planned = driver.plan(bought).await?;
    stamps.push(driver.cpu()?);

    let first = planned.first().context("no numbers")?;
    let reference = Reference::to(driver.calls().json(&first.state)?)?;
    let other = reference.project(bench, count)?;
    reference.write(bench, &other, count)?;
    state::write_numbers(bench, &scene.project, driver.calls(), &planned)?;
    let mut pairs = Vec::new();
    let times = if count > 1_000 { 1 } else { bench.rounds };
    for turn in 0..times {
        let plan = ["plan", "-detailed-exitcode"];
        pairs.push(scene.run_beside(&other, turn, &plan).await?);
    }

    stamps.push(driver.cpu()?);
    driver.delete(planned).await?;
    stamps.push(driver.cpu()?);
    driver.shutdown().await?;
    scene.sandbox.shutdown().await;

    let between = |from: usize| ms(stamps[from + 1] - stamps[from]) / figure(count);
    let seconds = pairs.iter().map(|pair| pair.ours.wall.as_secs_f64());
    let reference = pairs.iter().map(|pair| pair.theirs.wall.as_secs_f64());
    Ok(Point {
        count: figure(count),
        ours: median(seconds.collect()),
        reference: median(reference.collect()),
        peak: pairs.iter().map(|pair| pair.ours.peak).fold(0.0, f64::max),
        cpu: [between(1), between(0), between(3)],
    })
}

fn rows(points: &[Point]) -> Result<Vec<Row>> {
    let last = points.last().context("no sizes")?;
    let mut rows = vec![
        Row::new(
            format!("plan of {:.0} ÷ reference", last.count),
            last.ours / last.reference,
            Unit::Ratio,
        )
        .note(format!("{:.1} s ÷ {:.1} s", last.ours, last.reference)),
    ];
    let flat = || {
        points
            .iter()
            .filter(|point| point.count >= figure(FLAT_FROM))
    };
    for (index, verb) in VERBS.iter().enumerate() {
        let least = flat()
            .map(|point| point.cpu[index])
            .fold(f64::INFINITY, f64::min);
        let most = flat().map(|point| point.cpu[index]).fold(0.0, f64::max);
        let name = format!("processor time per number, largest ÷ smallest: {verb}");
        rows.push(
            Row::new(name, most / least, Unit::Ratio)
                .at_most(1.2)
                .note(format!(
                    "{least:.3} to {most:.3} ms from {FLAT_FROM} to {:.0} numbers",
                    last.count
                )),
        );
    }
    Ok(rows)
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
                series("joonto_number", &|point| point.ours),
                series("terraform_data", &|point| point.reference),
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
            series: vec![series("joonto_number", &|point| point.peak)],
        },
    ]
}
