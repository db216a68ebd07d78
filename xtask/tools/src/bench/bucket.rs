//! What it adds to keep the records of purchases in a bucket.

use anyhow::{Result, ensure};
use harness::s3::{Request, S3Server};
use joonto_sandbox::Options;

use super::Bench;
use super::report::{Row, tally};
use super::scene::{PLAN, Pair, Scene, ratio};

pub(super) async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.scaled(100);
    let mut pairs = Vec::new();
    let mut sent: [Vec<Request>; 3] = Default::default();
    for _ in 0..bench.rounds {
        let local = Scene::new(bench, Options::default(), count).await?;
        let theirs = local.buy(count).await?;
        let bucket = S3Server::start().await?;
        let mut scene = Scene::new(bench, Options::default(), count).await?;
        for (name, value) in bucket.env() {
            scene.project.env(name, value);
        }
        scene.project.env("JOONTO_PURCHASE_JOURNAL", bucket.place());
        scene.project.env("JOONTO_STATE_NAME", "fleet");
        let ours = scene.buy(count).await?;
        pairs.push(Pair { ours, theirs });
        let applied = bucket.requests();
        scene.run(&PLAN).await?;
        let planned = bucket.requests().split_off(applied.len());
        scene.run(&PLAN).await?;
        let again = bucket.requests().split_off(applied.len() + planned.len());
        sent = [applied, planned, again];
        let left = bucket.objects().await?;
        ensure!(left.is_empty(), "records are left over: {left:?}");
    }
    let requests = |name: String, sent: &[Request]| {
        let methods = sent.iter().map(|one| one.method.as_str());
        Row::count(name, sent.len()).note(tally(methods))
    };
    let mut apply = ratio(format!("apply of {count}, bucket ÷ directory"), &pairs);
    apply.note += "; the server is a Python program that serves one request at a time";
    let [applied, planned, again] = &sent;
    Ok(vec![
        apply,
        requests(format!("apply of {count}: requests to the bucket"), applied),
        requests("the plan after it".to_owned(), planned),
        requests("and the one after that".to_owned(), again),
    ])
}
