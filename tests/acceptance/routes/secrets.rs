//! What must be seen nowhere.

use std::fs;

use harness::{Cli, Feature, Result};
use joonto_sandbox::{Fault, FaultKind};
use serde_json::json;

use super::life::id;
use super::{message_route, voice_route};
use crate::scene::Scene;
use crate::secrets::{places, readable};

const MESSAGE: &str = "joonto_message_route.inbound";

/// What a write-only argument is given from: of an ephemeral variable nothing is stored.
const VARIABLE: &str =
    "variable \"secret\" {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n";

#[tokio::test]
async fn secrets_are_sent_and_stand_in_no_output_and_no_log() -> Result<()> {
    let config = [
        message_route(
            "message_authentication_type = \"Basic\"\n  message_username = \"canary-user\"\n  \
             message_password_token = \"canary-password\"\n  \
             callback_message_username = \"canary-user\"\n  \
             callback_message_password_token = \"canary-password\"",
        ),
        voice_route(
            "route_type = \"Trunk\"\n  voice_username = \"canary-user\"\n  \
             voice_password_token = \"canary-password\"",
        ),
    ]
    .concat();
    let mut scene = Scene::new(&config).await?;
    let log = scene.project.path().join("log");
    scene
        .project
        .env("TF_LOG_PROVIDER", "trace")
        .env("TF_LOG_PATH", &log);
    let refused = Fault::on("/v1.0/voice/routes").method("POST");
    scene
        .sandbox
        .fault(refused.before_commit(FaultKind::status(400)));
    let mut said = vec![scene.project.apply().await?.failed()?];
    said.push(scene.project.apply().await?.quiet()?);
    said.push(scene.project.assert_empty_plan().await?.quiet()?);
    scene
        .project
        .main(&config.replace("canary-password", "canary-other"))?;
    said.push(scene.project.apply().await?.quiet()?);
    for run in said {
        assert!(!run.says("canary"), "{run}");
    }
    assert!(!fs::read_to_string(&log)?.contains("canary-"));

    let id = id(&scene, MESSAGE).await?;
    let held = scene.sandbox.route(&id).unwrap_or_default();
    assert_eq!(held["MessagePasswordToken"], json!("canary-other"));
    assert_eq!(held["MessageUsername"], json!("canary-user"));
    // What the API tells of them is never compared: it may be masked.
    scene
        .sandbox
        .edit_route(&id, "MessagePasswordToken", json!("****"));
    scene
        .sandbox
        .edit_route(&id, "MessageUsername", json!("****"));
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn write_only_secrets_are_sent_with_each_version_and_stored_nowhere() -> Result<()> {
    const SECRET: &str = "TF_VAR_secret";
    if !Cli::find()?.offers(Feature::WriteOnlyArguments) {
        let config = message_route("message_password_token_wo = \"a\"");
        let refused = Scene::new(&config).await?.project.plan().await?.failed()?;
        assert!(refused.says("1.11"), "{refused}");
        return Ok(());
    }
    let config = |version: u32| {
        let arguments = format!(
            "message_password_token_wo = var.secret\n  \
             message_password_token_wo_version = {version}"
        );
        [VARIABLE, &message_route(&arguments)].concat()
    };
    let mut scene = Scene::new(&config(1)).await?;
    scene.project.env(SECRET, "canary-1");
    scene.project.apply().await?.quiet()?;
    let id = id(&scene, MESSAGE).await?;
    let sent = |scene: &Scene| {
        let held = scene.sandbox.route(&id).unwrap_or_default();
        held["MessagePasswordToken"].clone()
    };
    assert_eq!(sent(&scene), json!("canary-1"));

    // Without another version nobody can see that it is another.
    scene.project.env(SECRET, "canary-2");
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(sent(&scene), json!("canary-1"));
    scene.project.main(&config(2))?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(
        plan.changes()[0].attributes,
        ["message_password_token_wo_version"]
    );
    assert!(!plan.json.to_string().contains("canary"));
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(sent(&scene), json!("canary-2"));
    scene.project.assert_empty_plan().await?.quiet()?;

    // From there to a stored one, back, and to none.
    scene
        .project
        .main(&message_route("message_password_token = \"canary-3\""))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(sent(&scene), json!("canary-3"));
    scene.project.env(SECRET, "canary-4").main(&config(1))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(sent(&scene), json!("canary-4"));
    assert!(!scene.project.state()?.to_string().contains("canary"));
    scene.project.main(&message_route(""))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(sent(&scene), json!(null));
    scene.project.assert_empty_plan().await?.quiet()?;

    // A write-only value needs its version, and no second one beside it.
    for (arguments, attribute) in [
        (
            "message_password_token_wo = \"a\"",
            "message_password_token_wo",
        ),
        (
            "message_password_token = \"a\"\n  message_password_token_wo = \"a\"\n  \
             message_password_token_wo_version = 1",
            "message_password_token",
        ),
    ] {
        scene.project.main(&message_route(arguments))?;
        let refused = scene.project.plan().await?.failed()?;
        assert!(refused.error()?.points_at(attribute), "{refused}");
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn no_write_only_value_is_in_plan_file_state_or_log() -> Result<()> {
    if !Cli::find()?.offers(Feature::WriteOnlyArguments) {
        // Nothing is write-only there; that it is refused, the test above shows.
        let config = voice_route(
            "route_type = \"Trunk\"\n  voice_password_token_wo = \"a\"\n  \
             voice_password_token_wo_version = 1",
        );
        let refused = Scene::new(&config).await?.project.plan().await?.failed()?;
        assert!(refused.says("1.11"), "{refused}");
        return Ok(());
    }
    let config = |version: u32| {
        let write_only = |names: &[&str]| {
            let lines = names
                .iter()
                .map(|name| format!("  {name}_wo = var.secret\n  {name}_wo_version = {version}\n"));
            lines.collect::<String>()
        };
        let message = write_only(&["message_password_token", "callback_message_password_token"]);
        let visible = format!("message_username = \"visible-{version}\"\n{message}");
        let trunk = write_only(&["voice_password_token"]);
        let trunk = format!("route_type = \"Trunk\"\n{trunk}");
        [VARIABLE, &message_route(&visible), &voice_route(&trunk)].concat()
    };
    let mut scene = Scene::new(&config(1)).await?;
    let log = scene.project.path().join("trace.log");
    scene
        .project
        .env("TF_LOG", "trace")
        .env("TF_LOG_PATH", &log);
    let none: [String; 0] = [];
    for version in [1, 2] {
        scene.project.main(&config(version))?;
        scene
            .project
            .env("TF_VAR_secret", format!("canary-{version}"));
        scene.project.plan().await?.ok()?;
        scene.project.apply_plan().await?.ok()?;
        let id = id(&scene, MESSAGE).await?;
        let held = scene.sandbox.route(&id).unwrap_or_default();
        let sent = json!(format!("canary-{version}"));
        assert_eq!(held["MessagePasswordToken"], sent);
        assert_eq!(held["CallbackMessagePasswordToken"], sent);

        let readable = readable(&scene.project)?;
        // What is stored is found, so that what is not would be.
        let found = places(&readable, &format!("visible-{version}"));
        for expected in ["tfplan", "terraform.tfstate"] {
            assert!(
                found.iter().any(|place| place.ends_with(expected)),
                "{expected}: {found:?}"
            );
        }
        assert!(
            places(&readable, MESSAGE)
                .iter()
                .any(|place| place.ends_with("trace.log"))
        );
        assert_eq!(places(&readable, "canary-"), none);
    }
    scene.end().await;
    Ok(())
}
