//! Blocks that bring what exists under another address, or under Terraform's care at all.

use harness::{Cli, Feature, Result};
use joonto_sandbox::NumberKind;

use crate::scene::{Scene, number};

/// A project without a number, in an account with `count` of them.
async fn account(count: usize) -> Result<(Scene, Vec<String>)> {
    let scene = Scene::new("").await?;
    let numbers = scene.bought_elsewhere(count);
    for number in &numbers {
        scene.sandbox.edit(number, |number| {
            number.kind = NumberKind::Mvno;
            number.message_type = "a2p".to_owned();
            number.message_enabled = false;
        });
    }
    Ok((scene, numbers))
}

fn import(id: &str) -> String {
    format!("import {{\n  to = joonto_number.example\n  id = {id:?}\n}}\n")
}

/// Applies the blocks that import `count` numbers: nothing is changed, and nothing is bought.
async fn adopt(scene: Scene, count: usize) -> Result<()> {
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes(), [], "{}", plan.run);
    let applied = scene.project.apply_plan().await?.quiet()?;
    assert!(applied.says(&format!("{count} imported")), "{applied}");
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_is_imported_by_a_block_and_the_block_may_stay() -> Result<()> {
    let (scene, numbers) = account(1).await?;
    let config = number("example", ("mvno", "a2p"), "");
    scene
        .project
        .main(&[config, import(&numbers[0])].concat())?;
    assert!(Cli::find()?.offers(Feature::ImportBlocks));
    adopt(scene, 1).await
}

#[tokio::test]
async fn the_configuration_of_an_imported_number_is_generated_and_plans_clean() -> Result<()> {
    let (scene, numbers) = account(1).await?;
    scene.sandbox.edit(&numbers[0], |number| {
        number.iccid = Some("8901240397190195850".to_owned());
        number.message_route_id = Some("MRID-1".to_owned());
    });
    scene.project.main(&import(&numbers[0]))?;
    let generate = ["-generate-config-out=generated.tf"];
    assert!(Cli::find()?.offers(Feature::GeneratedConfiguration));
    let plan = scene.project.plan_json_with(&generate).await?;
    assert_eq!(plan.changes(), [], "{}", plan.run);
    scene.project.validate().await?.quiet()?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn many_numbers_are_imported_by_one_block() -> Result<()> {
    let (scene, numbers) = account(3).await?;
    let for_each = format!("for_each = toset({numbers:?})");
    let config = number("example", ("mvno", "a2p"), &for_each);
    let block = format!(
        "import {{\n  {for_each}\n  to = joonto_number.example[each.key]\n  id = each.key\n}}\n"
    );
    scene.project.main(&format!("{config}{block}"))?;
    if !Cli::find()?.offers(Feature::ImportForEach) {
        scene.project.plan().await?.failed()?;
        let blocks = numbers
            .iter()
            .map(|number| import(number).replace("example", &format!("example[{number:?}]")));
        let blocks: String = blocks.collect();
        scene.project.main(&format!("{config}{blocks}"))?;
    }
    adopt(scene, 3).await
}

#[tokio::test]
async fn nothing_else_becomes_a_number() -> Result<()> {
    let scene = Scene::new("resource \"terraform_data\" \"other\" {}\n").await?;
    scene.project.apply().await?.quiet()?;
    let config = number("example", ("mvno", "a2p"), "");
    let moved = "moved {\n  from = terraform_data.other\n  to = joonto_number.example\n}\n";
    scene.project.main(&format!("{config}{moved}"))?;
    let refused = scene.project.plan().await?.failed()?;
    // Older versions refuse it themselves.
    let ours = Cli::find()?.offers(Feature::MovedAcrossTypes);
    assert_eq!(refused.says("Code: JN220."), ours, "{refused}");
    assert_eq!(scene.purchase_requests(), 0);
    scene.project.main(&config)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes().len(), 2, "{}", plan.run);
    scene.end().await;
    Ok(())
}
