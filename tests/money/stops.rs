//! A lost response without proof stops: nothing is adopted, nothing is sent twice, and one pasted
//! line resolves it.

use std::time::Duration;

use harness::until;
use joonto_sandbox::{Fault, FaultKind, Lag, NumberStatus};
use serde_json::{Value as Json, json};

use crate::clock::FastClock;
use crate::scene::{Created, Edit, Machine, Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const INVENTORY: &str = "/v1.0/numbers/inventory";
const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

/// A scene in which one create ended unconfirmed.
async fn unconfirmed(fault: Fault) -> (Scene, Created) {
    let scene = Scene::new().await;
    scene.sandbox.fault(fault);
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN110", "{created:?}");
    assert_eq!(scene.purchase_requests(), 1);
    (scene, created)
}

fn cancelled(number: &joonto_sandbox::StoredNumber) -> NumberStatus {
    NumberStatus::Cancelled { at: number.bought }
}

fn cut() -> Fault {
    Fault::on(PROVISION).after_commit(FaultKind::Drop)
}

fn failed() -> Fault {
    Fault::on(PROVISION).before_commit(FaultKind::status(500))
}

/// The line that stores `number`, of those that an error offers.
fn line_for(created: &Created, number: &str) -> String {
    let lines = created.error().lines();
    let line = lines
        .iter()
        .find(|line| line.ends_with(&format!("={number}")));
    line.unwrap_or_else(|| panic!("a line for {number}: {created:?}"))
        .clone()
}

/// The last line that an error offers: that nothing was bought.
fn nothing_line(created: &Created) -> String {
    let lines = created.error().lines();
    assert!(lines.len() > 1, "it never stands alone: {created:?}");
    assert!(!lines[0].ends_with("=nothing"), "nor first: {created:?}");
    let line = lines.last().expect("a line").clone();
    assert!(line.ends_with("=nothing"), "{created:?}");
    line
}

#[tokio::test]
async fn a_committed_purchase_is_listed_and_its_line_stores_it() {
    let (mut scene, created) = unconfirmed(cut()).await;
    let bought = scene.owned()[0].clone();
    let line = line_for(&created, &bought);

    let again = scene.provider().await.create(&plain()).await;
    assert_eq!(again.error().code, "JN111", "{again:?}");
    assert_eq!(line_for(&again, &bought), line, "the same words again");

    scene.env(RESOLVED, &line);
    let stored = scene.provider().await.create(&plain()).await;
    assert_eq!(stored.warning().code, "JN121", "{stored:?}");
    assert_eq!(stored.number().as_deref(), Some(bought.as_str()));
    assert_eq!(scene.purchase_requests(), 1);

    let planning = scene.provider().await;
    planning.plan_over(&stored).await;
    scene.env(RESOLVED, "");
    let another = scene.provider().await.create(&plain()).await;
    assert_eq!(
        another.codes(),
        [""; 0],
        "resolved stays resolved: {another:?}"
    );
    assert_eq!(scene.owned().len(), 2);
}

#[tokio::test]
async fn a_purchase_that_bought_nothing_is_bought_after_the_users_word() {
    let (mut scene, created) = unconfirmed(failed()).await;
    assert_eq!(scene.owned().len(), 0);
    for _ in 0..2 {
        let again = scene.provider().await.create(&plain()).await;
        assert_eq!(again.error().code, "JN111", "{again:?}");
    }
    scene.env(RESOLVED, &nothing_line(&created));
    for _ in 0..2 {
        // It may stay set.
        let bought = scene.provider().await.create(&plain()).await;
        assert_eq!(bought.codes(), [""; 0], "{bought:?}");
        scene.provider().await.plan_over(&bought).await;
    }
    assert_eq!((scene.owned().len(), scene.purchase_requests()), (2, 3));
}

#[tokio::test]
async fn a_strangers_number_is_listed_and_never_adopted() {
    let scene = Scene::new().await;
    let held = Fault::on(PROVISION).before_commit(FaultKind::held(FaultKind::status(502)));
    scene.sandbox.fault(held);
    let provider = scene.provider().await;
    let creating = tokio::spawn(async move { provider.create(&plain()).await });
    until(|| scene.purchase_requests() > 0).await;
    let key = scene.sandbox.credentials().account_key;
    let theirs = scene
        .sandbox
        .buy_elsewhere_with(&key, joonto_sandbox::StoredNumber::make_plain)
        .expect("a number");
    scene.sandbox.edit(&theirs.number, |n| {
        n.kind = joonto_sandbox::NumberKind::Mvno;
        n.message_type = "a2p".into();
        n.message_enabled = true;
    });
    scene.sandbox.release();
    let created = creating.await.expect("no panic");
    line_for(&created, &theirs.number);
    let stranger = scene.sandbox.number(&theirs.number).expect("there");
    assert_eq!(stranger.status, NumberStatus::Active);
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn after_a_lost_response_the_run_sends_nothing_more() {
    let scene = Scene::new().await;
    scene.sandbox.fault(
        Fault::on(PROVISION)
            .nth(3)
            .always()
            .before_commit(FaultKind::status(502)),
    );
    let provider = scene.provider().await;
    let mut codes = Vec::new();
    for _ in 0..6 {
        let created = provider.create(&plain()).await;
        codes.push(created.codes().first().map(|code| (*code).to_owned()));
    }
    let code = |text: &str| Some(text.to_owned());
    let expected = [
        None,
        None,
        code("JN110"),
        code("JN105"),
        code("JN105"),
        code("JN105"),
    ];
    assert_eq!(codes, expected);
    assert_eq!(scene.purchase_requests(), 3);
}

#[tokio::test]
async fn one_search_and_one_full_error_serve_all_lost_responses() {
    let scene = Scene::new().await;
    let lost = Fault::on(PROVISION).always();
    scene
        .sandbox
        .fault(lost.after_commit(FaultKind::held(FaultKind::Drop)));
    let provider = scene.provider().await;
    let mut creates = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let provider = provider.clone();
        creates.spawn(async move { provider.create(&plain()).await });
    }
    until(|| scene.purchase_requests() >= 3).await;
    scene.sandbox.release();
    let mut full = 0;
    while let Some(created) = creates.join_next().await {
        let created = created.expect("no panic");
        assert_eq!(created.error().code, "JN110", "{created:?}");
        if let [template, nothing, _] = created.error().lines().as_slice() {
            assert!(template.ends_with(",+1NUMBER"), "{created:?}");
            assert!(nothing.ends_with("=nothing"), "{created:?}");
            for number in scene.owned() {
                assert!(created.error().text.contains(&number), "{created:?}");
            }
            full += 1;
        }
    }
    assert_eq!(full, 1, "the other errors refer to it");
    let reads = scene.sandbox.ledger().requests_to(INVENTORY).len();
    assert_eq!(reads, 2, "two reads that list the same end the search");
}

#[tokio::test]
async fn several_lost_purchases_are_stored_by_one_line() {
    let mut scene = Scene::new().await;
    scene.sandbox.fault(
        Fault::on(PROVISION)
            .times(2)
            .after_commit(FaultKind::held(FaultKind::Drop)),
    );
    let provider = scene.provider().await;
    let arguments = plain();
    let (one, other) = tokio::join!(provider.create(&arguments), async {
        let created = tokio::spawn({
            let provider = provider.clone();
            async move { provider.create(&plain()).await }
        });
        until(|| scene.owned().len() >= 2).await;
        scene.sandbox.release();
        created.await.expect("no panic")
    });
    let full = [&one, &other]
        .into_iter()
        .find(|c| !c.error().lines().is_empty());
    let template = full.expect("one is full").error().lines()[0].clone();
    let run = template.split('=').next().expect("a run");
    let line = format!("{run}={}", scene.owned().join(","));
    scene.env(RESOLVED, &line);
    let provider = scene.provider().await;
    let stored: Vec<Created> = [
        provider.create(&plain()).await,
        provider.create(&plain()).await,
    ]
    .into();
    let mut numbers: Vec<String> = stored.iter().filter_map(Created::number).collect();
    numbers.sort();
    assert_eq!(numbers, scene.owned(), "{stored:?}");
    assert_eq!(scene.purchase_requests(), 2);
}

#[tokio::test]
async fn what_a_line_cannot_store_is_an_error_and_buys_nothing() {
    let (mut scene, created) = unconfirmed(cut()).await;
    let bought = scene.owned()[0].clone();
    let line = line_for(&created, &bought);
    let run = line.split('=').next().expect("a run").to_owned();
    for (value, code) in [
        (format!("{run}=+19995550100"), "JN109"),
        (format!("{run}={bought},+19995550100"), "JN109"),
        (format!("{run}=nothing else"), "JN108"),
        ("x".to_owned(), "JN108"),
        (format!("{run}=+1NUMBER"), "JN108"),
    ] {
        scene.env(RESOLVED, &value);
        let refused = scene.provider().await.create(&plain()).await;
        assert_eq!(refused.error().code, code, "{value}: {refused:?}");
    }
    scene
        .sandbox
        .edit(&bought, |n| n.message_type = "p2p".into());
    scene.env(RESOLVED, &line);
    let refused = scene.provider().await.create(&plain()).await;
    assert_eq!(refused.error().code, "JN109", "excluded: {refused:?}");
    assert!(
        refused
            .error()
            .text
            .contains(&format!("terraform import ADDRESS {bought}"))
    );
    scene.sandbox.edit(&bought, |n| n.status = cancelled(n));
    let refused = scene.provider().await.create(&plain()).await;
    assert_eq!(refused.error().code, "JN109", "ended: {refused:?}");
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn another_request_is_held_back_once_and_the_equal_one_comes_to_it() {
    let (scene, _) = unconfirmed(cut()).await;
    let changed = number(
        ("mvno", "a2p"),
        (true, false),
        json!({ "zip_code": "10001" }),
    );
    let provider = scene.provider().await;
    let held = provider.create(&changed).await;
    assert_eq!(held.error().code, "JN106", "{held:?}");
    line_for(&held, &scene.owned()[0]);
    let next = provider.create(&changed).await;
    assert_eq!(
        next.codes(),
        [""; 0],
        "one record holds back one create: {next:?}"
    );

    let provider = scene.provider().await;
    provider.plan_over(&next).await;
    let equal = provider.create(&plain()).await;
    assert_eq!(equal.error().code, "JN111", "{equal:?}");
    let next = provider.create(&changed).await;
    assert_eq!(next.codes(), [""; 0], "it was handled: {next:?}");
    assert_eq!(scene.purchase_requests(), 3);
}

#[tokio::test]
async fn candidates_are_listed_as_the_request_and_the_dates_say() {
    let cases: [(Json, Edit, bool); 6] = [
        (json!({}), |_| {}, true),
        (json!({}), |n| n.status = cancelled(n), false),
        (json!({}), |n| n.bought -= time::Duration::weeks(3), false),
        (json!({}), |n| n.undated = true, true),
        (json!({ "area_code": "415" }), |_| {}, true),
        (
            json!({ "product_type": "Data-Only" }),
            |n| n.product_type = Some("Sms-Only".into()),
            false,
        ),
    ];
    for (at, (arguments, change, listed)) in cases.into_iter().enumerate() {
        let scene = Scene::new().await;
        let fault = Fault::on(PROVISION).before_commit(FaultKind::held(FaultKind::status(500)));
        scene.sandbox.fault(fault);
        let provider = scene.provider().await;
        let request = number(("mvno", "a2p"), (true, false), arguments);
        let creating = tokio::spawn(async move { provider.create(&request).await });
        until(|| scene.purchase_requests() > 0).await;
        let key = scene.sandbox.credentials().account_key;
        let theirs = scene.sandbox.buy_elsewhere_with(&key, |n| {
            n.kind = joonto_sandbox::NumberKind::Mvno;
            n.message_type = "a2p".into();
            n.message_enabled = true;
            n.voice_enabled = false;
            change(n);
        });
        let theirs = theirs.expect("a number").number;
        scene.sandbox.release();
        let created = creating.await.expect("no panic");
        assert_eq!(
            created.error().text.contains(&theirs),
            listed,
            "{at}: {created:?}"
        );
    }
}

#[tokio::test]
async fn a_number_that_turns_up_late_is_listed_by_a_later_apply() {
    let scene = Scene::new().await;
    let lag = Duration::from_secs(3600);
    scene.sandbox.switch(|s| s.lag_reads(Lag::Time(lag)));
    scene.sandbox.fault(cut());
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().lines().len(), 3, "{created:?}");
    scene.sandbox.clock().advance(lag);
    let again = scene.provider().await.create(&plain()).await;
    line_for(&again, &scene.owned()[0]);
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn an_inventory_that_cannot_be_read_is_said() {
    let scene = Scene::new().await;
    scene.sandbox.fault(cut());
    let broken = Fault::on(INVENTORY).always();
    scene
        .sandbox
        .fault(broken.before_commit(FaultKind::status(500)));
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN110");
    assert!(created.error().text.contains("HTTP 500"), "{created:?}");
    assert_eq!(created.error().lines().len(), 3);
}

/// C28.
#[tokio::test]
async fn a_purchase_of_a_machine_that_is_gone_is_awaited_until_its_deadline() {
    let shared = tempfile::tempdir().expect("a directory");
    let mut scene = Scene::new().await;
    let place = shared.path().display().to_string();
    scene.env("JOONTO_PURCHASE_JOURNAL", &place);
    scene.env("JOONTO_STATE_NAME", "meters");
    let held = Fault::on(PROVISION).after_commit(FaultKind::Hold);
    scene.sandbox.fault(held);
    let machine = Machine::start();
    machine.create(&scene.provider().await, plain());
    until(|| !scene.owned().is_empty()).await;
    machine.kill();

    // Its clock starts now: however slow this test is, the purchase was sent just before.
    scene.clock = std::sync::Arc::new(FastClock::new());
    let disk = tempfile::tempdir().expect("a directory");
    scene.env("TF_DATA_DIR", &disk.path().display().to_string());
    let began = scene.clock.now();
    let stopped = scene.provider().await.create(&plain()).await;
    let waited = scene.clock.now() - began;
    assert!(waited > Duration::from_secs(120), "{waited:?}");
    assert_eq!(stopped.error().code, "JN111", "{stopped:?}");
    let line = line_for(&stopped, &scene.owned()[0]);

    // The deadline is over: the next apply does not wait.
    scene.env(RESOLVED, &line);
    let recovered = scene.provider().await.create(&plain()).await;
    assert_eq!(recovered.warning().code, "JN121", "{recovered:?}");
    assert_eq!(recovered.number().as_slice(), scene.owned().as_slice());
    assert_eq!(scene.purchase_requests(), 1);
}
