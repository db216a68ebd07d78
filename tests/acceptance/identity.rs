//! Numbers by their identity, from Terraform 1.12 on.

use harness::{Cli, Feature, Result};
use serde_json::{Value, json};

use crate::scene::{Scene, number};

/// The identity in the state file of the only resource.
fn stored_identity(state: &Value) -> &Value {
    &state["resources"][0]["instances"][0]["identity"]
}

#[tokio::test]
async fn a_bought_number_has_its_identity_in_state_and_keeps_it() -> Result<()> {
    let config = |policy: &str| number("example", ("mvno", "a2p"), policy);
    let scene = Scene::new(&config("")).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    let expected = match Cli::find()?.offers(Feature::Identity) {
        true => json!({ "phone_number": bought }),
        // Older versions know nothing of it, and get along.
        false => Value::Null,
    };
    assert_eq!(stored_identity(&scene.project.state()?), &expected);

    scene
        .project
        .main(&config(r#"deletion_policy = "abandon""#))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(stored_identity(&scene.project.state()?), &expected);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_pending_number_has_no_identity_until_a_refresh_completes_it() -> Result<()> {
    let config = number(
        "example",
        ("mvno", "a2p"),
        "timeouts {\n create = \"1s\"\n}",
    );
    let scene = Scene::new(&config).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    scene.project.apply().await?.ok()?;
    assert_eq!(stored_identity(&scene.project.state()?), &Value::Null);
    scene.project.plan().await?.ok()?;

    let order = scene.project.resource("joonto_number.example").await?["order_id"].clone();
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = false);
    let order = order.as_str().unwrap_or_default();
    assert!(scene.sandbox.complete_order(order));
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let expected = match Cli::find()?.offers(Feature::Identity) {
        true => json!({ "phone_number": scene.owned()[0] }),
        false => Value::Null,
    };
    assert_eq!(stored_identity(&scene.project.state()?), &expected);
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_is_imported_by_its_identity() -> Result<()> {
    let config = number("example", ("mvno", "a2p"), "");
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    let forget = ["state", "rm", "joonto_number.example"];
    scene.project.run(forget).await?.ok()?;

    let import =
        |by: &str| format!("{config}\nimport {{\n  to = joonto_number.example\n  {by}\n}}\n");
    let identity = |number: &str| format!("identity = {{\n    phone_number = {number:?}\n  }}");
    scene.project.main(&import(&identity(&bought)))?;
    if !Cli::find()?.offers(Feature::Identity) {
        // The import block of older versions knows ids only.
        scene.project.plan().await?.failed()?;
        scene.project.main(&import(&format!("id = {bought:?}")))?;
        scene.project.apply().await?.quiet()?;
        scene.project.assert_empty_plan().await?;
        assert_eq!(scene.purchase_requests(), 1);
        scene.end().await;
        return Ok(());
    }
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes(), [], "{}", plan.run);
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(
        stored_identity(&scene.project.state()?),
        &json!({ "phone_number": bought })
    );
    scene.project.assert_empty_plan().await?;

    // C74: spelt as an import by id may spell it.
    scene.project.run(forget).await?.ok()?;
    let digits = bought.trim_start_matches('+');
    scene.project.main(&import(&identity(digits)))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(
        stored_identity(&scene.project.state()?),
        &json!({ "phone_number": bought })
    );
    scene.project.assert_empty_plan().await?;

    scene.project.run(forget).await?.ok()?;
    let by_sim = identity("iccid:8901240397190195850");
    scene.project.main(&import(&by_sim))?;
    let refused = scene.project.plan().await?.failed()?;
    assert!(refused.error()?.says("phone_number"), "{refused}");
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}
