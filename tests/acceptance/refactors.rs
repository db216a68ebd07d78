//! Refactoring a configuration: what only renames costs nothing, and what replaces costs exactly
//! what the plan says.

use harness::cli::Product;
use harness::{Cli, Feature, Result};
use serde_json::json;

use crate::scene::{Scene, number};

const KIND: (&str, &str) = ("mvno", "a2p");

const BEFORE_DESTROY: &str = "lifecycle {\n    create_before_destroy = true\n  }";

/// A number that is called `name`, with these arguments.
fn named(name: &str, arguments: &str) -> String {
    number(name, KIND, arguments)
}

/// A number for each of the keys.
fn keyed(keys: &[&str]) -> String {
    named("line", &format!("for_each = toset({keys:?})"))
}

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n  from = joonto_number.{from}\n  to   = joonto_number.{to}\n}}\n")
}

/// How many numbers were bought, and how many were ended.
fn paid(scene: &Scene) -> (usize, usize) {
    let ledger = scene.sandbox.ledger();
    assert_eq!(ledger.purchases().len(), scene.purchase_requests());
    (ledger.purchases().len(), ledger.changes_of("cancel").len())
}

/// The number at an address in state.
async fn number_at(scene: &Scene, address: &str) -> Result<String> {
    let address = format!("joonto_number.{address}");
    let id = scene.project.resource(&address).await?["id"].clone();
    Ok(id.as_str().unwrap_or_default().to_owned())
}

/// Whether the number bought last was bought before the one ended last was ended.
fn bought_first(scene: &Scene) -> bool {
    let ledger = scene.sandbox.ledger();
    let bought = ledger.orders.last().map(|order| order.request);
    let ended = ledger.changes_of("cancel").last().map(|end| end.request);
    assert!(bought.is_some() && ended.is_some());
    bought < ended
}

#[tokio::test]
async fn a_number_that_is_moved_is_the_same_number() -> Result<()> {
    let scene = Scene::new(&named("one", "")).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    let to_two = moved("one", "two");
    let to_count = [&*to_two, &moved("two", "two[0]")].concat();
    let to_key = [&*to_count, &moved("two[0]", "line[\"a\"]")].concat();
    for (address, config) in [
        ("two", [named("two", ""), to_two].concat()),
        ("two[0]", [named("two", "count = 1"), to_count].concat()),
        ("line[\"a\"]", [keyed(&["a"]), to_key].concat()),
    ] {
        scene.project.main(&config)?;
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes(), [], "{}", plan.run);
        scene.project.apply_plan().await?.quiet()?;
        assert_eq!(number_at(&scene, address).await?, bought);
        scene.project.assert_empty_plan().await?.quiet()?;
    }
    assert_eq!(paid(&scene), (1, 0));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_that_is_moved_in_the_state_is_the_same_number() -> Result<()> {
    let scene = Scene::new(&named("one", "")).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    for (from, to, config) in [
        ("one", "two", named("two", "")),
        ("two", "two[0]", named("two", "count = 1")),
        ("two[0]", "line[\"a\"]", keyed(&["a"])),
    ] {
        let [from, address] = [from, to].map(|name| format!("joonto_number.{name}"));
        let moving = ["state", "mv", &from, &address];
        scene.project.run(moving).await?.ok()?;
        scene.project.main(&config)?;
        scene.project.assert_empty_plan().await?.quiet()?;
        assert_eq!(number_at(&scene, to).await?, bought);
    }
    assert_eq!(paid(&scene), (1, 0));
    scene.end().await;
    Ok(())
}

/// As a configuration moves between Terraform and OpenTofu, whose registries have other addresses.
#[tokio::test]
async fn a_state_that_moves_to_another_registry_keeps_its_numbers() -> Result<()> {
    let config = named("line", "for_each = toset([\"a\", \"b\"])");
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let owned = scene.owned();
    let [terraform, opentofu] = ["registry.terraform.io", "registry.opentofu.org"]
        .map(|host| format!("{host}/joonto/joonto"));
    let (own, other) = match Cli::find()?.product() {
        Product::Terraform => (terraform, opentofu),
        Product::OpenTofu => (opentofu, terraform),
    };
    for (from, to) in [(&own, &other), (&other, &own)] {
        assert_eq!(providers(&scene)?, [format!("provider[{from:?}]")]);
        let replace = ["state", "replace-provider", "-auto-approve", from, to];
        scene.project.run(replace).await?.ok()?;
        assert_eq!(providers(&scene)?, [format!("provider[{to:?}]")]);
        scene.project.write(
            "versions.tf",
            &format!(
                "terraform {{\n  required_providers {{\n    joonto = {{\n      \
                 source = {to:?}\n    }}\n  }}\n}}\n"
            ),
        )?;
        scene.project.assert_empty_plan().await?.quiet()?;
        assert_eq!(scene.owned(), owned);
    }
    assert_eq!(paid(&scene), (2, 0));
    scene.end().await;
    Ok(())
}

/// The providers that the state names.
fn providers(scene: &Scene) -> Result<Vec<String>> {
    let state = scene.project.state()?;
    let resources = state["resources"].as_array().into_iter().flatten();
    let mut found: Vec<String> = resources
        .filter_map(|resource| resource["provider"].as_str().map(str::to_owned))
        .collect();
    found.dedup();
    Ok(found)
}

#[tokio::test]
async fn a_number_that_is_removed_without_destroying_is_kept() -> Result<()> {
    let config = named("one", "");
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    scene.project.main(
        "removed {\n  from = joonto_number.one\n  lifecycle {\n    destroy = false\n  }\n}\n",
    )?;
    if !Cli::find()?.offers(Feature::RemovedBlocks) {
        // The block is not known yet; `terraform state rm` is its forerunner.
        scene.project.plan().await?.failed()?;
        scene.project.main("")?;
        let forget = ["state", "rm", "joonto_number.one"];
        scene.project.run(forget).await?.ok()?;
    } else {
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].actions, ["forget"]);
        scene.project.apply_plan().await?.ok()?;
        scene.project.assert_empty_plan().await?.quiet()?;
    }
    assert_eq!(scene.project.state()?["resources"], json!([]));
    assert_eq!(scene.owned(), [&*bought]);

    scene.project.main(&config)?;
    scene
        .project
        .import("joonto_number.one", &bought)
        .await?
        .ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(paid(&scene), (1, 0));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn another_key_is_another_number_unless_it_is_moved() -> Result<()> {
    let scene = Scene::new(&keyed(&["a", "b"])).await?;
    scene.project.apply().await?.quiet()?;
    let (a, b) = (
        number_at(&scene, "line[\"a\"]").await?,
        number_at(&scene, "line[\"b\"]").await?,
    );
    assert_eq!(paid(&scene), (2, 0));

    scene.project.main(&keyed(&["b", "c"]))?;
    let plan = scene.project.plan_json().await?;
    let changes: Vec<_> = plan
        .changes()
        .into_iter()
        .map(|change| (change.address, change.actions))
        .collect();
    let expected = [("a", "delete"), ("c", "create")];
    let expected = expected.map(|(key, action)| {
        let address = format!("joonto_number.line[{key:?}]");
        (address, vec![action.to_owned()])
    });
    assert_eq!(changes, expected);
    assert!(plan.run.warning()?.says(&a), "{}", plan.run);
    scene.project.apply_plan().await?.ok()?;
    assert_eq!(paid(&scene), (3, 1));
    assert_eq!(number_at(&scene, "line[\"b\"]").await?, b);
    let c = number_at(&scene, "line[\"c\"]").await?;
    assert!(c != a && !scene.owned().contains(&a));
    scene.project.assert_empty_plan().await?.quiet()?;

    let config = [keyed(&["b", "d"]), moved("line[\"c\"]", "line[\"d\"]")].concat();
    scene.project.main(&config)?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(number_at(&scene, "line[\"d\"]").await?, c);
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(paid(&scene), (3, 1));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_replacement_buys_one_and_ends_one_in_the_order_that_is_asked_for() -> Result<()> {
    for lifecycle in ["", BEFORE_DESTROY] {
        let in_area = |code: &str| named("one", &format!("area_code = {code:?}\n  {lifecycle}"));
        let scene = Scene::new(&in_area("801")).await?;
        scene.project.apply().await?.quiet()?;
        let first = scene.owned().remove(0);
        let actions = match lifecycle {
            "" => ["delete", "create"],
            _ => ["create", "delete"],
        };

        let replace = ["-replace=joonto_number.one"];
        let plan = scene.project.plan_json_with(&replace).await?;
        assert_eq!(plan.changes()[0].actions, actions);
        scene.project.apply_plan().await?.ok()?;
        assert_eq!(paid(&scene), (2, 1));
        assert_eq!(bought_first(&scene), lifecycle == BEFORE_DESTROY);
        let second = scene.owned().remove(0);
        assert_ne!(first, second);
        assert_eq!(number_at(&scene, "one").await?, second);
        scene.project.assert_empty_plan().await?.quiet()?;

        scene.project.main(&in_area("305"))?;
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].actions, actions);
        assert!(plan.run.warning()?.says(&second), "{}", plan.run);
        scene.project.apply_plan().await?.ok()?;
        assert_eq!(paid(&scene), (3, 2));
        assert_eq!(bought_first(&scene), lifecycle == BEFORE_DESTROY);
        assert_eq!(scene.owned(), [number_at(&scene, "one").await?]);
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_target_is_bought_and_ended_alone() -> Result<()> {
    // Equal ones: what was bought for one is not taken for the other.
    let config = [named("one", ""), named("two", "")].concat();
    let scene = Scene::new(&config).await?;
    let target = ["-target=joonto_number.one"];
    scene.project.apply_with(&target).await?.ok()?;
    assert_eq!(paid(&scene), (1, 0));
    let one = number_at(&scene, "one").await?;

    let plan = scene.project.plan_json().await?;
    let planned = plan.changes();
    assert_eq!(planned.len(), 1);
    assert_eq!(planned[0].address, "joonto_number.two");
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(paid(&scene), (2, 0));
    assert_eq!(number_at(&scene, "one").await?, one);
    let two = number_at(&scene, "two").await?;
    scene.project.assert_empty_plan().await?.quiet()?;

    let destroy = ["-destroy", "-target=joonto_number.one"];
    scene.project.apply_with(&destroy).await?.ok()?;
    assert_eq!(paid(&scene), (2, 1));
    assert_eq!(scene.owned(), [&*two]);
    scene.project.main(&named("two", ""))?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}
