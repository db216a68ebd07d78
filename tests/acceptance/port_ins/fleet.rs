//! Many port-ins: what they cost to follow, and the guide's story.

use harness::Result;
use serde_json::{Value, json};

use super::{CANCEL, NUMBER, SUBMIT, UPDATE, WRONG_ACCOUNT, cannot_submit, codes, port_in, sent};
use crate::scene::Scene;
use crate::secrets::readable;

#[tokio::test]
async fn a_fleet_of_open_port_ins_costs_a_read_each_and_a_complete_one_nothing() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    let fleet = port_in("  count = 200\n").replace(
        &format!("\"{NUMBER}\""),
        "\"+1202556${format(\"%04d\", count.index)}\"",
    );
    let mut scene = Scene::new(&fleet).await?;
    scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0");
    let requests = |scene: &Scene| scene.sandbox.ledger().requests.len();
    scene
        .project
        .apply_with(&["-parallelism=50"])
        .await?
        .quiet()?;
    assert_eq!(sent(&scene, SUBMIT).len(), 200);
    let before = requests(&scene);
    scene.project.assert_empty_plan().await?.quiet()?;
    // A read each, and a token: at 50 requests a minute that takes four minutes.
    assert_eq!(requests(&scene) - before, 201);
    for index in 0..200 {
        scene
            .sandbox
            .port_in(&format!("+1202556{index:04}"))
            .complete();
    }
    scene
        .project
        .apply_with(&["-refresh-only"])
        .await?
        .quiet()?;
    let before = requests(&scene);
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(requests(&scene), before);
    scene.end().await;
    Ok(())
}

/// The guide's story, with 50 numbers: asked, submitted, refused and corrected, and managed.
#[tokio::test]
async fn a_fleet_of_50_from_a_csv_file_comes_along() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    let row = include_str!("../../../examples/guides/porting-a-fleet/fleet.csv");
    let header = row.lines().next().unwrap_or_default();
    let numbers: Vec<String> = (0..50).map(|nth| format!("+12025551{nth:03}")).collect();
    let csv = |street: &dyn Fn(usize) -> &'static str, version: &dyn Fn(usize) -> u32| {
        let rows = numbers.iter().enumerate().map(|(nth, number)| {
            let (street, version) = (street(nth), version(nth));
            format!("{number},Example Mobile,Ada Example,{street},Lehi,UT,84043,mvno,{version}\n")
        });
        format!("{header}\n{}", rows.collect::<String>())
    };
    let accounts = |account: &dyn Fn(usize) -> &'static str| {
        let secrets = numbers.iter().enumerate().map(|(nth, number)| {
            let secrets = json!({"account_number": account(nth), "pin": "canary-pin"});
            (number.clone(), secrets)
        });
        Value::Object(secrets.collect()).to_string()
    };
    let ask = include_str!("../../../examples/guides/porting-a-fleet/1-ask.tf");
    let mut scene = Scene::new(ask).await?;
    scene
        .project
        .write("fleet.csv", &csv(&|_| "1 Example Way", &|_| 1))?;
    scene
        .project
        .env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0")
        .env("TF_VAR_carrier_accounts", accounts(&|_| "canary-old"));
    scene.project.apply().await?.quiet()?;
    let output = async |scene: &Scene, name: &str| -> Result<Value> {
        let shown = scene.project.show_json().await?;
        Ok(shown["values"]["outputs"][name]["value"].clone())
    };
    assert_eq!(output(&scene, "cannot_come_along").await?, json!({}));

    scene.project.main(include_str!(
        "../../../examples/guides/porting-a-fleet/2-fleet.tf"
    ))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(sent(&scene, SUBMIT).len(), 50);

    // Every fifth is refused for its account, every seventh for its address; one is held back.
    let is_wrong = |nth: usize| nth.is_multiple_of(5);
    for (nth, number) in numbers.iter().enumerate() {
        let port_in = scene.sandbox.port_in(number);
        match nth {
            49 => port_in.refuse("1P-GROUP_PLAN"),
            _ if is_wrong(nth) => port_in.refuse(WRONG_ACCOUNT),
            _ if nth.is_multiple_of(7) => port_in.refuse("6B-ADDRESS_MISMATCH"),
            _ => port_in.complete(),
        }
    }
    let run = scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    assert!(codes(&run).contains(&"JN871"), "{run}");
    let wrong = output(&scene, "to_correct").await?;
    let wrong = wrong.as_object().cloned().unwrap_or_default();
    assert_eq!(wrong.len(), 16);
    let what = |nth: usize| wrong[&numbers[nth]].as_str().unwrap_or_default();
    assert!(what(5).contains("current_account_number_wo"), "{}", what(5));
    assert!(what(7).contains("billing_address"), "{}", what(7));
    assert!(what(49).contains("Destroy"), "{}", what(49));

    // Corrected: 15 are updated in place, and one is given up.
    let street = |nth: usize| match nth.is_multiple_of(7) && !is_wrong(nth) {
        true => "2 Example Way",
        false => "1 Example Way",
    };
    let corrected = csv(&street, &|nth| 1 + u32::from(is_wrong(nth)));
    let kept: String = corrected
        .lines()
        .take(50)
        .map(|row| format!("{row}\n"))
        .collect();
    scene.project.write("fleet.csv", &kept)?;
    scene.project.env(
        "TF_VAR_carrier_accounts",
        accounts(&|nth| {
            if is_wrong(nth) {
                "canary-new"
            } else {
                "canary-old"
            }
        }),
    );
    let run = scene.project.apply().await?.ok()?;
    assert!(codes(&run).contains(&"JN879"), "{run}");
    assert_eq!(
        (sent(&scene, UPDATE).len(), sent(&scene, CANCEL).len()),
        (15, 1)
    );
    assert!(
        scene
            .sandbox
            .port_in(&numbers[5])
            .has_account_number("canary-new")
    );
    assert_eq!(output(&scene, "to_correct").await?, json!({}));

    // They arrive in two batches, and are managed with the next apply each time.
    for is_last in [false, true] {
        for number in numbers.iter().take(49) {
            let port_in = scene.sandbox.port_in(number);
            if is_last && port_in.state().is_some_and(|state| state.is_open()) {
                port_in.complete();
            }
        }
        scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
        let arrived = output(&scene, "arrived").await?;
        let count = arrived.as_array().map_or(0, Vec::len);
        assert_eq!(count, if is_last { 49 } else { 34 });
        scene.project.write("arrived.json", &arrived.to_string())?;
        let plan = scene.project.plan_json().await?;
        let actions = plan.changes();
        assert!(
            actions
                .iter()
                .all(|change| !change.actions.contains(&"delete".to_owned())),
            "{}",
            plan.run
        );
        scene.project.apply_plan().await?.ok()?;
        scene.project.assert_empty_plan().await?;
        assert_eq!(scene.owned().len(), count);
    }
    assert_eq!(
        (scene.purchase_requests(), sent(&scene, SUBMIT).len()),
        (0, 50)
    );
    let routed = scene.sandbox.number(&numbers[0]).expect("it is here");
    assert!(routed.message_route_id.is_some());
    for (place, text) in readable(&scene.project)? {
        assert!(!text.contains("canary-"), "a secret stands in {place}");
    }
    scene.end().await;
    Ok(())
}
