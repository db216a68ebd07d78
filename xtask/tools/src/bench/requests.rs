//! How many requests the API gets to see: the sandbox's ledger tells.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use joonto_sandbox::{NumberStatus, Options};
use time::OffsetDateTime;

use super::Bench;
use super::report::{Row, Unit, figure, tally, thousands};
use super::scene::{DESTROY, PLAN, Scene};

/// The standard tier.
const PER_MINUTE: u32 = 50;

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = refresh(bench, bench.scaled(1_000)).await?.to_vec();
    rows.push(few_of_many(bench).await?);
    rows.extend(write(bench, bench.scaled(200)).await?);
    Ok(rows)
}

async fn refresh(bench: &Bench, count: usize) -> Result<[Row; 3]> {
    let mut scene = Scene::owned(bench, Options::default(), count).await?;
    let sandbox = &scene.sandbox;
    let numbers = sandbox.ledger().owned(&sandbox.credentials().account_key);
    let (first, last) = numbers.first().zip(numbers.last()).context("no numbers")?;
    let edited = sandbox.edit(first, |number| {
        number.message_route_id = Some("MRID-changed".to_owned());
    }) && sandbox.edit(last, |number| {
        let at = OffsetDateTime::now_utc();
        number.status = NumberStatus::Cancelled { at };
    });
    ensure!(edited, "the sandbox lost its numbers");

    let before = sandbox.ledger().requests.len();
    let plan = scene.project.plan_json_with(&["-refresh-only"]).await?;
    let requests = sandbox.ledger().requests.len() - before;
    let drift = plan.drift();
    ensure!(drift.len() == 2, "two numbers changed, but {drift:?}");

    // The same at the standard tier, with its minute untouched.
    sandbox.switch(|switches| switches.limit = Some(PER_MINUTE));
    sandbox.clock().advance(Duration::from_secs(120));
    let limit = PER_MINUTE.to_string();
    scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", limit);
    let limited = scene.run(&["plan", "-refresh-only"]).await?;
    let refused = limited.sent.iter().filter(|one| one.status == Some(429));
    let (sent, refused) = (limited.sent.len(), refused.count());

    let what = format!("refresh-only plan of {}, two changed", thousands(count));
    let same = format!("the same, {PER_MINUTE} a minute enforced");
    Ok([
        Row::count(what, requests)
            .at_most(13.0)
            .note("requests, tokens included; exactly those two are shown"),
        Row::new(same, limited.wall, Unit::Seconds)
            .at_most(15.0)
            .note(format!("{sent} requests")),
        Row::count("of these, refused with 429", refused).at_most(0.0),
    ])
}

async fn few_of_many(bench: &Bench) -> Result<Row> {
    let (few, many) = (20, bench.scaled(50_000));
    let options = Options {
        fleet: many - few,
        ..Options::default()
    };
    let scene = Scene::owned(bench, options, few).await?;
    let cost = scene.run(&PLAN).await?;
    let what = format!("plan of {few} numbers in an account of {}", thousands(many));
    Ok(Row::count(what, cost.sent.len())
        .at_most(25.0)
        .note("requests, tokens included"))
}

async fn write(bench: &Bench, count: usize) -> Result<[Row; 2]> {
    let scene = Scene::new(bench, Options::default(), count).await?;
    let applied = scene.buy(count).await?.sent;
    let destroyed = scene.run(&DESTROY).await?.sent;
    let key = scene.sandbox.credentials().account_key;
    let left = scene.sandbox.ledger().owned(&key);
    ensure!(left.is_empty(), "numbers are left over: {left:?}");
    let paths = destroyed.iter().map(|one| one.path.as_str());
    let sent = tally(paths.map(|path| path.trim_start_matches("/v1.0/")));
    Ok([
        Row::count(format!("apply of {count} new numbers"), applied.len())
            .at_most(figure(count + 3))
            .note("requests, tokens included"),
        Row::count(format!("destroy of {count}"), destroyed.len())
            .at_most(45.0)
            .note(format!("requests, refresh included: {sent}")),
    ])
}
