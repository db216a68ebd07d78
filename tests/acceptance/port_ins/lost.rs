//! Port-ins whose submit, or whose state, is lost.

use std::fs;
use std::path::Path;

use harness::{Result, Run};
use joonto_sandbox::{Fault, FaultKind};
use serde_json::json;

use super::{ADDRESS, NUMBER, SUBMIT, cannot_submit, codes, port_in, sent, status};
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

fn records(scene: &Scene) -> usize {
    let place = scene.project.path().join(".terraform/joonto");
    let below = |path: &Path| -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let files = below(&place).into_iter().flat_map(|folder| below(&folder));
    files
        .filter(|file| file.extension().is_some_and(|kind| kind == "portin"))
        .count()
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
    let pattern = line(&run, "JNUOID-ORDER");
    for (wrong, code) in [
        (other.as_str(), "JN865"),
        ("JNUOID-none", "JN863"),
        ("oops", "JN108"),
    ] {
        let wrong = pattern.replace("JNUOID-ORDER", wrong);
        scene.project.env("JOONTO_PURCHASE_RESOLVED", &wrong);
        let run = scene.project.apply().await?.failed()?;
        assert_eq!(codes(&run), ["JN867", code], "{run}");
    }
    scene.project.env(
        "JOONTO_PURCHASE_RESOLVED",
        pattern.replace("JNUOID-ORDER", &order),
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

    // The response came, and the state was lost: the order is found by the number. Refused
    // meanwhile, it gets the arguments of now.
    scene.project.apply().await?.ok()?;
    fs::remove_file(scene.project.path().join("terraform.tfstate"))?;
    scene.sandbox.port_in(NUMBER).refuse("6B");
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN867", "JN868"], "{run}");
    assert_eq!(status(&scene).await?, "Pending");
    assert_eq!(submits(&scene), 4);
    // Cancelled meanwhile, it is submitted again.
    fs::remove_file(scene.project.path().join("terraform.tfstate"))?;
    scene.sandbox.port_in(NUMBER).cancel();
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(codes(&run), ["JN867"], "{run}");
    assert_eq!(submits(&scene), 5);

    // A damaged record stops port-ins of its state, and is resolved like any other.
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.destroy().await?.ok()?;
    scene
        .sandbox
        .fault(Fault::on(SUBMIT).before_commit(FaultKind::Drop));
    scene.project.apply().await?.failed()?;
    let place = scene.project.path().join(".terraform/joonto");
    for folder in fs::read_dir(&place)?
        .flatten()
        .filter(|entry| entry.path().is_dir())
    {
        for file in fs::read_dir(folder.path())?.flatten() {
            if file.path().extension().is_some_and(|kind| kind == "portin") {
                fs::write(file.path(), "{\"version\": 9}")?;
            }
        }
    }
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN866"], "{run}");
    let nothing = line(&run, "nothing");
    scene.project.env("JOONTO_PURCHASE_RESOLVED", &nothing);
    scene.project.apply().await?.quiet()?;
    assert_eq!(submits(&scene), 7);

    // A refusal leaves nothing open, and repeats no secret.
    let twin = port_in("").replace("\"desk\"", "\"twin\"");
    scene.project.main(&format!("{}{twin}", port_in("")))?;
    scene.sandbox.switch(|switches| {
        switches.port_in_echoes_secrets = true;
        switches.port_in_second_is_409 = false;
    });
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run).last(), Some(&"JN860"), "{run}");
    assert!(!run.says("canary-"), "{run}");
    assert_eq!((submits(&scene), records(&scene)), (8, 0));
    // A 409 is no proof.
    scene
        .sandbox
        .switch(|switches| switches.port_in_second_is_409 = true);
    assert_eq!(codes(&scene.project.apply().await?.failed()?), ["JN862"]);
    // Two resources of one apply.
    scene.project.env_remove("JOONTO_PURCHASE_RESOLVED");
    scene.project.main("")?;
    scene.project.apply().await?.ok()?;
    fs::remove_dir_all(&place)?;
    scene.project.main(&format!("{}{twin}", port_in("")))?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(codes(&run), ["JN864"], "{run}");
    assert_eq!(scene.sandbox.ledger().open_port_ins(NUMBER), 1);
    scene.end().await;
    Ok(())
}
