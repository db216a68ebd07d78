//! Single calls over the socket, with TLS, as Terraform makes them.

use std::time::Instant;

use anyhow::{Context as _, Result};
use joonto_sandbox::{Options, Sandbox};

use super::Bench;
use super::driver::{Driver, Held};
use super::report::{Row, Unit, median, ms};

/// Each call, and what it may take, in milliseconds.
const CALLS: [(&str, f64); 4] = [
    ("GetProviderSchema", 0.5),
    ("ValidateResourceConfig", 0.2),
    ("PlanResourceChange, a number to be bought", 0.2),
    ("PlanResourceChange, nothing to do", 0.2),
];

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sandbox = Sandbox::start(Options::default()).await?;
    let driver = Driver::start(bench, &sandbox).await?;
    let held = driver.create(1).await?;
    let held = held.first().context("no number was bought")?;

    let rounds = bench.scaled(1_000);
    let mut times: [Vec<f64>; CALLS.len()] = Default::default();
    // In turn, so that whatever else the machine does slows all of them.
    for _ in 0..rounds {
        for (call, times) in times.iter_mut().enumerate() {
            let begin = Instant::now();
            match call {
                0 => driver.schema().await?,
                1 => driver.validate().await?,
                2 => drop(driver.plan(&Held::none(), &driver.config).await?),
                _ => drop(driver.plan(held, &driver.config).await?),
            }
            times.push(ms(begin.elapsed()));
        }
    }
    driver.shutdown().await?;

    let rows = CALLS.into_iter().zip(times).map(|((call, goal), times)| {
        Row::new(call, median(times), Unit::Milliseconds)
            .at_most(goal)
            .note(format!("median of {rounds} calls"))
    });
    Ok(rows.collect())
}
