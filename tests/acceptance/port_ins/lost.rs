//! Port-ins whose submit, or whose state, is lost.

use std::fs;
use std::path::{Path, PathBuf};

use harness::{Result, Run};
use joonto_sandbox::{Fault, FaultKind};
use serde_json::json;

use super::{ADDRESS, CANCEL, NUMBER, SUBMIT, UPDATE, cannot_submit, codes, port_in, sent, status};
use crate::scene::Scene;

/// The line of a run's text that ends as `what` does, without the name of the variable.
fn line(run: &Run, what: &str) -> String {
    let ends = format!("={what}\"");
    let full = run
        .errors()
        .next()
        .map(ToString::to_string)
        .unwrap_or_default();
    let found = full.lines().find(|line| line.trim_end().ends_with(&ends));
    let found = found.unwrap_or_else(|| panic!("no line for {what}: {full}"));
    let (_, value) = found
        .split_once("JOONTO_PURCHASE_RESOLVED=\"")
        .expect("a line");
    value.trim_end().trim_end_matches('"').to_owned()
}

/// The records of port-ins.
fn files(scene: &Scene) -> Vec<PathBuf> {
    let below = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let place = scene.project.path().join(".terraform/joonto");
    let files = below(&place).into_iter().flat_map(|folder| below(&folder));
    let is_record = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "portin");
    files.filter(is_record).collect()
}

fn records(scene: &Scene) -> usize {
    files(scene).len()
}

#[tokio::test]
async fn a_submit_whose_response_is_lost_is_never_repeated() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    let mut scene = Scene::new(&port_in("")).await?;
    let submits = |scene: &Scene| sent(scene, SUBMIT).len();

    // Nothing arrived: it stops, again and again, until the user says so.
    let lost = Fault::on(SUBMIT).before_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN862"]);
    assert!(!run.says("canary-"), "{run}");
    for _ in 0..2 {
        let run = scene.project.apply().await?.failed()?;
        assert_eq!(codes(&run), ["JN867", "JN863"], "{run}");
    }
    assert_eq!((submits(&scene), records(&scene)), (1, 1));
    let nothing = line(&run, "nothing");
    let listed = std::process::Command::new(crate::scene::PROVIDER)
        .arg("--purchases")
        .current_dir(scene.project.path())
        .output()?;
    let listed = String::from_utf8(listed.stdout)?;
    assert!(
        listed.contains(&nothing) && listed.contains(NUMBER),
        "{listed}"
    );
    scene.project.env("JOONTO_PURCHASE_RESOLVED", &nothing);
    scene.project.apply().await?.ok()?;
    assert_eq!(submits(&scene), 2);
    // What was returned is held by the state, which the next plan sees.
    assert_eq!(records(&scene), 1);
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(records(&scene), 0);
    scene.project.destroy().await?.ok()?;

    // It arrived: the order of the line is stored. A wrong one is not.
    scene.project.env_remove("JOONTO_PURCHASE_RESOLVED");
    let lost = Fault::on(SUBMIT).after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN862"]);
    let order = scene.sandbox.port_in(NUMBER).order_id().expect("an order");
    let other = scene.sandbox.credentials();
    let other = scene
        .sandbox
        .port_in_elsewhere(&other, "+12025550178", json!({}));
    let pattern = line(&run, "ORDER-ID");
    for (wrong, code) in [
        (other.as_str(), "JN865"),
        ("JNUOID-none", "JN865"),
        ("ORDER-ID", "JN108"),
        ("oops", "JN108"),
    ] {
        let wrong = pattern.replace("ORDER-ID", wrong);
        scene.project.env("JOONTO_PURCHASE_RESOLVED", &wrong);
        let run = scene.project.apply().await?.failed()?;
        assert_eq!(codes(&run), ["JN867", code], "{run}");
    }
    scene.project.env(
        "JOONTO_PURCHASE_RESOLVED",
        pattern.replace("ORDER-ID", &order),
    );
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN867", "JN868"], "{run}");
    assert_eq!(
        scene.project.resource(ADDRESS).await?["order_id"],
        order.as_str()
    );
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!((submits(&scene), records(&scene)), (3, 0));
    scene.project.destroy().await?.ok()?;
    scene.project.env_remove("JOONTO_PURCHASE_RESOLVED");

    // The response came, and the state was lost: the line is complete. Refused meanwhile, the order
    // gets the arguments of now, with the day.
    scene.project.apply().await?.ok()?;
    let state = scene.project.path().join("terraform.tfstate");
    fs::remove_file(&state)?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN867", "JN863"], "{run}");
    let order = scene.sandbox.port_in(NUMBER).order_id().expect("an order");
    let known = line(&run, &order);
    scene.sandbox.port_in(NUMBER).refuse("6B");
    scene.project.env("JOONTO_PURCHASE_RESOLVED", &known);
    scene
        .project
        .main(&port_in("  port_in_date = \"2027-01-31\""))?;
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN867", "JN868"], "{run}");
    assert_eq!(status(&scene).await?, "Pending");
    let update = sent(&scene, UPDATE).pop().unwrap_or_default();
    assert_eq!(update["PortInDate"], "2027-01-31");
    assert_eq!((submits(&scene), sent(&scene, UPDATE).len()), (4, 1));
    // Accepted meanwhile, nothing is sent that would put it back.
    fs::remove_file(&state)?;
    scene.sandbox.port_in(NUMBER).schedule();
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN867", "JN868"], "{run}");
    assert_eq!(status(&scene).await?, "InProgress");
    assert_eq!(sent(&scene, UPDATE).len(), 1);
    // Cancelled meanwhile, it is submitted again.
    fs::remove_file(&state)?;
    scene.project.main(&port_in(""))?;
    scene.sandbox.port_in(NUMBER).cancel();
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN867", "JN882"], "{run}");
    assert_eq!(submits(&scene), 5);
    scene.project.env_remove("JOONTO_PURCHASE_RESOLVED");

    // A damaged record stops port-ins of its state, and is resolved like any other.
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;
    scene
        .sandbox
        .fault(Fault::on(SUBMIT).before_commit(FaultKind::Drop));
    scene.project.apply().await?.failed()?;
    assert_eq!(submits(&scene), 6);
    let [record] = &files(&scene)[..] else {
        panic!("one record");
    };
    fs::write(record, "{\"version\": 9}")?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN866"], "{run}");
    let nothing = line(&run, "nothing");
    let said = line(&run, "ORDER-ID").replace("ORDER-ID", &other);
    scene.project.env("JOONTO_PURCHASE_RESOLVED", &said);
    // The order of another number is left to its own create, and the record as it is.
    scene.project.apply().await?.quiet()?;
    assert_eq!((submits(&scene), records(&scene)), (7, 2));
    assert_eq!(fs::read_to_string(record)?, "{\"version\": 9}");
    scene.project.destroy().await?.ok()?;
    scene.project.env("JOONTO_PURCHASE_RESOLVED", &nothing);
    scene.project.apply().await?.quiet()?;
    assert_eq!(submits(&scene), 8);

    // A second resource for the number sends nothing.
    let twin = port_in("").replace("\"desk\"", "\"twin\"");
    scene.project.main(&format!("{}{twin}", port_in("")))?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run).last(), Some(&"JN864"), "{run}");
    // Nor does the same one under another address: it would be cancelled and submitted again.
    scene.project.main(&twin)?;
    let run = scene.project.apply().await?.failed()?;
    assert!(codes(&run).contains(&"JN881"), "{run}");
    let moved = "moved {\n  from = joonto_port_in.desk\n  to = joonto_port_in.twin\n}\n";
    scene.project.main(&format!("{twin}{moved}"))?;
    scene.project.apply().await?.ok()?;
    // Replacing it on purpose does, unless the new one comes first.
    let replace = ["-replace=joonto_port_in.twin"];
    scene.project.apply_with(&replace).await?.ok()?;
    assert_eq!((submits(&scene), sent(&scene, CANCEL).len()), (9, 5));
    let first = twin.replace(
        "  phone_number ",
        "  lifecycle {\n    create_before_destroy = true\n  }\n  phone_number ",
    );
    scene.project.main(&first)?;
    let run = scene.project.apply_with(&replace).await?.failed()?;
    assert_eq!(codes(&run).last(), Some(&"JN864"), "{run}");
    assert_eq!((submits(&scene), records(&scene)), (9, 0));

    // A refusal leaves nothing open, and repeats no secret. A 409 is no proof.
    let taken = port_in("").replace(NUMBER, "+12025550178");
    scene.project.main(&format!("{first}{taken}"))?;
    scene
        .sandbox
        .switch(|switches| switches.port_in_echoes_secrets = true);
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN860"], "{run}");
    assert!(!run.says("canary-"), "{run}");
    assert_eq!((submits(&scene), records(&scene)), (10, 0));
    scene
        .sandbox
        .switch(|switches| switches.port_in_second_is_409 = true);
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN862"], "{run}");
    assert!(!run.says("canary-"), "{run}");
    assert_eq!(scene.sandbox.ledger().open_port_ins(NUMBER), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_order_belongs_to_one_state_and_one_resource() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    // Two new resources of one apply.
    let twin = port_in("").replace("\"desk\"", "\"twin\"");
    let scene = Scene::new(&format!("{}{twin}", port_in(""))).await?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN864"], "{run}");
    assert_eq!(sent(&scene, SUBMIT).len(), 1);
    // Whichever it was, it is the first from here on.
    let mv = ["state", "mv", "joonto_port_in.twin", ADDRESS];
    let _ = scene.project.run(mv).await?;
    // Another workspace, while the record is open.
    scene.project.main(&port_in(""))?;
    scene
        .project
        .run(["workspace", "new", "other"])
        .await?
        .ok()?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN867", "JN864"], "{run}");
    // Its line would take it over, should that state be gone.
    let order = scene.sandbox.port_in(NUMBER).order_id().expect("an order");
    line(&run, &order);
    scene
        .project
        .run(["workspace", "select", "default"])
        .await?
        .ok()?;
    assert_eq!((sent(&scene, SUBMIT).len(), records(&scene)), (1, 1));

    // Two resources that hold one order, as after an import: neither is cancelled.
    scene.project.main(&format!("{}{twin}", port_in("")))?;
    scene
        .project
        .import("joonto_port_in.twin", &order)
        .await?
        .ok()?;
    let run = scene.project.destroy().await?.failed()?;
    assert!(codes(&run).contains(&"JN884"), "{run}");
    assert!(sent(&scene, CANCEL).is_empty());
    let rm = ["state", "rm", "joonto_port_in.twin"];
    scene.project.run(rm).await?.ok()?;

    // A port-in whose resource is gone is not forgotten.
    scene
        .sandbox
        .fault(Fault::on(SUBMIT).before_commit(FaultKind::Drop));
    let other = twin.replace(NUMBER, "+12025550179");
    scene.project.main(&format!("{}{other}", port_in("")))?;
    scene.project.apply().await?.failed()?;
    scene.project.main(&port_in(""))?;
    let run = scene.project.assert_empty_plan().await?;
    assert_eq!(codes(&run), ["JN883"], "{run}");
    // Nor is it when the plan closes it, by the user's word.
    let listed = std::process::Command::new(crate::scene::PROVIDER)
        .arg("--purchases")
        .current_dir(scene.project.path())
        .output()?;
    let listed = String::from_utf8(listed.stdout)?;
    assert!(!listed.contains("No purchase"), "{listed}");
    let nothing = listed.lines().find(|line| line.ends_with("=nothing\""));
    let (_, nothing) = nothing
        .and_then(|line| line.split_once('"'))
        .expect("a line");
    let mut scene = scene;
    scene
        .project
        .env("JOONTO_PURCHASE_RESOLVED", nothing.trim_end_matches('"'));
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(records(&scene), 0);

    // One that was cancelled does not stand in the way of another.
    scene.sandbox.port_in(NUMBER).cancel();
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    scene.project.main(&twin)?;
    scene.project.apply().await?.ok()?;
    assert_eq!(sent(&scene, SUBMIT).len(), 3);
    scene.end().await;
    Ok(())
}
