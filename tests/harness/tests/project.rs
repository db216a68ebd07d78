//! The harness itself, with a resource that Terraform brings along.

use std::path::Path;
use std::time::{Duration, Instant};

use harness::{Cli, Project, Result};
use serde_json::json;

/// A project without the provider: nothing here needs it to be more than a file.
fn project() -> Result<Project> {
    let project = Project::new(&Cli::find()?, Path::new(env!("CARGO_MANIFEST_PATH")))?;
    project.write("versions.tf", "")?;
    Ok(project)
}

fn holding(text: &str) -> String {
    format!("resource \"terraform_data\" \"a\" {{\n  input = {text:?}\n}}\n")
}

#[tokio::test]
async fn a_life_from_plan_to_destroy() -> Result<()> {
    let project = project()?;
    project.main(&holding("one"))?;
    project.validate().await?.quiet()?;

    let plan = project.plan_json().await?;
    let changes = plan.changes();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].address, "terraform_data.a");
    assert_eq!(changes[0].actions, ["create"]);
    assert_eq!(changes[0].attributes, ["id", "input", "output"]);

    project.apply_plan().await?.quiet()?;
    assert_eq!(project.resource("terraform_data.a").await?["output"], "one");
    assert_eq!(
        project.state()?["resources"][0]["type"],
        json!("terraform_data")
    );
    project.assert_empty_plan().await?;

    project.main(&holding("two"))?;
    let error = project
        .assert_empty_plan()
        .await
        .expect_err("a change is planned")
        .to_string();
    assert!(
        error.contains("update terraform_data.a: input, output"),
        "{error}"
    );
    project.apply().await?.ok()?;

    project.destroy().await?.ok()?;
    assert_eq!(project.state()?["resources"], json!([]));
    Ok(())
}

#[tokio::test]
async fn an_error_has_the_line_it_points_at() -> Result<()> {
    let project = project()?;
    project.main("resource \"terraform_data\" \"a\" {\n  nothing = 1\n}\n")?;
    for run in [project.validate().await?, project.plan().await?] {
        let run = run.failed()?;
        assert!(run.error()?.points_at("nothing"), "{run}");
        assert_eq!(run.warnings().count(), 0, "{run}");
    }
    let import = project.import("terraform_data.b", "x").await?.failed()?;
    assert!(
        import.says("does not exist in the configuration"),
        "{import}"
    );
    Ok(())
}

#[tokio::test]
async fn an_import_fills_the_state() -> Result<()> {
    let project = project()?;
    project.main("resource \"terraform_data\" \"a\" {}\n")?;
    project.import("terraform_data.a", "known").await?.ok()?;
    assert_eq!(project.resource("terraform_data.a").await?["id"], "known");
    Ok(())
}

const SLOW: &str = r#"
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "echo begun > begun; exec sleep 60"
  }
}
"#;

#[tokio::test]
async fn what_takes_too_long_is_ended_with_all_it_started() -> Result<()> {
    let mut project = project()?;
    project.main(SLOW)?;
    let begin = Instant::now();
    let error = project
        .time_limit(Duration::from_secs(5))
        .apply()
        .await
        .expect_err("too slow");
    assert!(
        error.to_string().contains("was not done after 5s"),
        "{error}"
    );
    assert!(begin.elapsed() < Duration::from_secs(30));
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupted_apply_ends_by_itself() -> Result<()> {
    let project = project()?;
    project.main(SLOW)?;
    let running = project.start(["apply", "-json", "-auto-approve"])?;
    while !project.path().join("begun").exists() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.interrupt()?;
    let run = running.wait().await?.failed()?;
    assert!(run.says("execution halted"), "{run}");
    Ok(())
}
