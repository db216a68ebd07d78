//! Many numbers: refreshed, bought and ended in few requests.

use harness::Result;
use joonto_sandbox::{Options, Sandbox};
use serde_json::json;

use crate::scene::{Scene, number};

/// How many requests were made since there were `before`.
fn requests_since(sandbox: &Sandbox, before: usize) -> usize {
    sandbox.ledger().requests.len() - before
}

#[tokio::test]
async fn sixty_numbers_cost_a_handful_of_requests() -> Result<()> {
    let config = number("fleet", ("mvno", "a2p"), "count = 60");
    let options = Options {
        page_size: 20,
        ..Options::default()
    };
    let scene = Scene::with(options, &config).await?;

    scene.project.apply().await?.quiet()?;
    let bought = requests_since(&scene.sandbox, 0);
    assert!(bought <= 60 + 3, "{bought} requests to buy 60 numbers");
    assert_eq!(scene.owned().len(), 60);

    // The SIMs that the purchases did not return.
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;

    // Two changes behind Terraform's back, of 60 numbers on three pages.
    let owned = scene.owned();
    assert!(
        scene
            .sandbox
            .edit(&owned[7], |number| number.voice_enabled = true)
    );
    assert!(
        scene
            .sandbox
            .edit(&owned[41], |number| number.message_enabled = true)
    );
    let before = scene.sandbox.ledger().requests.len();
    let plan = scene.project.plan_json_with(&["-refresh-only"]).await?;
    let read = requests_since(&scene.sandbox, before);
    assert!(read <= 10, "{read} requests to refresh 60 numbers");
    let drift = plan.drift();
    let attributes: Vec<_> = drift.iter().flat_map(|change| &change.attributes).collect();
    assert_eq!(drift.len(), 2, "{drift:?}");
    assert!(
        attributes.contains(&&"voice_enabled".to_owned()),
        "{drift:?}"
    );
    assert!(
        attributes.contains(&&"message_enabled".to_owned()),
        "{drift:?}"
    );

    let before = scene.sandbox.ledger().requests.len();
    scene.project.destroy().await?.ok()?;
    let ended = requests_since(&scene.sandbox, before);
    assert!(ended <= 30, "{ended} requests to end 60 numbers");
    // The refresh of the same command has seen them all: the destroy reads no page again.
    let ledger = scene.sandbox.ledger();
    let pages = ledger.requests_to("/v1.0/numbers/inventory");
    let pages = pages.iter().filter(|page| page.id > before as u64);
    assert_eq!(pages.count(), 3);
    assert_eq!(scene.owned().len(), 0);
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;
    Ok(())
}

/// How many numbers [`destroying_takes_a_request_for_ten_numbers`] destroys, if not 100.
const FLEET: &str = "JOONTO_TEST_FLEET";

/// Terraform destroys ten numbers at once, and they share a request. With the pages that the
/// refresh reads and a token for each of the two endpoints, 500 numbers take 57 requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn destroying_takes_a_request_for_ten_numbers() -> Result<()> {
    let size: usize = match std::env::var(FLEET) {
        Ok(text) => text.parse()?,
        Err(_) => 100,
    };
    let config = number("fleet", ("iot", "p2p"), &format!("count = {size}"));
    let mut scene = Scene::new(&config).await?;
    scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0");
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.owned().len(), size);

    let before = scene.sandbox.ledger().requests.len();
    scene.project.destroy().await?.ok()?;
    let sent = requests_since(&scene.sandbox, before);
    let limit = size.div_ceil(10) + size.div_ceil(100) + 2;
    assert!(sent <= limit, "{sent} requests to destroy {size} numbers");
    assert_eq!(scene.owned().len(), 0);
    scene.end().await;
    Ok(())
}
