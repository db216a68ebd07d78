//! How many requests the API gets to see: the sandbox's ledger tells.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use joonto_sandbox::{NumberStatus, Options, Request};
use time::OffsetDateTime;

use super::Bench;
use super::report::{Row, Unit, figure, thousands};
use super::scene::Scene;

/// The standard tier.
const PER_MINUTE: u32 = 50;

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = refresh(bench, bench.scaled(1_000)).await?;
    rows.push(few_of_many(bench).await?);
    rows.extend(write(bench, bench.scaled(200)).await?);
    Ok(rows)
}

async fn refresh(bench: &Bench, count: usize) -> Result<Vec<Row>> {
    let mut scene = Scene::owned(bench, Options::default(), count).await?;
    let key = scene.sandbox.credentials().account_key;
    let numbers = scene.sandbox.ledger().owned(&key);
    let (first, last) = numbers.first().zip(numbers.last()).context("no numbers")?;
    let edited = scene.sandbox.edit(first, |number| {
        number.message_route_id = Some("MRID-changed".to_owned());
    }) && scene.sandbox.edit(last, |number| {
        let at = OffsetDateTime::now_utc();
        number.status = NumberStatus::Cancelled { at };
    });
    ensure!(edited, "the sandbox lost its numbers");

    let before = scene.sandbox.ledger().requests.len();
    let plan = scene.project.plan_json_with(&["-refresh-only"]).await?;
    let requests = scene.sandbox.ledger().requests.len() - before;
    let drift = plan.drift();
    ensure!(drift.len() == 2, "two numbers changed, but {drift:?}");
    let what = format!("refresh-only plan of {}, two changed", thousands(count));
    let unlimited = Row::new(&what, figure(requests), Unit::Count)
        .at_most(13.0)
        .note("requests, tokens included; exactly those two are shown");

    // The same at the standard tier, with its minute untouched.
    scene
        .sandbox
        .switch(|switches| switches.limit = Some(PER_MINUTE));
    scene
        .sandbox
        .clock()
        .advance(time::Duration::minutes(2).unsigned_abs());
    scene
        .project
        .env("JOONTO_MAX_REQUESTS_PER_MINUTE", PER_MINUTE.to_string());
    let cost = scene.run(&["plan", "-refresh-only"]).await?;
    let refused = cost.sent.iter().filter(|one| one.status == Some(429));
    let refused = refused.count();
    let limited = Row::new(
        format!("the same, {PER_MINUTE} a minute enforced"),
        cost.wall.as_secs_f64(),
        Unit::Seconds,
    )
    .at_most(15.0)
    .note(format!(
        "{} requests, {refused} of them refused with 429",
        cost.sent.len()
    ));
    let refused = Row::new("of these, refused with 429", figure(refused), Unit::Count);
    scene.sandbox.shutdown().await;
    Ok(vec![unlimited, limited, refused.at_most(0.0)])
}

async fn few_of_many(bench: &Bench) -> Result<Row> {
    let (few, many) = (20, bench.scaled(50_000));
    let options = Options {
        fleet: many - few,
        ..Options::default()
    };
    let scene = Scene::owned(bench, options, few).await?;
    let cost = scene.run(&["plan", "-detailed-exitcode"]).await?;
    scene.sandbox.shutdown().await;
    let what = format!("plan of {few} numbers in an account of {}", thousands(many));
    Ok(Row::new(what, figure(cost.sent.len()), Unit::Count)
        .at_most(25.0)
        .note("requests, tokens included"))
}

async fn write(bench: &Bench, count: usize) -> Result<[Row; 2]> {
    let scene = Scene::new(bench, Options::default(), count).await?;
    let applied = scene.run(&["apply", "-auto-approve"]).await?.sent;
    let bought = scene.sandbox.ledger().purchases().len();
    ensure!(
        bought == count,
        "{count} numbers were wanted, {bought} bought"
    );
    let destroyed = scene.run(&["destroy", "-auto-approve"]).await?.sent;
    let key = scene.sandbox.credentials().account_key;
    let left = scene.sandbox.ledger().owned(&key);
    ensure!(left.is_empty(), "numbers are left over: {left:?}");
    scene.sandbox.shutdown().await;
    let row = |name, sent: &[Request]| Row::new(name, figure(sent.len()), Unit::Count);
    Ok([
        row(format!("apply of {count} new numbers"), &applied)
            .at_most(figure(count + 3))
            .note("requests, tokens included"),
        row(format!("destroy of {count}"), &destroyed)
            .at_most(45.0)
            .note(format!(
                "requests, refresh included: {}",
                by_path(&destroyed)
            )),
    ])
}

/// How many of the requests went where.
fn by_path(requests: &[Request]) -> String {
    let mut counts = BTreeMap::new();
    for request in requests {
        let path = request.path.trim_start_matches("/v1.0/");
        *counts.entry(path).or_insert(0_usize) += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(path, count)| format!("{count} {path}"))
        .collect();
    counts.join(", ")
}
