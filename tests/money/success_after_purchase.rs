//! Once a number, or an order, is known nothing fails the create: it ends in success, a warning,
//! and everything known. Terraform would taint a failed create, and a taint cancels the number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use harness::until;
use joonto_sandbox::{EmptyIds, Fault, FaultKind, Lag};
use serde_json::json;
use terraform_provider_joonto::context::{BoxFuture, Clock};
use time::OffsetDateTime;

use crate::clock::FastClock;
use crate::scene::{Created, Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const DETAILS: &str = "/v1.0/numbers";
const INVENTORY: &str = "/v1.0/numbers/inventory";

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
    until(|| scene.purchase_requests() > 0).await;
}

/// A number on a SIM, which proves its purchase.
fn with_sim() -> serde_json::Value {
    let arguments = json!({ "iccid": "8901260862291477118" });
    number(("mvno", "a2p"), (true, false), arguments)
}

#[tokio::test]
async fn a_spoilt_response_is_proved_by_the_sim() {
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
        FaultKind::status(409),
        FaultKind::status(422),
        FaultKind::status(499),
        FaultKind::RedirectToSelf { status: 307 },
    ];
    for kind in kinds {
        let scene = Scene::new().await;
        let provider = scene.provider().await;
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(kind.clone()));
        let created = provider.create(&with_sim()).await;
        is_stored(&scene, &created);
        assert_eq!(created.warning().code, "JN120", "{kind:?}: {created:?}");
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
    scene.sandbox.switch(|s| s.pending_polls = Some(1));
    let broken = FaultKind::status(500);
    scene
        .sandbox
        .fault(Fault::on(DETAILS).always().before_commit(broken));
    let created = provider.create(&plain()).await;
    is_stored(&scene, &created);
    assert_eq!(created.warning().code, "JN123", "{created:?}");
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
    assert_eq!(created.warning().code, "JN122", "{created:?}");
    assert!(created.warning().text.contains(&order), "{created:?}");
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
        assert!(!creating.is_finished(), "the response is awaited");
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
    until(|| {
        !scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/numbers/order")
            .is_empty()
    })
    .await;
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
async fn interrupted_while_it_retries_the_caller_name_a_create_ends_at_once_with_its_number() {
    const UPDATE: &str = "/v1.0/numbers/update";
    let scene = Scene::new().await;
    let fails = Fault::on(UPDATE).always();
    scene
        .sandbox
        .fault(fails.before_commit(FaultKind::status(503)));
    let provider = scene.provider().await;
    let creating = tokio::spawn({
        let provider = provider.clone();
        let name = json!({ "caller_name": { "first_name": "Ada", "last_name": null } });
        async move {
            provider
                .create(&number(("mvno", "a2p"), (true, false), name))
                .await
        }
    });
    until(|| !scene.sandbox.ledger().requests_to(UPDATE).is_empty()).await;
    let asked = Instant::now();
    provider.stop().await;
    let created = creating.await.expect("no panic");
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    is_stored(&scene, &created);
    assert_eq!(created.warning().code, "JN407", "{created:?}");
}

#[tokio::test]
async fn interrupted_while_it_searches_a_create_ends_at_once_with_what_it_found() {
    let scene = Scene::new().await;
    let lag = Duration::from_secs(3600);
    scene
        .sandbox
        .switch(|s| s.inventory_lag = Some(Lag::Time(lag)));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let provider = scene.provider().await;
    let creating = tokio::spawn({
        let provider = provider.clone();
        async move { provider.create(&plain()).await }
    });
    until(|| !scene.sandbox.ledger().requests_to(INVENTORY).is_empty()).await;
    let asked = Instant::now();
    provider.stop().await;
    let created = creating.await.expect("no panic");
    assert!(asked.elapsed() < Duration::from_secs(1), "{created:?}");
    assert_eq!(created.error().code, "JN110", "{created:?}");
    assert_eq!(created.error().lines().len(), 3, "{created:?}");
    assert_eq!(scene.purchase_requests(), 1);
}

/// Every record below a data directory.
fn records(scene: &Scene) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(scene.data.path().join("joonto")).expect("a directory");
    let files = folders.filter_map(|folder| std::fs::read_dir(folder.expect("one").path()).ok());
    let paths = files.flatten().map(|file| file.expect("a file").path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect()
}

#[tokio::test]
async fn no_secret_is_recorded_or_printed() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).nth(2).after_commit(FaultKind::Drop));
    let mut secrets = vec![
        scene.sandbox.credentials().account_secret,
        "eyJ".to_owned(),
        "LPA:".to_owned(),
    ];
    for request in [plain(), with_sim(), plain()] {
        let created = provider.create(&request).await;
        let code = created.text("activation_code").expect("a code");
        secrets.push(code.trim_start_matches("LPA:1$").to_owned());
        for warning in &created.warnings {
            assert!(
                secrets.iter().all(|secret| !warning.text.contains(secret)),
                "{warning:?}"
            );
        }
    }
    let records = records(&scene);
    assert_eq!(records.len(), 3, "open until a later run finds the numbers");
    for record in records {
        let text = std::fs::read_to_string(record).expect("text");
        assert!(
            scene.owned().iter().any(|number| text.contains(number)),
            "{text}"
        );
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn a_record_is_closed_by_the_next_plan_and_a_refusal_leaves_none() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    let created = provider.create(&plain()).await;
    assert_eq!(records(&scene).len(), 1);
    provider.plan_over(&created).await;
    assert_eq!(records(&scene).len(), 1, "its own run proves nothing");
    scene.provider().await.plan_over(&created).await;
    assert_eq!(records(&scene).len(), 0);

    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(FaultKind::status(400)));
    let refused = scene.provider().await.create(&plain()).await;
    assert_eq!(refused.error().code, "JN101", "{refused:?}");
    assert_eq!(records(&scene).len(), 0);
}

/// A clock on which, once it is broken, nobody can wait without a panic.
#[derive(Debug)]
struct BreakableClock {
    clock: FastClock,
    is_broken: AtomicBool,
}

impl Clock for BreakableClock {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn utc(&self) -> OffsetDateTime {
        self.clock.utc()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        assert!(!self.is_broken.load(Ordering::Relaxed), "canary of a panic");
        self.clock.sleep(duration)
    }

    fn in_real_time(&self, duration: Duration) -> Duration {
        self.clock.in_real_time(duration)
    }
}

#[tokio::test]
async fn a_panic_after_the_purchase_keeps_what_is_known() {
    for shows_number in [true, false] {
        let mut scene = Scene::new().await;
        let clock = Arc::new(BreakableClock {
            clock: FastClock::new(),
            is_broken: AtomicBool::new(false),
        });
        scene.clock = clock.clone();
        let provider = scene.provider().await;
        scene.sandbox.switch(|switches| {
            switches.pending_forever = true;
            switches.pending_shows_number = shows_number;
        });
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        let creating = tokio::spawn(async move { provider.create(&plain()).await });
        until(|| !scene.sandbox.ledger().purchases().is_empty()).await;
        clock.is_broken.store(true, Ordering::Relaxed);
        scene.sandbox.release();
        let created = creating.await.expect("no panic comes through");
        let order = scene.sandbox.ledger().orders[0].clone();
        assert_eq!(created.text("order_id"), Some(order.order_id.as_str()));
        assert_eq!(created.number(), shows_number.then_some(order.number));
        assert_eq!(created.warning().code, "JN129", "{created:?}");
        assert!(!created.warning().text.contains("canary"));
    }
}
