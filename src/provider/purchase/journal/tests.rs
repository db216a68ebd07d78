use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use tempfile::TempDir;
use time::OffsetDateTime;

use super::past::Leftover;
use super::*;
use crate::wait::BoxFuture;

/// A clock whose date is set by hand.
#[derive(Debug)]
struct Calendar(AtomicI64);

impl Clock for Calendar {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn utc(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::Relaxed)).expect("a date")
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A directory in which one process follows the other.
struct Scene {
    directory: TempDir,
    calendar: Arc<Calendar>,
    scope: Scope,
}

impl Scene {
    fn new() -> Self {
        Self {
            directory: TempDir::new().expect("a directory"),
            calendar: Arc::new(Calendar(AtomicI64::new(1_795_000_000))),
            scope: Scope::new("https://api.example", "0123456789abcdef", "default"),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("joonto")
    }

    fn journal(&self) -> Journal {
        Journal::new(self.path(), self.calendar.clone())
    }

    fn pass(&self, time: Duration) {
        self.calendar.0.fetch_add(seconds(time), Ordering::Relaxed);
    }

    /// A process that writes an intent, and an answer if there is one.
    async fn bought(&self, wanted: &Wanted, number: Option<&str>) -> Journal {
        let journal = self.journal();
        let owned = Owned::default();
        journal.snapshot(&self.scope, &owned).await;
        let ticket = journal.intend(&self.scope, wanted, &None).await;
        if let Some(number) = number {
            journal.answered(ticket, receipt(number)).await;
        }
        journal
    }

    /// The end of a process: its lock falls with it.
    async fn end(&self, journal: Journal) {
        drop(journal);
        while self.files().iter().any(|path| file::is_locked(path)) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        file::list(&self.path())
    }

    fn leftover(&self, wanted: &Wanted) -> Leftover {
        self.journal().leftover(&self.scope, wanted)
    }
}

fn wanted(area: Option<&str>) -> Wanted {
    Wanted {
        number_type: "mvno".into(),
        message_type: "a2p".into(),
        message_enabled: true,
        voice_enabled: false,
        data_enabled: None,
        message_route_id: None,
        voice_route_id: None,
        area_code: area.map(str::to_owned),
        zip_code: None,
        iccid: None,
        product_type: None,
        account_id: None,
        assigned_subscriber_id: None,
    }
}

fn receipt(number: &str) -> Receipt {
    Receipt {
        order_id: Some("JNUOID-1".into()),
        number: Some(number.into()),
        ..Receipt::default()
    }
}

const A: &str = "+18015550100";
const B: &str = "+18015550101";

#[tokio::test]
async fn what_a_killed_process_bought_is_claimed_once_and_by_an_equal_purchase() {
    let scene = Scene::new();
    scene.end(scene.bought(&wanted(None), Some(A)).await).await;
    assert_eq!(scene.leftover(&wanted(Some("801"))), Leftover::default());
    let elsewhere = Scope::new("https://api.example", "0123456789abcdef", "other");
    let journal = scene.journal();
    assert_eq!(
        journal.leftover(&elsewhere, &wanted(None)),
        Leftover::default()
    );
    drop(journal);
    assert_eq!(scene.leftover(&wanted(None)).claim, Some(receipt(A)));
    assert_eq!(scene.leftover(&wanted(None)), Leftover::default());
}

#[tokio::test]
async fn two_that_were_bought_are_claimed_one_by_one() {
    let scene = Scene::new();
    for number in [A, B] {
        scene
            .end(scene.bought(&wanted(None), Some(number)).await)
            .await;
    }
    let journal = scene.journal();
    let mut claimed: Vec<_> = (0..3)
        .filter_map(|_| journal.leftover(&scene.scope, &wanted(None)).claim?.number)
        .collect();
    claimed.sort();
    assert_eq!(claimed, [A, B]);
}

#[tokio::test]
async fn what_is_in_state_is_done_with() {
    for (number, order) in [(Some(A), None), (None, Some("JNUOID-1"))] {
        let scene = Scene::new();
        scene.end(scene.bought(&wanted(None), Some(A)).await).await;
        scene.journal().seen(Some(B), Some("JNUOID-2"));
        scene.journal().seen(number, order);
        assert_eq!(scene.leftover(&wanted(None)), Leftover::default());
    }
}

#[tokio::test]
async fn after_a_day_it_is_reported_and_not_claimed() {
    let scene = Scene::new();
    scene.end(scene.bought(&wanted(None), Some(A)).await).await;
    scene.end(scene.bought(&wanted(None), None).await).await;
    scene.pass(FRESH + Duration::from_secs(1));
    assert!(
        scene
            .journal()
            .left_in_doubt(&scene.scope, &wanted(None))
            .is_none()
    );
    let leftover = scene.leftover(&wanted(None));
    assert_eq!((leftover.claim, leftover.reports.len()), (None, 2));
    assert!(leftover.reports.iter().any(|report| report.contains(A)));
    assert_eq!(scene.leftover(&wanted(None)), Leftover::default());
}

#[tokio::test]
async fn what_terraform_was_given_is_neither_claimed_nor_forgotten() {
    let scene = Scene::new();
    let journal = scene.bought(&wanted(None), Some(A)).await;
    journal.ended().await;
    scene.end(journal).await;
    for _ in 0..2 {
        let leftover = scene.leftover(&wanted(None));
        assert_eq!(leftover.claim, None);
        assert_eq!(leftover.unseen, [(A.to_owned(), scene.files()[0].clone())]);
    }
    scene.journal().seen(Some(A), None);
    assert_eq!(scene.leftover(&wanted(None)), Leftover::default());
}

#[tokio::test]
async fn a_purchase_in_doubt_is_handed_over_with_its_snapshot_and_what_it_brought_is_claimed() {
    let scene = Scene::new();
    // Even if the process ended in good order: Terraform was given an error.
    let journal = scene.bought(&wanted(None), None).await;
    journal.ended().await;
    scene.end(journal).await;

    let journal = scene.journal();
    let left = journal.left_in_doubt(&scene.scope, &wanted(None));
    let left = left.expect("a purchase in doubt");
    assert_eq!(left.snapshot(), Some(Owned::default()));
    let [(doubt, _)] = &left.purchases()[..] else {
        panic!("one purchase");
    };
    let found = vec![(doubt.ticket(), E164::parse(A).ok())];
    // Meanwhile nobody else gets hold of it.
    assert!(
        scene
            .journal()
            .left_in_doubt(&scene.scope, &wanted(None))
            .is_none()
    );
    left.settle(&journal, found).expect("written");
    assert!(journal.left_in_doubt(&scene.scope, &wanted(None)).is_none());
    let claim = journal.leftover(&scene.scope, &wanted(None)).claim;
    assert_eq!(claim.and_then(|receipt| receipt.number).as_deref(), Some(A));
}

#[tokio::test]
async fn a_purchase_of_something_else_is_looked_into_once() {
    let scene = Scene::new();
    scene.end(scene.bought(&wanted(None), None).await).await;
    let journal = scene.journal();
    let other = wanted(Some("801"));
    let left = journal
        .left_in_doubt(&scene.scope, &other)
        .expect("in doubt");
    left.settle(&journal, Vec::new()).expect("written");
    assert!(journal.left_in_doubt(&scene.scope, &other).is_none());
    assert!(journal.left_in_doubt(&scene.scope, &wanted(None)).is_some());
}

#[tokio::test]
async fn a_torn_line_says_nothing_and_swallows_nothing() {
    let scene = Scene::new();
    scene.end(scene.bought(&wanted(None), Some(A)).await).await;
    let path = scene.files()[0].clone();
    let mut text = fs::read(&path).expect("a journal");
    text.extend(br#"{"kind":"intent","id":2,"scope":"#);
    fs::write(&path, text).expect("written");
    assert_eq!(scene.leftover(&wanted(None)).claim, Some(receipt(A)));
    // That this was claimed stands on a line of its own.
    assert_eq!(scene.leftover(&wanted(None)), Leftover::default());
}

#[tokio::test]
async fn processes_that_live_take_nothing_from_each_other() {
    let scene = Scene::new();
    let _first = scene.bought(&wanted(None), Some(A)).await;
    let journal = scene.journal();
    let answered = Lively::Answered(scene.files()[0].clone());
    assert_eq!(journal.lively(&scene.scope, &wanted(None)), Some(answered));
    assert_eq!(journal.lively(&scene.scope, &wanted(Some("801"))), None);
    journal.note_alive(scene.files()[0].clone());
    assert_eq!(journal.lively(&scene.scope, &wanted(None)), None);
    assert_eq!(
        journal.leftover(&scene.scope, &wanted(None)),
        Leftover::default()
    );

    let _second = scene.bought(&wanted(None), None).await;
    let under_way = journal.lively(&scene.scope, &wanted(None));
    assert!(
        matches!(under_way, Some(Lively::UnderWay(_))),
        "{under_way:?}"
    );
    assert!(journal.left_in_doubt(&scene.scope, &wanted(None)).is_none());
    // As evidence they count all the same.
    let (numbers, open) = journal.elsewhere(&scene.scope, None);
    assert_eq!(
        numbers
            .into_iter()
            .map(|n| n.to_string())
            .collect::<Vec<_>>(),
        [A]
    );
    assert_eq!(open, [wanted(None)]);
}

#[tokio::test]
async fn where_nothing_can_be_written_purchases_go_on_and_that_is_told_once() {
    let scene = Scene::new();
    fs::write(scene.path(), "no directory").expect("written");
    let journal = scene.bought(&wanted(None), Some(A)).await;
    assert!(journal.problem().is_some());
    assert_eq!(journal.problem(), None);
    journal.ended().await;
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let scene = Scene::new();
    let _journal = scene.bought(&wanted(None), Some(A)).await;
    assert_eq!(mode(&scene.path()), 0o700);
    assert_eq!(mode(&scene.files()[0]), 0o600);
}

#[tokio::test]
async fn a_journal_without_anything_left_to_do_goes_once_its_numbers_must_have_shown_up() {
    let scene = Scene::new();
    scene.end(scene.bought(&wanted(None), Some(A)).await).await;
    scene.journal().seen(Some(A), None);
    scene.journal().load_past();
    assert_eq!(scene.files().len(), 1);
    scene.pass(LAG + Duration::from_secs(1));
    scene.journal().load_past();
    assert!(scene.files().is_empty());
}

#[tokio::test]
async fn a_process_that_writes_nothing_leaves_nothing() {
    let scene = Scene::new();
    let journal = scene.journal();
    journal.ended().await;
    assert_eq!(
        journal.leftover(&scene.scope, &wanted(None)),
        Leftover::default()
    );
    assert!(!scene.path().exists());
}
