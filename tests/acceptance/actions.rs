//! What is done to numbers without being a state of them, from Terraform 1.14 on.

use std::time::Duration;

use harness::{Cli, Feature, Result, Run};
use joonto_sandbox::{Fault, FaultKind, NumberStatus};
use serde_json::json;

use crate::scene::{SEED, Scene, number};

/// An action on a number, by name.
fn action(kind: &str, number: &str, further: &str) -> String {
    format!(
        "action \"joonto_number_{kind}\" \"it\" {{\n  config {{\n    phone_number = {number:?}\n    \
         {further}\n  }}\n}}\n"
    )
}

async fn invoke(scene: &Scene, kind: &str) -> Result<Run> {
    let invoked = format!("-invoke=action.joonto_number_{kind}.it");
    scene.project.apply_with(&[&invoked]).await
}

/// Versions without actions have no trouble with those that are on offer.
async fn are_absent() -> Result<bool> {
    if Cli::find()?.offers(Feature::Actions) {
        return Ok(false);
    }
    let scene = Scene::new(SEED).await?;
    scene.project.validate().await?.quiet()?;
    // Terraform 1.13 takes the block without a word, but cannot invoke it either.
    scene.project.main(&action("park", "+18016025346", ""))?;
    invoke(&scene, "park").await?.failed()?;
    assert_eq!(asked(&scene), [""; 0]);
    Ok(true)
}

/// The changes of status that were asked for.
fn asked(scene: &Scene) -> Vec<String> {
    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to("/v1.0/numbers/status").into_iter();
    let changes = requests.map(|request| request.body["StatusChange"].clone());
    changes
        .map(|change| change.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A project with one number, and that number.
async fn with_a_number(further: &str) -> Result<(Scene, String, String)> {
    let config = number("example", ("mvno", "a2p"), further);
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    Ok((scene, config, bought))
}

#[tokio::test]
async fn a_number_is_parked_and_brought_back() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    let (scene, config, bought) = with_a_number("").await?;
    let both = [
        config.clone(),
        action("park", &bought, ""),
        action("reactivate", &bought, ""),
    ];
    scene.project.main(&both.concat())?;
    let status = || scene.sandbox.number(&bought).map(|number| number.status);

    let parked = invoke(&scene, "park").await?.quiet()?;
    assert!(parked.says(&bought), "{parked}");
    assert_eq!(status(), Some(NumberStatus::Parked));
    invoke(&scene, "park").await?.quiet()?;
    assert_eq!(asked(&scene), ["park"]);

    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let stored = scene.project.resource("joonto_number.example").await?;
    assert_eq!(stored["status"], json!("Parked"));

    invoke(&scene, "reactivate").await?.quiet()?;
    assert_eq!(status(), Some(NumberStatus::Active));
    invoke(&scene, "reactivate").await?.quiet()?;
    assert_eq!(asked(&scene), ["park", "activate"]);
    scene.project.assert_empty_plan().await?;

    let at = scene.sandbox.clock().now();
    scene.sandbox.edit(&bought, |number| {
        number.status = NumberStatus::Cancelled { at };
    });
    scene.project.main(&action("reactivate", &bought, ""))?;
    scene
        .project
        .run(["state", "rm", "joonto_number.example"])
        .await?
        .ok()?;
    invoke(&scene, "reactivate").await?.quiet()?;
    assert_eq!(status(), Some(NumberStatus::Active));
    let ledger = scene.sandbox.ledger();
    assert_eq!(ledger.requests_to("/v1.0/numbers/reactivate").len(), 1);
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_sim_is_swapped_once_and_the_code_is_not_printed() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    let (scene, config, bought) = with_a_number("").await?;
    let swap = action("swap_sim", &bought, "iccid = \"8901240397190195850\"");
    scene.project.main(&[config, swap].concat())?;
    let before = scene.sandbox.number(&bought);
    let swapped = invoke(&scene, "swap_sim").await?.ok()?;
    assert!(swapped.warning()?.code() == "JN702", "{swapped}");
    assert!(swapped.says("activation_code"), "{swapped}");
    let after = scene.sandbox.number(&bought);
    assert_eq!(
        after.as_ref().and_then(|number| number.iccid.as_deref()),
        Some("8901240397190195850")
    );
    let code = |number: &Option<joonto_sandbox::StoredNumber>| {
        number.as_ref().and_then(|n| n.activation_code.clone())
    };
    assert_ne!(code(&before), code(&after));
    let secret = code(&after).unwrap_or_default();
    assert!(!secret.is_empty() && !swapped.stdout.contains(&secret));

    // On that SIM already: nothing to do.
    invoke(&scene, "swap_sim").await?.ok()?;
    assert_eq!(asked(&scene), ["swap-sim"]);
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let stored = scene.project.resource("joonto_number.example").await?;
    assert_eq!(stored["activation_code"], json!(secret));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_swap_whose_response_is_lost_is_not_repeated() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    let (scene, config, bought) = with_a_number("").await?;
    let swap = action("swap_sim", &bought, "");
    scene.project.main(&[config, swap].concat())?;
    let swaps = || scene.sandbox.number(&bought).map(|n| n.swaps_remaining);
    let before = swaps();
    scene
        .sandbox
        .fault(Fault::on("/v1.0/numbers/status").after_commit(FaultKind::Drop));
    // The number tells that it was swapped.
    invoke(&scene, "swap_sim").await?.ok()?;
    assert_eq!(asked(&scene), ["swap-sim"]);
    assert_eq!(swaps(), before.map(|left| left - 1));
    scene.end().await;
    Ok(())
}

/// The action on a SIM.
fn set_sim_status(iccid: &str, status: &str) -> String {
    format!(
        "action \"joonto_sim_set_status\" \"it\" {{\n  config {{\n    iccid = {iccid:?}\n    status \
         = {status:?}\n  }}\n}}\n"
    )
}

#[tokio::test]
async fn a_sim_is_suspended_and_switched_on_again() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    const PATH: &str = "/v1.0/sims/update-status";
    const SIM: &str = "8901240397190195850";
    let (mut scene, config, bought) = with_a_number(&format!("iccid = {SIM:?}")).await?;
    let with = |status: &str| [&*config, &set_sim_status(SIM, status)].concat();
    let invoke = async |scene: &Scene| {
        let invoked = "-invoke=action.joonto_sim_set_status.it";
        scene.project.apply_with(&[invoked]).await
    };
    let sent = |scene: &Scene| {
        let ledger = scene.sandbox.ledger();
        let requests = ledger.requests_to(PATH).into_iter();
        Vec::from_iter(requests.map(|request| request.body.clone()))
    };
    let status = |scene: &Scene| scene.sandbox.sim_status(SIM);
    let body = |status: &str| json!({ "ICCID": SIM, "SimStatus": status });

    scene.project.main(&with("Suspended"))?;
    let run = invoke(&scene).await?.ok()?;
    assert!(run.warnings().all(|d| d.code() == "JN710"), "{run}");
    assert!(run.warnings().count() > 0, "{run}");
    assert_eq!(status(&scene).as_deref(), Some("Suspended"));
    let sim = scene.sandbox.number(&bought).and_then(|n| n.iccid);
    assert_eq!(sim.as_deref(), Some(SIM), "the number keeps its SIM");
    scene.project.assert_empty_plan().await?;

    // A lost response costs nothing: the request is sent again.
    scene.project.main(&with("Active"))?;
    let lost = || Fault::on(PATH).after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost());
    invoke(&scene).await?.quiet()?;
    assert_eq!(status(&scene).as_deref(), Some("Active"));
    let expected = ["Suspended", "Active", "Active"].map(body);
    assert_eq!(sent(&scene), expected);
    scene.project.env("JOONTO_MAX_RETRIES", "0");
    scene.sandbox.fault(lost());
    let run = invoke(&scene).await?.failed()?;
    assert_eq!(run.error()?.code(), "JN713", "{run}");

    // A SIM that the account does not have, in both ways to say so.
    let another = set_sim_status("8901240397190195868", "Active");
    scene.project.main(&another)?;
    scene
        .project
        .run(["state", "rm", "joonto_number.example"])
        .await?
        .ok()?;
    for is_404 in [false, true] {
        scene
            .sandbox
            .switch(|switches| switches.unknown_sim_is_404 = is_404);
        let run = invoke(&scene).await?.failed()?;
        assert_eq!(run.error()?.code(), "JN712", "{run}");
    }
    // A third word would cut the SIM off from its number.
    scene.project.main(&set_sim_status(SIM, "Empty"))?;
    let run = scene.project.validate().await?.failed()?;
    let error = run.error()?;
    assert!(
        error.code() == "TF014" && error.points_at("status"),
        "{run}"
    );
    assert_eq!(sent(&scene).len(), 6);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_action_follows_a_change_of_its_number() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    let trigger = "lifecycle {\n  action_trigger {\n    events = [after_create]\n    actions = \
                   [action.joonto_number_park.it]\n  }\n}\n";
    let config = number("example", ("mvno", "a2p"), trigger);
    let park = "action \"joonto_number_park\" \"it\" {\n  config {\n    phone_number = \
                joonto_number.example.id\n  }\n}\n";
    let mut scene = Scene::new(&format!("{config}{park}")).await?;
    scene.project.time_limit(Duration::from_secs(120));
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    let status = scene.sandbox.number(&bought).map(|number| number.status);
    assert_eq!(status, Some(NumberStatus::Parked));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn nothing_is_done_to_a_number_that_is_not_there() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    let scene = Scene::new("").await?;
    for kind in ["park", "swap_sim", "reactivate"] {
        scene.project.main(&action(kind, "8016025346", ""))?;
        let refused = scene.project.validate().await?.failed()?;
        assert_eq!(refused.error()?.code(), "TF014", "{refused}");

        scene.project.main(&action(kind, "+12025550199", ""))?;
        let refused = invoke(&scene, kind).await?.failed()?;
        assert_eq!(refused.error()?.code(), "JN703", "{refused}");
    }
    assert_eq!(asked(&scene), [""; 0]);
    scene.end().await;
    Ok(())
}

/// C70: null is no value that an action could have, and a pending number has none yet.
#[tokio::test]
async fn an_action_on_a_pending_number_says_that_it_has_none_yet() -> Result<()> {
    if are_absent().await? {
        return Ok(());
    }
    let further = "timeouts {\n  create = \"1s\"\n}\nlifecycle {\n  action_trigger {\n    events = \
                   [after_create]\n    actions = [ACTION.it]\n  }\n}\n";
    for kind in ["park", "reactivate", "swap_sim"] {
        let address = format!("action.joonto_number_{kind}");
        let config = number(
            "example",
            ("mvno", "a2p"),
            &further.replace("ACTION", &address),
        );
        let action = |number: &str| {
            format!(
                "action \"joonto_number_{kind}\" \"it\" {{\n  config {{\n    phone_number = \
                 {number}\n  }}\n}}\n"
            )
        };
        let scene = Scene::new(&action("null")).await?;
        let run = scene.project.validate().await?.failed()?;
        assert!(run.error()?.points_at("phone_number"), "{kind}: {run}");

        let pending = action("joonto_number.example.phone_number_assigned");
        scene.project.main(&format!("{config}{pending}"))?;
        scene
            .sandbox
            .switch(|switches| switches.pending_forever = true);
        let run = scene.project.apply().await?.failed()?;
        let error = run.error()?;
        assert_eq!(error.code(), "TF011", "{kind}: {run}");
        assert!(error.says("phone_number"), "{run}");
        // Known to be null when it is planned.
        let run = invoke(&scene, kind).await?.failed()?;
        assert_eq!(run.error()?.code(), "TF011", "{kind}: {run}");
        assert_eq!(asked(&scene), [""; 0]);
        scene.end().await;
    }
    Ok(())
}
