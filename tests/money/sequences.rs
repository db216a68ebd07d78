//! Sequences that could cost a number or the way out of a stop, each in its shortest form.

use std::time::Duration;

use harness::until;
use joonto_sandbox::{Fault, FaultKind};
use serde_json::{Value as Json, json};

use crate::scene::{Machine, Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const ORDER: &str = "/v1.0/numbers/order";
const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";
const ICCID: &str = "8901260862291477118";

fn with_sim() -> Json {
    number(("mvno", "a2p"), (true, false), json!({ "iccid": ICCID }))
}

/// A scene whose records are in a place that states share.
async fn shared() -> Scene {
    let mut scene = Scene::new().await;
    let place = scene.data.path().join("shared");
    std::fs::create_dir_all(&place).expect("a place");
    scene.env("JOONTO_PURCHASE_JOURNAL", &place.display().to_string());
    scene
}

fn records(scene: &Scene) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(scene.data.path().join("joonto")).expect("there") {
        let folder = folder.expect("an entry").path();
        for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if file.path().extension().is_some_and(|e| e == "json") {
                found.push(file.path());
            }
        }
    }
    found.sort();
    found
}

/// A run that was killed while its order pended.
async fn killed_pending() -> Scene {
    let scene = Scene::new().await;
    scene.sandbox.switch(|s| s.pending_forever = true);
    let provider = scene.provider().await;
    let machine = Machine::start();
    machine.create(&provider, plain());
    until(|| !scene.sandbox.ledger().requests_to(ORDER).is_empty()).await;
    drop(provider);
    machine.kill();
    scene
}

/// An order that cannot be read: no printed line says that nothing is to be stored.
#[tokio::test]
async fn a_known_order_can_be_resolved_by_what_is_printed() {
    let scene = killed_pending().await;
    let broken = Fault::on(ORDER).always();
    scene
        .sandbox
        .fault(broken.before_commit(FaultKind::status(500)));
    let stopped = scene.provider().await.create(&plain()).await;
    assert_eq!(stopped.error().code, "JN111", "{stopped:?}");
    let lines = stopped.error().lines();
    assert!(
        lines.iter().any(|line| !line.contains("+1NUMBER")),
        "no complete line: {lines:?}"
    );
}

/// C16 a: the third apply names the number of the claimed order.
#[tokio::test]
async fn a_claimed_order_that_is_complete_is_stopped_with_its_number() {
    let scene = killed_pending().await;
    let polled = scene.sandbox.ledger().requests_to(ORDER).len();
    let provider = scene.provider().await;
    let machine = Machine::start();
    machine.create(&provider, plain());
    until(|| scene.sandbox.ledger().requests_to(ORDER).len() >= polled + 2).await;
    drop(provider);
    machine.kill();
    scene.sandbox.switch(|s| s.pending_forever = false);
    let order = scene.sandbox.ledger().orders[0].order_id.clone();
    scene.sandbox.complete_order(&order);
    let stopped = scene.provider().await.create(&plain()).await;
    assert_eq!(stopped.error().code, "JN111", "{stopped:?}");
    let bought = scene.owned().remove(0);
    assert!(stopped.error().text.contains(&bought), "it is not named");
    let complete = stopped.error().lines().iter().any(|l| l.ends_with(&bought));
    assert!(complete, "no line with it");
}

/// The lines beside an unreadable record leave out what its run is known to have bought.
#[tokio::test]
async fn an_unreadable_record_does_not_cost_a_known_number() {
    let mut scene = Scene::new().await;
    let provider = scene.provider().await;
    let known = provider.create(&plain()).await.number().expect("bought");
    provider.create(&plain()).await.number().expect("bought");
    // The state of that run is lost, and one record is damaged.
    std::fs::write(&records(&scene)[1], "{").expect("damaged");
    let stopped = scene.provider().await.create(&plain()).await;
    assert_eq!(stopped.error().code, "JN107", "{stopped:?}");
    let line = stopped.error().lines().last().expect("a line").clone();
    scene.env(RESOLVED, &line);
    let provider = scene.provider().await;
    let (one, other) = (
        provider.create(&plain()).await,
        provider.create(&plain()).await,
    );
    let text = format!("{stopped:?} {one:?} {other:?}");
    assert!(text.contains(&known), "{known} is in no state and no text");
}

/// The line of a reserved SIM closes what the same run bought besides.
#[tokio::test]
async fn the_line_for_a_reserved_sim_costs_no_other_number() {
    let mut scene = shared().await;
    scene.env("JOONTO_STATE_NAME", "a");
    let provider = scene.provider().await;
    let known = provider.create(&plain()).await.number().expect("bought");
    let on_sim = provider.create(&with_sim()).await.number().expect("bought");
    scene.env("JOONTO_STATE_NAME", "b");
    let stopped = scene.provider().await.create(&with_sim()).await;
    assert_eq!(stopped.error().code, "JN142", "{stopped:?}");
    assert!(stopped.error().text.contains(&on_sim));
    // "Only if no state wants its number": `on_sim` is not wanted; `known` is.
    scene.env(RESOLVED, stopped.error().lines().last().expect("a line"));
    scene.env("JOONTO_STATE_NAME", "a");
    let again = scene.provider().await.create(&plain()).await;
    let text = format!("{stopped:?} {again:?}");
    assert!(text.contains(&known), "{known} is in no state and no text");
}

/// A SIM that was free before the first attempt proves nothing about the second.
#[tokio::test]
async fn a_number_that_came_to_the_sim_before_the_second_attempt_proves_nothing() {
    let scene = Scene::new().await;
    let limited = FaultKind::held(FaultKind::status(429));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(limited));
    scene.sandbox.fault(
        Fault::on(PROVISION)
            .nth(2)
            .before_commit(FaultKind::status(502)),
    );
    let provider = scene.provider().await;
    let creating = tokio::spawn(async move { provider.create(&with_sim()).await });
    until(|| scene.purchase_requests() > 0).await;
    let key = scene.sandbox.credentials().account_key;
    let theirs = scene.sandbox.buy_elsewhere_with(&key, |n| {
        n.kind = joonto_sandbox::NumberKind::Mvno;
        n.message_type = "a2p".into();
        n.message_enabled = true;
        n.voice_enabled = false;
        n.iccid = Some(ICCID.into());
    });
    let theirs = theirs.expect("a number").number;
    scene.sandbox.release();
    let created = creating.await.expect("no panic");
    assert_ne!(
        created.number().as_deref(),
        Some(theirs.as_str()),
        "a stranger's number is in state: {created:?}"
    );
}

/// An order that nothing vouches for is counted with the unconfirmed ones.
#[tokio::test]
async fn the_full_error_counts_every_unconfirmed_purchase() {
    let scene = Scene::new().await;
    let broken = Fault::on(ORDER).always();
    scene
        .sandbox
        .fault(broken.before_commit(FaultKind::status(404)));
    scene
        .sandbox
        .fault(
            Fault::on(PROVISION).after_commit(FaultKind::held(FaultKind::failed_order(
                "Failed",
                "Carrier error",
            ))),
        );
    scene.sandbox.fault(
        Fault::on(PROVISION)
            .nth(2)
            .after_commit(FaultKind::held(FaultKind::Drop)),
    );
    let provider = scene.provider().await;
    let start = || {
        let provider = provider.clone();
        tokio::spawn(async move { provider.create(&plain()).await })
    };
    let one = start();
    until(|| scene.purchase_requests() >= 1).await;
    let two = start();
    until(|| scene.owned().len() >= 2).await;
    scene.sandbox.release();
    let (one, two) = (one.await.expect("ended"), two.await.expect("ended"));
    let full = [&one, &two]
        .into_iter()
        .find(|c| !c.error().lines().is_empty())
        .expect("a full error");
    assert!(
        full.error().lines()[0].contains("+1NUMBER,+1NUMBER"),
        "two are unconfirmed: {:?}",
        full.error().lines()
    );
}

/// A process of the same command with the same process id overwrites no record.
#[tokio::test]
async fn no_record_is_overwritten() {
    let scene = Scene::new().await;
    let run = scene.run();
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let lost = scene.provider_of(run.clone()).await.create(&plain()).await;
    assert_eq!(lost.error().code, "JN110");
    let bought = scene.provider_of(run).await.create(&plain()).await;
    assert!(bought.number().is_some(), "{bought:?}");
    assert_eq!(records(&scene).len(), 2, "the first is still open");
}

/// A line's number that cannot be read: no text says that nothing was bought.
#[tokio::test]
async fn a_number_of_the_line_that_cannot_be_read_is_not_said_to_be_unbought() {
    let mut scene = Scene::new().await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let lost = scene.provider().await.create(&plain()).await;
    scene.env(RESOLVED, &lost.error().lines()[0]);
    let broken = Fault::on("/v1.0/numbers").always();
    scene
        .sandbox
        .fault(broken.before_commit(FaultKind::status(500)));
    let failed = scene.provider().await.create(&plain()).await;
    assert_eq!(failed.error().code, "JN109", "{failed:?}");
}

/// Two accounts of one command: a line of one says nothing of the other.
#[tokio::test]
async fn nothing_of_one_account_is_not_nothing_of_another() {
    for is_lost in [true, false] {
        let mut scene = Scene::new().await;
        let run = scene.run();
        let (first, second) = (scene.sandbox.credentials(), scene.sandbox.second_account());
        if is_lost {
            scene
                .sandbox
                .fault(Fault::on(PROVISION).before_commit(FaultKind::status(502)));
        }
        let one = scene.provider_of(run.clone()).await.create(&plain()).await;
        if is_lost {
            scene
                .sandbox
                .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
        }
        scene.env("JOONTO_ACCOUNT_KEY", &second.account_key);
        scene.env("JOONTO_ACCOUNT_SECRET", &second.account_secret);
        let other = scene.provider_of(run).await.create(&plain()).await;
        let owned = scene.sandbox.ledger().owned(&second.account_key);
        assert_eq!(owned.len(), 1, "{one:?} {other:?}");
        // The user resolves the first account as its error says.
        scene.env("JOONTO_ACCOUNT_KEY", &first.account_key);
        scene.env("JOONTO_ACCOUNT_SECRET", &first.account_secret);
        let stopped = scene.provider().await.create(&plain()).await;
        assert_eq!(stopped.error().code, "JN111", "{stopped:?}");
        let line = stopped.error().lines().last().expect("a line").clone();
        assert!(line.ends_with("=nothing"));
        scene.env(RESOLVED, &line);
        scene.env("JOONTO_ACCOUNT_KEY", &second.account_key);
        scene.env("JOONTO_ACCOUNT_SECRET", &second.account_secret);
        let again = scene.provider().await.create(&plain()).await;
        let now = scene.sandbox.ledger().owned(&second.account_key);
        assert_eq!(
            now.len(),
            1,
            "{is_lost}: two numbers for one create of the second account: {again:?}"
        );
    }
}

/// The API's own words in a success are masked as those in an error are.
#[tokio::test]
async fn no_secret_of_a_200_reaches_a_text() {
    let scene = Scene::new().await;
    let secret = scene.sandbox.credentials().account_secret;
    let said = FaultKind::only_error(&format!("bad secret {secret}"));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(said));
    let created = scene.provider().await.create(&plain()).await;
    assert!(!format!("{created:?}").contains(&secret), "{created:?}");
}

/// A claimed record counts as returned, also if its claim cannot be read.
#[tokio::test]
async fn a_claim_that_cannot_be_read_is_not_adopted_again() {
    let scene = Scene::new().await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    let provider = scene.provider().await;
    let machine = Machine::start();
    machine.create(&provider, with_sim());
    until(|| !scene.owned().is_empty()).await;
    drop(provider);
    machine.kill();
    std::fs::write(records(&scene)[0].with_extension("claim"), "").expect("a claim");
    let again = scene.provider().await.create(&with_sim()).await;
    assert_eq!(again.codes(), ["JN111"], "{again:?}");
}

/// A line for a known number that is not visible yet.
#[tokio::test]
async fn nothing_never_stands_first_or_alone() {
    let mut scene = Scene::new().await;
    let bought = scene.provider().await.create(&plain()).await;
    let number = bought.number().expect("bought");
    let stopped = scene.provider().await.create(&plain()).await;
    assert_eq!(stopped.error().code, "JN111", "{stopped:?}");
    let line = stopped.error().lines()[0].clone();
    assert!(line.ends_with(&number));
    scene.env(RESOLVED, &line);
    scene.sandbox.hide(&number, true);
    // No longer young.
    let hour = Duration::from_secs(3600);
    scene.sandbox.clock().advance(hour);
    let refused = scene.provider().await.create(&plain()).await;
    assert_eq!(refused.error().code, "JN109", "{refused:?}");
    let lines = refused.error().lines();
    assert!(!lines[0].ends_with("=nothing"), "{lines:?}");
}

/// Each account of a command is warned of its own open purchases.
#[tokio::test]
async fn every_account_learns_of_its_own_open_purchases() {
    let mut scene = Scene::new().await;
    let second = scene.sandbox.second_account();
    let first = scene.sandbox.credentials();
    let accounts = [first, second];
    scene.sandbox.fault(
        Fault::on(PROVISION)
            .times(2)
            .before_commit(FaultKind::status(502)),
    );
    let run = scene.run();
    for account in &accounts {
        scene.env("JOONTO_ACCOUNT_KEY", &account.account_key);
        scene.env("JOONTO_ACCOUNT_SECRET", &account.account_secret);
        let lost = scene.provider_of(run.clone()).await.create(&plain()).await;
        assert_eq!(lost.error().code, "JN110", "{lost:?}");
    }
    let run = scene.run();
    let mut warned = 0;
    for account in &accounts {
        scene.env("JOONTO_ACCOUNT_KEY", &account.account_key);
        scene.env("JOONTO_ACCOUNT_SECRET", &account.account_secret);
        let provider = scene.provider_of(run.clone()).await;
        let warnings = provider.plan_new(&plain()).await;
        warned += warnings
            .iter()
            .filter(|w| w.code == "JN131" && !w.lines().is_empty())
            .count();
    }
    assert_eq!(warned, 2, "each account has an open purchase");
}

/// Two states that share a place and ask for one SIM at once.
#[tokio::test]
async fn one_sim_is_bought_for_once_by_two_states_of_one_place() {
    let mut scene = shared().await;
    // Both ask the SIM, then both wait for their turn.
    scene.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "2");
    scene.env("JOONTO_STATE_NAME", "a");
    let a = scene.provider().await;
    scene.env("JOONTO_STATE_NAME", "b");
    let b = scene.provider().await;
    let arguments = with_sim();
    let (a, b) = tokio::join!(a.create(&arguments), b.create(&arguments));
    assert!(
        scene.owned().len() <= 1,
        "{:?} {:?} {:?}",
        scene.owned(),
        a.number(),
        b.number()
    );
}

/// Two processes of one command lose a response each: one line is for both.
#[tokio::test]
async fn a_line_counts_the_lost_responses_of_every_process_of_the_command() {
    let scene = Scene::new().await;
    let run = scene.run();
    let one = scene.provider_of(run.clone()).await;
    let other = scene.provider_of(run).await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let first = one.create(&plain()).await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let second = other.create(&plain()).await;
    assert_eq!(first.error().code, "JN110", "{first:?}");
    assert!(
        second.error().lines()[0].contains("+1NUMBER,+1NUMBER"),
        "{second:?}"
    );
}

/// The order's own message is masked as well.
#[tokio::test]
async fn no_secret_of_an_order_reaches_a_text() {
    let scene = Scene::new().await;
    let secret = scene.sandbox.credentials().account_secret;
    scene
        .sandbox
        .switch(|s| s.fail_orders = Some(format!("bad secret {secret}")));
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN104", "{created:?}");
    assert!(!format!("{created:?}").contains(&secret), "{created:?}");
}

/// A user cannot tell which number a pending order brought, and which a lost response: both names
/// of a run take either.
#[tokio::test]
async fn numbers_may_stand_under_either_name_of_their_run() {
    for swaps in [true, false] {
        let mut scene = Scene::new().await;
        scene.sandbox.switch(|s| s.pending_forever = true);
        let provider = scene.provider().await;
        let machine = Machine::start();
        machine.create(&provider, plain());
        until(|| !scene.sandbox.ledger().requests_to(ORDER).is_empty()).await;
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        machine.create(&provider, plain());
        until(|| scene.sandbox.ledger().orders.len() >= 2).await;
        drop(provider);
        machine.kill();
        scene.sandbox.clear_faults();
        scene.sandbox.switch(|s| s.pending_forever = false);
        let orders = scene.sandbox.ledger().orders;
        for order in &orders {
            scene.sandbox.complete_order(&order.order_id);
        }
        // The order cannot be read, so the line has a gap for its number as well.
        let broken = Fault::on(ORDER).always();
        scene
            .sandbox
            .fault(broken.before_commit(FaultKind::status(500)));
        let provider = scene.provider().await;
        let (one, two) = (plain(), plain());
        let stopped = tokio::join!(provider.create(&one), provider.create(&two));
        let lines = [&stopped.0, &stopped.1].map(|created| created.error().lines());
        let lines = lines.concat();
        let line = lines
            .iter()
            .find(|line| line.contains(';'))
            .expect("a line");
        let names: Vec<&str> = line
            .split(';')
            .filter_map(|p| p.split('=').next())
            .collect();
        let [run, unconfirmed] = names.as_slice() else {
            panic!("two names: {line}");
        };
        let numbers = scene.owned().join(",");
        let pasted = match swaps {
            true => format!("{run}=nothing;{unconfirmed}={numbers}"),
            false => format!("{run}={numbers};{unconfirmed}=nothing"),
        };
        scene.env(RESOLVED, &pasted);
        let provider = scene.provider().await;
        let stored = tokio::join!(provider.create(&one), provider.create(&two));
        let mut stored = [stored.0, stored.1].map(|created| created.number());
        stored.sort();
        let owned: Vec<_> = scene.owned().into_iter().map(Some).collect();
        assert_eq!(stored.to_vec(), owned, "{pasted}");
        assert_eq!(scene.purchase_requests(), 2);
    }
}
