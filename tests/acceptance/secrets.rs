//! Secrets stay where they belong: in no log, no message, no journal, and nowhere in the state
//! but in the attributes that are marked as sensitive.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::{Cli, Feature, Project, Result, Run};
use joonto_sandbox::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::scene::{FULL, Scene, number};

const DETAILS: &str = "/v1.0/numbers";

/// What must not be seen.
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn check(&self, place: &str, text: &str) {
        for (name, secret) in &self.0 {
            assert!(!secret.is_empty());
            assert!(
                !text.contains(secret.as_str()),
                "the {name} stands in {place}"
            );
        }
    }

    fn check_run(&self, run: &Run) {
        self.check("the output", &run.stdout);
        self.check("the log", &run.stderr);
    }
}

/// Everything the scene's credentials and numbers have to hide.
async fn canaries(scene: &Scene) -> Result<Canaries> {
    let mut canaries = vec![("secret", scene.sandbox.credentials().account_secret)];
    // All tokens of an account begin alike: with their header, and who they are for.
    let token = scene.token(DETAILS).await?;
    let header = token.split('.').next().unwrap_or_default();
    canaries.push(("token", format!("{header}.")));
    for number in scene.owned() {
        let Some(number) = scene.sandbox.number(&number) else {
            continue;
        };
        canaries.push((
            "activation code",
            number.activation_code.unwrap_or_default(),
        ));
    }
    Ok(Canaries(canaries))
}

/// Everything a user may read of a scene: the plan file's members, state, backups, journal and log.
/// Not the configuration, which is the user's own.
pub(crate) fn readable(project: &Project) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    files(project.path(), &mut found)?;
    found.retain(|(path, _)| {
        ![".tf", ".tfplan", ".hcl"]
            .iter()
            .any(|end| path.ends_with(end))
    });
    let members = project.plan_file()?.into_iter();
    found.extend(members.filter(|(name, _)| !name.starts_with("tfconfig/")));
    Ok(found)
}

/// The places where `text` stands.
pub(crate) fn places(readable: &[(String, String)], text: &str) -> Vec<String> {
    let holding = readable
        .iter()
        .filter(|(_, content)| content.contains(text));
    holding.map(|(place, _)| place.clone()).collect()
}

fn files(directory: &Path, found: &mut Vec<(String, String)>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        match path.is_dir() {
            // The provider itself is linked there.
            true if path.ends_with(".plugins") => {}
            true => files(&path, found)?,
            false => {
                let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
                found.push((path.display().to_string(), text));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_secret_is_in_any_log_message_journal_or_private_state() -> Result<()> {
    let mut scene = Scene::new(FULL).await?;
    let mut runs = Vec::new();
    scene.project.env("TF_LOG", "TRACE");
    runs.push(scene.project.apply().await?.ok()?);
    let canaries = canaries(&scene).await?;

    let mut written = Vec::new();
    files(&scene.project.path().join(".terraform"), &mut written)?;
    assert!(
        written.iter().any(|(path, _)| path.contains("joonto")),
        "{written:?}"
    );
    for (path, text) in &written {
        canaries.check(path, text);
    }

    // Every level; and lines of JSON.
    for level in ["ERROR", "WARN", "INFO", "DEBUG", "JSON"] {
        scene.project.env("TF_LOG", level);
        runs.push(scene.project.plan().await?.ok()?);
    }

    // A change of the SIM, a vendor that repeats what it was sent, and an end.
    scene
        .project
        .main(&FULL.replace("8901240397190195850", "8901240000000000019"))?;
    runs.push(scene.project.apply().await?.ok()?);
    let secret = scene.sandbox.credentials().account_secret;
    for status in [400, 401, 500] {
        scene.project.env("JOONTO_MAX_RETRIES", "0");
        let parrot = FaultKind::Body {
            status,
            content_type: "application/json".to_owned(),
            text: json!({"StatusCode": status, "Message": format!("bad {secret}")}).to_string(),
        };
        scene
            .sandbox
            .fault(Fault::on(DETAILS).always().before_commit(parrot));
        runs.push(scene.project.plan().await?.failed()?);
        scene.sandbox.clear_faults();
    }
    let private = scene.project.state()?["resources"][0]["instances"][0]["private"].clone();
    let private = STANDARD.decode(private.as_str().unwrap_or_default())?;
    let private = String::from_utf8_lossy(&private).into_owned();
    assert!(private.contains("policy"), "{private}");
    canaries.check("the private state", &private);
    runs.push(scene.project.destroy().await?.ok()?);
    for run in &runs {
        canaries.check_run(run);
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn no_secret_is_in_a_plan_file_but_where_sensitive_values_are() -> Result<()> {
    let config = number("example", ("mvno", "a2p"), "");
    let mut scene = Scene::new(&config).await?;
    let credentials = scene.sandbox.credentials();
    let secret = credentials.account_secret.as_str();
    let from_block = Cli::find()?.offers(Feature::EphemeralValues);
    if from_block {
        // In the provider block, by a variable that Terraform does not store.
        let block = "variable \"secret\" {\n  type = string\n  ephemeral = true\n}\nprovider \
                     \"joonto\" {\n  account_secret = var.secret\n}\n";
        scene.project.write("provider.tf", block)?;
        scene.project.env_remove("JOONTO_ACCOUNT_SECRET");
        scene.project.env("TF_VAR_secret", secret);
    }
    let log = scene.project.path().join("trace.log");
    scene
        .project
        .env("TF_LOG", "trace")
        .env("TF_LOG_PATH", &log);
    scene.project.plan_json().await?;
    scene.project.apply_plan().await?.ok()?;
    let bought = scene.owned().remove(0);
    scene.sandbox.edit(&bought, |number| {
        number.port_out_pin = "canary-pin".to_owned();
    });
    // A plan with something in it, and the state before.
    scene.project.main(&config.replace("a2p", "p2p"))?;
    scene.project.plan_json().await?;

    let readable = readable(&scene.project)?;
    // What is no secret is found, wherever it is to be expected.
    let found = places(&readable, &bought);
    for expected in ["tfplan", "tfstate", "tfstate-prev", "terraform.tfstate"] {
        assert!(
            found.iter().any(|place| place.ends_with(expected)),
            "{expected}: {found:?}"
        );
    }
    assert!(!places(&readable, "API request").is_empty());
    let none: [String; 0] = [];
    assert_eq!(places(&readable, secret), none);
    assert_eq!(places(&readable, "canary-pin"), none);
    let token = scene.token(DETAILS).await?;
    let header = token.split('.').next().unwrap_or_default();
    assert_eq!(places(&readable, &format!("{header}.")), none);
    // Terraform stores sensitive values, and nothing else does.
    let code = scene
        .sandbox
        .number(&bought)
        .and_then(|number| number.activation_code);
    let code = code.expect("an activation code");
    for place in places(&readable, &code) {
        let is_stored = ["tfplan", "tfstate", "tfstate-prev"].contains(&place.as_str())
            || place.ends_with("terraform.tfstate");
        assert!(is_stored, "the activation code stands in {place}");
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_log_has_one_line_for_each_request() -> Result<()> {
    let mut scene = Scene::new(FULL).await?;
    scene.project.env("TF_LOG", "JSON");
    let run = scene.project.apply().await?.ok()?;
    let lines: Vec<Value> = run
        .stderr
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["@message"] == "API request")
        .collect();
    let logged: Vec<_> = lines
        .iter()
        .map(|line| {
            assert!(line["milliseconds"].is_u64(), "{line}");
            (
                line["method"].clone(),
                line["path"].clone(),
                line["status"].clone(),
            )
        })
        .collect();
    let ledger = scene.sandbox.ledger();
    let served: Vec<_> = ledger
        .requests
        .iter()
        .map(|request| {
            (
                json!(request.method),
                json!(request.path),
                json!(request.status),
            )
        })
        .collect();
    assert_eq!(logged, served);
    assert!(logged.len() >= 2);
    scene.end().await;
    Ok(())
}
