//! What is looked up and never changed.

use harness::Result;
use joonto_sandbox::{NumberKind, NumberStatus};
use serde_json::{Value, json};

use crate::scene::Scene;

impl Scene {
    /// Numbers of the account that Terraform knows nothing of, in the order of their digits.
    pub(crate) fn bought_elsewhere(&self, count: usize) -> Vec<String> {
        let key = self.sandbox.credentials().account_key;
        let bought = (0..count).filter_map(|_| self.sandbox.buy_elsewhere(&key));
        let mut numbers: Vec<String> = bought.map(|number| number.number).collect();
        assert_eq!(numbers.len(), count);
        numbers.sort();
        numbers
    }

    /// What a data source found.
    pub(crate) async fn found(&self, address: &str) -> Result<Value> {
        self.project.resource(&format!("data.{address}")).await
    }
}

#[tokio::test]
async fn a_number_is_looked_up_by_its_digits_and_by_its_sim() -> Result<()> {
    let scene = Scene::new("").await?;
    let number = scene.bought_elsewhere(2).remove(1);
    scene.sandbox.edit(&number, |number| {
        number.iccid = Some("8901240397190195850".to_owned());
        number.activation_code = Some("LPA:1$smdp.example.com$ID-1".to_owned());
        number.port_out_pin = "471108".to_owned();
    });
    scene.project.main(&format!(
        "data \"joonto_number\" \"by_number\" {{\n  phone_number = {number:?}\n}}\n\
         data \"joonto_number\" \"by_sim\" {{\n  iccid = \"8901240397190195850F\"\n}}\n"
    ))?;
    scene.project.apply().await?.quiet()?;
    let by_number = scene.found("joonto_number.by_number").await?;
    let mut by_sim = scene.found("joonto_number.by_sim").await?;
    assert_eq!(by_number["phone_number"], json!(number));
    assert_eq!(by_number["id"], json!(number));
    assert_eq!(by_number["status"], json!("Active"));
    assert_eq!(by_number["iccid"], json!("8901240397190195850"));
    // As the user wrote it.
    assert_eq!(by_sim["iccid"], json!("8901240397190195850F"));
    by_sim["iccid"] = by_number["iccid"].clone();
    assert_eq!(by_number, by_sim);
    let state = scene.project.state()?.to_string();
    assert!(!state.contains("471108"));
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_that_is_not_there_or_not_named_is_an_error() -> Result<()> {
    let scene = Scene::new("data \"joonto_number\" \"none\" {}\n").await?;
    let refused = scene.project.validate().await?.failed()?;
    assert_eq!(refused.error()?.code(), "JN346", "{refused}");

    for (argument, code) in [
        ("phone_number = \"8016025346\"", "TF014"),
        ("iccid = \"12\"", "TF014"),
        (
            "phone_number = \"+12025550199\"\n  iccid = \"8901240397190195850\"",
            "JN346",
        ),
    ] {
        scene.project.main(&format!(
            "data \"joonto_number\" \"a\" {{\n  {argument}\n}}\n"
        ))?;
        let refused = scene.project.validate().await?.failed()?;
        assert_eq!(refused.error()?.code(), code, "{refused}");
    }
    scene
        .project
        .main("data \"joonto_number\" \"a\" {\n  phone_number = \"+12025550199\"\n}\n")?;
    let missing = scene.project.plan().await?.failed()?;
    let error = missing.error()?;
    assert_eq!(error.code(), "JN345", "{missing}");
    assert!(error.says("+12025550199"), "{missing}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_inventory_is_sorted_and_narrowed_down() -> Result<()> {
    let config = r#"
data "joonto_numbers" "all" {}
data "joonto_numbers" "iot" {
  number_type = "iot"
}
data "joonto_numbers" "parked" {
  status = "parked"
}
data "joonto_numbers" "routed" {
  message_route_id = "MRID-1"
  product_type     = "Sms+Data"
}
data "joonto_numbers" "unrouted" {
  message_route_id = ""
}
data "joonto_numbers" "none" {
  message_type   = "p2p"
  voice_route_id = "CRID-1"
}
"#;
    let scene = Scene::new(config).await?;
    let numbers = scene.bought_elsewhere(7);
    scene.sandbox.switch(|switches| switches.page_size = 3);
    for number in &numbers {
        scene.sandbox.edit(number, |number| {
            number.kind = NumberKind::Mvno;
            number.message_type = "a2p".to_owned();
            number.message_route_id = Some("MRID-2".to_owned());
            number.product_type = Some("Sms+Data".to_owned());
        });
    }
    scene.sandbox.edit(&numbers[4], |number| {
        number.kind = NumberKind::Iot;
        number.message_route_id = Some("MRID-1".to_owned());
    });
    scene.sandbox.edit(&numbers[2], |number| {
        number.status = NumberStatus::Parked;
        number.message_route_id = None;
    });
    scene.project.apply().await?.quiet()?;
    for (name, expected) in [
        ("all", &numbers[..]),
        ("iot", &numbers[4..5]),
        ("parked", &numbers[2..3]),
        ("routed", &numbers[4..5]),
        ("unrouted", &numbers[2..3]),
        ("none", &[]),
    ] {
        let found = scene.found(&format!("joonto_numbers.{name}")).await?;
        assert_eq!(found["phone_numbers"], json!(expected), "{name}");
        let listed = found["numbers"].as_array().cloned().unwrap_or_default();
        let digits: Vec<_> = listed.iter().map(|n| n["phone_number"].clone()).collect();
        assert_eq!(json!(digits), found["phone_numbers"], "{name}");
    }
    let iot = scene.found("joonto_numbers.iot").await?;
    assert_eq!(iot["numbers"][0]["number_type"], json!("iot"));
    assert_eq!(iot["numbers"][0]["message_route_id"], json!("MRID-1"));
    assert!(!scene.project.state()?.to_string().contains("LPA:1$"));
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_is_in_stock_is_listed_by_area() -> Result<()> {
    let config = |area: &str| {
        format!(
            "data \"joonto_number_availability\" \"here\" {{\n  message_enabled = true\n  \
             voice_enabled = false\n  message_type = \"a2p\"\n  area_code = {area:?}\n}}\n"
        )
    };
    let scene = Scene::new(&config("801")).await?;
    scene.sandbox.stock("801", 3);
    scene
        .sandbox
        .switch(|switches| switches.availability_page_size = 1);
    scene.project.apply().await?.quiet()?;
    let found = scene.found("joonto_number_availability.here").await?;
    assert_eq!(found["available"], json!(true));
    let areas = found["areas"].as_array().cloned().unwrap_or_default();
    assert!(areas.len() > 1, "{found}");
    assert!(areas.iter().all(|area| area["area_code"] == json!("801")));
    let zips: Vec<_> = areas.iter().map(|a| a["zip_code"].to_string()).collect();
    assert!(zips.is_sorted(), "{zips:?}");

    scene.project.main(&config("907"))?;
    scene.project.apply().await?.quiet()?;
    let found = scene.found("joonto_number_availability.here").await?;
    assert_eq!(
        (&found["available"], &found["areas"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}
