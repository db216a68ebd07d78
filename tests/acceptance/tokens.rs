//! Tokens: one for each endpoint, shared, renewed ahead of their end and once when refused.

use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::scene::{FULL, SEED, Scene, number};

const PROVISION: &str = "/v1.0/numbers/provision";
const DETAILS: &str = "/v1.0/numbers";

/// How many tokens were fetched for `path`.
fn tokens(scene: &Scene, path: &str) -> usize {
    let endpoint = json!(format!("{}{path}", scene.sandbox.base_url()));
    let ledger = scene.sandbox.ledger();
    let calls = ledger.requests_to("/v1.0/OAuth2/tokens");
    calls
        .iter()
        .filter(|call| call.body["ApiEndpoint"] == endpoint)
        .count()
}

fn requests(scene: &Scene, path: &str) -> usize {
    scene.sandbox.ledger().requests_to(path).len()
}

#[tokio::test]
async fn twenty_numbers_share_a_token_and_its_renewal() -> Result<()> {
    let fleet = number("fleet", ("mvno", "a2p"), "  count = 20");
    let parallel: &[&str] = &["-parallelism=20"];
    for (expires, tokens_fetched) in [(false, 1), (true, 2)] {
        let scene = Scene::new(&fleet).await?;
        if expires {
            let expired = Fault::on(PROVISION).before_commit(FaultKind::ExpireToken);
            scene.sandbox.fault(expired);
        }
        scene.project.apply_with(parallel).await?.quiet()?;
        assert_eq!(tokens(&scene, PROVISION), tokens_fetched);
        assert_eq!(scene.owned().len(), 20);
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_a_purchase_too() -> Result<()> {
    for status in [401, 403] {
        let scene = Scene::new(SEED).await?;
        let refused = Fault::on(PROVISION).before_commit(FaultKind::status(status));
        scene.sandbox.fault(refused);
        scene.project.apply().await?.quiet()?;
        assert_eq!(
            (tokens(&scene, PROVISION), requests(&scene, PROVISION)),
            (2, 2)
        );
        assert_eq!(scene.owned().len(), 1);
        scene.end().await;

        let scene = Scene::new(SEED).await?;
        let always = Fault::on(PROVISION).always();
        scene
            .sandbox
            .fault(always.before_commit(FaultKind::status(status)));
        let run = scene.project.apply().await?.failed()?;
        let error = run.error()?;
        let endpoint = format!("{}{PROVISION}", scene.sandbox.base_url());
        assert_eq!(error.code(), "JN101", "{run}");
        assert!(error.says(&endpoint), "{run}");
        assert_eq!(
            (tokens(&scene, PROVISION), requests(&scene, PROVISION)),
            (2, 2)
        );
        assert_eq!(scene.owned(), [""; 0]);
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn tokens_are_renewed_before_they_end() -> Result<()> {
    let scene = Scene::new(&number("example", ("mvno", "a2p"), "")).await?;
    scene.sandbox.switch(|switches| {
        switches.token_life = Duration::from_secs(2);
        switches.pending_polls = Some(1);
    });
    scene.project.apply().await?.quiet()?;
    let polls = requests(&scene, "/v1.0/numbers/order");
    assert_eq!((polls, tokens(&scene, "/v1.0/numbers/order")), (2, 2));
    let ledger = scene.sandbox.ledger();
    assert!(
        ledger
            .requests
            .iter()
            .all(|request| request.status == Some(200))
    );
    scene.end().await;
    Ok(())
}

/// A project whose provider has nothing but a token for `path`.
async fn with_ready_token(main: &str, path: &str) -> Result<Scene> {
    let mut scene = Scene::new(main).await?;
    let token = scene.token(path).await?;
    scene
        .project
        .env_remove("JOONTO_ACCOUNT_KEY")
        .env_remove("JOONTO_ACCOUNT_SECRET")
        .env("JOONTO_TOKEN", token);
    Ok(scene)
}

/// A token that opens purchases alone could not look up what a lost response bought.
#[tokio::test]
async fn a_ready_token_that_the_inventory_refuses_buys_nothing() -> Result<()> {
    let config = number("example", ("mvno", "a2p"), "");
    let scene = with_ready_token(&config, PROVISION).await?;
    let applied = scene.project.apply().await?.failed()?;
    let error = applied.error()?;
    assert_eq!(error.code(), "JN152", "{applied}");
    for argument in ["account_key", "account_secret"] {
        assert!(error.says(argument), "{applied}");
    }
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_ready_token_imports_what_its_endpoint_tells() -> Result<()> {
    let scene = with_ready_token(FULL, DETAILS).await?;
    let key = scene.sandbox.credentials().account_key;
    let number = scene
        .sandbox
        .buy_elsewhere(&key)
        .map(|number| number.number);
    let number = number.unwrap_or_default();
    let run = scene
        .project
        .import("joonto_number.tracker", &number)
        .await?
        .ok()?;
    assert!(run.says("Code: JN333."), "{run}");
    let stored = scene.project.resource("joonto_number.tracker").await?;
    assert_eq!(stored["phone_number_assigned"], json!(number));
    scene.end().await;
    Ok(())
}
