//! The provider block.

use harness::Result;

use crate::scene::{SEED, Scene};

#[tokio::test]
async fn missing_credentials_are_an_error_that_names_both_ways() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.env_remove("JOONTO_ACCOUNT_SECRET");
    let run = scene.project.plan().await?.failed()?;
    let error = run.errors().find(|d| d.summary == "Missing account_secret");
    let both =
        |d: &harness::Diagnostic| d.says("account_secret") && d.says("JOONTO_ACCOUNT_SECRET");
    assert!(error.is_some_and(both), "{run}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_unknown_configuration_fails_neither_validation_nor_the_plan_of_a_purchase() -> Result<()>
{
    let config = format!(
        "resource \"terraform_data\" \"url\" {{\n  input = \"x\"\n}}\nprovider \"joonto\" {{\n  \
         token = terraform_data.url.id\n}}\n{SEED}"
    );
    let mut scene = Scene::new(&config).await?;
    scene
        .project
        .env_remove("JOONTO_ACCOUNT_KEY")
        .env_remove("JOONTO_ACCOUNT_SECRET");
    scene.project.validate().await?.quiet()?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes().len(), 2, "{}", plan.run);
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.env("JOONTO_BASE_URL", "http://192.0.2.1");
    let run = scene.project.plan().await?.failed()?;
    assert!(
        run.errors().any(|d| d.summary == "Invalid base_url"),
        "{run}"
    );
    scene.end().await;
    Ok(())
}
