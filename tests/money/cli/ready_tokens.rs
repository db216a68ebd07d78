//! A ready token buys only where a lost response could be looked into.

use harness::Result;

use super::{PROVISION, Scene, TOKENS, assert_errors, count, place, records};

/// A token for purchases alone, fetched by somebody else.
async fn purchase_token(scene: &Scene) -> Result<String> {
    let base = scene.sandbox.base_url();
    let own = scene.sandbox.credentials();
    let request = serde_json::json!({
        "AccountKey": own.account_key,
        "AccountSecret": own.account_secret,
        "ApiEndpoint": format!("{base}{PROVISION}"),
    });
    let client = reqwest::Client::builder().no_proxy().build()?;
    let call = client.post(format!("{base}{TOKENS}")).json(&request);
    let response: serde_json::Value = call.send().await?.error_for_status()?.json().await?;
    Ok(response["token"].as_str().expect("a token").to_owned())
}

// C30 a, b, c
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_cannot_look_up_a_purchase_buys_nothing() -> Result<()> {
    for is_good in [true, false] {
        let mut scene = Scene::new(&count(1)).await?;
        let token = match is_good {
            true => purchase_token(&scene).await?,
            false => "opaque-token".to_owned(),
        };
        scene
            .project
            .env_remove("JOONTO_ACCOUNT_KEY")
            .env_remove("JOONTO_ACCOUNT_SECRET")
            .env("JOONTO_TOKEN", token);
        for _ in 0..2 {
            let refused = scene.project.apply().await?;
            assert_errors(&refused, &["JN152"]);
            let error = refused.error()?;
            for argument in ["account_key", "account_secret"] {
                assert!(error.says(argument), "{refused}");
            }
        }
        assert_eq!(scene.posts(), 0);
        assert_eq!(records(&place(&scene.project)).len(), 0);
        scene.end().await?;
    }
    Ok(())
}
