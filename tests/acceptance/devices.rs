//! The device that a number is in, its routing id, and the accounts of a distributor.

use harness::{Cli, Feature, Result};
use joonto_sandbox::{AccountList, Device, Fault, FaultKind, NoDevice};
use serde_json::{Value, json};

use crate::scene::Scene;

const IMEI: &str = "490154203237518";
const NNID: &str = "/v1.0/numbers/refresh-nnid";

#[tokio::test]
async fn a_device_is_looked_up_and_its_serial_number_is_in_no_log() -> Result<()> {
    let mut scene = Scene::new("").await?;
    let number = scene.bought_elsewhere(1).remove(0);
    scene.project.main(&format!(
        "data \"joonto_number_device\" \"it\" {{\n  phone_number = {number:?}\n}}\n"
    ))?;
    for none in [NoDevice::NotFound, NoDevice::Nulls, NoDevice::Status] {
        scene.sandbox.switch(|switches| switches.no_device = none);
        scene.project.apply().await?.quiet()?;
        let found = scene.found("joonto_number_device.it").await?;
        for attribute in ["imei", "tac", "device_model", "device_name"] {
            assert_eq!(found[attribute], Value::Null, "{none:?}");
        }
    }
    scene.sandbox.edit(&number, |number| {
        number.device = Some(Device {
            imei: IMEI.to_owned(),
            model: "Example".to_owned(),
            name: "Tracker 2".to_owned(),
        });
    });
    scene.project.env("TF_LOG", "TRACE");
    scene.project.env("JOONTO_MAX_RETRIES", "1");
    let found = scene.project.apply().await?.quiet()?;
    let device = scene.found("joonto_number_device.it").await?;
    assert_eq!(device["imei"], json!(IMEI));
    assert_eq!(device["tac"], json!("49015420"));
    assert_eq!(device["device_model"], json!("Example"));
    assert_eq!(device["device_name"], json!("Tracker 2"));
    let echo = json!({"StatusCode": 500, "Message": format!("no: {IMEI}")});
    let parrot = FaultKind::Body {
        status: 500,
        content_type: "application/json".to_owned(),
        text: echo.to_string(),
    };
    let path = "/v1.0/numbers/device-details";
    scene
        .sandbox
        .fault(Fault::on(path).always().before_commit(parrot));
    let failed = scene.project.plan().await?.failed()?;
    for run in [found, failed] {
        assert!(
            run.stderr.contains("device-details"),
            "the log is not there"
        );
        assert!(!format!("{}{}", run.stdout, run.stderr).contains(IMEI));
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_routing_id_is_refreshed_until_the_response_comes() -> Result<()> {
    if !Cli::find()?.offers(Feature::Actions) {
        return Ok(());
    }
    let mut scene = Scene::new("").await?;
    let action = |number: &str| {
        format!(
            "action \"joonto_number_refresh_nnid\" \"it\" {{\n  config {{\n    phone_number = \
             {number:?}\n  }}\n}}\n"
        )
    };
    let invoke = ["-invoke=action.joonto_number_refresh_nnid.it"];
    let number = scene.bought_elsewhere(1).remove(0);
    scene.project.main(&action(&number))?;
    scene
        .sandbox
        .fault(Fault::on(NNID).after_commit(FaultKind::Drop));
    scene.project.apply_with(&invoke).await?.quiet()?;
    assert_eq!(scene.sandbox.ledger().requests_to(NNID).len(), 2);

    scene
        .sandbox
        .switch(|switches| switches.nnid_refresh_fails = true);
    let run = scene.project.apply_with(&invoke).await?.failed()?;
    assert_eq!(run.error()?.code(), "JN704", "{run}");
    scene.project.env("JOONTO_MAX_RETRIES", "0");
    scene
        .sandbox
        .fault(Fault::on(NNID).after_commit(FaultKind::Drop));
    let run = scene.project.apply_with(&invoke).await?.failed()?;
    assert_eq!(run.error()?.code(), "JN715", "{run}");
    scene.project.main(&action("+12025550199"))?;
    let run = scene.project.apply_with(&invoke).await?.failed()?;
    assert_eq!(run.error()?.code(), "JN703", "{run}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_accounts_are_listed_in_each_shape() -> Result<()> {
    let scene = Scene::new("data \"joonto_accounts\" \"all\" {}\n").await?;
    for (shape, count) in [
        (AccountList::Array, 2),
        (AccountList::Results, 2),
        (AccountList::One, 1),
    ] {
        scene
            .sandbox
            .switch(|switches| switches.account_list = shape);
        scene.project.apply().await?.quiet()?;
        let found = scene.found("joonto_accounts.all").await?;
        let accounts = found["accounts"].as_array().cloned().unwrap_or_default();
        assert_eq!(accounts.len(), count, "{shape:?}");
        let own = scene.sandbox.credentials().account_id;
        let own = accounts.iter().find(|account| account["account_id"] == own);
        let own = own.cloned().unwrap_or_default();
        assert_eq!(own["account_name"], json!("Example Account"));
        assert_eq!(own["total_subscribers"], json!(0));
    }
    scene
        .sandbox
        .switch(|switches| switches.account_list = AccountList::Refused);
    let run = scene.project.plan().await?.failed()?;
    assert!(run.error()?.says("Not a distributor"), "{run}");
    // This one would return the secret.
    let requests = scene
        .sandbox
        .ledger()
        .requests_to("/v1.0/distributor")
        .len();
    assert_eq!(requests, 0);
    scene.end().await;
    Ok(())
}
