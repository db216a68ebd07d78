//! A number's life after its purchase, in its plain forms.

use harness::Result;
use joonto_sandbox::NumberStatus;
use serde_json::json;

use crate::scene::{SEED, Scene, number};

#[tokio::test]
async fn destroying_cancels_and_warns_before() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    let plan = scene.project.plan_with(&["-destroy"]).await?.ok()?;
    let warning = plan.warning()?;
    assert!(
        warning.says(&number) && warning.says("cancel") && warning.says("30 days"),
        "{plan}"
    );

    scene.project.destroy().await?.ok()?;
    let ledger = scene.sandbox.ledger();
    let changes = ledger.requests_to("/v1.0/numbers/status");
    assert_eq!(changes.len(), 1);
    let body = &changes[0].body;
    assert_eq!(body["StatusChange"], json!("cancel"));
    assert_eq!(body["PhoneNumbers"], json!([{"Number": number}]));
    let status = scene.sandbox.number(&number).map(|number| number.status);
    assert!(
        matches!(status, Some(NumberStatus::Cancelled { .. })),
        "{status:?}"
    );
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_policy_in_the_state_decides_what_destroying_does() -> Result<()> {
    for (policy, left) in [
        ("park", NumberStatus::Parked),
        ("abandon", NumberStatus::Active),
    ] {
        let kept = number(
            "example",
            ("mvno", "a2p"),
            &format!("deletion_policy = {policy:?}"),
        );
        let scene = Scene::new(&kept).await?;
        scene.project.apply().await?.quiet()?;
        let number = scene.owned().remove(0);
        scene.project.destroy().await?.ok()?;
        assert_eq!(
            scene.sandbox.number(&number).map(|number| number.status),
            Some(left)
        );
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn prevent_refuses_at_plan_and_a_change_of_policy_calls_nothing() -> Result<()> {
    let config = |policy: &str| number("example", ("mvno", "a2p"), policy);
    let scene = Scene::new(&config(r#"deletion_policy = "prevent""#)).await?;
    scene.project.apply().await?.quiet()?;
    let before = scene
        .sandbox
        .ledger()
        .requests_to("/v1.0/numbers/status")
        .len();

    let refused = |run: &harness::Run| {
        assert!(run.errors().any(|d| d.says("prevent")), "{run}");
    };
    refused(&scene.project.plan_with(&["-destroy"]).await?.failed()?);
    refused(
        &scene
            .project
            .plan_with(&["-replace=joonto_number.example"])
            .await?
            .failed()?,
    );
    scene.project.main("")?;
    refused(&scene.project.plan().await?.failed()?);
    assert_eq!(
        scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/numbers/status")
            .len(),
        before
    );

    scene.project.main(&config(""))?;
    let requests = scene.sandbox.ledger().requests.len();
    scene
        .project
        .apply_with(&["-refresh=false"])
        .await?
        .quiet()?;
    assert_eq!(scene.sandbox.ledger().requests.len(), requests);
    scene.project.destroy().await?.ok()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_changed_in_place_replaces_with_a_warning() -> Result<()> {
    let config = |area: &str| number("example", ("mvno", "a2p"), area);
    let scene = Scene::new(&config(r#"area_code = "801""#)).await?;
    scene.project.apply().await?.quiet()?;
    let first = scene.owned().remove(0);

    scene.project.main(&config(""))?;
    let recorded = scene.project.apply().await?.ok()?;
    assert!(
        recorded
            .warnings()
            .any(|d| d.says("recorded") || d.summary.contains("recorded"))
    );
    assert_eq!(
        scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/numbers/update")
            .len(),
        0
    );

    scene.project.main(&config(r#"area_code = "801""#))?;
    scene.project.apply().await?.ok()?;
    scene.project.main(&config(r#"area_code = "385""#))?;
    scene.sandbox.stock("385", 5);
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["delete", "create"]);
    assert!(plan.run.warnings().any(|d| d.says(&first)), "{}", plan.run);
    scene.project.apply_plan().await?.ok()?;
    assert_eq!(scene.purchase_requests(), 2);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_can_be_changed_in_place_is_and_only_what_changed_is_sent() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    let changed = SEED
        .replace("\"iot\"", "\"mvno\"")
        .replace("\"p2p\"", "\"a2p\"")
        .replace("CRID-4dec6beb-3985-444b-8c06-8baa70dc145", "");
    scene.project.main(&changed)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"]);
    assert_eq!(
        plan.changes()[0].attributes,
        ["message_type", "number_type", "voice_route_id"]
    );
    scene.project.apply_plan().await?.ok()?;
    let ledger = scene.sandbox.ledger();
    let updates = ledger.requests_to("/v1.0/numbers/update");
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0].body,
        json!({
            "Number": number, "Classification": "MVNO", "MessageType": "a2p", "VoiceRouteId": null
        })
    );
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_is_imported_by_its_digits_and_by_its_sim() -> Result<()> {
    // The number alone: an import does not touch outputs.
    let config = SEED.split("output ").next().unwrap_or_default();
    let scene = Scene::new(config).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    for id in [number.as_str(), "iccid:8901240397190195850"] {
        scene
            .project
            .run(["state", "rm", "joonto_number.tracker"])
            .await?
            .ok()?;
        scene
            .project
            .import("joonto_number.tracker", id)
            .await?
            .ok()?;
        let stored = scene.project.resource("joonto_number.tracker").await?;
        assert_eq!(stored["phone_number_assigned"], json!(number));
        assert_eq!(stored["number_type"], json!("iot"));
        assert_eq!(stored["deletion_policy"], json!("cancel"));
        // What the API never tells is recorded, and nothing is replaced for it.
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].actions, ["update"]);
        assert_eq!(
            plan.changes()[0].attributes,
            ["area_code", "data_enabled", "zip_code"]
        );
    }

    let told = r#"
resource "joonto_number" "tracker" {
  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = true
  voice_enabled   = false
}
"#;
    scene.project.main(told)?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_that_is_not_there_cannot_be_imported() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    let unknown = scene
        .project
        .import("joonto_number.tracker", "+12025550199")
        .await?
        .failed()?;
    assert!(unknown.says("another account"), "{unknown}");
    let malformed = scene
        .project
        .import("joonto_number.tracker", "NID-1")
        .await?
        .failed()?;
    assert!(malformed.says("iccid:"), "{malformed}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_cancelled_number_is_dropped_with_a_warning_and_a_foreign_one_is_not() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    let other = scene.sandbox.second_account();
    let own = scene.sandbox.credentials();
    scene.project.env("JOONTO_ACCOUNT_KEY", &other.account_key);
    scene
        .project
        .env("JOONTO_ACCOUNT_SECRET", &other.account_secret);
    let foreign = scene.project.plan().await?.failed()?;
    assert!(
        foreign.error()?.summary.contains("another account"),
        "{foreign}"
    );

    scene.project.env("JOONTO_ACCOUNT_KEY", &own.account_key);
    scene
        .project
        .env("JOONTO_ACCOUNT_SECRET", &own.account_secret);
    let at = scene.sandbox.clock().now();
    scene.sandbox.edit(&number, |number| {
        number.status = NumberStatus::Cancelled { at }
    });
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["create"]);
    assert!(
        plan.run.warnings().any(|d| d.summary.contains("is gone")),
        "{}",
        plan.run
    );
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_pending_order_is_followed_until_its_number_is_there() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_polls = Some(1));
    scene.project.apply().await?.quiet()?;
    let stored = scene.project.resource("joonto_number.tracker").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    assert_eq!(stored["order_status"], json!("Complete"));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_order_that_stays_pending_is_kept_and_completed_by_a_refresh() -> Result<()> {
    let config = number(
        "example",
        ("mvno", "a2p"),
        "timeouts {\n create = \"1s\"\n}",
    );
    let scene = Scene::new(&config).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    let applied = scene.project.apply().await?.ok()?;
    assert!(applied.warning()?.summary.contains("pending"), "{applied}");
    let order = scene.project.resource("joonto_number.example").await?["order_id"].clone();

    scene
        .sandbox
        .switch(|switches| switches.pending_forever = false);
    assert!(
        scene
            .sandbox
            .complete_order(order.as_str().unwrap_or_default())
    );
    scene.project.assert_empty_plan().await?;
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let stored = scene.project.resource("joonto_number.example").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}
