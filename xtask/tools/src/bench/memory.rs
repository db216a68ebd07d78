//! The most memory the provider ever occupies.

use anyhow::{Context as _, Result};
use harness::host::{Host, Launch};
use joonto_sandbox::Options;
use terraform_provider_joonto::proto::tfplugin6::get_provider_schema;

use super::report::{Row, Unit, mib, thousands};
use super::scene::Scene;
use super::{Bench, process};

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = at_rest(bench).await?.to_vec();
    for (count, goal) in [(1_000, 14.0), (5_000, 24.0)] {
        rows.extend(through(bench, bench.scaled(count), goal).await?);
    }
    Ok(rows)
}

/// Before a host does anything, and once one has connected and knows the schema.
async fn at_rest(bench: &Bench) -> Result<[Row; 2]> {
    let unconnected = Launch::new(&bench.provider).unconnected().start().await?;
    let started = peak(&unconnected)?;
    drop(unconnected);
    let host = Launch::new(&bench.provider).start().await?;
    let request = get_provider_schema::Request {};
    host.provider().get_provider_schema(request).await?;
    let connected = peak(&host)?;
    host.shutdown().await?;
    Ok([
        Row::new("at rest", mib(started), Unit::Mebibytes)
            .at_most(8.0)
            .note("after the handshake line"),
        Row::new("connected", mib(connected), Unit::Mebibytes)
            .note("with TLS, and asked for the schema"),
    ])
}

fn peak(host: &Host) -> Result<u64> {
    let peak = host.pid().and_then(process::peak_memory);
    peak.context("the system does not tell a process' memory")
}

/// A plan of `count` unchanged numbers, through the real command line.
async fn through(bench: &Bench, count: usize, goal: f64) -> Result<Option<Row>> {
    let scene = Scene::owned(bench, Options::default(), count).await?;
    let cost = scene.run(&["plan", "-detailed-exitcode"]).await?;
    scene.sandbox.shutdown().await;
    let figure = format!("through a plan of {} numbers", thousands(count));
    Ok(cost.provider.map(|usage| {
        Row::new(figure, mib(usage.peak), Unit::Mebibytes)
            .at_most(goal)
            .note(format!("the largest of {} starts", usage.starts))
    }))
}
