//! One story from end to end: an account full of numbers comes under Terraform's care, is lived
//! with, and is let go again, and no number is bought or ended on the way.

use std::fs;

use harness::{Cli, Feature, Result};
use joonto_sandbox::{NumberKind, NumberStatus};
use serde_json::{Value, json};

use crate::scene::{FULL, Scene};

const COUNT: usize = 40;

const ROUTE: &str = r#"
resource "joonto_message_route" "inbound" {
  route_name         = "inbound"
  message_url        = "https://example.com/sms"
  message_url_method = "POST"
}
"#;

/// The SIM that one number is swapped to.
const NEW_SIM: &str = "8901240397190195850";

/// The value that the example gives to an argument.
fn example(argument: &str) -> String {
    let line = FULL.lines().find(|line| line.trim().starts_with(argument));
    let value = line.and_then(|line| line.split('"').nth(1));
    value.unwrap_or_default().to_owned()
}

/// An account with numbers of every sort, all of them bought elsewhere.
fn buy(scene: &Scene) -> Vec<String> {
    let numbers = scene.bought_elsewhere(COUNT);
    let (message, voice) = (example("message_route_id"), example("voice_route_id"));
    for (place, number) in numbers.iter().enumerate() {
        scene.sandbox.edit(number, |number| {
            let is_iot = place % 4 == 3;
            number.kind = match is_iot {
                true => NumberKind::Iot,
                false => NumberKind::Mvno,
            };
            number.message_type = if is_iot { "p2p" } else { "a2p" }.to_owned();
            number.message_enabled = place % 2 == 0;
            number.voice_enabled = !is_iot && place % 3 == 0;
            number.message_route_id = number.message_enabled.then(|| message.clone());
            number.voice_route_id = number.voice_enabled.then(|| voice.clone());
            number.product_type = Some("Sms+Data".to_owned());
            // Each SIM by its number, which reads tell with a filler letter; a physical one has
            // no activation code.
            number.iccid = Some(format!("890124039719{place:07}"));
            if place % 5 == 0 {
                number.activation_code = None;
            }
        });
    }
    numbers
}

/// The generated configuration, number by number.
struct Adopted {
    text: String,
}

impl Adopted {
    /// Changes one argument of the number at `address`, or adds it.
    fn set(&mut self, address: &str, argument: &str, value: &str) {
        let name = address.trim_start_matches("joonto_number.");
        let head = format!("resource \"joonto_number\" {name:?} {{\n");
        let start = self.text.find(&head).expect("its block") + head.len();
        let end = start + self.text[start..].find("\n}").expect("its end");
        let block = &self.text[start..end];
        let others = block.lines().filter(|line| {
            let name = line.split('=').next().unwrap_or_default();
            name.trim() != argument
        });
        let others: Vec<&str> = others.collect();
        let block = format!("  {argument} = {value}\n{}", others.join("\n"));
        self.text.replace_range(start..end, &block);
    }

    fn write(&self, scene: &Scene, further: &[&str]) -> Result<()> {
        scene.project.write("adopted.tf", &self.text)?;
        scene.project.main(&further.concat())?;
        Ok(())
    }
}

/// Has the configuration generated, and what it imports with it.
async fn generate(scene: &Scene, numbers: &[String]) -> Result<Adopted> {
    let generated = "-generate-config-out=adopted.tf";
    if Cli::find()?.offers(Feature::Query) {
        let list = "list \"joonto_number\" \"all\" {\n  provider = joonto\n}\n";
        scene.project.write("numbers.tfquery.hcl", list)?;
        let query = ["query", "-no-color", generated];
        let listed = scene.project.run(query).await?.ok()?;
        assert!(numbers.iter().all(|number| listed.says(number)));
    } else {
        // Without `query` the numbers have to be known; the rest of the story is the same.
        let blocks = numbers.iter().enumerate().map(|(place, number)| {
            format!("import {{\n  to = joonto_number.all_{place}\n  id = {number:?}\n}}\n")
        });
        scene.project.main(&blocks.collect::<String>())?;
        scene.project.plan_with(&[generated]).await?.ok()?;
    }
    let text = fs::read_to_string(scene.project.path().join("adopted.tf"))?;
    Ok(Adopted { text })
}

/// The addresses under which the numbers are kept, in their order.
async fn addresses(scene: &Scene, numbers: &[String]) -> Result<Vec<String>> {
    let state = scene.project.show_json().await?;
    let resources = state["values"]["root_module"]["resources"].as_array();
    let resources: Vec<&Value> = resources.into_iter().flatten().collect();
    let address = |number: &String| {
        let kept = resources
            .iter()
            .find(|one| one["values"]["id"] == json!(number));
        let address = kept.and_then(|one| one["address"].as_str());
        address.expect("each number is kept").to_owned()
    };
    Ok(numbers.iter().map(address).collect())
}

#[tokio::test]
async fn forty_numbers_are_adopted_lived_with_and_let_go() -> Result<()> {
    let has_actions = Cli::find()?.offers(Feature::Actions);
    let scene = Scene::new("").await?;
    let numbers = buy(&scene);

    // Adopted: all of them, and nothing about any of them changes.
    let mut adopted = generate(&scene, &numbers).await?;
    scene.project.validate().await?.quiet()?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes(), [], "{}", plan.run);
    let applied = scene.project.apply_plan().await?.quiet()?;
    assert!(applied.says(&format!("{COUNT} imported")), "{applied}");
    scene.project.assert_empty_plan().await?.quiet()?;
    let addresses = addresses(&scene, &numbers).await?;
    let held = |place: usize| scene.sandbox.number(&numbers[place]).expect("the number");
    // What was imported with it does not come again.
    adopted.write(&scene, &[ROUTE])?;

    // One number's route is changed.
    adopted.set(
        &addresses[0],
        "message_route_id",
        "joonto_message_route.inbound.route_id",
    );
    adopted.write(&scene, &[ROUTE])?;
    let plan = scene.project.plan_json().await?;
    let changed: Vec<_> = plan
        .changes()
        .into_iter()
        .map(|change| change.address)
        .collect();
    let route = "joonto_message_route.inbound".to_owned();
    assert_eq!(changed, [route, addresses[0].clone()]);
    scene.project.apply_plan().await?.quiet()?;
    let route = scene
        .project
        .resource("joonto_message_route.inbound")
        .await?;
    assert_eq!(json!(held(0).message_route_id), route["route_id"]);

    // One SIM is swapped: by an action, or by the argument where there are none.
    let before = held(1);
    adopted.set(&addresses[1], "iccid", &format!("{NEW_SIM:?}"));
    let actions = match has_actions {
        true => format!(
            "action \"joonto_number_swap_sim\" \"it\" {{\n  config {{\n    phone_number = {:?}\n    \
             iccid = {NEW_SIM:?}\n  }}\n}}\naction \"joonto_number_park\" \"it\" {{\n  config {{\n    \
             phone_number = {:?}\n  }}\n}}\n",
            numbers[1], numbers[2]
        ),
        false => String::new(),
    };
    adopted.write(&scene, &[ROUTE, &actions])?;
    if has_actions {
        let swap = ["-invoke=action.joonto_number_swap_sim.it"];
        scene.project.apply_with(&swap).await?.ok()?;
    } else {
        scene.project.apply().await?.ok()?;
    }
    assert_eq!(held(1).iccid.as_deref(), Some(NEW_SIM));
    // The action uses up one of the account's swaps; nothing after it takes another.
    let left = before.swaps_remaining - u32::from(has_actions);
    assert_eq!(held(1).swaps_remaining, left);
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(held(1).swaps_remaining, left);

    // One number is parked: by an action, or by destroying it where its policy says so.
    if has_actions {
        let park = ["-invoke=action.joonto_number_park.it"];
        scene.project.apply_with(&park).await?.ok()?;
    } else {
        adopted.set(&addresses[2], "deletion_policy", "\"park\"");
        adopted.write(&scene, &[ROUTE])?;
        scene.project.apply().await?.quiet()?;
        let target = format!("-target={}", addresses[2]);
        scene
            .project
            .apply_with(&["-destroy", &target])
            .await?
            .ok()?;
        scene
            .project
            .import(&addresses[2], &numbers[2])
            .await?
            .ok()?;
    }
    assert_eq!(held(2).status, NumberStatus::Parked);
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    let parked = scene.project.resource(&addresses[2]).await?;
    assert_eq!(parked["status"], json!("Parked"));

    // All of them are let go.
    let without_route = format!("{:?}", example("message_route_id"));
    adopted.set(&addresses[0], "message_route_id", &without_route);
    for address in &addresses {
        adopted.set(address, "deletion_policy", "\"abandon\"");
    }
    adopted.write(&scene, &[ROUTE])?;
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.project.state()?["resources"], json!([]));

    let ledger = scene.sandbox.ledger();
    assert_eq!(scene.purchase_requests(), 0);
    assert_eq!(ledger.changes_of("cancel").len(), 0);
    let mut owned = scene.owned();
    owned.sort();
    assert_eq!(owned, numbers);
    scene.end().await;
    Ok(())
}
