//! Records of port-ins, their claims, and the places they stand in.

use std::sync::Arc;
use std::time::Duration;

use object_store::memory::InMemory;
use time::OffsetDateTime;
use time::macros::datetime;

use super::super::Directory;
use super::super::bucket::Bucket;
use super::super::store::Store;
use super::super::{ACTS_FOR, Journal, Place, RecordedPurchase, Scope, StateId, Status};
use super::*;
use crate::context::{Canceller, Context, SystemClock};
use crate::provider::purchase::run::Run;

const NOW: OffsetDateTime = datetime!(2026-11-27 10:00 UTC);

fn number() -> E164 {
    E164::parse("+12025550177").expect("a number")
}

fn order() -> OrderId {
    OrderId::parse("JNUOID-1").expect("an order")
}

fn submit() -> RecordedPortIn {
    RecordedPortIn {
        phone_number: number(),
        order_id: None,
    }
}

fn deadline(open: &OpenPortIn) -> Option<OffsetDateTime> {
    Some(open.record()?.deadline())
}

/// A stopped wait: what cannot be written is not tried again.
fn stopped() -> Context {
    let canceller = Canceller::new();
    canceller.stop_for_good();
    Context::new(Arc::new(SystemClock), canceller.signal())
}

/// A journal of `run` with these places, the second of them the default one.
fn journal(shared: &Arc<dyn Store>, default: &Arc<dyn Store>, run: &str) -> Journal {
    let nowhere = ("nowhere".into(), StateId::named("local", "default"));
    let run = Run::new(RunId::parse(run).expect("a run"), NOW);
    let scope = Scope::of("https://api.example", "0123", "default");
    let mut journal = Journal::new(
        nowhere,
        None,
        "0123".into(),
        scope,
        run,
        Arc::new(SystemClock),
    );
    let place = |store: &Arc<dyn Store>, name| {
        Arc::new(Place {
            store: Arc::clone(store),
            state: StateId::named(name, "default"),
        })
    };
    journal.shared = Some(place(shared, "shared"));
    journal.default = place(default, "local");
    journal
}

fn memory() -> Arc<dyn Store> {
    let bucket = Bucket::parse("s3://records/joonto", Vec::new()).expect("an address");
    Arc::new(bucket.over(Arc::new(InMemory::new())))
}

async fn others(journal: &Journal) -> Vec<OpenPortIn> {
    journal.others().await.expect("readable")
}

#[tokio::test]
async fn a_port_in_is_open_for_other_runs_until_it_is_closed() {
    let (shared, default) = (memory(), memory());
    let one = journal(&shared, &default, "aaaaaaaaaaaa");
    let other = journal(&shared, &default, "bbbbbbbbbbbb");
    let mut open = one.open(submit(), NOW).await.expect("recorded");
    assert!(others(&one).await.is_empty());
    let seen = others(&other).await.remove(0);
    assert!(seen.is_ours && seen.order().is_none() && !seen.was_returned());
    assert_eq!(
        (seen.number(), deadline(&seen)),
        (Some(&number()), Some(NOW + ACTS_FOR))
    );
    assert_eq!(seen.line_name(), open.line_name());

    // Its process still acts on it.
    let later = NOW + Duration::from_secs(600);
    one.note(&mut open, Status::Answered, &order(), later).await;
    let seen = other.reread(&seen).await.expect("open");
    assert_eq!(
        (seen.order(), deadline(&seen)),
        (Some(&order()), Some(later + ACTS_FOR))
    );
    let returned = one.returned(&mut open, &order(), &stopped()).await;
    returned.expect("written");
    let seen = other.reread(&seen).await.expect("open");
    assert!(seen.was_returned());
    // Records of purchases and of port-ins do not see each other.
    assert!(
        other
            .others::<RecordedPurchase>()
            .await
            .expect("readable")
            .is_empty()
    );

    other.close(&seen).await;
    assert!(others(&other).await.is_empty());
    assert!(other.reread(&seen).await.is_none());
}

#[tokio::test]
async fn one_recovery_claims_unless_the_users_line_says_so() {
    let (shared, default) = (memory(), memory());
    let gone = journal(&shared, &default, "aaaaaaaaaaaa");
    gone.open(submit(), NOW).await.expect("recorded");
    let (one, other) = (
        journal(&shared, &default, "bbbbbbbbbbbb"),
        journal(&shared, &default, "cccccccccccc"),
    );
    let claim = async |by: &Journal, open: &mut OpenPortIn, is_said| {
        let claimed = by
            .claim(open, Some(&number()), Some(&order()), is_said)
            .await;
        let claimed = claimed.expect("written");
        open.claim = claimed.clone().or(open.claim.take());
        claimed.is_some()
    };
    let mut seen = others(&one).await.remove(0);
    assert!(claim(&one, &mut seen, false).await);
    let mut late = others(&other).await.remove(0);
    assert!(late.was_returned());
    assert_eq!(late.order(), Some(&order()));
    assert!(!claim(&other, &mut late, false).await);
    assert!(claim(&other, &mut late, true).await);
    // The claim goes with its record.
    other.close(&late).await;
    for store in [&shared, &default] {
        assert!(
            store
                .list(String::new())
                .await
                .expect("readable")
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_claimed_and_never_written_over() {
    let (shared, default) = (memory(), memory());
    let gone = journal(&shared, &default, "aaaaaaaaaaaa");
    let open = gone.open(submit(), NOW).await.expect("recorded");
    let newer = b"{\"version\": 9}".to_vec();
    shared
        .put(open.path(), newer.clone())
        .await
        .expect("written");
    let one = journal(&shared, &default, "bbbbbbbbbbbb");
    let mut seen = others(&one).await.remove(0);
    assert!(seen.record.is_err() && seen.number().is_none());
    let claimed = one
        .claim(&seen, Some(&number()), Some(&order()), true)
        .await;
    seen.claim = claimed.expect("written");
    assert!(seen.is_claimed());
    assert_eq!(
        (seen.number(), seen.order()),
        (Some(&number()), Some(&order()))
    );
    let content = shared.read(open.path()).await.expect("readable");
    assert_eq!(content, Some(newer));
}

#[tokio::test]
async fn what_its_own_place_does_not_take_is_found_in_the_default_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("shared");
    std::fs::create_dir(&path).expect("a directory");
    let (shared, default): (Arc<dyn Store>, _) =
        (Arc::new(Directory::shared(path.clone())), memory());
    let one = journal(&shared, &default, "aaaaaaaaaaaa");
    let mut open = one.open(submit(), NOW).await.expect("recorded");
    let away = directory.path().join("away");
    std::fs::rename(&path, &away).expect("moved");
    std::fs::write(&path, "").expect("a file in its place");
    let returned = one.returned(&mut open, &order(), &stopped()).await;
    assert!(returned.is_err());
    std::fs::remove_file(&path).expect("removed");
    std::fs::rename(&away, &path).expect("moved back");
    // The copy that knows the order counts, and both are closed.
    let other = journal(&shared, &default, "bbbbbbbbbbbb");
    let seen = others(&other).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].order(), Some(&order()));
    other.close(&seen[0]).await;
    assert!(others(&other).await.is_empty());
}
