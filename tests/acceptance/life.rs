//! Orders that take their time.

use harness::Result;
use serde_json::json;

use crate::scene::{SEED, Scene, number};

#[tokio::test]
async fn a_pending_order_is_followed_until_its_number_is_there() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_polls = Some(1));
    scene.project.apply().await?.quiet()?;
    let stored = scene.project.resource("joonto_number.tracker").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    assert_eq!(stored["order_status"], json!("Complete"));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_order_that_stays_pending_is_kept_and_completed_by_a_refresh() -> Result<()> {
    let config = number(
        "example",
        ("mvno", "a2p"),
        "timeouts {\n create = \"1s\"\n}",
    );
    let scene = Scene::new(&config).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    let applied = scene.project.apply().await?.ok()?;
    assert_eq!(applied.warning()?.code(), "JN122", "{applied}");
    let order = scene.project.resource("joonto_number.example").await?["order_id"].clone();

    scene
        .sandbox
        .switch(|switches| switches.pending_forever = false);
    assert!(
        scene
            .sandbox
            .complete_order(order.as_str().unwrap_or_default())
    );
    scene.project.assert_empty_plan().await?;
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let stored = scene.project.resource("joonto_number.example").await?;
    assert_eq!(stored["phone_number_assigned"], json!(scene.owned()[0]));
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}
