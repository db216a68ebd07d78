//! The inventory cannot tell what a lost purchase bought: nothing is adopted, and the line resolves
//! it.

use harness::until;
use joonto_sandbox::{Fault, FaultKind, PageShift, Switches};
use serde_json::json;

use crate::scene::{Created, Scene, number};

const PROVISION: &str = "/v1.0/numbers/provision";
const INVENTORY: &str = "/v1.0/numbers/inventory";
const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

/// An account of the sandbox's default distributor, beside the one that its inventory names.
const BRANCH: &str = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";

struct Row {
    name: &'static str,
    /// How many numbers the account has had for weeks.
    old: usize,
    set: fn(&mut Switches),
    /// Every read of the inventory fails.
    is_broken: bool,
    account_id: Option<&'static str>,
    is_committed: bool,
    /// What the error says of the inventory.
    why: &'static str,
}

const ROWS: [Row; 6] = [
    Row {
        name: "a: a number of page 1 leaves between two pages",
        old: 33,
        set: |switches| {
            switches.page_size = 8;
            switches.page_shift = Some(PageShift::purge_before(3).always());
        },
        is_broken: false,
        account_id: None,
        is_committed: false,
        why: "",
    },
    Row {
        name: "b: and somebody else buys, so that the total stays",
        old: 33,
        set: |switches| {
            switches.page_size = 8;
            switches.page_shift = Some(PageShift::purge_before(3).and_buy().always());
        },
        is_broken: false,
        account_id: None,
        is_committed: false,
        why: "",
    },
    Row {
        name: "d: the total counts the page, the number is on the last one",
        old: 20,
        set: |switches| {
            switches.page_size = 6;
            switches.total_counts_page = true;
        },
        is_broken: false,
        account_id: None,
        is_committed: true,
        why: "",
    },
    Row {
        name: "e: 27 pages",
        old: 53,
        set: |switches| switches.page_size = 2,
        is_broken: false,
        account_id: None,
        is_committed: false,
        why: "20",
    },
    Row {
        name: "f: the inventory names another account",
        old: 3,
        set: |switches| switches.inventory_of_one_account = true,
        is_broken: false,
        account_id: Some(BRANCH),
        is_committed: true,
        why: "",
    },
    Row {
        name: "g: the inventory cannot be read",
        old: 3,
        set: |_| {},
        is_broken: true,
        account_id: None,
        is_committed: true,
        why: "HTTP 500",
    },
];

// C05
#[tokio::test]
async fn what_the_inventory_cannot_tell_stays_open_until_the_line_settles_it() {
    for row in &ROWS {
        let mut scene = Scene::new().await;
        let old: Vec<String> = (0..row.old).map(|_| old_number(&scene)).collect();
        scene.sandbox.switch(|switches| (row.set)(switches));
        if row.is_broken {
            let broken = Fault::on(INVENTORY).always();
            scene
                .sandbox
                .fault(broken.before_commit(FaultKind::status(500)));
        }
        scene.sandbox.fault(match row.is_committed {
            true => Fault::on(PROVISION).after_commit(FaultKind::Drop),
            false => Fault::on(PROVISION).before_commit(FaultKind::status(502)),
        });
        let arguments = json!({ "account_id": row.account_id });
        let arguments = number(("mvno", "a2p"), (true, false), arguments);
        let lost = scene.provider().await.create(&arguments).await;
        assert_stopped(row, &lost, "JN110", &old);
        let again = scene.provider().await.create(&arguments).await;
        assert_stopped(row, &again, "JN111", &old);
        assert_eq!(scene.purchase_requests(), 1, "{}", row.name);

        let bought = bought(&scene);
        let nothing = lost.error().lines().pop().expect("a line");
        let line = match (bought.first(), nothing.split_once('=')) {
            (Some(bought), Some((run, _))) => format!("{run}={bought}"),
            _ => nothing,
        };
        scene.env(RESOLVED, &line);
        let resolved = scene.provider().await.create(&arguments).await;
        let expected: &[&str] = if row.is_committed { &["JN121"] } else { &[] };
        assert_eq!(resolved.codes(), expected, "{}: {resolved:?}", row.name);
        let posts = if row.is_committed { 1 } else { 2 };
        assert_eq!(scene.purchase_requests(), posts, "{}", row.name);
        let ours = self::bought(&scene);
        assert_eq!(
            resolved.number().as_slice(),
            ours,
            "{}: {resolved:?}",
            row.name
        );
        let cancelled = scene.sandbox.ledger().changes;
        let cancelled = cancelled.iter().filter(|change| change.what != "purge");
        assert_eq!(cancelled.count(), 0, "{}", row.name);
    }
}

/// Somebody bought it weeks ago.
fn old_number(scene: &Scene) -> String {
    let key = scene.sandbox.credentials().account_key;
    let bought = scene.sandbox.buy_elsewhere_with(&key, |number| {
        number.make_plain();
        number.kind = joonto_sandbox::NumberKind::Mvno;
        number.message_type = "a2p".into();
        number.message_enabled = true;
        number.bought -= time::Duration::weeks(3);
    });
    bought.expect("the sandbox has numbers").number
}

/// The numbers that requests bought.
fn bought(scene: &Scene) -> Vec<String> {
    let ledger = scene.sandbox.ledger();
    let ours = ledger.purchases().into_iter();
    ours.filter(|order| order.request != 0)
        .map(|order| order.number.clone())
        .collect()
}

/// Nothing is stored. The error offers no old number, and says why the list may be incomplete.
#[track_caller]
fn assert_stopped(row: &Row, created: &Created, code: &str, old: &[String]) {
    let error = created.error();
    assert_eq!(error.code, code, "{}: {created:?}", row.name);
    let lines = error.lines();
    let offered = |number: &String| lines.iter().any(|line| line.contains(number.as_str()));
    assert!(!old.iter().any(offered), "{}: {created:?}", row.name);
    let last = lines.last().expect("a line");
    assert!(last.ends_with("=nothing"), "{}: {created:?}", row.name);
    assert!(error.text.contains(row.why), "{}: {created:?}", row.name);
}

// C05 c
#[tokio::test]
async fn a_number_that_is_cancelled_meanwhile_makes_no_other_number_a_candidate() {
    let mut scene = Scene::new().await;
    scene.sandbox.switch(|switches| {
        switches.page_size = 4;
        switches.cancelled_is_gone = true;
    });
    let arguments = number(("mvno", "a2p"), (true, false), json!({}));
    let buying = scene.provider().await;
    let mut stored = Vec::new();
    for _ in 0..11 {
        stored.push(buying.create(&arguments).await);
    }
    let held: Vec<String> = stored.iter().filter_map(Created::number).collect();

    // One apply takes out the first, and adds another whose response is lost.
    let failed = Fault::on(PROVISION).before_commit(FaultKind::held(FaultKind::status(502)));
    scene.sandbox.fault(failed);
    let run = scene.run();
    let planning = scene.provider_of(run.clone()).await;
    for one in &stored {
        planning.plan_over(one).await;
    }
    let applying = scene.provider_of(run).await;
    let creating = tokio::spawn({
        let (provider, arguments) = (applying.clone(), arguments.clone());
        async move { provider.create(&arguments).await }
    });
    until(|| scene.purchase_requests() >= 12).await;
    let destroyed = applying.destroy(&stored[0]).await;
    assert!(destroyed.state.is_none(), "{destroyed:?}");
    scene.sandbox.release();
    let lost = creating.await.expect("no panic");
    assert_eq!(lost.error().code, "JN110", "{lost:?}");
    let lines = lost.error().lines();
    for number in &held {
        assert!(
            !lines.iter().any(|line| line.contains(number.as_str())),
            "{lost:?}"
        );
    }

    let stop = scene.provider().await.create(&arguments).await;
    assert_eq!(stop.error().code, "JN111", "{stop:?}");
    assert_eq!(scene.purchase_requests(), 12);
    scene.env(RESOLVED, lines.last().expect("a line"));
    let resolved = scene.provider().await.create(&arguments).await;
    assert_eq!(resolved.codes(), [""; 0], "{resolved:?}");
    let new = resolved.number().expect("a number");
    assert!(!held.contains(&new), "no number is in two resources");
    assert_eq!((scene.purchase_requests(), scene.owned().len()), (13, 11));
}
