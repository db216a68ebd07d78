//! What goes wrong with routes, and what users read of it.

use std::fs;

use harness::Result;
use joonto_sandbox::{Aim, Fault, FaultKind, NullInUpdate};
use serde_json::{Value, json};

use super::life::id;
use super::{message_route, voice_route};
use crate::scene::{Scene, number};

const MESSAGE: &str = "joonto_message_route.inbound";
const VOICE: &str = "joonto_voice_route.trunk";
const URL_ROUTE: &str = "route_type = \"URL\"\n  voice_url = \"https://example.com/voice\"";

/// Where routes are made.
fn creation(path: &str) -> Aim {
    Fault::on(path).method("POST")
}

#[tokio::test]
async fn a_creation_whose_response_is_lost_is_sent_once_and_its_route_adopted() -> Result<()> {
    for (config, address, path) in [
        (message_route(""), MESSAGE, "/v1.0/message/routes"),
        (voice_route(URL_ROUTE), VOICE, "/v1.0/voice/routes"),
    ] {
        let scene = Scene::new(&config).await?;
        let lost = creation(path).after_commit(FaultKind::Drop);
        scene.sandbox.fault(lost);
        let applied = scene.project.apply().await?.ok()?;
        let id = id(&scene, address).await?;
        assert_eq!(applied.warning()?.code(), "JN515", "{applied}");
        assert!(applied.warning()?.says(&id), "{applied}");
        let ledger = scene.sandbox.ledger();
        let sent = ledger.requests_to(path).into_iter();
        assert_eq!(sent.filter(|request| request.method == "POST").count(), 1);
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_creation_that_never_arrived_is_an_error_and_nothing_is_adopted() -> Result<()> {
    // The account has such a route already, made elsewhere.
    let scene = Scene::new(&message_route("")).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.run(["state", "rm", MESSAGE]).await?.ok()?;
    let lost = creation("/v1.0/message/routes").before_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let applied = scene.project.apply().await?.failed()?;
    assert_eq!(applied.error()?.code(), "JN513", "{applied}");
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_update_whose_response_is_lost_is_repeated() -> Result<()> {
    let scene = Scene::new(&message_route("")).await?;
    scene.project.apply().await?.quiet()?;
    let lost = Fault::on("/v1.0/message/routes/update").after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    scene.project.main(&message_route("enabled = false"))?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_new_route_that_is_not_in_service_is_put_there_once() -> Result<()> {
    let scene = Scene::new(&message_route("enabled = true")).await?;
    scene
        .sandbox
        .switch(|switches| switches.new_message_route_disabled = true);
    scene.project.apply().await?.quiet()?;
    let ledger = scene.sandbox.ledger();
    let id = id(&scene, MESSAGE).await?;
    let updates = ledger.requests_to("/v1.0/message/routes/update");
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0].body,
        json!({"MessageRouteId": id, "MessageRouteEnabled": true})
    );
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;

    // Not asked for, it is taken as it is.
    let scene = Scene::new(&message_route("")).await?;
    scene
        .sandbox
        .switch(|switches| switches.new_message_route_disabled = true);
    scene.project.apply().await?.quiet()?;
    assert_eq!(
        scene.project.resource(MESSAGE).await?["enabled"],
        json!(false)
    );
    let ledger = scene.sandbox.ledger();
    let updates = ledger.requests_to("/v1.0/message/routes/update");
    assert_eq!(updates.len(), 0);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_the_api_does_not_unset_is_an_error_that_says_so() -> Result<()> {
    for (nulls, code, left) in [
        (
            NullInUpdate::Ignored,
            "JN531",
            &["callback_message_url"][..],
        ),
        (
            NullInUpdate::Refused,
            "JN530",
            &["callback_message_url", "enabled", "message_username"],
        ),
    ] {
        let receipts = "callback_message_url = \"https://example.com/receipts\"";
        let scene = Scene::new(&message_route(receipts)).await?;
        scene.project.apply().await?.quiet()?;
        scene
            .sandbox
            .switch(|switches| switches.null_in_update = nulls);
        let user = "enabled = false\n  message_username = \"user\"";
        scene.project.main(&message_route(user))?;
        let applied = scene.project.apply().await?.failed()?;
        let error = applied.error()?;
        assert_eq!(error.code(), code, "{applied}");
        assert!(error.says("callback_message_url"), "{applied}");
        // The state has what is there, so the next plan shows it again, and nothing that was sent.
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].attributes, left);
        let there = match left.len() {
            1 => format!("{receipts}\n  {user}"),
            _ => receipts.to_owned(),
        };
        scene.project.main(&message_route(&there))?;
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn authentication_that_cannot_be_switched_off_needs_another_route() -> Result<()> {
    let config = |word: &str| {
        voice_route(&format!(
            "{URL_ROUTE}\n  voice_authentication_type = {word:?}"
        ))
    };
    let scene = Scene::new(&config("Basic")).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.main(&config("None"))?;
    let applied = scene.project.apply().await?.failed()?;
    assert_eq!(applied.error()?.code(), "JN530", "{applied}");
    assert!(applied.error()?.says("-replace"), "{applied}");
    scene
        .project
        .apply_with(&["-replace=joonto_voice_route.trunk"])
        .await?
        .ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    // Not `end`: the update was outside the API's contract, as it was meant to be.
    scene.sandbox.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_route_in_use_is_not_deleted_and_its_numbers_are_named() -> Result<()> {
    let on_it = "message_route_id = joonto_message_route.inbound.route_id";
    let config = [message_route(""), number("example", ("mvno", "a2p"), on_it)].concat();
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    scene
        .project
        .run(["state", "rm", "joonto_number.example"])
        .await?
        .ok()?;
    scene
        .sandbox
        .switch(|switches| switches.route_in_use_refused = true);
    let refused = scene.project.destroy().await?.failed()?;
    let error = refused.error()?;
    assert_eq!(error.code(), "JN541", "{refused}");
    assert!(error.says("still assigned"), "{refused}");
    assert!(error.says(&scene.owned()[0]), "{refused}");
    assert!(scene.project.resource(MESSAGE).await.is_ok());
    scene
        .sandbox
        .switch(|switches| switches.route_in_use_refused = false);
    // Where the API allows it, the numbers are named nevertheless.
    let deleted = scene.project.destroy().await?.ok()?;
    let named: Vec<_> = deleted
        .warnings()
        .filter(|warning| warning.code() == "JN542" && warning.says(&scene.owned()[0]))
        .collect();
    assert_eq!(named.len(), 1, "{deleted}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_leaves_its_route_in_time_where_the_route_says_so() -> Result<()> {
    let on_it = "message_route_id = joonto_message_route.inbound.route_id";
    let kind = ("mvno", "a2p");
    let off_it = number("example", kind, "message_route_id = \"\"");
    // Terraform deletes what nothing refers to any more before it changes what did.
    for (lifecycle, last, is_named) in [
        ("", "update", true),
        (
            "lifecycle {\n    create_before_destroy = true\n  }",
            "message route delete",
            false,
        ),
    ] {
        let before = [message_route(lifecycle), number("example", kind, on_it)].concat();
        let scene = Scene::new(&before).await?;
        scene.project.apply().await?.quiet()?;
        scene.project.main(&off_it)?;
        let applied = scene.project.apply().await?.ok()?;
        let says = |text: &str| applied.warnings().any(|warning| warning.says(text));
        assert_eq!(says(&scene.owned()[0]), is_named, "{applied}");
        assert_eq!(says("`create_before_destroy`"), is_named, "{applied}");
        let changes = scene.sandbox.ledger().changes;
        assert_eq!(changes.last().map(|change| &*change.what), Some(last));
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.end().await;
    }
    Ok(())
}

/// Rewrites the state as a version wrote it that kept nothing beside a route: the attribute tells
/// whose it is.
fn forget_private(scene: &Scene, edit: impl Fn(&mut Value)) -> Result<()> {
    let mut state = scene.project.state()?;
    let instance = &mut state["resources"][0]["instances"][0];
    let kept = instance["private"].take();
    assert!(kept.is_string(), "{kept}");
    edit(&mut instance["attributes"]);
    let place = scene.project.path().join("terraform.tfstate");
    fs::write(place, serde_json::to_vec(&state)?)?;
    Ok(())
}

#[tokio::test]
async fn a_route_that_these_credentials_read_is_theirs() -> Result<()> {
    let scene = Scene::new(&message_route("")).await?;
    scene.project.apply().await?.quiet()?;
    // Another key of the same account created it.
    forget_private(&scene, |attributes| {
        attributes["account_fingerprint"] = json!("0123456789abcdef");
    })?;
    let unread = ["-destroy", "-refresh=false"];
    let refused = scene.project.apply_with(&unread).await?.failed()?;
    assert_eq!(refused.error()?.code(), "JN525", "{refused}");
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_route_that_is_gone_is_dropped_with_a_warning_and_a_foreign_one_is_not() -> Result<()> {
    let mut scene = Scene::new(&message_route("")).await?;
    scene.project.apply().await?.quiet()?;
    let id = id(&scene, MESSAGE).await?;
    forget_private(&scene, |_| {})?;

    let (own, other) = (scene.sandbox.credentials(), scene.sandbox.second_account());
    for account in [&other, &own] {
        scene
            .project
            .env("JOONTO_ACCOUNT_KEY", &account.account_key)
            .env("JOONTO_ACCOUNT_SECRET", &account.account_secret);
        if account.account_key == other.account_key {
            for arguments in [&["-destroy"][..], &["-destroy", "-refresh=false"]] {
                let foreign = scene.project.apply_with(arguments).await?.failed()?;
                assert_eq!(foreign.error()?.code(), "JN525", "{foreign}");
            }
            scene.project.main(&message_route("enabled = false"))?;
            let foreign = scene.project.apply_with(&["-refresh=false"]).await?;
            let foreign = foreign.failed()?;
            assert_eq!(foreign.error()?.code(), "JN525", "{foreign}");
            let ledger = scene.sandbox.ledger();
            assert_eq!(ledger.requests_to("/v1.0/message/routes/update").len(), 0);
            scene.project.main(&message_route(""))?;
        }
    }
    assert!(scene.sandbox.vanish_route(&id));
    // To delete what is gone is success.
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["create"]);
    assert_eq!(plan.run.warning()?.code(), "JN523", "{}", plan.run);
    scene
        .project
        .apply_with(&["-destroy", "-refresh=false"])
        .await?
        .ok()?;
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;
    Ok(())
}
