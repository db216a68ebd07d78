//! Taking up numbers that exist already.

use harness::{Project, Result};
use joonto_sandbox::NumberStatus;
use serde_json::json;

use crate::scene::{FULL, SEED, Scene};

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

    let written = r#"
resource "joonto_number" "tracker" {
  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = true
  voice_enabled   = false
}
"#;
    scene.project.main(written)?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_names_no_number_cannot_be_imported() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    let malformed = scene
        .project
        .import("joonto_number.tracker", "NID-1")
        .await?
        .failed()?;
    assert!(malformed.says("Code: JN332."), "{malformed}");
    scene.end().await;
    Ok(())
}

async fn forget(project: &Project) -> Result<()> {
    project
        .run(["state", "rm", "joonto_number.tracker"])
        .await?
        .ok()?;
    Ok(())
}

#[tokio::test]
async fn everything_that_the_api_returns_is_imported() -> Result<()> {
    let scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let requests = scene.purchase_requests();
    // Details name the voice route by digits and hide the subscriber: the inventory tells them.
    for (as_digits, hidden) in [(false, false), (true, true)] {
        scene.sandbox.switch(|switches| {
            switches.voice_route_as_digits = as_digits;
            switches.subscriber_hidden = false;
        });
        forget(&scene.project).await?;
        scene
            .project
            .import("joonto_number.tracker", &number)
            .await?
            .ok()?;
        let stored = scene.project.resource("joonto_number.tracker").await?;
        assert_eq!(stored["product_type"], json!("Sms+Data+Voice"));
        assert_eq!(stored["status"], json!("Active"));
        scene
            .sandbox
            .switch(|switches| switches.subscriber_hidden = hidden);
        scene.project.assert_empty_plan().await?.quiet()?;
    }
    // The filler letter, as the API prints it.
    scene.project.main(&FULL.replace("0195850", "0195850F"))?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), requests);
    assert_eq!(
        scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/numbers/update")
            .len(),
        0
    );
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_import_that_fails_says_what_is_likely() -> Result<()> {
    let mut scene = Scene::new(SEED.split("output ").next().unwrap_or_default()).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    forget(&scene.project).await?;
    let at = scene.sandbox.clock().now();

    let run = scene
        .project
        .import("joonto_number.tracker", "+12025550199")
        .await?
        .failed()?;
    assert!(
        run.says("Code: JN331.") && run.says("+12025550199"),
        "{run}"
    );
    let run = scene
        .project
        .import("joonto_number.tracker", "iccid:8901240397190190000")
        .await?
        .failed()?;
    assert!(
        run.says("Code: JN331.") && run.says("8901240397190190000"),
        "{run}"
    );

    let own = scene.credentials(&scene.sandbox.second_account());
    let run = scene
        .project
        .import("joonto_number.tracker", &number)
        .await?
        .failed()?;
    assert!(run.says("Code: JN331.") && run.says(&number), "{run}");
    scene.credentials(&own);

    scene.sandbox.edit(&number, |number| {
        number.status = NumberStatus::Cancelled { at }
    });
    let run = scene
        .project
        .import("joonto_number.tracker", &number)
        .await?
        .failed()?;
    assert!(run.says("Code: JN330.") && run.says("Cancelled"), "{run}");
    scene.end().await;
    Ok(())
}
