//! Responses that contradict: an order has failed only when it says so itself, and what a response
//! names proves nothing when somebody has it already.

use std::time::Duration;

use joonto_sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::scene::{Created, Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const ORDER: &str = "/v1.0/numbers/order";
const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

/// A number whose create waits no longer than that for its order.
fn impatient(create: &str) -> serde_json::Value {
    let timeouts = json!({ "create": create, "read": null, "update": null, "delete": null });
    number(
        ("mvno", "a2p"),
        (true, false),
        json!({ "timeouts": timeouts }),
    )
}

fn is_stored_once(scene: &Scene, created: &Created) {
    assert!(created.errors.is_empty(), "{created:?}");
    assert_eq!(created.number().as_slice(), scene.owned().as_slice());
    assert_eq!(scene.purchase_requests(), 1);
}

/// C54 a.
#[tokio::test]
async fn a_message_without_an_order_is_unconfirmed() {
    let only = || FaultKind::only_error("No reply from the network in time");
    for is_committed in [false, true] {
        let mut scene = Scene::new().await;
        let fault = Fault::on(PROVISION);
        scene.sandbox.fault(match is_committed {
            false => fault.before_commit(only()),
            true => fault.after_commit(only()),
        });
        let created = scene.provider().await.create(&plain()).await;
        assert_eq!(created.error().code, "JN110", "{created:?}");
        let again = scene.provider().await.create(&plain()).await;
        assert_eq!(again.error().code, "JN111", "{again:?}");
        let lines = created.error().lines();
        let line = match is_committed {
            true => lines.first(),
            false => lines.last(),
        };
        scene.env(RESOLVED, line.expect("a line"));
        let resolved = scene.provider().await.create(&plain()).await;
        assert_eq!(
            resolved.number().as_slice(),
            scene.owned().as_slice(),
            "{resolved:?}"
        );
    }
}

/// C54 b.
#[tokio::test]
async fn an_order_that_says_itself_that_it_failed_bought_nothing() {
    let scene = Scene::new().await;
    scene
        .sandbox
        .switch(|s| s.fail_orders = Some("No stock".into()));
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN104", "{created:?}");
    assert!(created.error().text.contains("No stock"));
    scene.sandbox.switch(|s| s.fail_orders = None);
    let again = scene.provider().await.create(&plain()).await;
    assert_eq!(again.codes(), [""; 0], "no record is left: {again:?}");
    assert_eq!((scene.owned().len(), scene.purchase_requests()), (1, 2));
}

/// C54 c and d.
#[tokio::test]
async fn a_response_that_calls_a_good_order_failed_is_not_believed() {
    for polls in [None, Some(2)] {
        let scene = Scene::new().await;
        scene.sandbox.switch(|s| s.pending_polls = polls);
        let failed = FaultKind::failed_order("Failed", "Carrier error");
        scene
            .sandbox
            .fault(Fault::on(PROVISION).after_commit(failed));
        let created = scene.provider().await.create(&plain()).await;
        is_stored_once(&scene, &created);
        if polls.is_none() {
            assert_eq!(created.warning().code, "JN127", "{created:?}");
        }
    }
}

/// C54 e.
#[tokio::test]
async fn a_failed_order_that_cannot_be_read_is_unconfirmed_and_named() {
    let scene = Scene::new().await;
    let failed = FaultKind::failed_order("Failed", "Carrier error");
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(failed));
    let broken = Fault::on(ORDER).always();
    scene
        .sandbox
        .fault(broken.before_commit(FaultKind::status(404)));
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN110", "{created:?}");
    let order = scene.sandbox.ledger().orders[0].order_id.clone();
    assert!(created.error().text.contains(&order), "{created:?}");
    let again = scene.provider().await.create(&plain()).await;
    assert_eq!(again.error().code, "JN111", "{again:?}");
    assert_eq!(scene.purchase_requests(), 1);
}

/// C54 f.
#[tokio::test]
async fn an_order_that_fails_while_it_is_polled_bought_nothing() {
    let scene = Scene::new().await;
    scene.sandbox.switch(|s| {
        s.pending_polls = Some(2);
        s.pending_ends_in_error = Some("No stock".into());
    });
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN104", "{created:?}");
    scene.sandbox.switch(|s| {
        s.pending_polls = None;
        s.pending_ends_in_error = None;
    });
    let again = scene.provider().await.create(&plain()).await;
    assert_eq!(again.codes(), [""; 0], "{again:?}");
}

/// C50.
#[tokio::test]
async fn equal_orders_that_are_taken_for_one_store_one_number() {
    let scene = Scene::new().await;
    let window = Duration::from_secs(3600);
    scene
        .sandbox
        .switch(|s| s.merge_equal_orders = Some(window));
    let provider = scene.provider().await;
    let first = provider.create(&plain()).await;
    let bought = first.number().expect("a number");
    for code in ["JN110", "JN105", "JN105"] {
        let repeated = provider.create(&plain()).await;
        assert_eq!(repeated.error().code, code, "{repeated:?}");
        if code == "JN110" {
            assert!(repeated.error().text.contains(&bought), "{repeated:?}");
        }
    }
    assert_eq!(scene.owned(), [bought]);
}

/// C51.
#[tokio::test]
async fn a_response_that_names_a_number_in_use_is_unconfirmed() {
    for is_in_state in [true, false] {
        let scene = Scene::new().await;
        let owned = scene.provider().await.create(&plain()).await;
        let number = owned.number().expect("a number");
        let run = scene.run();
        if is_in_state {
            scene.provider_of(run.clone()).await.plan_over(&owned).await;
        }
        scene
            .sandbox
            .switch(|s| s.names_number = Some(number.clone()));
        // A request of its own: the open record of the first is not met.
        let other = crate::scene::number(("mvno", "p2p"), (true, false), json!({}));
        let created = scene.provider_of(run).await.create(&other).await;
        assert_eq!(created.error().code, "JN110", "{is_in_state}: {created:?}");
        let bought: Vec<String> = scene.owned().into_iter().filter(|n| *n != number).collect();
        assert_eq!(bought.len(), 1);
        assert!(
            created.error().lines()[0].ends_with(&bought[0]),
            "{created:?}"
        );
    }
}

/// C52.
#[tokio::test]
async fn an_order_read_that_responds_for_another_order_says_nothing() {
    let scene = Scene::new().await;
    scene.sandbox.switch(|s| {
        s.pending_polls = Some(3);
        s.order_names_first_order = true;
    });
    let provider = scene.provider().await;
    let first = provider.create(&plain()).await;
    assert!(first.number().is_some(), "{first:?}");
    let second = provider.create(&impatient("2m")).await;
    assert_eq!(second.warning().code, "JN122", "{second:?}");
    assert_eq!(second.number(), None);
    assert!(second.text("order_id").is_some());
    scene.sandbox.switch(|s| s.order_names_first_order = false);
    let third = provider.create(&plain()).await;
    assert!(third.number().is_some() && third.number() != first.number());
    assert_eq!(scene.purchase_requests(), 3);
}

/// C08: what is taken for a refusal.
#[tokio::test]
async fn refusals_leave_no_record_and_quick_ones_are_sent_again() {
    for (kind, retries, requests, code) in [
        (FaultKind::status(401), "4", 2, None),
        (FaultKind::status(403), "0", 2, None),
        (FaultKind::status(429), "3", 2, None),
        (FaultKind::status(429), "0", 1, Some("JN101")),
        (FaultKind::status(400), "4", 1, Some("JN101")),
        (FaultKind::status(404), "4", 1, Some("JN101")),
    ] {
        let mut scene = Scene::new().await;
        scene.env("JOONTO_MAX_RETRIES", retries);
        scene
            .sandbox
            .fault(Fault::on(PROVISION).before_commit(kind.clone()));
        let created = scene.provider().await.create(&plain()).await;
        assert_eq!(
            created.codes(),
            Vec::from_iter(code),
            "{kind:?}: {created:?}"
        );
        assert_eq!(scene.purchase_requests(), requests, "{kind:?}");
        let next = scene.provider().await.create(&plain()).await;
        if code.is_some() {
            assert_eq!(next.codes(), [""; 0], "{kind:?}: {next:?}");
        }
    }
}

/// C08: that a quick 429 bought nothing is an assumption, and this is what it costs.
#[tokio::test]
async fn a_quick_429_after_the_purchase_buys_twice() {
    let scene = Scene::new().await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::status(429)));
    let created = scene.provider().await.create(&plain()).await;
    assert!(
        created
            .number()
            .is_some_and(|number| scene.owned().contains(&number))
    );
    assert_eq!((scene.owned().len(), scene.purchase_requests()), (2, 2));
}

/// C08: a late one is not believed.
#[tokio::test]
async fn a_late_refusal_is_unconfirmed() {
    let cases = [401, 403, 429].map(|status| async move {
        let scene = Scene::new().await;
        let late = FaultKind::late(Duration::from_millis(2200), FaultKind::status(status));
        scene.sandbox.fault(Fault::on(PROVISION).after_commit(late));
        let provider = scene.provider_with_real_time_limits().await;
        let created = provider.create(&plain()).await;
        assert_eq!(created.error().code, "JN110", "{status}: {created:?}");
        assert_eq!(scene.purchase_requests(), 1);
    });
    for case in cases.map(tokio::spawn) {
        case.await.expect("unconfirmed");
    }
}

/// C30.
#[tokio::test]
async fn a_ready_token_that_cannot_look_up_numbers_buys_nothing() {
    let mut scene = Scene::new().await;
    scene.env("JOONTO_ACCOUNT_KEY", "");
    scene.env("JOONTO_ACCOUNT_SECRET", "");
    scene.env("JOONTO_TOKEN", "opaque-token");
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN152", "{created:?}");
    assert!(!created.error().text.contains("opaque"));
    // {"nameid":"DID-1"}: it names an account, and opens nothing.
    scene.env("JOONTO_TOKEN", "e30.eyJuYW1laWQiOiJESUQtMSJ9.x");
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(created.error().code, "JN152", "{created:?}");
    assert_eq!(scene.purchase_requests(), 0);
}
