//! What happens on the way from 10 to 5,000 numbers.

use std::fs;

use anyhow::{Context as _, Result};
use harness::Project;
use joonto_sandbox::Options;

use super::Bench;
use super::driver::Driver;
use super::plot::{self, Panel, Series};
use super::report::{Row, Unit, figure, median, mib, ms, thousands};
use super::scene::{self, Cost, Scene};
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
    peak: Option<f64>,
    /// The provider's processor time per number for each of the verbs, in milliseconds.
    cpu: [f64; VERBS.len()],
}

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sizes = if bench.quick { &SIZES[..2] } else { &SIZES };
    let mut points = Vec::new();
    for &count in sizes {
        let point = at(bench, count).await?;
        crate::say(&format!(
            "    {:>5}: plan {:.2} s, reference {:.2} s; cpu per number {:.3?} ms",
            thousands(count),
            point.ours,
            point.reference,
            point.cpu
        ));
        points.push(point);
    }
    if !bench.quick {
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

    let other = Project::new(&bench.cli, &bench.provider)?;
    let first = planned.first().context("no numbers")?;
    let reference = Reference::to(&state::json(&first.state)?)?;
    let (ours, theirs) = plans(bench, &scene, &planned, other, &reference).await?;

    stamps.push(driver.cpu()?);
    driver.delete(planned).await?;
    stamps.push(driver.cpu()?);
    driver.shutdown().await?;
    scene.sandbox.shutdown().await;

    let between = |from: usize| ms(stamps[from + 1] - stamps[from]) / figure(count);
    let wall = |costs: &[Cost]| median(costs.iter().map(|c| c.wall.as_secs_f64()).collect());
    Ok(Point {
        count: figure(count),
        ours: wall(&ours).context("no plan was run")?,
        reference: wall(&theirs).context("no plan was run")?,
        peak: ours
            .iter()
            .filter_map(|cost| cost.provider)
            .map(|usage| mib(usage.peak))
            .reduce(f64::max),
        cpu: [between(1), between(0), between(3)],
    })
}

/// Plans that change nothing, ours and the reference's in turn.
async fn plans(
    bench: &Bench,
    scene: &Scene,
    numbers: &[super::driver::Held],
    mut other: Project,
    reference: &Reference,
) -> Result<(Vec<Cost>, Vec<Cost>)> {
    const PLAN: [&str; 2] = ["plan", "-detailed-exitcode"];
    let count = numbers.len();
    state::write_numbers(bench, &scene.project, numbers)?;
    other.time_limit(scene::TIME_LIMIT);
    reference.configure(&other, count)?;
    reference.write(&bench.cli, &other, count)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let times = if count > 1_000 { 1 } else { bench.rounds };
    for _ in 0..times {
        ours.push(scene.run(&PLAN).await?);
        theirs.push(scene::run(&other, &PLAN, None).await?);
    }
    Ok((ours, theirs))
}

fn rows(points: &[Point]) -> Result<Vec<Row>> {
    let last = points.last().context("no sizes")?;
    let from = figure(FLAT_FROM);
    let mut rows = vec![
        Row::new(
            format!("plan of {:.0} ÷ reference", last.count),
            last.ours / last.reference,
            Unit::Ratio,
        )
        .note(format!("{:.1} s ÷ {:.1} s", last.ours, last.reference)),
    ];
    for (index, verb) in VERBS.iter().enumerate() {
        let values = points
            .iter()
            .filter(|point| point.count >= from)
            .map(|point| point.cpu[index]);
        let (least, most) = values.fold((f64::INFINITY, 0_f64), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        rows.push(
            Row::new(
                format!("processor time per number, largest ÷ smallest: {verb}"),
                most / least,
                Unit::Ratio,
            )
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
    let series = |name, value: &dyn Fn(&Point) -> Option<f64>| Series {
        name,
        points: points
            .iter()
            .filter_map(|point| Some((point.count, value(point)?)))
            .collect(),
    };
    let verbs = (0..).zip(VERBS);
    [
        Panel {
            title: "terraform plan, nothing to do: seconds",
            is_logarithmic: true,
            series: vec![
                series("joonto_number", &|point| Some(point.ours)),
                series("terraform_data", &|point| Some(point.reference)),
            ],
        },
        Panel {
            title: "provider's processor time per number: ms",
            is_logarithmic: false,
            series: verbs
                .map(|(index, verb): (usize, _)| series(verb, &|point| Some(point.cpu[index])))
                .collect(),
        },
        Panel {
            title: "provider's peak memory in a plan: MiB",
            is_logarithmic: false,
            series: vec![series("joonto_number", &|point| point.peak)],
        },
    ]
}
