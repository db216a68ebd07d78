//! Values that are known only once something else was applied.

use harness::Result;
use serde_json::json;

use crate::scene::{Scene, number};

fn later(name: &str, value: &str) -> String {
    format!("resource \"terraform_data\" \"{name}\" {{\n  input = {value:?}\n}}\n")
}

#[tokio::test]
async fn unknown_values_plan_without_complaint_and_are_sent_once_known() -> Result<()> {
    let config = [
        later("area", "801"),
        later("type", "iot"),
        number(
            "example",
            ("mvno", "p2p"),
            "area_code = terraform_data.area.output",
        )
        .replace("\"mvno\"", "terraform_data.type.output"),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene.project.plan().await?.quiet()?;
    scene.project.apply_plan().await?.quiet()?;
    let ledger = scene.sandbox.ledger();
    let bodies: Vec<_> = ledger
        .requests_to("/v1.0/numbers/provision")
        .into_iter()
        .map(|request| request.body.clone())
        .collect();
    assert_eq!(
        bodies,
        [json!({
            "NumberType": "iot", "MessageType": "p2p", "MessageEnabled": false,
            "VoiceEnabled": false, "AreaCode": "801"
        })]
    );
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_turns_out_impossible_is_refused_before_a_purchase() -> Result<()> {
    let config = [
        later("type", "iot"),
        number("example", ("mvno", "a2p"), "").replace("\"mvno\"", "terraform_data.type.output"),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene.project.plan().await?.ok()?;
    let applied = scene.project.apply_plan().await?.failed()?;
    assert!(applied.error()?.points_at("message_type"), "{applied}");
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}
