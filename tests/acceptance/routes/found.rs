//! Routes that are looked up.

use harness::Result;
use serde_json::json;

use super::{TRUNK, lines, message_route, voice_route};
use crate::scene::Scene;

const LOOK_UPS: &str = r#"
data "joonto_message_route" "one" {
  route_id = joonto_message_route.inbound.route_id
}

data "joonto_voice_route" "one" {
  route_id = joonto_voice_route.trunk.route_id
}

data "joonto_message_routes" "all" {
  depends_on = [joonto_message_route.inbound]
}

data "joonto_voice_routes" "all" {
  account_id = joonto_voice_route.trunk.account_id
}
"#;

#[tokio::test]
async fn routes_are_found_alone_and_listed_without_their_secrets() -> Result<()> {
    let config = [
        &message_route("message_username = \"canary\"\n  message_password_token = \"canary\""),
        &voice_route(&lines(TRUNK)),
        LOOK_UPS,
    ]
    .map(String::from)
    .concat();
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;

    let made = scene.project.resource("joonto_voice_route.trunk").await?;
    let found = scene
        .project
        .resource("data.joonto_voice_route.one")
        .await?;
    let found = found.as_object().expect("attributes");
    assert!(found.len() > 30, "{found:?}");
    for (name, value) in found {
        assert_eq!(value, &made[name], "{name}");
    }
    let found = scene
        .project
        .resource("data.joonto_message_route.one")
        .await?;
    assert_eq!(found["route_name"], json!("inbound"));
    assert_eq!(found["enabled"], json!(true));
    assert!(!found.to_string().contains("canary"));

    // Beside the one made here there is one the account had before.
    for (address, mine) in [
        ("data.joonto_voice_routes.all", "trunk"),
        ("data.joonto_message_routes.all", "inbound"),
    ] {
        let listed = scene.project.resource(address).await?;
        assert!(!listed.to_string().contains("canary"));
        let account = scene.sandbox.credentials().account_id;
        assert_eq!(listed["account_id"], json!(account));
        let routes = listed["routes"].as_array().expect("a list");
        let ids: Vec<_> = routes
            .iter()
            .map(|route| route["route_id"].as_str())
            .collect();
        assert_eq!(ids.len(), 2);
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(
            routes
                .iter()
                .all(|route| route["route_name"] == json!(mine))
        );
    }
    let listed = scene
        .project
        .resource("data.joonto_voice_routes.all")
        .await?;
    let lists = listed["routes"].as_array().into_iter().flatten();
    assert!(
        lists
            .map(|route| &route["ip_whitelist"])
            .any(|list| *list == json!(["192.0.2.10", "192.0.2.11"]))
    );
    let lists = || {
        let ledger = scene.sandbox.ledger();
        ledger.requests_to("/v1.0/account/voice/routes").len()
    };
    let before = lists();
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(lists() - before, 1, "one list serves the whole run");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_route_that_is_not_there_is_not_found() -> Result<()> {
    let scene = Scene::new("").await?;
    for (source, id) in [
        ("joonto_message_route", "MRID-00000000"),
        ("joonto_voice_route", "CRID-00000000"),
    ] {
        scene.project.main(&format!(
            "data \"{source}\" \"one\" {{\n  route_id = {id:?}\n}}\n"
        ))?;
        let refused = scene.project.plan().await?.failed()?;
        let error = refused.error()?;
        assert_eq!(error.code(), "JN345", "{refused}");
        assert!(error.says(id), "{refused}");
    }
    scene.end().await;
    Ok(())
}
