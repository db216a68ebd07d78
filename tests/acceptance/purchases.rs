//! What a plan says about purchases: limits, open purchases, and numbers that are not what they
//! seem.

use std::process::Command;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};

use crate::scene::{PROVIDER, Scene, number};

const PROVISION: &str = "/v1.0/numbers/provision";
const STATUS: &str = "/v1.0/numbers/status";
const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

#[tokio::test]
async fn a_plan_that_buys_more_than_the_limit_is_one_error() -> Result<()> {
    let mut scene = Scene::new(&number("n", ("iot", "p2p"), "count = 4")).await?;
    scene.project.env("JOONTO_PURCHASE_LIMIT", "2");
    let planned = scene.project.plan().await?.failed()?;
    assert_eq!(planned.error()?.code(), "JN151", "{planned}");
    scene.project.env("JOONTO_PURCHASE_LIMIT", "4");
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.owned().len(), 4);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_limit_of_the_configuration_wins_over_the_environment() -> Result<()> {
    let config = format!(
        "provider \"joonto\" {{\n  purchase_limit = 1\n}}\n{}",
        number("n", ("iot", "p2p"), "count = 2")
    );
    let mut scene = Scene::new(&config).await?;
    scene.project.env("JOONTO_PURCHASE_LIMIT", "0");
    let planned = scene.project.plan().await?.failed()?;
    assert_eq!(planned.error()?.code(), "JN151", "{planned}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn each_provider_configuration_counts_its_own_purchases() -> Result<()> {
    let with = |alias: &str, count: usize| {
        let arguments = format!("  provider = joonto.{alias}\n  count = {count}");
        format!(
            "provider \"joonto\" {{\n  alias = \"{alias}\"\n  purchase_limit = 2\n}}\n{}",
            number(alias, ("iot", "p2p"), &arguments)
        )
    };
    let scene = Scene::new(&[with("a", 2), with("b", 3)].concat()).await?;
    let planned = scene.project.plan().await?.failed()?;
    assert_eq!(planned.error()?.code(), "JN151", "{planned}");
    scene.project.main(&[with("a", 2), with("b", 2)].concat())?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.owned().len(), 4);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn open_purchases_are_listed_by_hand_without_credentials() -> Result<()> {
    let mut scene = Scene::new(&number("n", ("iot", "p2p"), "")).await?;
    let place = scene.project.path().join(".terraform").join("joonto");
    let list = || -> Result<String> {
        let output = Command::new(PROVIDER)
            .arg("--purchases")
            .arg(&place)
            .env_clear()
            .output()?;
        assert!(output.status.success(), "{output:?}");
        Ok(String::from_utf8(output.stdout)?)
    };
    assert!(!list()?.contains(RESOLVED), "{}", list()?);
    let lost = Fault::on(PROVISION).after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let applied = scene.project.apply().await?.failed()?;
    let lines = applied.error()?.lines();
    let nothing = lines.last().expect("a line");
    assert!(list()?.contains(nothing), "{}", list()?);

    // The resource is gone, so no create handles the purchase: each plan warns.
    scene.project.main(&number(
        "other",
        ("mvno", "a2p"),
        "iccid = \"8901240397190195850\"",
    ))?;
    for _ in 0..2 {
        let planned = scene.project.plan().await?.ok()?;
        assert!(planned.warnings().any(|w| w.code() == "JN131"), "{planned}");
    }
    scene.project.env(RESOLVED, nothing);
    scene.project.plan().await?.quiet()?;
    assert!(!list()?.contains(RESOLVED), "{}", list()?);
    scene.end().await;
    Ok(())
}

/// C48.
#[tokio::test]
async fn a_number_in_two_resources_is_neither_cancelled_nor_replaced() -> Result<()> {
    let both = format!(
        "{}{}",
        number("a", ("mvno", "a2p"), ""),
        number("b", ("mvno", "a2p"), "")
    );
    let scene = Scene::new(&both).await?;
    let key = scene.sandbox.credentials().account_key;
    let owned = scene.sandbox.buy_elsewhere_with(&key, |n| {
        n.kind = joonto_sandbox::NumberKind::Mvno;
        n.message_type = "a2p".into();
        n.message_enabled = false;
        n.voice_enabled = false;
    });
    let owned = owned.expect("a number");
    for name in ["a", "b"] {
        let address = format!("joonto_number.{name}");
        scene.project.import(&address, &owned.number).await?.ok()?;
    }
    let planned = scene.project.plan().await?.ok()?;
    assert!(planned.warnings().any(|w| w.code() == "JN302"), "{planned}");

    scene.project.main(&number("a", ("mvno", "a2p"), ""))?;
    let applied = scene.project.apply().await?.failed()?;
    assert!(applied.errors().any(|e| e.code() == "JN303"), "{applied}");
    assert_eq!(scene.sandbox.ledger().requests_to(STATUS).len(), 0);

    let remove = ["state", "rm", "joonto_number.b"];
    scene.project.run(remove).await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

/// C51 c.
#[tokio::test]
async fn a_number_older_than_its_order_is_somebody_elses() -> Result<()> {
    let scene = Scene::new(&number("n", ("iot", "p2p"), "")).await?;
    let key = scene.sandbox.credentials().account_key;
    let theirs = scene
        .sandbox
        .buy_elsewhere_with(&key, |n| n.bought -= time::Duration::days(40));
    let theirs = theirs.expect("a number").number;
    scene.sandbox.switch(|s| {
        s.names_number = Some(theirs.clone());
        s.details_tell_date = true;
    });
    scene.project.apply().await?.ok()?;
    let planned = scene.project.plan().await?.failed()?;
    assert_eq!(planned.error()?.code(), "JN301", "{planned}");
    for arguments in [&["-refresh=false"][..], &[]] {
        let destroy = [&["-destroy"], arguments].concat();
        let destroyed = scene.project.apply_with(&destroy).await?.failed()?;
        assert!(
            destroyed.errors().all(|e| e.code() == "JN301"),
            "{destroyed}"
        );
    }
    assert_eq!(scene.sandbox.ledger().requests_to(STATUS).len(), 0);
    scene.end().await;
    Ok(())
}
