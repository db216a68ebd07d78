//! A provider block whose values something else has yet to make, with a Terraform that puts
//! nothing off. What one that does gets, the protocol's tests show (`configuring`).

use harness::Result;

use crate::scene::{Scene, number};

const KIND: (&str, &str) = ("mvno", "a2p");

const LOOK_UP: &str = "data \"joonto_numbers\" \"all\" {}\n";

/// A provider that is configured from the output of a resource with this trigger.
fn later(scene: &Scene, trigger: &str) -> String {
    let (url, credentials) = (scene.sandbox.base_url(), scene.sandbox.credentials());
    format!(
        "resource \"terraform_data\" \"account\" {{\n  triggers_replace = {trigger:?}\n  input = \
         {{\n    url = {url:?}\n    key = {:?}\n  }}\n}}\n\
         provider \"joonto\" {{\n  base_url    = terraform_data.account.output.url\n  account_key \
         = terraform_data.account.output.key\n}}\n",
        credentials.account_key
    )
}

/// A project whose environment has neither the API's address nor the key.
async fn scene() -> Result<Scene> {
    let mut scene = Scene::new("").await?;
    scene
        .project
        .env_remove("JOONTO_BASE_URL")
        .env_remove("JOONTO_ACCOUNT_KEY");
    Ok(scene)
}

#[tokio::test]
async fn what_only_plans_to_buy_waits_for_the_configuration() -> Result<()> {
    let scene = scene().await?;
    let config = [later(&scene, "1"), number("example", KIND, "")].concat();
    scene.project.main(&config)?;
    scene.project.validate().await?.quiet()?;
    scene.project.plan().await?.quiet()?;
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    // Known by the time it is needed.
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 1);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.owned(), [""; 0]);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_has_to_be_read_first_is_an_error_that_names_the_arguments_and_the_way_out()
-> Result<()> {
    let scene = scene().await?;
    let resource = number("example", KIND, "");
    scene
        .project
        .main(&[later(&scene, "1"), resource.clone()].concat())?;
    scene.project.apply().await?.quiet()?;
    let asked = scene.sandbox.ledger().requests.len();

    // The account is made again, and with it the provider's configuration is unknown again.
    let again = later(&scene, "2");
    for config in [
        [&*again, &resource].concat(),
        // Looked up in the same plan, and with no number in state to read.
        [&*again, LOOK_UP].concat(),
    ] {
        scene.project.main(&config)?;
        let refused = scene.project.plan().await?.failed()?;
        assert_ne!(refused.errors().count(), 0, "{refused}");
        for error in refused.errors() {
            for word in ["base_url", "account_key", "-target"] {
                assert!(error.says(word), "{refused}");
            }
        }
    }
    // Nothing to read, nothing to ask: the change is planned.
    scene
        .project
        .main(&[&*again, &*resource.replace("a2p", "p2p")].concat())?;
    let plan = scene.project.plan_json_with(&["-refresh=false"]).await?;
    let planned: Vec<_> = plan
        .changes()
        .into_iter()
        .map(|change| change.address)
        .collect();
    assert_eq!(
        planned,
        ["joonto_number.example", "terraform_data.account"],
        "{}",
        plan.run
    );
    assert_eq!(scene.sandbox.ledger().requests.len(), asked);

    // The way out that the error names.
    scene.project.main(&[&*again, &*resource].concat())?;
    let target = ["-target=terraform_data.account"];
    scene.project.apply_with(&target).await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}
