//! Jobs that lose their disk, with the records of their purchases in a bucket.

use std::time::Duration;

use harness::s3::{S3Fault, S3Server};
use harness::{Project, Result};
use joonto_sandbox::{Fault, FaultKind};
use serde_json::Value;

use super::backend::Backend;
use super::{
    PROVISION, Scene, Scenes, answered, arrived, assert_errors, committed, complete, count, errors,
    full, line, numbers_of, paste, place, plain, records, warnings,
};

/// Sets the bucket, and a name of the state.
pub(crate) fn share(project: &mut Project, bucket: &S3Server, state: &str) {
    project
        .env("JOONTO_PURCHASE_JOURNAL", bucket.place())
        .env("JOONTO_STATE_NAME", state);
    for (name, value) in bucket.env() {
        project.env(name, value);
    }
}

/// Nobody waits here until the purchases that were under way are given up.
pub(super) async fn give_up(bucket: &S3Server) -> Result<usize> {
    let mut count = 0;
    for key in bucket.objects().await? {
        if key.ends_with(".json") {
            let mut record: Value = serde_json::from_slice(&bucket.read(&key).await?)?;
            record["deadline"] = record["sent_at"].clone();
            bucket.write(&key, record.to_string().as_bytes()).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// When the job is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The requests have arrived, and nothing is bought.
    BeforeTheCommit,
    /// The numbers are bought, and the responses are on their way.
    BeforeTheResponse,
    /// The orders are pending.
    WhileOrdersPend,
    /// Terraform has the numbers, and the remote state does not.
    AfterTheResponse,
    /// Terraform ends by itself, and the backend refuses its final state.
    StateRefused,
}

const MOMENTS: [Moment; 5] = [
    Moment::BeforeTheCommit,
    Moment::BeforeTheResponse,
    Moment::WhileOrdersPend,
    Moment::AfterTheResponse,
    Moment::StateRefused,
];

/// How many numbers each job buys, and where.
const JOB: usize = 3;
const AREAS: [&str; JOB] = ["202", "206", "212"];

/// What it took until a job that was killed had its numbers in state.
#[derive(Debug, Default)]
struct Took {
    stops: usize,
    lines: usize,
    applies: usize,
}

// C27, C28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_job_bought_is_stored_by_the_next_from_an_empty_disk() {
    let (sender, mut took) = tokio::sync::mpsc::unbounded_channel();
    let mut scenes = Scenes::default();
    for nth in 0..20 {
        let (moment, names_sims) = (MOMENTS[nth % 5], (nth / 5) % 2 == 1);
        let sender = sender.clone();
        scenes.add(format!("{nth}, {moment:?}, {names_sims}"), async move {
            sender.send(killed(moment, names_sims).await?)?;
            Ok(())
        });
    }
    drop(sender);
    scenes.play().await;
    let mut all = Took::default();
    while let Some(took) = took.recv().await {
        all.stops += took.stops;
        all.lines += took.lines;
        all.applies += took.applies;
    }
    println!("20 jobs killed: {all:?}");
}

async fn killed(moment: Moment, names_sims: bool) -> Result<Took> {
    let (backend, bucket) = (Backend::start().await?, S3Server::start().await?);
    let main: String = (0..JOB)
        .map(|nth| match names_sims {
            true => plain(&format!("n{nth}"), &format!("iccid = \"89{nth:016}0\"")),
            false => plain(
                &format!("n{nth}"),
                &format!("area_code = \"{}\"", AREAS[nth]),
            ),
        })
        .collect();
    let scene = Scene::new("").await?;
    // Seen by each search, which ends early then.
    let strangers: Vec<String> = (0..JOB).map(|_| scene.stranger()).collect();
    let mut gone = scene.elsewhere(&main)?;
    share(&mut gone, &bucket, "meters");
    backend.init(&gone, "meters").await?;
    let hold = Fault::on(PROVISION).always();
    match moment {
        Moment::BeforeTheCommit => scene.sandbox.fault(hold.before_commit(FaultKind::Hold)),
        Moment::BeforeTheResponse => scene.sandbox.fault(hold.after_commit(FaultKind::Hold)),
        Moment::WhileOrdersPend => scene.sandbox.switch(|s| s.pending_forever = true),
        Moment::AfterTheResponse => {
            let slow = FaultKind::Delay(Duration::from_millis(300));
            scene.sandbox.fault(hold.after_commit(slow));
        }
        Moment::StateRefused => backend.refuse_writes(true),
    }
    match moment {
        Moment::BeforeTheCommit => scene.kill_in(&gone, &[], arrived(JOB)).await?,
        Moment::BeforeTheResponse => scene.kill_in(&gone, &[], committed(JOB)).await?,
        Moment::WhileOrdersPend => {
            let polled = |ledger: &joonto_sandbox::Ledger| {
                let polls = ledger.requests_to(super::ORDER);
                let orders: std::collections::BTreeSet<_> =
                    polls.iter().map(|poll| poll.query.clone()).collect();
                orders.len() == JOB
            };
            scene.kill_in(&gone, &[], polled).await?;
        }
        Moment::AfterTheResponse => scene.kill_in(&gone, &[], answered(JOB)).await?,
        Moment::StateRefused => {
            gone.apply().await?.failed()?;
            backend.refuse_writes(false);
        }
    }
    complete(&scene);
    assert_eq!(records(&place(&gone)).len(), 0, "the disk holds no record");
    drop(gone);
    let open = give_up(&bucket).await?;
    assert_eq!(open, JOB, "{moment:?}");
    let left = scene.ours();

    let mut took = Took::default();
    for _ in 0..3 {
        let mut fresh = scene.elsewhere(&main)?;
        share(&mut fresh, &bucket, "meters");
        backend.init(&fresh, "meters").await?;
        took.applies += 1;
        let applied = fresh.apply().await?;
        if applied.status.success() {
            break;
        }
        took.stops += 1;
        let codes = errors(&applied);
        assert!(!names_sims || moment_is_unproved(moment), "{applied}");
        assert!(
            codes.iter().all(|c| ["JN106", "JN111"].contains(c)),
            "{applied}"
        );
        let Some(stop) = applied.errors().find(|error| !error.lines().is_empty()) else {
            continue;
        };
        let held = numbers_of(&backend.state("meters"));
        let missing: Vec<String> = left.iter().filter(|n| !held.contains(n)).cloned().collect();
        let resolved = match missing.is_empty() {
            true => super::nothing(stop),
            false => line(stop, &missing),
        };
        took.lines += 1;
        took.applies += 1;
        if paste(&mut fresh, &resolved).await?.status.success() {
            break;
        }
    }
    assert_eq!(
        numbers_of(&backend.state("meters")),
        scene.ours(),
        "{moment:?}"
    );
    assert_eq!(scene.ours().len(), JOB, "{moment:?}");
    let mut last = scene.elsewhere(&main)?;
    share(&mut last, &bucket, "meters");
    backend.init(&last, "meters").await?;
    last.assert_empty_plan().await?;
    assert_eq!(
        bucket.objects().await?,
        [""; 0],
        "{moment:?}: all is closed"
    );
    for stranger in &strangers {
        scene.assert_untouched(stranger);
    }
    scene.end().await?;
    Ok(took)
}

/// A number that was returned is not proved by its SIM: another state may hold it.
fn moment_is_unproved(moment: Moment) -> bool {
    matches!(
        moment,
        Moment::BeforeTheCommit | Moment::AfterTheResponse | Moment::StateRefused
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_bought_while_the_bucket_fails() {
    let slow = Duration::from_secs(9);
    let rows = [
        (S3Fault::Down, "JN112", ""),
        (S3Fault::Slow(slow), "JN112", ""),
        (S3Fault::NoList, "JN112", "s3:ListBucket"),
        (S3Fault::ReadOnly, "JN103", "s3:PutObject"),
        (S3Fault::Expired, "JN112", "export-credentials"),
        (S3Fault::Skewed, "JN112", ""),
        (S3Fault::Broken, "JN112", ""),
    ];
    let mut scenes = Scenes::default();
    for (fault, code, says) in rows {
        scenes.add(format!("{fault:?}"), async move {
            let bucket = S3Server::start().await?;
            let mut scene = Scene::new(&count(1)).await?;
            share(&mut scene.project, &bucket, "meters");
            bucket.fault(Some(fault)).await?;
            let refused = scene.project.apply().await?;
            assert_errors(&refused, &[code]);
            assert!(refused.error()?.says(says), "{refused}");
            assert_eq!(scene.posts(), 0);
            bucket.fault(None).await?;
            scene.project.apply().await?.ok()?;
            assert_eq!((scene.posts(), scene.ours().len()), (1, 1));
            scene.assert_settled().await?;
            scene.end().await
        });
    }
    scenes.play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_loses_responses_or_conditions_costs_no_number() {
    let mut scenes = Scenes::default();
    for fault in [S3Fault::LosesResponses(1), S3Fault::IgnoresConditions] {
        scenes.add(format!("{fault:?}"), async move {
            let bucket = S3Server::start().await?;
            let mut scene = Scene::new(&count(1)).await?;
            share(&mut scene.project, &bucket, "meters");
            scene.sandbox.switch(|s| s.pending_forever = true);
            let polled =
                |ledger: &joonto_sandbox::Ledger| !ledger.requests_to(super::ORDER).is_empty();
            scene.kill_when(&[], polled).await?;
            complete(&scene);
            give_up(&bucket).await?;
            let loses = matches!(fault, S3Fault::LosesResponses(_));
            bucket.fault(Some(fault)).await?;
            let applied = scene.project.apply().await?;
            if loses {
                assert_eq!(warnings(&applied), ["JN121"], "{applied}");
            } else {
                assert_errors(&applied, &["JN103"]);
                bucket.fault(None).await?;
                let stopped = scene.project.apply().await?;
                assert_errors(&stopped, &["JN111"]);
                let resolved = line(full(&stopped), &scene.ours());
                scene.paste(&resolved).await?.ok()?;
            }
            bucket.fault(None).await?;
            assert_eq!((scene.posts(), scene.ours().len()), (1, 1));
            scene.assert_settled().await?;
            assert_eq!(bucket.objects().await?, [""; 0]);
            scene.end().await
        });
    }
    scenes.play().await;
}
