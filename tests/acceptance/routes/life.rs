//! A route's life: made, changed in place, changed elsewhere, imported, deleted.

use harness::{Cli, Feature, Result};
use serde_json::json;

use super::{TRUNK, UNTOLD, lines, message_route, voice_route};
use crate::scene::{SEED, Scene, number};

const MESSAGE: &str = "joonto_message_route.inbound";
const VOICE: &str = "joonto_voice_route.trunk";

/// The id of a route in state.
pub(super) async fn id(scene: &Scene, address: &str) -> Result<String> {
    let stored = scene.project.resource(address).await?;
    assert_eq!(stored["id"], stored["route_id"]);
    Ok(stored["route_id"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_message_route_is_made_changed_in_place_and_deleted() -> Result<()> {
    let callback = r#"
  callback_message_url        = "https://example.com/receipts"
  callback_message_url_method = "GET"
  inbound_bypass              = true"#;
    let scene = Scene::new(&message_route(callback)).await?;
    scene.project.apply().await?.quiet()?;
    let id = id(&scene, MESSAGE).await?;
    let ledger = scene.sandbox.ledger();
    assert_eq!(
        ledger.requests_to("/v1.0/message/routes")[0].body,
        json!({
            "RouteName": "inbound", "MessageUrl": "https://example.com/sms",
            "MessageUrlMethod": "POST", "CallbackMessageUrl": "https://example.com/receipts",
            "CallbackMessageUrlMethod": "GET", "InboundBypass": true
        })
    );
    let stored = scene.project.resource(MESSAGE).await?;
    assert_eq!(stored["enabled"], json!(true));
    assert_eq!(
        stored["account_id"],
        json!(scene.sandbox.credentials().account_id)
    );
    scene.project.assert_empty_plan().await?.quiet()?;

    // Changed in place: what differs is sent, and what is removed as null.
    let changed = message_route("enabled = false").replace("/sms", "/messages");
    scene.project.main(&changed)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"]);
    scene.project.apply_plan().await?.quiet()?;
    let ledger = scene.sandbox.ledger();
    let updates = ledger.requests_to("/v1.0/message/routes/update");
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0].body,
        json!({
            "MessageRouteId": id, "MessageUrl": "https://example.com/messages",
            "MessageRouteEnabled": false, "CallbackMessageUrl": null,
            "CallbackMessageUrlMethod": null, "InboundBypass": null
        })
    );
    scene.project.assert_empty_plan().await?.quiet()?;

    // Changed elsewhere: that and nothing else is planned back.
    let other = json!("https://example.net/");
    assert!(scene.sandbox.edit_route(&id, "MessageUrl", other));
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].attributes, ["message_url"]);
    scene.project.apply_plan().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;

    let plan = scene.project.plan_with(&["-destroy"]).await?.ok()?;
    assert_eq!(plan.warning()?.code(), "JN504", "{plan}");
    assert!(plan.warning()?.says(&id), "{plan}");
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.sandbox.route(&id), None);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_voice_route_is_made_changed_in_place_and_deleted() -> Result<()> {
    let config = voice_route(&(lines(TRUNK) + &lines(UNTOLD)));
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let id = id(&scene, VOICE).await?;
    let held = scene.sandbox.route(&id).unwrap_or_default();
    assert_eq!(
        held,
        json!({
            "RouteName": "trunk", "RouteType": "Trunk", "VoiceUrl": "https://example.com/voice",
            "VoiceUrlMethod": "POST", "VoiceAuthenticationType": "Basic",
            "VoiceUsername": "canary-user", "VoicePasswordToken": "canary-secret",
            "CallbackVoiceUrl": "https://example.com/events", "CallbackVoiceUrlMethod": "POST",
            "TrunkIp1": "192.0.2.1", "TrunkIp2": "192.0.2.2",
            "TrunkUri1": "https://sip1.example.com", "TrunkUri2": "https://sip2.example.com",
            "TrunkPort1": "5061", "TrunkPort2": "5060", "TrunkTransport1": "UDP",
            "TrunkTransport2": "TCP", "TrunkEnabled1": true, "TrunkEnabled2": false,
            "Trunk1Priortiy": 10, "Trunk2Priortiy": 20, "Trunk1Weight": 10, "Trunk2Weight": 20,
            "HeaderManipulation": "HMI0000001", "TransferCallerId": "Transferee/Transferor",
            "EnableSipRefer": true, "SymmetricRtp": true, "EnableTrpSecureTrunk": true,
            "EnablePstnTransfer": true, "CnamLookup": true, "EnableCallStreaming": true,
            "IpWhitelist": [{"IpAddress": "192.0.2.10"}, {"IpAddress": "192.0.2.11"}],
            "TerminationUriSubdomain": "client", "WssUri": "wss://192.0.2.3",
            "RouteEnabled": true, "IntelligentRouteEnabled": false
        })
    );
    scene.project.assert_empty_plan().await?.quiet()?;

    // Changed elsewhere, in each of the two places it is read from. The white list is a set.
    for (name, value, attribute) in [
        ("TrunkPort1", json!("5062"), Some("trunk_port1")),
        ("RouteEnabled", json!(false), Some("enabled")),
        (
            "IpWhitelist",
            json!([{"IpAddress": "192.0.2.11"}, {"IpAddress": "192.0.2.10"}]),
            None,
        ),
        (
            "IpWhitelist",
            json!([{"IpAddress": "192.0.2.99"}]),
            Some("ip_whitelist"),
        ),
        ("VoicePasswordToken", json!("another"), None),
        ("CallbackVoiceUrl", json!("https://example.net"), None),
    ] {
        let before = scene.sandbox.route(&id).unwrap_or_default();
        assert!(scene.sandbox.edit_route(&id, name, value));
        match attribute {
            Some(attribute) => {
                let plan = scene.project.plan_json().await?;
                assert_eq!(plan.changes()[0].attributes, [attribute], "{name}");
            }
            None => drop(scene.project.assert_empty_plan().await?.quiet()?),
        }
        assert!(scene.sandbox.edit_route(&id, name, before[name].clone()));
    }

    // What is removed is taken away, and a switch that is off is as good as none.
    scene.project.main(&voice_route(
        "route_type = \"Trunk\"\n  trunk_ip1 = \"192.0.2.1\"\n  enabled = true",
    ))?;
    let applied = scene.project.apply().await?;
    applied.quiet()?;
    let held = scene.sandbox.route(&id).unwrap_or_default();
    assert_eq!(
        held,
        json!({
            "RouteName": "trunk", "RouteType": "Trunk", "TrunkIp1": "192.0.2.1",
            "TrunkEnabled2": false, "RouteEnabled": true
        })
    );
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.sandbox.route(&id), None);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn routes_are_imported_by_their_id_and_plan_clean() -> Result<()> {
    let callback = "callback_message_url = \"https://example.com/receipts\"\n  enabled = true";
    let message = message_route(callback);
    let config = [message, voice_route(&lines(TRUNK))].concat();
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    for address in [MESSAGE, VOICE] {
        let id = id(&scene, address).await?;
        scene.project.run(["state", "rm", address]).await?.ok()?;
        scene.project.import(address, &id).await?.ok()?;
    }
    scene.project.assert_empty_plan().await?.quiet()?;
    // What is left out of the configuration is not made up for by the API either.
    let ledger = scene.sandbox.ledger();
    for path in ["/v1.0/message/routes/update", "/v1.0/voice/routes/update"] {
        assert_eq!(ledger.requests_to(path).len(), 0, "{path}");
    }

    for (address, id, code) in [
        (MESSAGE, "MRID-00000000", "JN521"),
        (MESSAGE, "CRID-00000000", "JN522"),
        (VOICE, "MRID-00000000", "JN522"),
    ] {
        scene.project.run(["state", "rm", MESSAGE]).await?;
        scene.project.run(["state", "rm", VOICE]).await?;
        let refused = scene.project.import(address, id).await?.failed()?;
        assert!(refused.says(&format!("Code: {code}.")), "{refused}");
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn routes_are_imported_by_their_identity() -> Result<()> {
    let config = [
        message_route(""),
        voice_route("route_type = \"Trunk\"\n  trunk_ip1 = \"192.0.2.1\""),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let mut routes = Vec::new();
    for address in [MESSAGE, VOICE] {
        routes.push((address, id(&scene, address).await?));
        scene.project.run(["state", "rm", address]).await?.ok()?;
    }
    let imported = |by: fn(&str) -> String| {
        routes.iter().fold(config.clone(), |config, (address, id)| {
            config + &format!("import {{\n  to = {address}\n  {}\n}}\n", by(id))
        })
    };
    let by_identity = imported(|id| format!("identity = {{\n    route_id = {id:?}\n  }}"));
    scene.project.main(&by_identity)?;
    let has_identity = Cli::find()?.offers(Feature::Identity);
    if !has_identity {
        // The import block of older versions knows ids only.
        scene.project.plan().await?.failed()?;
        let by_id = imported(|id| format!("id = {id:?}"));
        scene.project.main(&by_id)?;
    }
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes(), [], "{}", plan.run);
    scene.project.apply_plan().await?.quiet()?;
    let state = scene.project.state()?;
    for resource in state["resources"].as_array().into_iter().flatten() {
        let instance = &resource["instances"][0];
        let id = &instance["attributes"]["route_id"];
        let expected = has_identity.then(|| json!({ "route_id": id }));
        assert_eq!(instance["identity"], json!(expected));
    }
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn routes_and_a_number_on_them_are_made_and_destroyed_in_one_go() -> Result<()> {
    let routes = "message_route_id = joonto_message_route.inbound.route_id\n  \
                  voice_route_id = joonto_voice_route.trunk.route_id";
    let config = [
        message_route(""),
        voice_route("route_type = \"Trunk\"\n  trunk_ip1 = \"192.0.2.1\""),
        number("example", ("mvno", "a2p"), routes),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene
        .sandbox
        .switch(|switches| switches.route_in_use_refused = true);
    scene.project.apply().await?.quiet()?;
    let (message, voice) = (id(&scene, MESSAGE).await?, id(&scene, VOICE).await?);
    let bought = scene.owned().remove(0);
    let bought = scene.sandbox.number(&bought).expect("the number");
    assert_eq!(bought.message_route_id.as_ref(), Some(&message));
    assert_eq!(bought.voice_route_id.as_ref(), Some(&voice));
    scene.project.assert_empty_plan().await?.quiet()?;

    scene.project.destroy().await?.ok()?;
    let changes: Vec<_> = scene
        .sandbox
        .ledger()
        .changes
        .into_iter()
        .map(|change| change.what)
        .filter(|what| what.contains("delete") || what == "cancel")
        .collect();
    assert_eq!(changes[0], "cancel", "{changes:?}");
    assert_eq!(changes.len(), 3);
    assert_eq!(scene.sandbox.route(&message), None);
    assert_eq!(scene.sandbox.route(&voice), None);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_examples_apply_and_plan_clean() -> Result<()> {
    let voice = include_str!("../../../examples/resources/joonto_voice_route/resource.tf");
    let message = include_str!("../../../examples/resources/joonto_message_route/resource.tf");
    let mut scene = Scene::new(SEED).await?;
    scene.project.env("TF_VAR_hook_password", "canary-secret");
    let has_write_only = Cli::find()?.offers(Feature::WriteOnlyArguments);
    let message = match has_write_only {
        true => message.to_owned(),
        false => message
            .replace("message_password_token_wo_version = 1", "")
            .replace("message_password_token_wo ", "message_password_token "),
    };
    scene.project.main(&[&message, voice].concat())?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn another_account_needs_another_route() -> Result<()> {
    let scene = Scene::new("").await?;
    let account = scene.sandbox.credentials().account_id;
    let config = |id: &str| message_route(&format!("account_id = {id:?}"));
    scene.project.main(&config(&account))?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;

    // An account that is named no longer, or again, is written down and nothing else.
    for (now, code) in [("", "JN205"), (&*account, "JN205")] {
        scene.project.main(&config(now))?;
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].actions, ["update"]);
        assert_eq!(plan.run.warning()?.code(), code, "{}", plan.run);
        scene.project.apply_plan().await?.ok()?;
        scene.project.assert_empty_plan().await?.quiet()?;
    }
    let later = "resource \"terraform_data\" \"account\" {\n  input = \"AID-later\"\n}\n";
    let unknown = message_route("account_id = terraform_data.account.output");
    scene.project.main(&[later, &unknown].concat())?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.run.warning()?.code(), "JN204", "{}", plan.run);
    let changes = plan.changes();
    let addresses: Vec<_> = changes.iter().map(|change| &change.address).collect();
    assert_eq!(addresses, ["terraform_data.account"]);
    let ledger = scene.sandbox.ledger();
    assert_eq!(ledger.requests_to("/v1.0/message/routes/update").len(), 0);

    scene.project.main(&config("AID-another"))?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["delete", "create"]);
    assert_eq!(plan.run.warning()?.code(), "JN505", "{}", plan.run);
    scene.end().await;
    Ok(())
}
