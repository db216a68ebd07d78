//! Single calls over the socket, with TLS, as Terraform makes them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use joonto_sandbox::{Options, Sandbox};

use super::Bench;
use super::driver::{Driver, Held};
use super::report::{Row, Unit, median, ms};

/// How often each call is made.
const CALLS: usize = 1_000;

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sandbox = Sandbox::start(Options::default()).await?;
    let driver = Driver::start(bench, &sandbox).await?;
    let held = driver.create(1).await?;
    let held = held.first().context("no number was bought")?;
    let mut calls = driver.calls().clone();
    let config = calls.config();

    // In turn, so that whatever else the machine does slows all of them.
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..bench.scaled(CALLS) {
        let mut begin = Instant::now();
        calls.schema().await?;
        times[0].push(ms(lap(&mut begin)));
        calls.validate(&config).await?;
        times[1].push(ms(lap(&mut begin)));
        calls.plan(&Held::NONE, &config).await?;
        times[2].push(ms(lap(&mut begin)));
        calls.plan(held, &config).await?;
        times[3].push(ms(lap(&mut begin)));
    }
    driver.shutdown().await?;
    sandbox.shutdown().await;

    let note = format!("median of {} calls", bench.scaled(CALLS));
    let figures = [
        ("GetProviderSchema", 0.5),
        ("ValidateResourceConfig", 0.2),
        ("PlanResourceChange, a number to be bought", 0.2),
        ("PlanResourceChange, nothing to do", 0.2),
    ];
    figures
        .into_iter()
        .zip(times)
        .map(|((figure, goal), times)| {
            let median = median(times).context("no call was made")?;
            let row = Row::new(figure, median, Unit::Milliseconds);
            Ok(row.at_most(goal).note(note.as_str()))
        })
        .collect()
}

/// The time since `begin`, which becomes now.
fn lap(begin: &mut Instant) -> Duration {
    let now = Instant::now();
    now - std::mem::replace(begin, now)
}
