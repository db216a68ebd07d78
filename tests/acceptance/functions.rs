//! Functions, from Terraform 1.8 on.

use harness::{Cli, Feature, Result};
use serde_json::json;

use crate::scene::{SEED, Scene};

fn output(text: &str) -> String {
    format!("output \"code\" {{\n  value = provider::joonto::parse_activation_code({text})\n}}\n")
}

fn has_functions() -> Result<bool> {
    Ok(Cli::find()?.offers(Feature::Functions))
}

#[tokio::test]
async fn an_activation_code_is_taken_apart() -> Result<()> {
    let scene = Scene::new(&output(r#""LPA:1$smdp.example.com$ID-1$1.3.6$1""#)).await?;
    if !has_functions()? {
        // Older versions cannot call it, and are not disturbed by it otherwise.
        scene.project.validate().await?.failed()?;
        scene.project.main(SEED)?;
        scene.project.validate().await?.quiet()?;
        return Ok(());
    }
    scene.project.apply().await?.quiet()?;
    let state = scene.project.show_json().await?;
    assert_eq!(
        state["values"]["outputs"]["code"]["value"],
        json!({
            "activation_code": "LPA:1$smdp.example.com$ID-1$1.3.6$1",
            "smdp_address": "smdp.example.com",
            "matching_id": "ID-1",
            "confirmation_code_required": true
        })
    );
    assert!(scene.sandbox.ledger().requests.is_empty());
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_code_of_a_bought_number_is_the_one_the_number_has() -> Result<()> {
    if !has_functions()? {
        return an_older_version_reads_the_schema().await;
    }
    let compared = "output \"same\" {\n  value = nonsensitive(provider::joonto::\
                    parse_activation_code(joonto_number.tracker.qr_code).activation_code == \
                    joonto_number.tracker.activation_code)\n}\n";
    let seed = SEED.split("output ").next().unwrap_or_default();
    // A number on an eSIM: without the ICCID of a card.
    let esim: Vec<&str> = seed
        .lines()
        .filter(|line| !line.contains("iccid"))
        .collect();
    let scene = Scene::new(&format!("{}\n{compared}", esim.join("\n"))).await?;
    scene.project.apply().await?.ok()?;
    let state = scene.project.show_json().await?;
    assert_eq!(state["values"]["outputs"]["same"]["value"], json!(true));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_is_no_code_is_an_error_that_names_the_argument_and_not_its_value() -> Result<()> {
    if !has_functions()? {
        return an_older_version_reads_the_schema().await;
    }
    let scene = Scene::new(&output(r#""LPA:1$smdp.example.com$s3cret id""#)).await?;
    let refused = scene.project.plan().await?.failed()?;
    let error = refused.error()?;
    assert!(error.says("\"text\""), "{refused}");
    assert!(!error.detail.contains("s3cret"), "{refused}");
    // C72: Terraform adds a full stop.
    assert_eq!(error.code(), "JN720", "{refused}");
    assert!(
        error.detail.trim_end().ends_with("Code: JN720."),
        "{refused}"
    );
    scene.end().await;
    Ok(())
}

async fn an_older_version_reads_the_schema() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.validate().await?.quiet()?;
    Ok(())
}
