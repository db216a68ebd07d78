//! The provider block.

use harness::{Cli, Feature, Result};

use crate::scene::{SEED, Scene};

#[tokio::test]
async fn missing_credentials_are_an_error_that_names_both_ways() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.env_remove("JOONTO_ACCOUNT_SECRET");
    let run = scene.project.plan().await?.failed()?;
    let error = run.errors().find(|d| d.code() == "JN607");
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
async fn a_secret_from_an_ephemeral_variable_is_in_no_plan_and_no_state() -> Result<()> {
    let config = |kind: &str, account_key: &str| {
        format!(
            "variable \"secret\" {{\n  type = string\n  {kind} = true\n}}\nprovider \"joonto\" {{\n  \
             account_key = {account_key:?}\n  account_secret = var.secret\n}}\n{SEED}"
        )
    };
    let mut scene = Scene::new("").await?;
    let own = scene.sandbox.credentials();
    scene
        .project
        .env_remove("JOONTO_ACCOUNT_KEY")
        .env_remove("JOONTO_ACCOUNT_SECRET")
        .env("TF_VAR_secret", &own.account_secret)
        .main(&config("ephemeral", &own.account_key))?;
    let is_ephemeral = Cli::find()?.offers(Feature::EphemeralValues);
    if !is_ephemeral {
        // Older versions have variables whose value is not shown, but is part of the plan.
        scene.project.validate().await?.failed()?;
        scene.project.main(&config("sensitive", &own.account_key))?;
    }
    let plan = scene.project.plan_json().await?;
    let is_in_plan = plan.json.to_string().contains(&own.account_secret);
    assert_eq!(is_in_plan, !is_ephemeral);
    scene.project.apply_plan().await?.quiet()?;
    let state = scene.project.state()?.to_string();
    assert!(!state.contains(&own.account_secret));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.env("JOONTO_BASE_URL", "http://192.0.2.1");
    let run = scene.project.plan().await?.failed()?;
    assert!(run.errors().any(|d| d.code() == "JN605"), "{run}");
    scene.end().await;
    Ok(())
}
