//! What it adds to keep the records of purchases in a bucket.

use anyhow::{Result, ensure};
use harness::s3::{Request, S3Server};
use joonto_sandbox::Options;

use super::Bench;
use super::report::{Row, Unit, figure, median};
use super::scene::{Cost, Scene};

const APPLY: [&str; 2] = ["apply", "-auto-approve"];
const PLAN: [&str; 2] = ["plan", "-detailed-exitcode"];

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.scaled(100);
    let (mut ratios, mut times) = (Vec::new(), Vec::new());
    let mut sent = Vec::new();
    for _ in 0..bench.rounds {
        let local = apply(&Scene::new(bench, Options::default(), count).await?, count).await?;
        let bucket = S3Server::start().await?;
        let mut scene = Scene::new(bench, Options::default(), count).await?;
        for (name, value) in bucket.env() {
            scene.project.env(name, value);
        }
        scene.project.env("JOONTO_PURCHASE_JOURNAL", bucket.place());
        scene.project.env("JOONTO_STATE_NAME", "fleet");
        let shared = apply(&scene, count).await?;
        let applied = bucket.requests();
        scene.run(&PLAN).await?;
        let planned = bucket.requests().split_off(applied.len());
        scene.run(&PLAN).await?;
        let again = applied.len() + planned.len();
        let again = bucket.requests().split_off(again);
        let left = bucket.objects().await?;
        ensure!(left.is_empty(), "records are left over: {left:?}");
        scene.sandbox.shutdown().await;
        ratios.push(shared.wall.div_duration_f64(local.wall));
        times.push([local.wall.as_secs_f64(), shared.wall.as_secs_f64()]);
        sent = vec![applied, planned, again];
    }
    let wall = |nth: usize| median(times.iter().map(|times| times[nth]).collect());
    let [local, shared] = [wall(0), wall(1)];
    let requests = |name: &str, sent: &[Request]| {
        let count = |method: &str| sent.iter().filter(|one| one.method == method).count();
        Row::new(name, figure(sent.len()), Unit::Count).note(format!(
            "{} GET, {} PUT, {} DELETE, {} POST",
            count("GET"),
            count("PUT"),
            count("DELETE"),
            count("POST")
        ))
    };
    Ok(vec![
        Row::new(
            format!("apply of {count}, bucket ÷ directory"),
            median(ratios),
            Unit::Ratio,
        )
        .note(format!(
            "{shared:.1} s ÷ {local:.1} s; the server is a Python program that serves one request \
             at a time"
        )),
        requests(
            &format!("apply of {count}: requests to the bucket"),
            &sent[0],
        ),
        requests("the plan after it", &sent[1]),
        requests("and the one after that", &sent[2]),
    ])
}

async fn apply(scene: &Scene, count: usize) -> Result<Cost> {
    let cost = scene.run(&APPLY).await?;
    let bought = scene.sandbox.ledger().purchases().len();
    ensure!(
        bought == count,
        "{count} numbers were wanted, {bought} bought"
    );
    Ok(cost)
}
