//! The caller name: two arguments that a purchase cannot carry, and that reads return as one text,
//! days later.

use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Lag, NullInUpdate};
use serde_json::{Value, json};

use crate::scene::{Scene, number};

const UPDATE: &str = "/v1.0/numbers/update";
const ADDRESS: &str = "joonto_number.example";

/// A number with these lines in its `caller_name` block.
fn named(lines: &str) -> String {
    let block = format!("caller_name {{\n{lines}\n}}");
    number("example", ("mvno", "a2p"), &block)
}

const ADA: &str = "first_name = \"Ada\"\nlast_name = \"Example\"";

/// The caller name that the API has.
fn at_api(scene: &Scene) -> [Option<String>; 2] {
    let number = scene.sandbox.number(&scene.owned()[0]);
    number.map(|number| number.cnam).unwrap_or_default()
}

fn text(first: &str, last: &str) -> [Option<String>; 2] {
    [first, last].map(|part| Some(part.to_owned()))
}

/// The bodies of the changes that were sent.
fn sent(scene: &Scene) -> Vec<Value> {
    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to(UPDATE).into_iter();
    requests.map(|request| request.body.clone()).collect()
}

#[tokio::test]
async fn a_caller_name_lives_with_its_number() -> Result<()> {
    let mut scene = Scene::new(&named(ADA)).await?;
    scene.project.time_limit(Duration::from_secs(180));
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    let name = |first: Value, last: Value| json!({ "Number": bought, "CnamFirstName": first, "CnamLastName": last });
    assert_eq!(sent(&scene), [name("Ada".into(), "Example".into())]);
    scene.project.assert_empty_plan().await?.quiet()?;

    // Once a stored read has shown it, a change by somebody else is drift.
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let edit = |name| scene.sandbox.edit(&bought, |number| number.cnam = name);
    assert!(edit(text("Bob", "Dam")));
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"]);
    assert_eq!(plan.changes()[0].attributes, ["caller_name"]);
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(at_api(&scene), text("Ada", "Example"));
    // A name that is not returned is not drift.
    assert!(edit([None, None]));
    scene.project.assert_empty_plan().await?.quiet()?;
    assert!(edit(text("Ada", "Example")));

    // `""` takes a part away, if the API does as it says.
    let first_only = named("first_name = \"Ada\"\nlast_name = \"\"");
    scene.project.main(&first_only)?;
    for nulls in [NullInUpdate::Ignored, NullInUpdate::Refused] {
        scene
            .sandbox
            .switch(|switches| switches.null_in_update = nulls);
        let run = scene.project.apply().await?.failed()?;
        let error = run.error()?;
        assert_eq!(error.code(), "JN403", "{nulls:?}: {run}");
        assert!(error.says("caller_name"), "{run}");
    }
    let clears = NullInUpdate::Clears;
    scene
        .sandbox
        .switch(|switches| switches.null_in_update = clears);
    scene.project.apply().await?.quiet()?;
    assert_eq!(sent(&scene).last(), Some(&name("Ada".into(), Value::Null)));
    assert_eq!(at_api(&scene), [Some("Ada".into()), None]);
    scene.project.assert_empty_plan().await?.quiet()?;

    // Without the block the number keeps its name, whatever that is.
    let before = sent(&scene).len();
    scene
        .project
        .main(&number("example", ("mvno", "a2p"), ""))?;
    let run = scene.project.apply().await?.ok()?;
    assert!(run.warnings().any(|d| d.code() == "JN205"), "{run}");
    assert!(edit(text("Bob", "Dam")));
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(sent(&scene).len(), before);

    // An import has no name, which no plan minds. A block names the number in place.
    scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
    scene.project.import(ADDRESS, &bought).await?.ok()?;
    scene.project.assert_empty_plan().await?;
    scene.project.main(&named(ADA))?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"]);
    assert_eq!(plan.changes()[0].attributes, ["caller_name"]);
    // For two days, reads show the name from before, which the state never had.
    let days = Duration::from_secs(2 * 24 * 60 * 60);
    let lag = |lag| scene.sandbox.switch(|switches| switches.update_lag = lag);
    lag(Some(Lag::Time(days)));
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(at_api(&scene), text("Ada", "Example"));
    scene.project.assert_empty_plan().await?;
    lag(None);
    scene.sandbox.clock().advance(days);
    scene.project.assert_empty_plan().await?;
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_caller_name_that_is_not_sent_fails_no_purchase_and_is_planned_next() -> Result<()> {
    let failed = FaultKind::set("UpdateOrderStatus", "Failed");
    for fault in [
        Fault::on(UPDATE).before_commit(FaultKind::status(400)),
        Fault::on(UPDATE).before_commit(FaultKind::Drop),
        Fault::on(UPDATE).after_commit(FaultKind::Drop),
        Fault::on(UPDATE).after_commit(failed),
    ] {
        let mut scene = Scene::new(&named(ADA)).await?;
        scene.project.env("JOONTO_MAX_RETRIES", "0");
        scene.sandbox.fault(fault);
        let run = scene.project.apply().await?.ok()?;
        let warning = run.warning()?;
        assert_eq!(warning.code(), "JN407", "{run}");
        assert!(warning.says(&scene.owned()[0]), "{run}");
        let state = scene.project.state()?;
        assert_eq!(state["resources"][0]["instances"][0].get("status"), None);

        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].actions, ["update"]);
        assert_eq!(plan.changes()[0].attributes, ["caller_name"]);
        scene.project.apply_plan().await?.quiet()?;
        assert_eq!(at_api(&scene), text("Ada", "Example"));
        scene.project.assert_empty_plan().await?.quiet()?;
        assert_eq!(scene.purchase_requests(), 1);
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_pending_number_is_named_once_its_order_completes() -> Result<()> {
    let config = named(ADA).replacen(
        "caller_name",
        "timeouts {\n create = \"1s\"\n}\ncaller_name",
        1,
    );
    let scene = Scene::new(&config).await?;
    scene
        .sandbox
        .switch(|switches| switches.pending_forever = true);
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(run.warning()?.code(), "JN122", "{run}");
    scene.project.assert_empty_plan().await?;
    let stored = scene.project.resource(ADDRESS).await?;
    let order = stored["order_id"].as_str().unwrap_or_default();
    assert!(scene.sandbox.complete_order(order));
    scene.project.apply().await?.ok()?;
    assert_eq!(at_api(&scene), text("Ada", "Example"));
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(sent(&scene).len(), 1);
    scene.end().await;
    Ok(())
}
