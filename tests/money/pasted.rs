//! One line for a run that left unlike purchases: each number goes to a create that asks for it.

use std::time::Duration;

use harness::until;
use joonto_sandbox::{Fault, FaultKind};
use serde_json::{Value as Json, json};

use crate::runner::PROVISION;
use crate::scene::{Scene, number, plain};

const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

fn meter() -> Json {
    number(("iot", "p2p"), (false, false), json!({}))
}

fn cut() -> Fault {
    Fault::on(PROVISION).after_commit(FaultKind::held(FaultKind::Drop))
}

fn failed() -> Fault {
    Fault::on(PROVISION).before_commit(FaultKind::held(FaultKind::status(500)))
}

/// A scene in which one run asked for all these at once and lost every response; and the run.
async fn lost(asked: &[(Json, Fault)]) -> (Scene, String) {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    let mut creates = Vec::new();
    for (arguments, fault) in asked {
        scene.sandbox.fault(fault.clone());
        let (provider, arguments) = (provider.clone(), arguments.clone());
        creates.push(tokio::spawn(
            async move { provider.create(&arguments).await },
        ));
        until(|| scene.purchase_requests() >= creates.len()).await;
    }
    scene.sandbox.release();
    let mut run = None;
    for create in creates {
        let created = create.await.expect("no panic");
        assert_eq!(created.error().code, "JN110", "{created:?}");
        let line = created.error().lines().first().cloned();
        let named = line.and_then(|line| Some(line.split_once('=')?.0.to_owned()));
        run = run.or(named);
    }
    (scene, run.expect("one error is full"))
}

#[tokio::test]
async fn a_number_is_stored_by_the_create_that_asks_for_it_in_either_order() {
    for meter_first in [true, false] {
        let (mut scene, run) = lost(&[(meter(), failed()), (plain(), cut())]).await;
        let bought = scene.owned().remove(0);
        scene.env(RESOLVED, &format!("{run}={bought}"));
        let provider = scene.provider().await;
        let mut phone = None;
        if !meter_first {
            phone = Some(provider.create(&plain()).await);
        }
        let other = provider.create(&meter()).await;
        assert!(other.errors.is_empty(), "it bought nothing: {other:?}");
        let phone = match phone {
            Some(phone) => phone,
            None => provider.create(&plain()).await,
        };
        assert_eq!(
            phone.number().as_deref(),
            Some(bought.as_str()),
            "{phone:?}"
        );
        assert_ne!(other.number().as_deref(), Some(bought.as_str()));
        assert_eq!(scene.owned().len(), 2);
    }
}

#[tokio::test]
async fn two_unlike_numbers_of_one_line_find_their_creates() {
    for meter_first in [true, false] {
        let (mut scene, run) = lost(&[(meter(), cut()), (plain(), cut())]).await;
        let line = format!("{run}={}", scene.owned().join(","));
        scene.env(RESOLVED, &line);
        let mut asked = [meter(), plain()];
        if !meter_first {
            asked.reverse();
        }
        let provider = scene.provider().await;
        let mut stored = Vec::new();
        for arguments in &asked {
            let created = provider.create(arguments).await;
            assert_eq!(created.warning().code, "JN121", "{created:?}");
            stored.extend(created.number());
        }
        stored.sort();
        assert_eq!(stored, scene.owned());
        assert_eq!(scene.purchase_requests(), 2);
    }
}

#[tokio::test]
async fn a_number_that_nothing_open_asked_for_is_refused_and_buys_nothing() {
    let (mut scene, run) = lost(&[(meter(), failed()), (plain(), failed())]).await;
    let key = scene.sandbox.credentials().account_key;
    let theirs = scene.sandbox.buy_elsewhere_with(&key, |number| {
        number.kind = joonto_sandbox::NumberKind::Voip;
        number.message_type = "a2p".into();
    });
    let theirs = theirs.expect("a number").number;
    scene.env(RESOLVED, &format!("{run}={theirs}"));
    let provider = scene.provider().await;
    let mut codes = Vec::new();
    for arguments in [meter(), plain()] {
        let created = provider.create(&arguments).await;
        codes.extend(created.errors.iter().map(|error| error.code.clone()));
    }
    assert!(codes.contains(&"JN109".to_owned()), "{codes:?}");
}

#[tokio::test]
async fn an_order_that_is_no_text_is_no_order() {
    let scene = Scene::new().await;
    let spoilt = Fault::on(PROVISION).after_commit(FaultKind::WrongTypes);
    scene.sandbox.fault(spoilt);
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN110", "{created:?}");
}

#[tokio::test]
async fn a_response_that_a_sim_proves_stops_no_other_create() {
    let scene = Scene::new().await;
    let cut = Fault::on(PROVISION).always();
    scene.sandbox.fault(cut.after_commit(FaultKind::Drop));
    let provider = scene.provider().await;
    let mut creates = tokio::task::JoinSet::new();
    for nth in 0..24 {
        let iccid = format!("8901{nth:015}");
        let request = number(("mvno", "a2p"), (false, true), json!({ "iccid": iccid }));
        let provider = provider.clone();
        creates.spawn(async move { provider.create(&request).await });
    }
    while let Some(created) = creates.join_next().await {
        let created = created.expect("no panic");
        assert_eq!(created.codes(), ["JN120"], "{created:?}");
    }
    assert_eq!(scene.owned().len(), 24);
}

#[tokio::test]
async fn a_line_counts_a_purchase_whose_sim_proves_nothing_yet() {
    let scene = Scene::new().await;
    let lag = joonto_sandbox::Lag::Time(Duration::from_secs(3600));
    scene
        .sandbox
        .switch(|switches| switches.sim_lag = Some(lag));
    let sim = number(
        ("mvno", "a2p"),
        (true, false),
        json!({ "iccid": "8901000000000000001" }),
    );
    let provider = scene.provider().await;
    let mut creates = tokio::task::JoinSet::new();
    for (sent, arguments) in [sim, plain()].into_iter().enumerate() {
        scene.sandbox.fault(cut());
        let provider = provider.clone();
        creates.spawn(async move { provider.create(&arguments).await });
        until(|| scene.purchase_requests() > sent).await;
    }
    scene.sandbox.release();
    let mut full = Vec::new();
    while let Some(created) = creates.join_next().await {
        let created = created.expect("no panic");
        assert_eq!(created.error().code, "JN110", "{created:?}");
        full.extend(created.error().lines());
    }
    let is_template = |line: &String| line.ends_with("=+1NUMBER,+1NUMBER");
    assert!(
        full.iter().any(is_template),
        "two are unconfirmed: {full:?}"
    );
}

#[tokio::test]
async fn a_number_that_a_line_names_twice_is_stored_once() {
    let (mut scene, run) = lost(&[(plain(), cut()), (plain(), cut())]).await;
    let twice = scene.owned().remove(0);
    scene.env(RESOLVED, &format!("{run}={twice},{twice}"));
    let (provider, arguments) = (scene.provider().await, plain());
    let (one, other) = tokio::join!(provider.create(&arguments), provider.create(&arguments));
    let numbers: Vec<String> = [&one, &other].iter().filter_map(|c| c.number()).collect();
    let is_twice = numbers.iter().filter(|number| **number == twice).count() > 1;
    assert!(!is_twice, "{one:?} {other:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_states_that_paste_one_number_at_once_do_not_both_store_it() {
    let journal = tempfile::tempdir().expect("a directory");
    let mut scene = Scene::new().await;
    let place = journal.path().display().to_string();
    scene.env("JOONTO_PURCHASE_JOURNAL", &place);
    for round in 0..6 {
        let mut lines = Vec::new();
        let lost = Fault::on(PROVISION);
        for (state, fault) in [
            ("one", lost.clone().after_commit(FaultKind::Drop)),
            ("other", lost.before_commit(FaultKind::status(500))),
        ] {
            scene.env("JOONTO_STATE_NAME", &format!("{state}-{round}"));
            scene.sandbox.fault(fault);
            let provider = scene.provider().await;
            let created = provider.create(&plain()).await;
            assert_eq!(created.error().code, "JN110", "{created:?}");
            let first = created.error().lines().remove(0);
            lines.push(first.split_once('=').expect("a line").0.to_owned());
        }
        let ledger = scene.sandbox.ledger();
        let bought = ledger.purchases().last().expect("one").number.clone();
        // Both creates read the number twice, and go on at the same moment.
        let reads = Fault::on("/v1.0/numbers").always();
        scene.sandbox.fault(reads.before_commit(FaultKind::Hold));
        let mut creates = Vec::new();
        for (state, run) in [("one", &lines[0]), ("other", &lines[1])] {
            scene.env("JOONTO_STATE_NAME", &format!("{state}-{round}"));
            scene.env(RESOLVED, &format!("{run}={bought}"));
            let provider = scene.provider().await;
            creates.push(tokio::spawn(async move { provider.create(&plain()).await }));
        }
        scene.env(RESOLVED, "");
        while !creates.iter().all(tokio::task::JoinHandle::is_finished) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            scene.sandbox.release();
        }
        scene.sandbox.clear_faults();
        let mut stored = 0;
        for create in creates {
            let created = create.await.expect("no panic");
            stored += usize::from(created.number().as_deref() == Some(bought.as_str()));
        }
        assert!(stored <= 1, "round {round}: both store {bought}");
    }
}
