//! Changing a number in place.

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Lag, NullInUpdate};
use serde_json::{Value, json};

use crate::scene::{SEED, Scene, number};

const UPDATE: &str = "/v1.0/numbers/update";
const ROUTE: &str = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a";

fn example(message_type: &str, enabled: bool, route: &str) -> String {
    number(
        "example",
        ("mvno", message_type),
        &format!("  message_route_id = {route:?}"),
    )
    .replace(
        "message_enabled = false",
        &format!("message_enabled = {enabled}"),
    )
}

/// A number that was bought, and is to become a p2p number.
async fn about_to_change() -> Result<(Scene, String)> {
    let scene = Scene::new(&example("a2p", true, ROUTE)).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.main(&example("p2p", true, ROUTE))?;
    let number = scene.owned().remove(0);
    Ok((scene, number))
}

/// What the state file has of the number, the provider's own part included.
fn instance(scene: &Scene) -> Result<Value> {
    Ok(scene.project.state()?["resources"][0]["instances"][0].clone())
}

fn requests(scene: &Scene) -> usize {
    scene.sandbox.ledger().requests_to(UPDATE).len()
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
        recorded.warnings().any(|d| d.code() == "JN205"),
        "{recorded}"
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
    let warning = plan.run.warning()?;
    assert!(
        warning.code() == "JN203" && warning.says(&first),
        "{warning}"
    );
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
async fn reads_that_lag_behind_a_change_are_no_difference() -> Result<()> {
    let (scene, number) = about_to_change().await?;
    let lag = Some(Lag::Reads(4));
    scene.sandbox.switch(|switches| switches.update_lag = lag);
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;

    // What is changed elsewhere meanwhile is shown, and alone.
    scene.sandbox.switch(|switches| switches.update_lag = None);
    scene
        .sandbox
        .edit(&number, |number| number.voice_enabled = true);
    let plan = scene.project.plan_json().await?;
    // The old record is still shown to this read.
    assert_eq!(plan.changes(), []);
    for _ in 0..2 {
        scene.project.plan().await?.ok()?;
    }
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].attributes, ["voice_enabled"]);
    assert_eq!(requests(&scene), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_route_the_api_does_not_let_go_of_is_an_error_that_says_so() -> Result<()> {
    for (nulls, why) in [
        (NullInUpdate::Ignored, ""),
        (NullInUpdate::Refused, "HTTP 400"),
    ] {
        let scene = Scene::new(&example("a2p", true, ROUTE)).await?;
        scene.project.apply().await?.quiet()?;
        let before = instance(&scene)?;
        scene
            .sandbox
            .switch(|switches| switches.null_in_update = nulls);
        scene.project.main(&example("a2p", false, ""))?;
        let refused = scene.project.apply().await?.failed()?;
        let error = refused.error()?;
        assert_eq!(error.code(), "JN403");
        let says = |words| error.says(words);
        assert!(says("message_route_id") && says(why), "{refused}");

        // The state holds what the API has, and nothing is tainted or forgotten.
        let after = instance(&scene)?;
        assert_eq!(after["attributes"]["message_route_id"], json!(ROUTE));
        let was_taken = nulls == NullInUpdate::Ignored;
        assert_eq!(after["attributes"]["message_enabled"], json!(!was_taken));
        assert_eq!(after["private"].is_string(), before["private"].is_string());
        assert_eq!(after.get("status"), None);

        // The way out that the error names.
        scene.project.main(&example("a2p", false, ROUTE))?;
        scene.project.apply().await?.ok()?;
        scene.project.assert_empty_plan().await?;
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_change_that_fails_leaves_what_the_api_has() -> Result<()> {
    let (scene, number) = about_to_change().await?;
    // The SIM that the purchase did not return.
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let before = instance(&scene)?;
    let mut failed = serde_json::Map::new();
    failed.insert("UpdateOrderStatus".into(), json!("Failed"));
    failed.insert("ErrorMessage".into(), json!("GENS-0041 no such plan"));
    let failed = FaultKind::Edit {
        set: failed,
        remove: vec![],
    };
    let refused = FaultKind::status(400);
    for fault in [
        Fault::on(UPDATE).before_commit(refused),
        Fault::on(UPDATE).before_commit(FaultKind::status(404)),
    ] {
        scene.sandbox.fault(fault);
        let run = scene.project.apply().await?.failed()?;
        let error = run.error()?;
        assert_eq!(error.code(), "JN401", "{run}");
        assert!(error.says(&number), "{run}");
        let after = instance(&scene)?;
        assert_eq!(after["attributes"], before["attributes"]);
        assert_eq!(after.get("status"), None);
        assert!(after["private"].is_string());
    }

    // The API says that it failed, and has changed the number nevertheless.
    scene.sandbox.fault(Fault::on(UPDATE).after_commit(failed));
    let run = scene.project.apply().await?.failed()?;
    let error = run.error()?;
    assert_eq!(error.code(), "JN402", "{run}");
    assert!(error.says(&number) && error.says("GENS-0041"), "{run}");
    let after = instance(&scene)?;
    assert_eq!(after["attributes"]["message_type"], json!("p2p"));
    assert_eq!(after.get("status"), None);
    assert!(after["private"].is_string());
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_change_that_takes_its_time_is_followed() -> Result<()> {
    let (scene, _) = about_to_change().await?;
    let pending = FaultKind::set("UpdateOrderStatus", "Pending");
    scene.sandbox.fault(Fault::on(UPDATE).after_commit(pending));
    scene.project.apply().await?.quiet()?;
    assert_eq!(
        scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/numbers/order")
            .len(),
        1
    );
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_change_whose_response_is_lost_is_repeated_or_read_back() -> Result<()> {
    for (retries, expected) in [("4", 2), ("0", 1)] {
        let (mut scene, number) = about_to_change().await?;
        // One value more than before, which the read back has to notice.
        let voice = "  voice_route_id = \"CRID-4dec6beb-3985-444b-8c06-8baa70dc145\"\n}";
        let changed = example("p2p", true, ROUTE).replace("\n}", &format!("\n{voice}"));
        scene.project.main(&changed)?;
        scene.project.env("JOONTO_MAX_RETRIES", retries);
        scene
            .sandbox
            .fault(Fault::on(UPDATE).after_commit(FaultKind::Drop));
        scene.project.apply().await?.quiet()?;
        assert_eq!(requests(&scene), expected);
        scene.project.assert_empty_plan().await?;
        let changed = scene
            .sandbox
            .number(&number)
            .map(|number| number.message_type);
        assert_eq!(changed.as_deref(), Some("p2p"));
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn what_moves_without_having_been_sent_is_warned_of() -> Result<()> {
    let (scene, number) = about_to_change().await?;
    let moved = FaultKind::set("VoiceEnabled", true);
    scene.sandbox.fault(Fault::on(UPDATE).after_commit(moved));
    let run = scene.project.apply().await?.ok()?;
    let warning = run.warning()?;
    assert!(
        warning.says(&number) && warning.says("voice_enabled"),
        "{run}"
    );
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_pending_number_is_seen_through_before_it_is_changed() -> Result<()> {
    let config = |message_type: &str| {
        let timeouts = "timeouts {\n create = \"1s\"\n update = \"1s\"\n}";
        number("example", ("mvno", message_type), timeouts)
    };
    let scene = Scene::new(&config("a2p")).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    scene.project.apply().await?.ok()?;
    let stored = scene.project.resource("joonto_number.example").await?;
    let order = stored["order_id"].as_str().unwrap_or_default();

    scene.project.main(&config("p2p"))?;
    let refused = scene.project.apply().await?.failed()?;
    let error = refused.error()?;
    assert_eq!(error.code(), "JN424", "{refused}");
    assert!(error.says(order), "{refused}");
    assert_eq!(
        scene.project.resource("joonto_number.example").await?,
        stored
    );

    assert!(scene.sandbox.complete_order(order));
    scene
        .project
        .apply_with(&["-refresh=false"])
        .await?
        .quiet()?;
    let stored = scene.project.resource("joonto_number.example").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    assert_eq!(stored["message_type"], json!("p2p"));
    assert_eq!(requests(&scene), 1);
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}
