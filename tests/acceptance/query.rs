//! `terraform query`, from Terraform 1.14 on: the way from an account full of numbers to a
//! configuration that manages them.

use std::fs;

use harness::{Cli, Feature, Result, Run};
use joonto_sandbox::{NumberKind, NumberStatus};
use serde_json::{Value, json};

use crate::scene::{SEED, Scene};

/// The numbers that a query found, by the name it shows for each.
fn found(run: &Run) -> Vec<(String, Value)> {
    let found = run.messages.iter().filter_map(|message| {
        let find = message.get("list_resource_found")?;
        let name = find["display_name"].as_str()?;
        Some((name.to_owned(), find["identity"]["phone_number"].clone()))
    });
    found.collect()
}

async fn query(scene: &Scene, arguments: &str) -> Result<Run> {
    scene.project.write(
        "numbers.tfquery.hcl",
        &format!("list \"joonto_number\" \"all\" {{\n  provider = joonto\n{arguments}\n}}\n"),
    )?;
    scene.project.run(["query", "-json", "-no-color"]).await
}

/// Versions without the command have no use for the list, and no trouble with it.
async fn is_absent(scene: &Scene) -> Result<bool> {
    if Cli::find()?.offers(Feature::Query) {
        return Ok(false);
    }
    scene.project.run(["query"]).await?.failed()?;
    scene.project.main(SEED)?;
    scene.project.validate().await?.quiet()?;
    Ok(true)
}

#[tokio::test]
async fn the_numbers_of_an_account_are_listed_as_far_as_anybody_wants() -> Result<()> {
    let scene = Scene::new("").await?;
    if is_absent(&scene).await? {
        return Ok(());
    }
    let numbers = scene.bought_elsewhere(9);
    scene.sandbox.switch(|switches| switches.page_size = 3);
    for number in &numbers {
        scene.sandbox.edit(number, |number| {
            number.kind = NumberKind::Mvno;
            number.message_type = "a2p".to_owned();
        });
    }
    let at = scene.sandbox.clock().now();
    scene.sandbox.edit(&numbers[1], |number| {
        number.status = NumberStatus::Parked;
    });
    scene.sandbox.edit(&numbers[2], |number| {
        number.kind = NumberKind::Iot;
    });
    scene.sandbox.edit(&numbers[3], |number| {
        number.status = NumberStatus::Cancelled { at };
    });

    let all = query(&scene, "").await?.ok()?;
    let mut listed = found(&all);
    listed.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(listed.len(), 8, "{all}");
    assert_eq!(listed[0].0, format!("{} (mvno, a2p, Active)", numbers[0]));
    assert_eq!(listed[1].0, format!("{} (mvno, a2p, Parked)", numbers[1]));
    assert!(listed.iter().all(|(_, n)| *n != json!(numbers[3])));

    for (config, expected) in [
        ("status = \"parked\"", &numbers[1]),
        ("number_type = \"iot\"", &numbers[2]),
    ] {
        let some = query(&scene, &format!("config {{\n    {config}\n  }}")).await?;
        let some: Vec<_> = found(&some.ok()?).into_iter().map(|(_, n)| n).collect();
        assert_eq!(some, [json!(expected)], "{config}");
    }

    let pages = || {
        let ledger = scene.sandbox.ledger();
        ledger.requests_to("/v1.0/numbers/inventory").len()
    };
    let before = pages();
    let two = query(&scene, "limit = 2").await?.ok()?;
    assert_eq!(found(&two).len(), 2);
    assert_eq!(pages() - before, 1, "no page that nobody wants is read");

    let wrong = query(&scene, "config {\n    number_type = \"fax\"\n  }").await?;
    assert!(wrong.failed()?.says("\"mvno\""));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_account_is_adopted_with_one_query_and_one_apply() -> Result<()> {
    let scene = Scene::new("").await?;
    if is_absent(&scene).await? {
        return Ok(());
    }
    let numbers = scene.bought_elsewhere(4);
    for (number, kind) in numbers.iter().zip([
        NumberKind::Mvno,
        NumberKind::Iot,
        NumberKind::Mvno,
        NumberKind::Iot,
    ]) {
        scene.sandbox.edit(number, |number| {
            number.kind = kind;
            number.message_type = "p2p".to_owned();
            number.product_type = Some("Sms+Data".to_owned());
        });
    }
    scene.sandbox.edit(&numbers[0], |number| {
        number.message_route_id = Some("MRID-1".to_owned());
        number.voice_route_id = Some("CRID-1".to_owned());
        number.iccid = Some("8901240397190195850".to_owned());
        number.activation_code = None;
        number.subscriber_id = Some("TSUID-1".to_owned());
    });
    // What the listing tells of each is what the configuration says and the import finds.
    let listed = query(&scene, "include_resource = true").await?.ok()?;
    let objects: Vec<&Value> = (listed.messages.iter())
        .filter_map(|message| message.get("list_resource_found"))
        .map(|find| &find["resource_object"])
        .collect();
    assert_eq!(objects.len(), 4, "{listed}");
    let first = |object: &&&Value| object["phone_number_assigned"] == json!(numbers[0]);
    let first = objects.iter().find(first).expect("the first number");
    assert_eq!(first["voice_route_id"], json!("CRID-1"));
    assert_eq!(first["assigned_subscriber_id"], json!("TSUID-1"));
    for object in &objects {
        assert_eq!(object["product_type"], json!("Sms+Data"));
    }
    // Details name voice routes by digits and tell no subscriber; the inventory makes up for it.
    scene.sandbox.switch(|switches| {
        switches.voice_route_as_digits = true;
        switches.subscriber_hidden = true;
    });
    let generate = ["query", "-no-color", "-generate-config-out=adopted.tf"];
    scene.project.run(generate).await?.ok()?;
    let generated = fs::read_to_string(scene.project.path().join("adopted.tf"))?;
    let products = generated
        .lines()
        .filter(|line| line.contains("product_type") && line.ends_with("\"Sms+Data\""));
    assert_eq!(products.count(), 4, "{generated}");
    scene.project.validate().await?.quiet()?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes(), [], "{}", plan.run);
    let applied = scene.project.apply_plan().await?.quiet()?;
    assert!(applied.says("4 imported"), "{applied}");
    scene.project.assert_empty_plan().await?.quiet()?;
    let state = scene.project.show_json().await?;
    let resources = state["values"]["root_module"]["resources"].as_array();
    let mut adopted: Vec<_> = resources
        .into_iter()
        .flatten()
        .map(|resource| {
            assert_eq!(resource["values"]["product_type"], json!("Sms+Data"));
            resource["values"]["phone_number_assigned"].clone()
        })
        .collect();
    adopted.sort_by_key(ToString::to_string);
    assert_eq!(json!(adopted), json!(numbers));
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}
