//! What goes wrong, and what users read of it.

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, NumberStatus};

use serde_json::json;

use crate::scene::{SEED, Scene, number};

#[tokio::test]
async fn a_failed_order_is_an_error_with_order_and_message_and_leaves_nothing_in_state()
-> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene
        .sandbox
        .switch(|switches| switches.fail_orders = Some("no stock left".into()));
    let applied = scene.project.apply().await?.failed()?;
    let error = applied.error()?;
    assert_eq!(error.code(), "JN104");
    for text in ["JNUOID-", "no stock left"] {
        assert!(error.says(text), "{text}: {applied}");
    }
    assert_eq!(scene.project.state()?["resources"], serde_json::json!([]));
    assert_eq!(scene.owned().len(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_refused_order_says_that_nothing_was_bought() -> Result<()> {
    let config = SEED.replace("MRID-73af1e73", "MRID-00000000");
    let scene = Scene::new(&config).await?;
    let applied = scene.project.apply().await?.failed()?;
    let error = applied.error()?;
    assert_eq!(error.code(), "JN101");
    assert!(error.says("HTTP 400"), "{applied}");
    assert_eq!(scene.owned().len(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn wrong_credentials_are_named_and_never_shown() -> Result<()> {
    // The first is for a SIM, which is asked before the purchase.
    for config in [SEED.to_owned(), number("plain", ("iot", "p2p"), "")] {
        let mut scene = Scene::new(&config).await?;
        scene
            .project
            .env("JOONTO_ACCOUNT_SECRET", "canary-of-a-secret");
        let applied = scene.project.apply().await?.failed()?;
        let error = applied.error()?;
        assert_eq!(error.code(), "JN101", "{applied}");
        assert!(error.says("HTTP 401"), "{applied}");
        assert!(error.says("AccountSecret"), "{applied}");
        assert!(!format!("{applied}").contains("canary-of-a-secret"));
        assert_eq!(scene.purchase_requests(), 0);
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn an_api_that_is_down_is_an_error_and_nothing_was_sent() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.env("JOONTO_MAX_RETRIES", "0");
    scene.sandbox.listen(false).await;
    let applied = scene.project.apply().await?.failed()?;
    let error = applied.error()?;
    assert_eq!(error.code(), "JN141");
    scene.sandbox.listen(true).await;
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.owned().len(), 1);
    scene.end().await;
    Ok(())
}

/// The seed's number is for a SIM, which proves the purchase.
#[tokio::test]
async fn a_purchase_whose_response_is_lost_is_sent_once_and_proved_by_its_sim() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    let lost = Fault::on("/v1.0/numbers/provision").after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let applied = scene.project.apply().await?.ok()?;
    assert_eq!(applied.warning()?.code(), "JN120", "{applied}");
    assert_eq!(scene.purchase_requests(), 1);
    let stored = scene.project.resource("joonto_number.tracker").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn without_a_sim_a_lost_response_stops_and_the_printed_line_stores_the_number() -> Result<()>
{
    let mut scene = Scene::new(&number("tracker", ("mvno", "a2p"), "")).await?;
    let lost = Fault::on("/v1.0/numbers/provision").after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let applied = scene.project.apply().await?.failed()?;
    let error = applied.error()?;
    assert_eq!(error.code(), "JN110", "{applied}");
    let planned = scene.project.plan().await?.ok()?;
    assert_eq!(planned.warning()?.code(), "JN131", "{planned}");
    assert_eq!(planned.warning()?.lines()[0], error.lines()[0], "{planned}");

    scene
        .project
        .env("JOONTO_PURCHASE_RESOLVED", &error.lines()[0]);
    let applied = scene.project.apply().await?.ok()?;
    assert!(applied.warnings().any(|w| w.code() == "JN121"), "{applied}");
    assert_eq!(scene.purchase_requests(), 1);
    let stored = scene.project.resource("joonto_number.tracker").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_purchase_is_repeated_when_the_limit_refused_it() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    let limited = FaultKind::status_retry_after(429, "1");
    scene
        .sandbox
        .fault(Fault::on("/v1.0/numbers/provision").before_commit(limited));
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 2);
    assert_eq!(scene.owned().len(), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_nobody_saw_in_state_stops_an_equal_purchase_until_it_has_ended() -> Result<()> {
    let scene = Scene::new(&number("example", ("mvno", "a2p"), "")).await?;
    scene.project.apply().await?.quiet()?;
    let first = scene.owned().remove(0);
    // As if Terraform had been ended just before it wrote its state.
    scene
        .project
        .run(["state", "rm", "joonto_number.example"])
        .await?
        .ok()?;

    let stopped = scene.project.apply().await?.failed()?;
    let error = stopped.error()?;
    assert_eq!(error.code(), "JN111", "{stopped}");
    assert!(
        error.lines()[0].ends_with(&format!("={first}")),
        "{stopped}"
    );
    assert_eq!(scene.purchase_requests(), 1);

    let at = scene.sandbox.clock().now();
    scene.sandbox.edit(&first, |number| {
        number.status = NumberStatus::Cancelled { at };
    });
    let applied = scene.project.apply().await?.ok()?;
    assert_eq!(applied.warning()?.code(), "JN130", "{applied}");
    assert_eq!(scene.purchase_requests(), 2);
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}
