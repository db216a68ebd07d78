//! What cannot be known is said, and never guessed: the cases in which evidence does not suffice.

use std::time::Duration;

use joonto_sandbox::{Fault, FaultKind, Options};
use serde_json::json;

use crate::scene::{Scene, number, plain};

const PROVISION: &str = "/v1.0/numbers/provision";
const INVENTORY: &str = "/v1.0/numbers/inventory";

/// The error lists exactly these numbers, each with the command that takes it up.
fn lists(error: &str, numbers: &[String]) {
    for number in numbers {
        let command = format!("terraform import ADDRESS {number}");
        assert!(error.contains(&command), "{number}: {error}");
    }
    assert_eq!(
        error.matches("terraform import").count(),
        numbers.len(),
        "{error}"
    );
}

async fn losing(kind: FaultKind) -> Scene {
    let scene = Scene::new().await;
    scene.sandbox.fault(Fault::on(PROVISION).after_commit(kind));
    scene
}

#[tokio::test]
async fn twins_are_listed_and_none_is_adopted() {
    let scene = losing(FaultKind::Drop).await;
    scene
        .sandbox
        .switch(|switches| switches.inventory_twins = true);
    let created = scene.provider().await.create(&plain()).await;
    assert_eq!(
        created.error().matches("terraform import").count(),
        2,
        "{created:?}"
    );
    assert!(created.error().contains(&scene.owned()[0]));
    assert_eq!(scene.purchase_requests(), 1);

    // The next apply is no wiser, buys nothing, and says where the journal is.
    let again = scene.provider().await.create(&plain()).await;
    assert!(
        again.error().contains("An earlier purchase is in doubt"),
        "{again:?}"
    );
    assert!(
        again
            .error()
            .contains(&scene.data.path().display().to_string())
    );
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn with_another_buyer_about_nothing_is_adopted() {
    let scene = losing(FaultKind::Hold).await;
    // Held first, lost then: in between, somebody else buys.
    let provider = scene.provider().await;
    let creating = tokio::spawn({
        let provider = provider.clone();
        async move { provider.create(&plain()).await }
    });
    while scene.owned().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let key = scene.sandbox.credentials().account_key;
    scene.sandbox.buy_elsewhere(&key).expect("a number");
    // Never released: the answer takes longer than is allowed.
    let created = creating.await.expect("no panic");
    assert!(
        created.error().contains("somebody else is buying"),
        "{created:?}"
    );
    lists(created.error(), &scene.owned());
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn an_inventory_of_another_account_is_no_evidence() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    let second = scene.sandbox.second_account();
    scene
        .sandbox
        .buy_elsewhere(&second.account_key)
        .expect("a number");
    // The snapshot is the account's own, what is read later is not.
    let other = number(("mvno", "p2p"), (true, false), json!({}));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let own = provider.create(&other).await;
    assert!(own.warning().contains("was taken up"), "{own:?}");
    scene
        .sandbox
        .switch(|switches| switches.inventory_of_other_account = true);
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let created = provider.create(&plain()).await;
    assert!(created.error().contains("another account"), "{created:?}");
}

#[tokio::test]
async fn an_inventory_beyond_twenty_pages_is_no_evidence() {
    let scene = Scene::with(Options {
        fleet: 30,
        page_size: 1,
        ..Options::default()
    })
    .await;
    let provider = scene.provider().await;
    let bought = provider.create(&plain()).await;
    assert!(bought.number().is_some(), "purchases go ahead: {bought:?}");
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let created = provider.create(&plain()).await;
    assert!(created.error().contains("20 pages"), "{created:?}");
    assert!(
        created.error().contains("terraform import ADDRESS NUMBER"),
        "{created:?}"
    );
    assert_eq!(scene.purchase_requests(), 2);
}

#[tokio::test]
async fn an_inventory_that_cannot_be_read_leaves_the_purchase_in_doubt() {
    let scene = losing(FaultKind::Drop).await;
    let provider = scene.provider().await;
    let broken = FaultKind::status(500);
    scene
        .sandbox
        .fault(Fault::on(INVENTORY).nth(2).always().before_commit(broken));
    let created = provider.create(&plain()).await;
    assert!(
        created.error().contains("could not be found out"),
        "{created:?}"
    );
    drop(provider);
    scene.sandbox.clear_faults();
    let again = scene.provider().await.create(&plain()).await;
    assert!(again.warning().contains("was taken up"), "{again:?}");
    assert_eq!((scene.owned().len(), scene.purchase_requests()), (1, 1));
}

#[tokio::test]
async fn a_ready_token_buys_without_a_snapshot_and_a_lost_answer_stays_in_doubt() {
    let mut scene = Scene::new().await;
    let token = token_for_purchases(&scene).await;
    scene.env("JOONTO_ACCOUNT_KEY", "");
    scene.env("JOONTO_ACCOUNT_SECRET", "");
    scene.env("JOONTO_TOKEN", &token);
    let provider = scene.provider().await;
    let bought = provider.create(&plain()).await;
    assert!(
        bought.number().is_some() && bought.errors.is_empty(),
        "{bought:?}"
    );
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let created = provider.create(&plain()).await;
    assert!(
        created.error().contains("may have been bought"),
        "{created:?}"
    );
    assert!(!created.error().contains(&token));
    assert_eq!(scene.purchase_requests(), 2);
}

/// A token that is good for purchases, fetched as users would.
async fn token_for_purchases(scene: &Scene) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let credentials = scene.sandbox.credentials();
    let base_url = scene.sandbox.base_url();
    let body = json!({
        "AccountKey": credentials.account_key,
        "AccountSecret": credentials.account_secret,
        "ApiEndpoint": format!("{base_url}{PROVISION}"),
    })
    .to_string();
    let host = base_url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host)
        .await
        .expect("a connection");
    let request = format!(
        "POST /v1.0/OAuth2/tokens HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let json: serde_json::Value = serde_json::from_str(body).expect("JSON");
    json["token"].as_str().expect("a token").to_owned()
}

/// F8: that a 429 comes before any work is assumed, and this is what the assumption costs.
#[tokio::test]
async fn a_429_after_the_purchase_buys_twice_and_the_ledger_shows_it() {
    let scene = losing(FaultKind::status(429)).await;
    let created = scene.provider().await.create(&plain()).await;
    assert!(
        created
            .number()
            .is_some_and(|number| scene.owned().contains(&number))
    );
    assert_eq!((scene.owned().len(), scene.purchase_requests()), (2, 2));
}

/// Where that is not wanted, `max_retries = 0` ends it, with an honest error.
#[tokio::test]
async fn without_retries_a_429_is_an_error_and_sent_once() {
    let mut scene = losing(FaultKind::status(429)).await;
    scene.env("JOONTO_MAX_RETRIES", "0");
    let created = scene.provider().await.create(&plain()).await;
    assert!(created.error().contains("429"), "{created:?}");
    assert_eq!(scene.purchase_requests(), 1);
}

#[tokio::test]
async fn a_number_that_the_sim_had_before_is_never_adopted() {
    const ICCID: &str = "8901260862291477118";
    let with_sim = number(("mvno", "a2p"), (true, false), json!({ "iccid": ICCID }));
    let scene = Scene::new().await;
    let key = scene.sandbox.credentials().account_key;
    let had = scene.sandbox.buy_elsewhere(&key).expect("a number").number;
    scene
        .sandbox
        .edit(&had, |number| number.iccid = Some(ICCID.into()));
    // One purchase without a SIM, and the process knows what the account owned before.
    let provider = scene.provider().await;
    let plain = provider.create(&plain()).await;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(FaultKind::Drop));
    let created = provider.create(&with_sim).await;
    assert!(
        created.error().contains("No number was seen"),
        "{created:?}"
    );
    drop(provider);
    // Nor by the next run, which has it from the journal.
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(FaultKind::status(400)));
    let again = scene.provider().await.create(&with_sim).await;
    assert!(again.error().contains("Nothing was bought"), "{again:?}");
    let mut owned = vec![had, plain.number().expect("a number")];
    owned.sort();
    assert_eq!(scene.owned(), owned);
}

/// A purchase for a SIM waits for no snapshot, so one that another purchase takes meanwhile may
/// show its number already: that is no proof that it was there before.
#[tokio::test]
async fn a_sims_number_is_adopted_though_a_later_snapshot_shows_it() {
    let arguments = json!({ "iccid": "8901260862291477118" });
    let with_sim = number(("mvno", "a2p"), (true, false), arguments);
    let scene = Scene::new().await;
    let lost = FaultKind::Delay(Duration::from_millis(900));
    scene.sandbox.fault(Fault::on(PROVISION).after_commit(lost));
    let provider = scene.provider().await;
    let (sim, other) = tokio::join!(provider.create(&with_sim), async {
        while scene.owned().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        provider.create(&plain()).await
    });
    let mut stored = vec![
        sim.number().expect("a number"),
        other.number().expect("a number"),
    ];
    stored.sort();
    assert!(sim.warning().contains("was taken up"), "{sim:?}");
    assert_eq!(scene.owned(), stored);
}

#[tokio::test]
async fn a_pending_order_beside_a_doubt_is_asked_before_anything_is_adopted() {
    let scene = Scene::new().await;
    let provider = scene.provider().await;
    scene
        .sandbox
        .switch(|switches| switches.pending_polls = Some(2));
    let pending = tokio::spawn({
        let provider = provider.clone();
        async move { provider.create(&plain()).await }
    });
    while scene.sandbox.ledger().purchases().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    scene
        .sandbox
        .switch(|switches| switches.pending_polls = None);
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let lost = provider.create(&plain()).await;
    let pending = pending.await.expect("no panic");
    let mut stored = [lost.number(), pending.number()].map(|number| number.expect("a number"));
    stored.sort();
    assert_eq!(stored.as_slice(), scene.owned(), "{lost:?} {pending:?}");
    assert_eq!(scene.purchase_requests(), 2);
}
