//! From the moment a purchase may have happened nothing fails the create: it ends in success, a
//! warning, and everything known.

use std::time::{Duration, Instant};

use joonto_sandbox::{EmptyIds, Fault, FaultKind};
use serde_json::json;

use crate::scene::{Created, Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const DETAILS: &str = "/v1.0/numbers";

/// The number is in state, it is the one that was bought, and there was one purchase.
fn is_stored(scene: &Scene, created: &Created) {
    assert!(created.errors.is_empty(), "{created:?}");
    assert_eq!(
        created.number().as_slice(),
        scene.owned().as_slice(),
        "{created:?}"
    );
    assert_eq!(scene.purchase_requests(), 1);
}

/// Waits until a purchase has arrived.
async fn arrived(scene: &Scene) {
    while scene.purchase_requests() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn spoilt_answers_end_in_success_with_the_number() {
    let kinds = [
        FaultKind::WrongTypes,
        FaultKind::NullBody,
        FaultKind::EmptyIds(EmptyIds::Blank),
        FaultKind::EmptyIds(EmptyIds::Missing),
        FaultKind::EmptyIds(EmptyIds::Null),
        FaultKind::Truncate,
        FaultKind::ChunkedWithoutEnd,
        FaultKind::Hang,
        FaultKind::HeadersOnly,
        FaultKind::Oversized(2),
        FaultKind::status(500),
        FaultKind::status(408),
        FaultKind::RedirectToSelf { status: 307 },
    ];
    for kind in kinds {
        let scene = Scene::new().await;
        let provider = scene.provider().await;
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(kind.clone()));
        let created = provider.create(&plain()).await;
        is_stored(&scene, &created);
        assert!(
            created.warning().contains("was taken up"),
            "{kind:?}: {created:?}"
        );
    }
}

#[tokio::test]
async fn fields_that_are_missing_are_asked_for_or_left_null() {
    for missing in [
        "PhoneNumberAssigned",
        "QRCode",
        "PhoneNumberId",
        "OrderId",
        "ZipCode",
    ] {
        let scene = Scene::new().await;
        let provider = scene.provider().await;
        let without = FaultKind::Edit {
            set: serde_json::Map::new(),
            remove: vec![missing.into()],
        };
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(without));
        let created = provider.create(&plain()).await;
        is_stored(&scene, &created);
    }
}

#[tokio::test]
async fn a_failed_read_after_the_purchase_is_a_warning() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let broken = FaultKind::status(500);
    scene
        .sandbox
        .fault(Fault::on(DETAILS).always().before_commit(broken));
    let created = provider.create(&plain()).await;
    assert!(created.errors.is_empty(), "{created:?}");
    assert_eq!(created.number().as_slice(), scene.owned().as_slice());
    assert!(
        created
            .warnings
            .iter()
            .any(|w| w.contains("could not be read")),
        "{created:?}"
    );
}

#[tokio::test]
async fn a_pending_order_that_outlasts_the_time_allowed_is_a_success_with_the_order() {
    let scene = Scene::new().await;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    let provider = scene.provider().await;
    let created = provider
        .create(&number(
            ("mvno", "a2p"),
            (true, false),
            json!({ "timeouts": { "create": "2m", "read": null, "update": null, "delete": null } }),
        ))
        .await;
    let order = scene.sandbox.ledger().orders[0].order_id.clone();
    assert_eq!(created.text("order_id"), Some(order.as_str()));
    assert!(created.warning().contains(&order), "{created:?}");
    assert_eq!(created.number(), None);
}

#[tokio::test]
async fn interrupted_once_or_twice_a_purchase_that_was_sent_is_awaited() {
    for times in [1, 2] {
        let scene = Scene::new().await;
        let provider = scene.provider().await;
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        let creating = tokio::spawn({
            let provider = provider.clone();
            async move { provider.create(&plain()).await }
        });
        arrived(&scene).await;
        for _ in 0..times {
            provider.stop().await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!creating.is_finished(), "the answer is awaited");
        scene.sandbox.release();
        let created = creating.await.expect("no panic");
        is_stored(&scene, &created);
    }
}

#[tokio::test]
async fn interrupted_while_it_polls_a_create_ends_at_once_and_keeps_the_order() {
    let scene = Scene::new().await;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    let provider = scene.provider().await;
    let creating = tokio::spawn({
        let provider = provider.clone();
        async move { provider.create(&plain()).await }
    });
    while scene
        .sandbox
        .ledger()
        .requests_to("/v1.0/numbers/order")
        .is_empty()
    {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let asked = Instant::now();
    provider.stop().await;
    let created = creating.await.expect("no panic");
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "{:?}",
        asked.elapsed()
    );
    assert!(
        created.text("order_id").is_some() && created.errors.is_empty(),
        "{created:?}"
    );
}

#[tokio::test]
async fn interrupted_while_its_answer_is_looked_for_the_next_apply_finds_the_number() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    // One purchase is held; another one's answer is lost, and it waits for the first to come home.
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).nth(2).after_commit(FaultKind::Drop));
    let mut creates = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let provider = provider.clone();
        creates.spawn(async move { provider.create(&plain()).await });
    }
    while scene.owned().len() < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let asked = Instant::now();
    provider.stop().await;
    let lost = creates.join_next().await.expect("two").expect("no panic");
    // The one that waits ends at once, in doubt; the one that was sent is awaited.
    assert!(asked.elapsed() < Duration::from_secs(1), "{lost:?}");
    assert!(lost.error().contains("may have been bought"), "{lost:?}");
    scene.sandbox.release();
    let held = creates.join_next().await.expect("two").expect("no panic");
    assert!(held.number().is_some(), "{held:?}");
    provider.shutdown().await;

    let provider = scene.provider().await;
    provider.plan_over(&held).await;
    let again = provider.create(&plain()).await;
    assert!(again.warning().contains("was taken up"), "{again:?}");
    assert_ne!(again.number(), held.number());
    assert_eq!(scene.owned().len(), 2);
    assert_eq!(scene.purchase_requests(), 2);
}
