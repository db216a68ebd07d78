//! State files of earlier versions.

use std::fs;
use std::path::Path;

use harness::Result;
use serde_json::{Value, json};

use crate::scene::{FULL, Scene};

/// A state file that version 0 wrote, of the number in `FULL`.
const RECORDED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/state-v0.tfstate"
);

/// If set, the state is recorded again. Only for a version that has not been released.
const RECORD: &str = "JOONTO_TEST_RECORD";

const SENSITIVE: &str = "sensitive_attributes";

/// The only instance of the only resource.
fn instance(state: &Value) -> &Value {
    &state["resources"][0]["instances"][0]
}

#[tokio::test]
async fn a_recorded_state_plans_empty_with_attributes_added_and_removed_since() -> Result<()> {
    let scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let place = scene.project.path().join("terraform.tfstate");
    if std::env::var_os(RECORD).is_some() {
        fs::copy(&place, RECORDED)?;
    }

    // The number it was recorded with is this sandbox's now.
    let recorded = fs::read_to_string(Path::new(RECORDED))?;
    let state: Value = serde_json::from_str(&recorded)?;
    let attributes = &instance(&state)["attributes"];
    let was = attributes["phone_number_assigned"]
        .as_str()
        .unwrap_or_default();
    assert!(was.starts_with("+1"), "{attributes}");
    let mut state: Value = serde_json::from_str(&recorded.replace(was, &number))?;
    // Terraform's own note of what is sensitive, which takes another form in older versions.
    let noted = instance(&scene.project.state()?)[SENSITIVE].clone();
    state["resources"][0]["instances"][0][SENSITIVE] = noted;
    fs::write(&place, serde_json::to_vec(&state)?)?;
    scene.project.assert_empty_plan().await?.quiet()?;

    // As a version wrote it that had no status yet, and an attribute that is no more.
    let attributes = &mut state["resources"][0]["instances"][0]["attributes"];
    if let Some(attributes) = attributes.as_object_mut() {
        assert!(attributes.remove("status").is_some());
        attributes.remove("account_fingerprint");
        attributes.insert("left_behind".to_owned(), json!({"a": [1]}));
    }
    fs::write(&place, serde_json::to_vec(&state)?)?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let stored = scene.project.resource("joonto_number.tracker").await?;
    assert_eq!(stored["status"], json!("Active"));
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}
