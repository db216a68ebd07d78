//! What is refused before anything is sent.

use harness::{Result, Severity};

use super::{message_route, voice_route};
use crate::scene::Scene;

#[tokio::test]
async fn impossible_values_fail_validation_at_their_attribute_and_no_request_is_sent() -> Result<()>
{
    let message = |name: &str, value: &str| {
        let required = [
            ("route_name", "\"inbound\""),
            ("message_url", "\"https://example.com/sms\""),
            ("message_url_method", "\"POST\""),
        ];
        let others = required.iter().filter(|(other, _)| *other != name);
        let others: Vec<_> = others.copied().chain([(name, value)]).collect();
        format!(
            "resource \"joonto_message_route\" \"r\" {{\n{}}}\n",
            super::lines(&others)
        )
    };
    let voice = |name: &str, value: &str| {
        voice_route(&format!("route_type = \"Trunk\"\n  {name} = {value}"))
    };
    let rows = [
        (message("route_name", "\"\""), "route_name", "TF014"),
        (
            message("message_url", "\"example.com\""),
            "message_url",
            "https://",
        ),
        (message("message_url", "\"\""), "message_url", "TF014"),
        (
            message("message_url_method", "\"PUT\""),
            "message_url_method",
            "POST",
        ),
        (
            message("message_authentication_type", "\"Digest\""),
            "message_authentication_type",
            "Bearer",
        ),
        (
            message("callback_message_url", "\"ftp://example.com\""),
            "callback_message_url",
            "https://",
        ),
        (
            message("message_password_token_wo_version", "1.5"),
            "message_password_token_wo_version",
            "TF014",
        ),
        (
            voice_route("route_type = \"trunk\""),
            "route_type",
            "Forward",
        ),
        (
            voice_route("route_type = \"URL\""),
            "route_type",
            "voice_url",
        ),
        (
            voice("voice_url_method", "\"HEAD\""),
            "voice_url_method",
            "GET",
        ),
        (voice("trunk_port1", "0"), "trunk_port1", "65535"),
        (voice("trunk_port2", "70000"), "trunk_port2", "65535"),
        (voice("trunk_port1", "50.5"), "trunk_port1", "65535"),
        (
            voice("trunk_transport1", "\"SCTP\""),
            "trunk_transport1",
            "TLS",
        ),
        (voice("trunk_uri1", "\"sip1\""), "trunk_uri1", "TF014"),
        (voice("trunk1_priority", "-1"), "trunk1_priority", "TF014"),
        (
            voice("transfer_caller_id", "\"Me\""),
            "transfer_caller_id",
            "Transferee",
        ),
    ];
    let scene = Scene::new("").await?;
    for (config, attribute, text) in rows {
        scene.project.main(&config)?;
        let validated = scene
            .project
            .run(["validate", "-json", "-no-color"])
            .await?
            .failed()?;
        let error = validated.error()?;
        assert_eq!(error.severity, Severity::Error);
        assert!(error.points_at(attribute), "{attribute}: {validated}");
        assert!(error.says(text), "{text}: {validated}");
    }
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn unknown_values_wait_and_are_refused_before_anything_is_sent() -> Result<()> {
    let later = |value: &str| {
        format!(
            "resource \"terraform_data\" \"url\" {{\n  input = {value}\n}}\n{}",
            voice_route("route_type = \"URL\"\n  voice_url = terraform_data.url.output")
        )
    };
    let scene = Scene::new(&later("\"https://example.com/voice\"")).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;

    let before = scene
        .sandbox
        .ledger()
        .requests_to("/v1.0/voice/routes")
        .len();
    scene.project.main(&later("\"\""))?;
    let refused = scene.project.apply().await?.failed()?;
    assert_eq!(refused.error()?.code(), "JN503", "{refused}");
    assert_eq!(
        scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/voice/routes")
            .len(),
        before
    );
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_empty_text_is_as_good_as_none() -> Result<()> {
    let scene = Scene::new(&message_route("callback_message_url = \"\"")).await?;
    scene.project.apply().await?.quiet()?;
    let ledger = scene.sandbox.ledger();
    let sent = &ledger.requests_to("/v1.0/message/routes")[0].body;
    assert!(sent.get("CallbackMessageUrl").is_none(), "{sent}");
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}
