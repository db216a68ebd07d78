//! Records, places and claims.

use std::sync::Arc;

use time::OffsetDateTime;
use time::macros::datetime;

use object_store::memory::InMemory;

use super::bucket::Bucket;
use super::name::FileKind;
use super::store::Store;
use super::*;
use crate::context::{Canceller, SystemClock};
use crate::joonto::{MessageType, NumberType, OrderId, ProvisionRequest, Receipt};
use crate::provider::purchase::run::RunId;

const NOW: OffsetDateTime = datetime!(2026-11-26 10:00 UTC);

fn wanted() -> RecordedPurchase {
    let request = ProvisionRequest::new(NumberType::Iot, MessageType::P2p, false, false);
    RecordedPurchase::new(request, None)
}

fn stopped() -> Context {
    let canceller = Canceller::new();
    canceller.stop_for_good();
    Context::new(Arc::new(SystemClock), canceller.signal())
}

/// What other processes than that of `journal` left open.
async fn others(journal: &Journal) -> Vec<OpenPurchase> {
    journal.others().await.expect("read")
}

/// Has the record say that the response is about to leave.
async fn note_returned(journal: &Journal, open: &mut OpenPurchase) {
    let written = journal.returned(open, &receipt(), &stopped()).await;
    written.expect("written");
}

fn receipt() -> Receipt {
    Receipt {
        number: E164::parse("+18015550100").ok(),
        order_id: OrderId::parse("JNUOID-1").ok(),
        ..Receipt::default()
    }
}

/// A journal of `run` whose default directory is `path`.
fn journal_at(path: &std::path::Path, run: &str, state: &str) -> Journal {
    let default = (path.to_owned(), StateId::named(state, "default"));
    let run = Run::new(RunId::parse(run).expect("a run"), NOW);
    let scope = Scope::of("https://api.example", "0123", "default");
    Journal::new(
        default,
        None,
        "0123".into(),
        scope,
        run,
        Arc::new(SystemClock),
    )
}

/// A journal of `run` in a place that it shares with others.
fn journal(store: &Arc<dyn Store>, run: &str, state: &str) -> Arc<Journal> {
    let mut journal = journal_at("nowhere".as_ref(), run, state);
    journal.default = Arc::new(Place {
        store: Arc::clone(store),
        state: StateId::named(state, "default"),
    });
    Arc::new(journal)
}

fn memory() -> Arc<dyn Store> {
    let bucket = Bucket::parse("s3://records/joonto", Vec::new()).expect("an address");
    Arc::new(bucket.over(Arc::new(InMemory::new())))
}

#[tokio::test]
async fn a_purchase_is_open_for_other_runs_until_it_is_closed() {
    let store = memory();
    let one = journal(&store, "aaaaaaaaaaaa", "s");
    let other = journal(&store, "bbbbbbbbbbbb", "s");
    let mut open = one.open(wanted(), NOW).await.expect("recorded");
    assert!(others(&one).await.is_empty());
    let seen = others(&other).await;
    assert_eq!(seen.len(), 1);
    assert!(seen[0].is_ours && seen[0].is_unconfirmed() && !seen[0].was_returned());
    assert_eq!(seen[0].record().expect("readable").sent_at(), NOW);

    one.note(&mut open, Status::Answered, &receipt(), NOW).await;
    let seen = other.reread(&seen[0]).await.expect("open");
    assert!(!seen.is_unconfirmed() && !seen.was_returned());
    note_returned(&one, &mut open).await;
    let seen = other.reread(&seen).await.expect("open");
    assert!(seen.was_returned());
    assert_eq!(seen.number(), receipt().number.as_ref());
    assert!(one.reserve(&open.name, &receipt().number.expect("a number")));

    let rival = one.open(wanted(), NOW).await.expect("recorded");
    let number = receipt().number.expect("a number");
    assert!(!one.reserve(&rival.name, &number), "it is taken");
    one.close(&rival).await;

    other.close(&seen).await;
    assert!(others(&other).await.is_empty());
    assert!(other.reread(&seen).await.is_none());
}

#[tokio::test]
async fn records_of_other_states_are_not_ours() {
    let store = memory();
    let one = journal(&store, "aaaaaaaaaaaa", "s");
    let other = journal(&store, "bbbbbbbbbbbb", "another");
    one.open(wanted(), NOW).await.expect("recorded");
    let seen = others(&other).await;
    assert!(seen.len() == 1 && !seen[0].is_ours);
}

#[tokio::test]
async fn one_recovery_claims_and_a_claimed_purchase_counts_as_returned() {
    let store = memory();
    let buyer = journal(&store, "aaaaaaaaaaaa", "s");
    buyer.open(wanted(), NOW).await.expect("recorded");
    let (one, other) = (
        journal(&store, "bbbbbbbbbbbb", "s"),
        journal(&store, "cccccccccccc", "s"),
    );
    let seen = others(&one).await.remove(0);
    let claim = async |by: &Journal| {
        let Receipt {
            number, order_id, ..
        } = receipt();
        let claim = by.claim(&seen, number.as_ref(), order_id.as_ref(), false);
        claim.await.expect("written").is_some()
    };
    assert!(claim(&one).await);
    assert!(!claim(&other).await);
    let seen = others(&other).await.remove(0);
    assert!(seen.is_claimed() && seen.was_returned());
    assert_eq!(seen.number(), receipt().number.as_ref());
    other.close(&seen).await;
    assert!(store.list(String::new()).await.expect("listed").is_empty());
}

#[tokio::test]
async fn a_deleted_number_closes_its_record_from_any_process_of_the_run() {
    let number = receipt().number.expect("a number");
    for (run, is_closed) in [
        (None, true),
        (Some("aaaaaaaaaaaa"), true),
        (Some("bbbbbbbbbbbb"), false),
    ] {
        let store = memory();
        let buyer = journal(&store, "aaaaaaaaaaaa", "s");
        let mut open = buyer.open(wanted(), NOW).await.expect("recorded");
        note_returned(&buyer, &mut open).await;
        let destroyer = journal(&store, "aaaaaaaaaaaa", "s");
        destroyer.close_deleted(&number, run).await;
        let left = store.list(String::new()).await.expect("listed");
        assert_eq!(left.is_empty(), is_closed, "bought by {run:?}");
    }
}

#[tokio::test]
async fn damaged_and_newer_records_are_open_and_unreadable() {
    let store = memory();
    let one = journal(&store, "aaaaaaaaaaaa", "s");
    let open = one.open(wanted(), NOW).await.expect("recorded");
    let path = open.path();
    let whole = store
        .read(path.clone())
        .await
        .expect("read")
        .expect("there");
    let text = String::from_utf8(whole.clone()).expect("text");
    let newer = text.replace("\"version\":2", "\"version\":3");
    let unknown = text.replace("sending", "pondering");
    let torn = &text[..text.len() / 2];
    let other = journal(&store, "bbbbbbbbbbbb", "s");
    for content in ["no JSON", torn, &newer, &unknown] {
        let put = store.put(path.clone(), content.as_bytes().to_vec()).await;
        put.expect("written");
        let seen = others(&other).await.remove(0);
        assert!(seen.record.is_err(), "{content}");
        assert!(seen.is_ours && !seen.is_unconfirmed());
    }
}

#[tokio::test]
async fn the_last_whole_line_of_a_record_counts() {
    let directory = tempfile::tempdir().expect("a directory");
    let store: Arc<dyn Store> = Arc::new(Directory::private(directory.path().to_owned()));
    let one = journal(&store, "aaaaaaaaaaaa", "s");
    let mut open = one.open(wanted(), NOW).await.expect("recorded");
    let path = open.path();
    let sending = store
        .read(path.clone())
        .await
        .expect("read")
        .expect("there");
    note_returned(&one, &mut open).await;
    let whole = store
        .read(path.clone())
        .await
        .expect("read")
        .expect("there");
    let returned = &whole[sending.len()..];
    let other = journal(&store, "bbbbbbbbbbbb", "s");
    let seen = async |content: Vec<u8>| {
        store.put(path.clone(), content).await.expect("written");
        others(&other).await.remove(0)
    };
    for length in 0..whole.len() - sending.len() {
        let torn = whole[..sending.len() + length].to_vec();
        assert!(seen(torn.clone()).await.is_unconfirmed(), "{length} bytes");
        let again = seen([&torn, returned].concat()).await;
        assert!(again.was_returned() && again.number() == receipt().number.as_ref());
    }
    let text = String::from_utf8(whole).expect("text");
    let unknown = seen(text.replace("returned", "pondering").into_bytes()).await;
    assert!(unknown.record.is_err(), "the line before does not count");
}

#[test]
fn names_are_paths_and_back() {
    let name = RecordName {
        account: "0123456789abcdef".into(),
        state: "abcdef012345".into(),
        run: RunId::parse("k3v9qx2m7t4b").expect("a run"),
        process: "71".into(),
        sequence: "00001".into(),
    };
    assert_eq!(
        RecordName::parse(&name.path(FileKind::Purchase)),
        Some((name.clone(), FileKind::Purchase))
    );
    let claim = RecordName::parse(&name.path(FileKind::Claim));
    assert_eq!(claim, Some((name, FileKind::Claim)));
    for path in [
        "",
        "a.b.c",
        "a.b/1.json",
        "a.b.k3v9qx2m7t4b/1.json",
        "a.b.k3v9qx2m7t4b.7/1.tmp",
        "a..k3v9qx2m7t4b.7/1.json",
    ] {
        assert_eq!(RecordName::parse(path), None, "{path}");
    }
}

/// What commit 29be585 wrote, for one scope that is ours and one that is not.
#[tokio::test]
async fn a_journal_of_version_1_becomes_records_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let wanted =
        r#"{"NumberType":"iot","MessageType":"p2p","MessageEnabled":false,"VoiceEnabled":false}"#;
    let scope_of = |account: &str| {
        let scope = Scope::of("https://api.example", account, "default");
        format!("{}.{}", scope.account, scope.workspace)
    };
    let (scope, other) = (scope_of("0123"), scope_of("another"));
    let intent = |id: u32, scope: &str| {
        format!(
            r#"{{"kind":"intent","id":{id},"scope":"{scope}","key":"k","at":1795600000,"wanted":{wanted}}}"#
        )
    };
    let answered = |id: u32| {
        format!(
            r#"{{"kind":"answered","id":{id},"receipt":{{"order_id":"JNUOID-{id}","number":"+1801555010{id}"}}}}"#
        )
    };
    let lines = [
        r#"{"kind":"snapshot","scope":"x","account":null,"numbers":["+18015550199"]}"#.to_owned(),
        intent(1, &scope),
        intent(2, &scope),
        answered(2),
        intent(3, &scope),
        answered(3),
        r#"{"kind":"settled","id":3}"#.to_owned(),
        intent(4, &other),
        r#"{"kind":"nothing","id":9}"#.to_owned(),
    ];
    let write = |name: &str, lines: &[String]| {
        std::fs::write(directory.path().join(name), lines.join("\n")).expect("written");
    };
    write("purchases-1.jsonl", &lines);
    let ended = [
        intent(1, &scope),
        answered(1),
        r#"{"kind":"ended"}"#.to_owned(),
    ];
    write("purchases-2.jsonl", &ended);
    write("purchases-3.jsonl", &["torn".to_owned()]);

    let journal = journal_at(directory.path(), "bbbbbbbbbbbb", "s");
    for _ in 0..2 {
        journal.convert_version_1().await.expect("converted");
        let mut open = others(&journal).await;
        open.retain(|open| open.is_ours);
        let count = |is: fn(&OpenPurchase) -> bool| open.iter().filter(|open| is(open)).count();
        assert_eq!(open.len(), 4, "{open:#?}");
        assert_eq!(count(OpenPurchase::is_unconfirmed), 1);
        assert_eq!(count(OpenPurchase::was_returned), 1);
        assert_eq!(count(|open| open.number().is_some()), 2);
        assert_eq!(count(|open| open.record().is_none()), 1);
    }
    for open in others(&journal).await {
        journal.close(&open).await;
        let is_others = open.path().contains("/00004");
        assert_eq!(open.is_ours, !is_others, "{open:#?}");
    }
    journal.convert_version_1().await.expect("converted");
    let left = others(&journal).await;
    assert!(left.is_empty(), "read once: {left:#?}");
}
