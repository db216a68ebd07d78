//! How a number ends, by every way Terraform has.

use harness::{Cli, Feature, Result, Run};
use joonto_sandbox::{Fault, FaultKind, NumberStatus};
use serde_json::{Value, json};

use crate::scene::{FULL, SEED, Scene, number};

const STATUS: &str = "/v1.0/numbers/status";

/// Where the number is in its life.
fn status(scene: &Scene, number: &str) -> Option<NumberStatus> {
    scene.sandbox.number(number).map(|number| number.status)
}

fn is_cancelled(scene: &Scene, number: &str) -> bool {
    matches!(status(scene, number), Some(NumberStatus::Cancelled { .. }))
}

/// The numbers that were cancelled, each as often as that took effect.
fn cancelled(scene: &Scene) -> Vec<String> {
    let ledger = scene.sandbox.ledger();
    let changes = ledger.changes_of("cancel");
    changes
        .into_iter()
        .map(|change| change.subject.clone())
        .collect()
}

/// How many requests would change something.
fn writes(scene: &Scene) -> usize {
    let changing = |request: &&joonto_sandbox::Request| {
        request.method == "POST" && !request.path.ends_with("/tokens")
    };
    scene
        .sandbox
        .ledger()
        .requests
        .iter()
        .filter(changing)
        .count()
}

#[tokio::test]
async fn destroying_cancels_and_warns_before() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    let plan = scene.project.plan_with(&["-destroy"]).await?.ok()?;
    let warning = plan.warning()?;
    assert!(
        warning.says(&number) && warning.says("cancel") && warning.says("30 days"),
        "{plan}"
    );

    scene.project.destroy().await?.ok()?;
    let ledger = scene.sandbox.ledger();
    let changes = ledger.requests_to("/v1.0/numbers/status");
    assert_eq!(changes.len(), 1);
    let body = &changes[0].body;
    assert_eq!(body["StatusChange"], json!("cancel"));
    assert_eq!(body["PhoneNumbers"], json!([{"Number": number}]));
    let status = scene.sandbox.number(&number).map(|number| number.status);
    assert!(
        matches!(status, Some(NumberStatus::Cancelled { .. })),
        "{status:?}"
    );
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_policy_in_the_state_decides_what_destroying_does() -> Result<()> {
    for (policy, left) in [
        ("park", NumberStatus::Parked),
        ("abandon", NumberStatus::Active),
    ] {
        let kept = number(
            "example",
            ("mvno", "a2p"),
            &format!("deletion_policy = {policy:?}"),
        );
        let scene = Scene::new(&kept).await?;
        scene.project.apply().await?.quiet()?;
        let number = scene.owned().remove(0);
        scene.project.destroy().await?.ok()?;
        assert_eq!(
            scene.sandbox.number(&number).map(|number| number.status),
            Some(left)
        );
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn prevent_refuses_at_plan_and_a_change_of_policy_calls_nothing() -> Result<()> {
    let config = |policy: &str| number("example", ("mvno", "a2p"), policy);
    let scene = Scene::new(&config(r#"deletion_policy = "prevent""#)).await?;
    scene.project.apply().await?.quiet()?;
    let before = scene
        .sandbox
        .ledger()
        .requests_to("/v1.0/numbers/status")
        .len();

    let refused = |run: &harness::Run| {
        assert!(run.errors().any(|d| d.says("prevent")), "{run}");
    };
    refused(&scene.project.plan_with(&["-destroy"]).await?.failed()?);
    refused(
        &scene
            .project
            .plan_with(&["-replace=joonto_number.example"])
            .await?
            .failed()?,
    );
    scene.project.main("")?;
    refused(&scene.project.plan().await?.failed()?);
    assert_eq!(
        scene
            .sandbox
            .ledger()
            .requests_to("/v1.0/numbers/status")
            .len(),
        before
    );

    scene.project.main(&config(""))?;
    let requests = scene.sandbox.ledger().requests.len();
    scene
        .project
        .apply_with(&["-refresh=false"])
        .await?
        .quiet()?;
    assert_eq!(scene.sandbox.ledger().requests.len(), requests);
    scene.project.destroy().await?.ok()?;
    scene.end().await;
    Ok(())
}

/// A number that takes a policy, an area and whatever else.
fn example(policy: &str, area: &str, more: &str) -> String {
    number(
        "example",
        ("mvno", "a2p"),
        &format!("  deletion_policy = {policy:?}\n  area_code = {area:?}\n{more}"),
    )
}

#[tokio::test]
async fn every_way_to_end_a_number_follows_its_policy() -> Result<()> {
    for (policy, left) in [
        ("cancel", None),
        ("park", Some(NumberStatus::Parked)),
        ("abandon", Some(NumberStatus::Active)),
    ] {
        let scene = Scene::new(&example(policy, "801", "")).await?;
        let ended = |number: &str| match &left {
            None => assert!(is_cancelled(&scene, number), "{policy}"),
            left => assert_eq!(&status(&scene, number), left, "{policy}"),
        };
        scene.project.apply().await?.quiet()?;
        let current = async || {
            let stored = scene.project.resource("joonto_number.example").await?;
            there(&stored["phone_number_assigned"])
        };

        // `-replace`.
        let first = current().await?;
        scene
            .project
            .apply_with(&["-replace=joonto_number.example"])
            .await?
            .ok()?;
        ended(&first);

        // A taint.
        let second = current().await?;
        assert_ne!(first, second);
        scene
            .project
            .run(["taint", "joonto_number.example"])
            .await?
            .ok()?;
        scene.project.apply().await?.ok()?;
        ended(&second);

        // An argument that needs a new number, the new one being bought first.
        let third = current().await?;
        scene.sandbox.stock("385", 5);
        let first_new = "  lifecycle {\n    create_before_destroy = true\n  }";
        scene.project.main(&example(policy, "385", first_new))?;
        let replaced = scene.project.apply().await?.ok()?;
        assert!(replaced.warnings().any(|d| d.says(&third)), "{replaced}");
        ended(&third);

        // A block that was removed.
        let fourth = current().await?;
        scene.project.main("")?;
        let removed = scene.project.apply().await?.ok()?;
        assert!(removed.warnings().any(|d| d.says(&fourth)), "{removed}");
        ended(&fourth);
        assert_eq!(scene.purchase_requests(), 4);
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn prevent_sends_nothing_whatever_is_tried() -> Result<()> {
    let scene = Scene::new(&example("prevent", "801", "")).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let before = writes(&scene);
    let refused = |run: Run| {
        let is_told = run.errors().any(|d| d.says("prevent") && d.says(&number));
        assert!(is_told, "{run}");
    };

    refused(scene.project.destroy().await?.failed()?);
    refused(
        scene
            .project
            .apply_with(&["-replace=joonto_number.example"])
            .await?
            .failed()?,
    );
    for more in ["", "  lifecycle {\n    create_before_destroy = true\n  }"] {
        scene.project.main(&example("prevent", "385", more))?;
        refused(scene.project.apply().await?.failed()?);
        let replace = scene
            .project
            .apply_with(&["-replace=joonto_number.example"]);
        refused(replace.await?.failed()?);
    }
    // The policy in the state counts, not one that comes with the same plan.
    scene.project.main(&example("cancel", "385", ""))?;
    refused(scene.project.apply().await?.failed()?);
    scene.project.main("")?;
    refused(scene.project.apply().await?.failed()?);

    // The plan of the new number does not see a taint: the old one's end refuses.
    scene.project.main(&example("prevent", "801", ""))?;
    scene
        .project
        .run(["taint", "joonto_number.example"])
        .await?
        .ok()?;
    refused(scene.project.apply().await?.failed()?);
    scene
        .project
        .run(["untaint", "joonto_number.example"])
        .await?
        .ok()?;
    scene.project.assert_empty_plan().await?;
    assert_eq!(writes(&scene), before);

    // To forget it is allowed.
    let forget =
        "removed {\n  from = joonto_number.example\n  lifecycle {\n    destroy = false\n  }\n}";
    scene.project.main(forget)?;
    if Cli::find()?.offers(Feature::RemovedBlocks) {
        scene.project.apply().await?.ok()?;
    } else {
        scene.project.apply().await?.failed()?;
        scene.project.main("")?;
        let forget = ["state", "rm", "joonto_number.example"];
        scene.project.run(forget).await?.ok()?;
    }
    assert_eq!(scene.project.state()?["resources"], json!([]));
    assert_eq!(writes(&scene), before);
    assert_eq!(status(&scene, &number), Some(NumberStatus::Active));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn other_credentials_end_nothing() -> Result<()> {
    let mut scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let before = writes(&scene);
    let own = scene.credentials(&scene.sandbox.second_account());
    let refused = scene
        .project
        .apply_with(&["-destroy", "-refresh=false"])
        .await?
        .failed()?;
    let error = refused.error()?;
    assert_eq!(error.code(), "JN317", "{refused}");
    assert!(error.says(&number), "{refused}");
    assert_eq!(writes(&scene), before);
    assert_eq!(status(&scene, &number), Some(NumberStatus::Active));
    scene.credentials(&own);
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn only_the_record_of_a_number_shows_that_it_needs_no_end() -> Result<()> {
    let blind: &[&str] = &["-destroy", "-refresh=false"];
    // It was cancelled elsewhere.
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let at = scene.sandbox.clock().now();
    scene
        .sandbox
        .edit(&number, |n| n.status = NumberStatus::Cancelled { at });
    scene.project.apply_with(blind).await?.ok()?;
    assert_eq!(cancelled(&scene), [""; 0]);
    assert_eq!(scene.project.state()?["resources"], json!([]));
    scene.end().await;

    // It vanished, which proves nothing; a plan proves it.
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    scene.sandbox.vanish(&number);
    let refused = scene.project.apply_with(blind).await?.failed()?;
    let error = refused.error()?;
    assert_eq!(error.code(), "JN420", "{refused}");
    assert!(error.says(&number), "{refused}");
    assert_eq!(writes(&scene), 2, "the cancel is sent");
    scene.age();
    let key = scene.sandbox.credentials().account_key;
    assert!(scene.sandbox.buy_elsewhere(&key).is_some());
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.project.state()?["resources"], json!([]));
    assert_eq!(writes(&scene), 2);
    scene.end().await;

    // It was swapped elsewhere: what took its place is not to be forgotten.
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let (old, new) = scene.swap_elsewhere(&scene.owned().remove(0));
    let moved = scene.project.apply_with(blind).await?.failed()?;
    let error = moved.error()?;
    assert!(
        error.says(&old) && error.says(&format!("terraform import ADDRESS {new}")),
        "{moved}"
    );
    assert_eq!(status(&scene, &new), Some(NumberStatus::Active));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_cancel_whose_response_is_lost_takes_effect_once() -> Result<()> {
    let lost = Fault::on(STATUS).after_commit(FaultKind::Drop);
    let failed = Fault::on(STATUS).after_commit(FaultKind::status(500));
    let never_made = Fault::on(STATUS).before_commit(FaultKind::status(503));
    for (fault, is_gone, requests) in [(lost, false, 1), (failed, true, 1), (never_made, false, 2)]
    {
        let scene = Scene::new(SEED).await?;
        scene.project.apply().await?.quiet()?;
        let number = scene.owned().remove(0);
        scene
            .sandbox
            .switch(|switches| switches.cancelled_is_gone = is_gone);
        if is_gone {
            // What is no longer listed can be proved to be gone.
            scene.age();
            let key = scene.sandbox.credentials().account_key;
            assert!(scene.sandbox.buy_elsewhere(&key).is_some());
        }
        scene.sandbox.fault(fault);
        scene.project.destroy().await?.ok()?;
        assert_eq!(cancelled(&scene), [number]);
        assert_eq!(scene.sandbox.ledger().requests_to(STATUS).len(), requests);
        assert_eq!(scene.project.state()?["resources"], json!([]));
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_cancel_that_is_refused_keeps_the_number_and_says_so() -> Result<()> {
    let scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let refusal = FaultKind::status(400);
    scene
        .sandbox
        .fault(Fault::on(STATUS).before_commit(refusal));
    let refused = scene.project.destroy().await?.failed()?;
    let error = refused.error()?;
    assert_eq!(error.code(), "JN420", "{refused}");
    assert!(error.says(&number) && error.says("HTTP 400"), "{refused}");
    scene.project.assert_empty_plan().await?;
    scene.project.destroy().await?.ok()?;
    assert_eq!(cancelled(&scene), [number]);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_pending_number_is_seen_through_before_it_ends() -> Result<()> {
    let config = number(
        "example",
        ("mvno", "a2p"),
        "timeouts {\n create = \"1s\"\n delete = \"1s\"\n}",
    );
    for outcome in ["pending", "complete", "failed"] {
        let scene = Scene::new(&config).await?;
        scene
            .sandbox
            .switch(|switches| switches.pending_forever = true);
        scene.project.apply().await?.ok()?;
        let stored = scene.project.resource("joonto_number.example").await?;
        let order = there(&stored["order_id"])?;
        scene
            .sandbox
            .switch(|switches| switches.pending_forever = false);
        let blind = ["-destroy", "-refresh=false"];
        match outcome {
            "pending" => {
                let refused = scene.project.apply_with(&blind).await?.failed()?;
                let error = refused.error()?;
                assert_eq!(error.code(), "JN424", "{refused}");
                assert!(
                    error.says(&order) && error.says("terraform state rm"),
                    "{refused}"
                );
                assert_eq!(cancelled(&scene), [""; 0]);
            }
            "complete" => {
                assert!(scene.sandbox.complete_order(&order));
                scene.project.apply_with(&blind).await?.ok()?;
                assert_eq!(cancelled(&scene).len(), 1);
            }
            _ => {
                assert!(scene.sandbox.fail_order(&order, "no stock"));
                scene.project.apply_with(&blind).await?.ok()?;
                assert_eq!(scene.project.state()?["resources"], json!([]));
            }
        }
        scene.end().await;
    }
    Ok(())
}

/// A text that has to be there.
fn there(text: &Value) -> Result<String> {
    let text = text.as_str();
    let text = text.ok_or_else(|| std::io::Error::other("the state lacks it"))?;
    Ok(text.to_owned())
}
