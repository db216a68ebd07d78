//! What moves to another address, out of the state and in again: it stays the number it was.

use std::fs;

use harness::{Cli, Feature, Project, Result};
use serde_json::{Value, json};

use super::replaced::{assert_kept, buy};
use super::{Scene, Scenes, assert_errors, errors, plain};

const ELSEWHERE: &str = "registry.example.com/telecom/joonto";

/// The state is as another address of the provider wrote it, perhaps without identities. Terraform
/// asks for that provider, too.
fn hand_over(project: &Project, provider: &str, keep_identity: bool) -> Result<()> {
    let config = fs::read_to_string(project.cli_config())?;
    let plugins = project.path().join(".plugins").display().to_string();
    let both = format!("dev_overrides {{\n    {provider:?} = {plugins:?}\n");
    fs::write(
        project.cli_config(),
        config.replace("dev_overrides {\n", &both),
    )?;
    let mut state = project.state()?;
    for resource in state["resources"].as_array_mut().into_iter().flatten() {
        if resource["mode"] == "managed" {
            resource["provider"] = json!(format!("provider[\"{provider}\"]"));
        }
        for instance in resource["instances"].as_array_mut().into_iter().flatten() {
            let instance = instance.as_object_mut().expect("an object");
            if !keep_identity {
                instance.remove("identity");
                instance.remove("identity_schema_version");
            }
        }
    }
    state["serial"] = json!(state["serial"].as_u64().unwrap_or_default() + 1);
    fs::write(
        project.path().join("terraform.tfstate"),
        serde_json::to_vec(&state)?,
    )?;
    Ok(())
}

fn moved(kind: &str, from: &str, to: &str) -> String {
    format!("moved {{\n  from = {kind}.{from}\n  to   = {kind}.{to}\n}}\n")
}

fn route(name: &str, arguments: &str) -> String {
    format!(
        "resource \"joonto_message_route\" \"{name}\" {{\n  route_name = \"r\"\n  \
         message_url = \"https://example.com/sms\"\n  message_url_method = \"POST\"\n  \
         {arguments}\n}}\n"
    )
}

/// The instances in state, without what names the resource they belong to.
fn instances(project: &Project) -> Result<Vec<Value>> {
    let state = project.state()?;
    let resources = state["resources"].as_array().into_iter().flatten();
    Ok(resources
        .flat_map(|resource| resource["instances"].as_array().into_iter().flatten())
        .map(|instance| {
            let kept = ["attributes", "private", "schema_version"];
            let kept = kept.map(|name| (name.to_owned(), instance[name].clone()));
            Value::Object(kept.into_iter().collect())
        })
        .collect())
}

// C49
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_of_another_provider_address_is_moved_with_all_that_is_kept() {
    let keyed = "for_each = toset([\"k\"])";
    let both = |from: &str, to: &str| {
        moved("joonto_number", from, to) + &moved("joonto_message_route", from, to)
    };
    let mut scenes = Scenes::default();
    for (name, after, moves) in [
        ("moved", [("b", "")], both("a", "b")),
        ("for_each", [("a", keyed)], both("a", "a[\"k\"]")),
        ("count", [("a", "count = 1")], String::new()),
        ("nothing", [("a", "")], String::new()),
    ] {
        for (provider, keep_identity) in [(ELSEWHERE, true), (ELSEWHERE, false)] {
            let moves = moves.clone();
            scenes.add(format!("{name} {keep_identity}"), async move {
                let objects =
                    |name: &str, arguments: &str| plain(name, arguments) + &route(name, arguments);
                let scene = Scene::new(&objects("a", "")).await?;
                let number = buy(&scene).await?;
                scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
                let before = instances(&scene.project)?;
                hand_over(&scene.project, provider, keep_identity)?;
                let [(to, arguments)] = after;
                scene.project.main(&(objects(to, arguments) + &moves))?;
                let plan = scene.project.plan_json().await?;
                assert_eq!(plan.changes(), [], "{}", plan.run);
                scene.project.apply_plan().await?.ok()?;
                assert_eq!(instances(&scene.project)?, before);
                assert_kept(&scene, &number);
                scene.project.assert_empty_plan().await?.quiet()?;
                scene.end().await
            });
        }
    }
    scenes.play().await;
}

// C69
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_out_of_a_move_that_is_refused_destroys_nothing() -> Result<()> {
    let scene = Scene::new(&plain("a", "")).await?;
    let number = buy(&scene).await?;
    let moved = "moved {\n  from = joonto_number.a\n  to   = joonto_message_route.b\n}\n";
    scene.project.main(&(route("b", "") + moved))?;
    let refused = scene.project.plan().await?;
    if !Cli::find()?.offers(Feature::MovedAcrossTypes) {
        // Older versions refuse it themselves.
        assert_errors(&refused, &[]);
        assert_kept(&scene, &number);
        return scene.end().await;
    }
    assert_errors(&refused, &["JN220"]);
    let detail = refused.error()?.detail.clone();
    let (_, block) = detail.split_once("removed {").expect("a block");
    let (block, _) = block.split_once("\n\n").expect("an end");
    let block = format!("removed {{{}", block.replace(".NAME", ".a"));
    scene.project.main(&(route("b", "") + &block))?;
    let applied = scene.project.apply().await?.ok()?;
    assert_eq!(errors(&applied), [""; 0]);
    assert_kept(&scene, &number);
    scene.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_stores_what_a_purchase_and_a_refresh_store() -> Result<()> {
    for arguments in ["", "product_type = \"Data-Only\"\n  data_enabled = true"] {
        let scene = Scene::new(&plain("n", arguments)).await?;
        let number = buy(&scene).await?;
        scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
        let kept = verified(&scene).await?;
        for name in [
            "iccid",
            "assigned_subscriber_id",
            "subscriber_id",
            "qr_code",
        ] {
            assert!(kept[name].is_string(), "{name}: {kept}");
        }
        scene
            .project
            .run(["state", "rm", "joonto_number.n"])
            .await?
            .ok()?;
        scene
            .project
            .import("joonto_number.n", &number)
            .await?
            .ok()?;
        assert_eq!(verified(&scene).await?, kept);
        assert_kept(&scene, &number);
        scene.end().await?;
    }
    Ok(())
}

async fn verified(scene: &Scene) -> Result<Value> {
    let mut attributes = scene.project.resource("joonto_number.n").await?;
    let object = attributes.as_object_mut().expect("an object");
    object.retain(|name, _| !harness::NOT_VERIFIED.contains(&name.as_str()));
    Ok(attributes)
}
