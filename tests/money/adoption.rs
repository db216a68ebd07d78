//! A SIM carries one number: the provider asks it first, buys only for a free SIM, and adopts
//! only what the SIM proves.

use std::time::Duration;

use harness::until;
use joonto_sandbox::{Fault, FaultKind, Lag, NumberStatus};
use serde_json::{Value as Json, json};

use crate::scene::{Edit, Machine, Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const ICCID: &str = "8901260862291477118";

fn with_sim() -> Json {
    number(("mvno", "a2p"), (true, false), json!({ "iccid": ICCID }))
}

fn cut() -> Fault {
    Fault::on(PROVISION).after_commit(FaultKind::Drop)
}

/// A number of somebody else on the SIM.
fn occupy(scene: &Scene, status: NumberStatus) -> String {
    let key = scene.sandbox.credentials().account_key;
    let number = scene.sandbox.buy_elsewhere(&key).expect("a number").number;
    scene.sandbox.edit(&number, |n| {
        n.iccid = Some(ICCID.into());
        n.status = status;
    });
    number
}

#[tokio::test]
async fn a_free_sim_proves_the_purchase_in_the_same_run_and_the_next() {
    for is_killed in [false, true] {
        let scene = Scene::new().await;
        let lag = Duration::from_millis(80);
        scene.sandbox.switch(|s| s.lag_reads(Lag::Time(lag)));
        let provider = scene.provider().await;
        let created = if is_killed {
            scene
                .sandbox
                .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
            let machine = Machine::start();
            machine.create(&provider, with_sim());
            until(|| !scene.owned().is_empty()).await;
            drop(provider);
            machine.kill();
            scene.provider().await.create(&with_sim()).await
        } else {
            scene.sandbox.fault(cut());
            provider.create(&with_sim()).await
        };
        assert_eq!(created.warning().code, "JN120", "{is_killed}: {created:?}");
        assert_eq!(created.number().as_slice(), scene.owned().as_slice());
        assert_eq!(scene.purchase_requests(), 1);
    }
}

#[tokio::test]
async fn a_sim_that_carries_a_number_gets_no_other() {
    for status in [NumberStatus::Active, NumberStatus::Parked] {
        let scene = Scene::new().await;
        let had = occupy(&scene, status);
        let created = scene.provider().await.create(&with_sim()).await;
        assert_eq!(created.error().code, "JN140", "{created:?}");
        assert!(created.error().text.contains(&format!("-id={had}")));
        assert_eq!(scene.purchase_requests(), 0);
        assert_eq!(scene.owned(), [had]);
    }
    let scene = Scene::new().await;
    let at = time::OffsetDateTime::now_utc();
    occupy(&scene, NumberStatus::Cancelled { at });
    let created = scene.provider().await.create(&with_sim()).await;
    assert_eq!(
        created.codes(),
        [""; 0],
        "an ended number leaves the SIM free: {created:?}"
    );
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn a_sim_that_cannot_be_read_gets_no_number() {
    let scene = Scene::new().await;
    let broken = Fault::on("/v1.0/numbers").always();
    scene
        .sandbox
        .fault(broken.before_commit(FaultKind::status(500)));
    let created = scene.provider().await.create(&with_sim()).await;
    assert_eq!(created.error().code, "JN141", "{created:?}");
    assert_eq!(scene.purchase_requests(), 0);
}

#[tokio::test]
async fn a_sim_without_proof_stops() {
    let cases: [(&str, Edit); 3] = [
        ("excluded by the request", |n| n.message_type = "p2p".into()),
        ("bought before", |n| n.bought -= time::Duration::days(3)),
        ("not on the SIM", |n| n.iccid = None),
    ];
    for (why, change) in cases {
        let scene = Scene::new().await;
        scene.sandbox.switch(|s| s.details_tell_date = true);
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::held(FaultKind::Drop)));
        let provider = scene.provider().await;
        let creating = tokio::spawn({
            let provider = provider.clone();
            async move { provider.create(&with_sim()).await }
        });
        until(|| !scene.owned().is_empty()).await;
        scene.sandbox.edit(&scene.owned()[0], change);
        scene.sandbox.release();
        let created = creating.await.expect("no panic");
        assert_eq!(created.error().code, "JN110", "{why}: {created:?}");
        let other = number(
            ("mvno", "a2p"),
            (true, false),
            json!({ "iccid": "8901260862291477126" }),
        );
        let other = scene.provider().await.create(&other).await;
        assert_eq!(
            other.codes(),
            [""; 0],
            "another SIM is not held back: {other:?}"
        );
        let again = scene.provider().await.create(&with_sim()).await;
        assert_eq!(again.error().code, "JN111", "{why}: {again:?}");
        assert_eq!(scene.purchase_requests(), 2, "{why}");
    }
}

#[tokio::test]
async fn one_sim_in_two_resources_is_bought_for_once() {
    let scene = Scene::new().await;
    let lag = Duration::from_secs(3600);
    scene.sandbox.switch(|s| s.lag_reads(Lag::Time(lag)));
    let provider = scene.provider().await;
    let arguments = json!({ "iccid": format!("{ICCID}F") });
    let spelled = number(("mvno", "a2p"), (true, false), arguments);
    let arguments = with_sim();
    let (one, other) = tokio::join!(provider.create(&arguments), provider.create(&spelled));
    let mut codes = [one.codes(), other.codes()];
    codes.sort();
    assert_eq!(codes, [vec![], vec!["JN142"]], "{one:?} {other:?}");
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn two_states_that_lost_purchases_for_one_sim_prove_nothing() {
    let mut scene = Scene::new().await;
    let shared = tempfile::tempdir().expect("a directory");
    let place = shared.path().display().to_string();
    scene.env("JOONTO_PURCHASE_JOURNAL", &place);
    scene.env("JOONTO_STATE_NAME", "one");
    let one = scene.provider().await;
    scene.env("JOONTO_STATE_NAME", "other");
    let other = scene.provider().await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::held(FaultKind::Drop)));
    let lost = tokio::spawn(async move { one.create(&with_sim()).await });
    until(|| !scene.owned().is_empty()).await;
    let reserved = other.create(&with_sim()).await;
    assert_eq!(reserved.error().code, "JN142", "{reserved:?}");
    scene.sandbox.release();
    let adopted = lost.await.expect("no panic");
    assert_eq!(adopted.warning().code, "JN120", "{adopted:?}");
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn others_wait_while_a_sim_proves_a_purchase_and_then_go_on() {
    let scene = Scene::new().await;
    let lag = Duration::from_millis(60);
    scene.sandbox.switch(|s| s.lag_reads(Lag::Time(lag)));
    scene.sandbox.fault(cut());
    let provider = scene.provider().await;
    let (sim, other) = tokio::join!(async { provider.create(&with_sim()).await }, async {
        until(|| !scene.owned().is_empty()).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        provider.create(&plain()).await
    });
    assert_eq!(sim.warning().code, "JN120", "{sim:?}");
    assert_eq!(other.codes(), [""; 0], "{other:?}");
    assert_eq!(scene.purchase_requests(), 2);
}

#[tokio::test]
async fn a_number_for_a_sim_costs_two_requests() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    for nth in 0..20 {
        let iccid = format!("8901{nth:015}");
        let request = number(("mvno", "a2p"), (false, true), json!({ "iccid": iccid }));
        let created = provider.create(&request).await;
        assert!(created.number().is_some(), "{created:?}");
    }
    let requests = scene.sandbox.ledger().requests.len();
    assert!(requests <= 2 * 20 + 4, "{requests}, tokens included");
}
