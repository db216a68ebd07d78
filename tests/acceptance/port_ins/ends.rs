//! How port-ins end, and creates that wait for it.

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Lag, PortInState};
use serde_json::Value;

use super::{
    ADDRESS, CANCEL, NUMBER, ORDER, SUBMIT, UPDATE, cannot_submit, codes, port_in, sent, status,
    with_address,
};
use crate::scene::Scene;

#[tokio::test]
async fn a_destroy_cancels_an_open_order_or_says_why_not() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    let scene = Scene::new(&port_in("")).await?;
    let control = scene.sandbox.port_in(NUMBER);
    let submit = async || scene.project.apply().await?.quiet();

    // Cancelled, however the API says so, and whatever becomes of the response.
    let plays: [(&str, Option<FaultKind>, Option<&str>); 4] = [
        ("said", None, Some("Cancelled")),
        ("not said", None, None),
        ("in an unknown word", None, Some("Accepted")),
        ("lost", Some(FaultKind::Drop), Some("Cancelled")),
    ];
    for (play, fault, word) in plays {
        submit().await?;
        scene
            .sandbox
            .switch(|s| s.port_in_cancel_word = word.map(str::to_owned));
        if let Some(fault) = fault {
            scene.sandbox.fault(Fault::on(CANCEL).after_commit(fault));
        }
        let run = scene.project.destroy().await?.ok()?;
        assert_eq!(codes(&run), ["JN879"], "{play}: {run}");
        assert_eq!(control.state(), Some(PortInState::Cancelled), "{play}");
    }

    // A response that says nothing: the order decides.
    submit().await?;
    let empty = FaultKind::status(200);
    scene.sandbox.fault(Fault::on(CANCEL).before_commit(empty));
    let run = scene.project.destroy().await?.failed()?;
    assert_eq!(codes(&run), ["JN879", "JN880"], "{run}");

    // Stuck, in both ways in which the API can refuse; and done meanwhile. No secret is repeated.
    scene.sandbox.switch(|switches| {
        switches.port_in_stuck = true;
        switches.port_in_echoes_secrets = true;
    });
    let run = scene.project.destroy().await?.failed()?;
    assert_eq!(codes(&run), ["JN879", "JN878"], "{run}");
    assert!(!run.says("canary-"), "{run}");
    scene
        .project
        .main(&port_in("  port_in_date = \"2027-01-31\""))?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN878"], "{run}");
    assert!(!run.says("canary-"), "{run}");
    scene.project.main(&with_address("2 Example Way", 1, ""))?;
    assert_eq!(codes(&scene.project.apply().await?.failed()?), ["JN878"]);
    scene
        .sandbox
        .switch(|switches| switches.port_in_refused_is_200 = true);
    assert_eq!(codes(&scene.project.apply().await?.failed()?), ["JN876"]);
    let run = scene.project.destroy().await?.failed()?;
    assert_eq!(codes(&run), ["JN879", "JN880"], "{run}");
    scene.sandbox.switch(|switches| {
        switches.port_in_stuck = false;
        switches.port_in_refused_is_200 = false;
    });
    scene.project.apply().await?.quiet()?;
    scene.project.plan_with(&["-destroy"]).await?.ok()?;
    control.complete();
    let run = scene.project.apply_plan().await?.ok()?;
    assert_eq!(codes(&run), ["JN812"], "{run}");
    assert_eq!(scene.owned(), [NUMBER]);

    // Cancelled by somebody else: the state says so until the user replaces it.
    assert!(scene.sandbox.vanish(NUMBER));
    submit().await?;
    control.cancel();
    for _ in 0..2 {
        let run = scene.project.assert_empty_plan().await?;
        assert_eq!(codes(&run), ["JN872"], "{run}");
        scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    }
    let replace = format!("-replace={ADDRESS}");
    let run = scene.project.apply_with(&[&replace]).await?.ok()?;
    assert_eq!(codes(&run), ["JN872"], "{run}");
    assert_eq!(status(&scene).await?, "Pending");

    // An order that the API does not show stays, and a lag is no news.
    scene
        .sandbox
        .switch(|switches| switches.port_in_lag = Some(Lag::Reads(1)));
    control.schedule();
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.sandbox.fault(
        Fault::on(ORDER)
            .nth(1)
            .before_commit(FaultKind::status(404)),
    );
    let run = scene.project.plan().await?.ok()?;
    assert_eq!(codes(&run), ["JN873"], "{run}");
    scene.project.destroy().await?.ok()?;
    let fees = scene.sandbox.ledger().port_ins_of(NUMBER).len();
    assert_eq!(fees, 7);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_create_can_wait_and_a_day_is_sent_in_the_form_that_the_api_takes() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    let waits = "  wait_for_completion = true\n  port_in_date = \"2027-01-31\"";
    let scene = Scene::new(&port_in(waits)).await?;
    scene.sandbox.switch(|switches| {
        switches.port_in_us_dates = true;
        switches.port_in_step = Some(Lag::Reads(1));
    });
    let mut scene = scene;
    scene.project.apply().await?.quiet()?;
    assert_eq!(status(&scene).await?, "Complete");
    let dates: Vec<Value> = sent(&scene, UPDATE)
        .into_iter()
        .map(|body| body["PortInDate"].clone())
        .collect();
    assert_eq!(dates, ["2027-01-31", "01/31/2027"]);
    assert_eq!(scene.owned(), [NUMBER]);
    scene.project.destroy().await?.ok()?;
    assert!(scene.sandbox.vanish(NUMBER));

    // Refused while it waits: that is no failure, which would cancel the order.
    scene
        .sandbox
        .switch(|s| s.port_in_refusal = Some("Zip code mismatch".to_owned()));
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN871"], "{run}");
    let found = scene.project.resource(ADDRESS).await?;
    let what = found["resolution_required"].as_str().unwrap_or_default();
    assert!(what.contains("billing_address"), "{what}");
    scene.project.destroy().await?.ok()?;

    // The wait is over; a day that the API does not take; a stop while it waits.
    scene.sandbox.switch(|switches| {
        switches.port_in_refusal = None;
        switches.port_in_step = None;
    });
    let refused = Fault::on(UPDATE)
        .always()
        .before_commit(FaultKind::status(400));
    scene.sandbox.fault(refused);
    let waits = &format!("{waits}\n  timeouts {{\n    create = \"5s\"\n  }}");
    scene.project.main(&port_in(waits))?;
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN877", "JN870"], "{run}");
    // What was not sent is sent by the next apply, until it is.
    let note = scene.project.resource(ADDRESS).await?["resolution_required"].clone();
    assert!(note.is_string(), "{note}");
    scene.project.apply().await?.failed()?;
    scene.sandbox.clear_faults();
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;

    // Secrets that are gone, or blank, are not sent.
    let updates = sent(&scene, UPDATE).len();
    let secret = "current_account_number_wo           = \"canary-4471-1\"";
    let gone = port_in(waits).replace(secret, "");
    let gone = gone.replace("current_account_number_wo_version   = 1", "");
    scene.project.main(&gone)?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    let blank = port_in(waits).replace("canary-4471-1", "");
    scene.project.main(&blank)?;
    assert_eq!(codes(&scene.project.plan().await?.failed()?), ["JN875"]);
    assert_eq!(sent(&scene, UPDATE).len(), updates);
    scene.project.main(&port_in(waits))?;
    let order = scene.project.resource(ADDRESS).await?["order_id"].clone();
    let order = order.as_str().unwrap_or_default();

    // An import knows the number and the state alone: nothing is sent for the rest.
    scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
    scene.project.import(ADDRESS, order).await?.quiet()?;
    let updates = sent(&scene, UPDATE).len();
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN874"], "{run}");
    assert_eq!(
        (sent(&scene, UPDATE).len(), sent(&scene, SUBMIT).len()),
        (updates, 3)
    );
    scene.project.assert_empty_plan().await?.quiet()?;
    for (key, code) in [("+12025550177", "JN807"), ("JNUOID-none", "JN806")] {
        scene.project.run(["state", "rm", ADDRESS]).await?;
        let run = scene.project.import(ADDRESS, key).await?.failed()?;
        assert!(run.says(&format!("Code: {code}.")), "{run}");
    }
    let purchase = crate::scene::number("bought", ("iot", "p2p"), "");
    scene
        .project
        .main(&format!("{}{purchase}", port_in(waits)))?;
    scene
        .project
        .apply_with(&["-target=joonto_number.bought"])
        .await?
        .ok()?;
    let bought = scene.project.resource("joonto_number.bought").await?["order_id"].clone();
    let run = scene
        .project
        .import(ADDRESS, bought.as_str().unwrap_or_default())
        .await?;
    assert!(run.failed()?.says("Code: JN806."));

    // A machine that forgets its disk.
    scene
        .project
        .env("TF_BUILD", "True")
        .env("JOONTO_BASE_URL", "https://api.example.com");
    scene.project.main(&port_in(""))?;
    let run = scene
        .project
        .plan_with(&["-refresh=false"])
        .await?
        .failed()?;
    assert!(codes(&run).contains(&"JN150"), "{run}");
    scene.end().await;
    Ok(())
}
