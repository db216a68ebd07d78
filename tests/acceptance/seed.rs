//! The user's own document: its request is sent verbatim, its response is stored whole.

use harness::Result;
use serde_json::{Value, json};

use crate::scene::{SEED, Scene};

#[tokio::test]
async fn the_seeds_request_buys_one_number_and_stores_its_whole_response() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    let applied = scene.project.apply().await?.quiet()?;
    assert!(applied.says("1 added"), "{applied}");

    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to("/v1.0/numbers/provision");
    let [request] = requests.as_slice() else {
        panic!("{} purchases", requests.len())
    };
    assert_eq!(
        request.body,
        json!({
            "NumberType": "iot",
            "MessageType": "p2p",
            "MessageEnabled": true,
            "VoiceEnabled": false,
            "DataEnabled": true,
            "MessageRouteId": "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a",
            "VoiceRouteId": "CRID-4dec6beb-3985-444b-8c06-8baa70dc145",
            "AreaCode": "201",
            "ZipCode": "84043",
            "ICCID": "8901240397190195850"
        })
    );
    assert_eq!(ledger.purchases().len(), 1);

    let stored = scene.project.resource("joonto_number.tracker").await?;
    let bought = scene.owned();
    assert_eq!(bought.len(), 1);
    assert_eq!(stored["phone_number_assigned"], json!(bought[0]));
    assert_eq!(stored["id"], json!(bought[0]));
    assert!(bought[0].starts_with("+1801"), "{bought:?}");
    assert_eq!(stored["order_id"], json!(ledger.purchases()[0].order_id));
    assert_eq!(stored["order_status"], json!("Complete"));
    assert_eq!(stored["error_message"], Value::Null);
    assert_eq!(stored["zip_code"], json!("84043"));
    assert_eq!(stored["assigned_zip_code"], json!("84603"));
    assert_eq!(stored["status"], json!("Active"));
    for (attribute, prefix) in [
        ("order_date", "20"),
        ("phone_number_id", "NID-"),
        ("subscriber_id", "TSUID-"),
        ("qr_code", "https://quickchart.io/qr?text=LPA:1$"),
        ("activation_code", "LPA:1$"),
    ] {
        let value = stored[attribute].as_str().unwrap_or_default();
        assert!(
            value.starts_with(prefix),
            "{attribute}: {}",
            stored[attribute]
        );
    }

    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_complete_response_needs_no_further_request() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let ledger = scene.sandbox.ledger();
    let last = ledger.requests.last().map(|request| request.path.as_str());
    assert_eq!(last, Some("/v1.0/numbers/provision"));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn secrets_are_kept_out_of_what_terraform_prints() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.env("TF_LOG", "TRACE");
    let applied = scene.project.apply().await?.ok()?;
    let stored = scene.project.resource("joonto_number.tracker").await?;
    let secret = scene.sandbox.credentials().account_secret;
    for secret in [
        secret.as_str(),
        stored["activation_code"].as_str().unwrap_or_default(),
    ] {
        assert!(!secret.is_empty());
        assert!(
            !applied.stdout.contains(secret),
            "a secret stands in the output"
        );
        assert!(
            !applied.stderr.contains(secret),
            "a secret stands in the log"
        );
    }
    // The log is there at all, and tells of the purchase.
    assert!(
        applied.stderr.contains("/v1.0/numbers/provision"),
        "{}",
        applied.stderr
    );
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_change_behind_terraforms_back_is_shown_alone() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    assert!(
        scene
            .sandbox
            .edit(&number, |number| number.voice_enabled = true)
    );
    let plan = scene.project.plan_json().await?;
    let changes = plan.changes();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].actions, ["update"]);
    assert_eq!(changes[0].attributes, ["voice_enabled"]);

    scene.project.apply().await?.ok()?;
    let ledger = scene.sandbox.ledger();
    let updates = ledger.requests_to("/v1.0/numbers/update");
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0].body,
        json!({"Number": number, "VoiceEnabled": false})
    );
    scene.project.assert_empty_plan().await?;
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}
