//! Every file in `examples/` is applied verbatim. The documentation shows these and no others
//! (`cargo xtask docs --check`), so what users copy works.
//!
//! A file whose name begins with a digit is a step of a story, and goes on where the one before it
//! ended. Every other file stands alone.

use std::fs;
use std::path::{Path, PathBuf};

use harness::{Cli, Feature, Result};
use joonto_sandbox::E911Address;

use crate::scene::{Scene, number};

/// The number that the documentation speaks of. The account's own stands in for it.
const DOCUMENTED: &str = "+18016025346";

/// The SIM it is on.
const DOCUMENTED_SIM: &str = "8901240397190195850";

/// The subscriber that the documentation speaks of.
const DOCUMENTED_SUBSCRIBER: &str = "TSUID-3a5c7e91-0b2d-4f68-9ace-1b3d5f7092a4";

/// The order of a port-in that the documentation speaks of, and its number.
const DOCUMENTED_ORDER: &str = "JNUOID-0c5b7d52-3f0e-4d6f-8d0b-6a5f3e0c7b21";
const DOCUMENTED_PORT_IN: &str = "+12025550177";

/// The folders in `examples/`, each with a test below. `tests/money/cli/pipelines.rs` has that of
/// the pipelines, `tests/release/sandbox.rs` that of the sandbox.
const FOLDERS: [&str; 9] = [
    "actions",
    "data-sources",
    "functions",
    "guides",
    "list-resources",
    "pipelines",
    "provider",
    "resources",
    "sandbox",
];

/// What only newer versions of Terraform know. Older ones refuse it, and that is tested.
const NEEDED: [(&str, Feature); 8] = [
    ("mock_provider \"", Feature::MockProviders),
    ("action \"", Feature::Actions),
    ("list \"", Feature::Query),
    ("identity = {", Feature::Identity),
    ("_wo ", Feature::WriteOnlyArguments),
    ("provider::", Feature::Functions),
    ("removed {", Feature::RemovedBlocks),
    ("import {\n  for_each", Feature::ImportForEach),
];

#[test]
fn every_folder_has_its_test() {
    let mut found = names(&root());
    found.sort();
    assert_eq!(found, FOLDERS);
}

#[tokio::test]
async fn the_provider_block_applies() -> Result<()> {
    apply_folder(&root().join("provider")).await
}

#[tokio::test]
async fn resources_apply_and_plan_clean() -> Result<()> {
    apply_below("resources").await
}

#[tokio::test]
async fn data_sources_apply_and_plan_clean() -> Result<()> {
    apply_below("data-sources").await
}

#[tokio::test]
async fn functions_apply_and_plan_clean() -> Result<()> {
    apply_below("functions").await
}

#[tokio::test]
async fn lists_are_queried() -> Result<()> {
    apply_below("list-resources").await
}

#[tokio::test]
async fn actions_are_invoked() -> Result<()> {
    apply_below("actions").await
}

#[tokio::test]
async fn guides_apply_step_by_step() -> Result<()> {
    apply_below("guides").await
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    entries
        .map(|entry| name(entry).into_string().expect("a name in UTF-8"))
        .collect()
}

async fn apply_below(kind: &str) -> Result<()> {
    let folder = root().join(kind);
    for name in names(&folder) {
        apply_folder(&folder.join(name)).await?;
    }
    Ok(())
}

/// Applies the files of a folder one after another.
async fn apply_folder(folder: &Path) -> Result<()> {
    let mut files = names(folder);
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.sort();
    let (data, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|n| n.ends_with(".csv"));
    let with_data = async || -> Result<Scene> {
        let scene = example_scene().await?;
        for name in &data {
            let text = fs::read_to_string(folder.join(name))?;
            scene.project.write(name, &text)?;
        }
        Ok(scene)
    };
    let mut scene = with_data().await?;
    for name in files {
        if !name.starts_with(|first: char| first.is_ascii_digit()) {
            std::mem::replace(&mut scene, with_data().await?)
                .end()
                .await;
        }
        let text = fs::read_to_string(folder.join(&name))?;
        // An import needs the resource it is for; that is in the example beside it.
        let resource = match name.starts_with("import-") || name == "import.sh" {
            true => fs::read_to_string(folder.join("resource.tf"))?,
            false => String::new(),
        };
        apply_file(&scene, &name, &text, &resource).await?;
    }
    scene.end().await;
    Ok(())
}

/// A scene with what examples take for granted.
async fn example_scene() -> Result<Scene> {
    let mut scene = Scene::new("").await?;
    let credentials = scene.sandbox.credentials();
    scene.project.env("TF_VAR_hook_password", "canary-secret");
    scene
        .project
        .env("TF_VAR_subscriber_password", "canary-secret");
    scene
        .project
        .env("TF_VAR_account_id", &credentials.account_id)
        .env("TF_VAR_carrier_account_number", "canary-account")
        .env("TF_VAR_carrier_pin", "canary-pin");
    let accounts = (1..=3).map(|nth| {
        let secrets = serde_json::json!({"account_number": "canary-account", "pin": "canary-pin"});
        (format!("+1202555017{nth}"), secrets)
    });
    let accounts: serde_json::Map<_, _> = accounts.collect();
    scene.project.env(
        "TF_VAR_carrier_accounts",
        serde_json::Value::Object(accounts).to_string(),
    );
    Ok(scene)
}

async fn apply_file(scene: &Scene, name: &str, text: &str, resource: &str) -> Result<()> {
    let mut text = with_own_number(scene, text);
    if text.contains(DOCUMENTED_ORDER) {
        let owner = scene.sandbox.credentials();
        let order =
            scene
                .sandbox
                .port_in_elsewhere(&owner, DOCUMENTED_PORT_IN, serde_json::json!({}));
        text = text.replace(DOCUMENTED_ORDER, &order);
    }
    let resource = &with_own_number(scene, resource);
    if text.contains(DOCUMENTED_SUBSCRIBER) {
        let sandbox = &scene.sandbox;
        sandbox.subscribe_elsewhere(DOCUMENTED_SUBSCRIBER, "Ada Example", "ada@example.com");
    }
    let project = &scene.project;
    // The example may have a block of its own for what the project has anyway.
    if text.contains("required_providers") {
        project.write("versions.tf", "")?;
    }
    if name.ends_with(".sh") {
        project.main(resource)?;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            let ["terraform", "import", address, id] = words[..] else {
                panic!("{name}: {line}");
            };
            project.import(address, id).await?.ok()?;
            project.run(["state", "rm", address]).await?.ok()?;
        }
        return Ok(());
    }
    if name.ends_with(".tfquery.hcl") {
        project.write("example.tfquery.hcl", &text)?;
        let query = ["query", "-no-color", "-generate-config-out=adopted.tf"];
        let run = project.run(query).await?;
        match is_known(&text)? {
            true => run.ok()?,
            false => run.failed()?,
        };
        fs::remove_file(project.path().join("example.tfquery.hcl"))?;
        let _ = fs::remove_file(project.path().join("adopted.tf"));
        return Ok(());
    }
    if name.ends_with(".tftest.hcl") {
        project.write("example.tftest.hcl", &text)?;
        if is_known(&text)? {
            let bought = scene.purchase_requests();
            project.run(["test", "-no-color"]).await?.ok()?;
            assert_eq!(scene.purchase_requests(), bought);
        }
        return Ok(());
    }
    assert!(name.ends_with(".tf"), "no test knows how to apply {name}");
    let numbers = numbers_it_speaks_of(&text, resource);
    let config = [text.as_str(), resource, &numbers].concat();
    project.main(&config)?;
    let actions = named(&text, "action \"").into_iter();
    let invocations: Vec<String> = actions
        .map(|action| format!("-invoke=action.{}", action.replace("\" \"", ".")))
        .collect();
    if !is_known(&config)? {
        // Terraform 1.13 takes an action's block without a word, but cannot invoke it.
        match invocations.first() {
            Some(invoke) => project.apply_with(&[invoke]).await?.failed()?,
            None => project.plan().await?.failed()?,
        };
        return Ok(());
    }
    project.apply().await?.ok()?;
    for invoke in &invocations {
        project.apply_with(&[invoke]).await?.ok()?;
    }
    project.apply_with(&["-refresh-only"]).await?.ok()?;
    project.assert_empty_plan().await?;
    Ok(())
}

/// Whether this Terraform knows all that the example has.
fn is_known(text: &str) -> Result<bool> {
    let cli = Cli::find()?;
    let needed = NEEDED.iter().filter(|(what, _)| text.contains(what));
    // Each is asked for, so that the matrix sees it.
    Ok(needed.fold(true, |known, (_, feature)| cli.offers(*feature) && known))
}

/// The address that the documentation speaks of, as the service writes it.
fn documented_address() -> E911Address {
    E911Address {
        street1: "1 SAMPLE WAY".to_owned(),
        street2: Some("STE 200".to_owned()),
        city: "LEHI".to_owned(),
        state: "UT".to_owned(),
        zip: "84043-0001".to_owned(),
    }
}

/// Puts a number that the account owns in the place of the documented one.
fn with_own_number(scene: &Scene, text: &str) -> String {
    if !text.contains(DOCUMENTED) {
        return text.to_owned();
    }
    let own = match scene.owned().first() {
        Some(own) => own.clone(),
        None => scene.bought_elsewhere(1).remove(0),
    };
    scene.sandbox.edit(&own, |number| {
        number.iccid = Some(DOCUMENTED_SIM.to_owned());
        number.e911 = Some(documented_address());
    });
    text.replace(DOCUMENTED, &own)
}

/// The numbers that an example speaks of and leaves to the reader to have.
fn numbers_it_speaks_of(text: &str, resource: &str) -> String {
    let mut names: Vec<&str> = text
        .match_indices("joonto_number.")
        .filter(|(at, _)| !text[..*at].ends_with("data."))
        .map(|(at, matched)| &text[at + matched.len()..])
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        })
        .filter(|name| {
            let block = format!("resource \"joonto_number\" \"{name}\"");
            !text.contains(&block) && !resource.contains(&block)
        })
        .collect();
    if text.contains("removed {") {
        names.clear();
    }
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| number(name, ("mvno", "a2p"), ""))
        .collect()
}

/// What stands between `opening` and `" {`, for each block that begins so.
fn named<'a>(text: &'a str, opening: &str) -> Vec<&'a str> {
    let blocks = text.lines().filter_map(|line| line.strip_prefix(opening));
    blocks
        .filter_map(|line| line.strip_suffix("\" {"))
        .collect()
}
