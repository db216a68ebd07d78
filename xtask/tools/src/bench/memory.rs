//! The most memory the provider ever occupies.

use anyhow::{Context as _, Result};
use harness::host::{Host, Launch};
use joonto_sandbox::Options;
use terraform_provider_joonto::proto::tfplugin6::get_provider_schema;

use super::report::{Row, Unit, thousands};
use super::scene::{PLAN, Scene};
use super::{Bench, process};

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let unconnected = Launch::new(&bench.provider).unconnected().start().await?;
    let started = peak(&unconnected)?;
    let own = process::own_memory(pid(&unconnected)?)?;
    drop(unconnected);
    let host = Launch::new(&bench.provider).start().await?;
    let request = get_provider_schema::Request {};
    host.provider().get_provider_schema(request).await?;
    let connected = peak(&host)?;
    host.shutdown().await?;
    let mut rows = vec![
        Row::new("at rest", started, Unit::Mebibytes)
            .at_most(8.0)
            .note("after the handshake line"),
        Row::new("of that, its own", own, Unit::Mebibytes)
            .note("the rest is the program's file and the libraries', as the system caches them"),
        Row::new("connected", connected, Unit::Mebibytes)
            .note("with TLS, and asked for the schema"),
    ];
    for (count, goal) in [(1_000, 14.0), (5_000, 24.0)] {
        let count = bench.scaled(count);
        let scene = Scene::owned(bench, Options::default(), count).await?;
        let cost = scene.run(&PLAN).await?;
        let figure = format!("through a plan of {} numbers", thousands(count));
        rows.push(
            Row::new(figure, cost.peak, Unit::Mebibytes)
                .at_most(goal)
                .note(format!("the largest of {} starts", cost.starts)),
        );
    }
    Ok(rows)
}

fn peak(host: &Host) -> Result<f64> {
    process::peak_memory(pid(host)?)
}

fn pid(host: &Host) -> Result<u32> {
    host.pid().context("the provider has ended")
}
