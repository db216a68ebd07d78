//! What the hosted workflows may use, and what they have to do.

use std::fs;
use std::path::{Path, PathBuf};

use harness::Result;

fn workflows() -> Result<Vec<(PathBuf, String)>> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        found.push((path, text));
    }
    assert!(!found.is_empty());
    Ok(found)
}

/// Whether an action is one commit that nobody can move, with its version beside it.
fn is_pinned(uses: &str) -> bool {
    // A workflow of this repository is of the same commit anyway.
    uses.starts_with("./")
        || uses
            .split_once(" # v")
            .and_then(|(action, _)| action.split_once('@'))
            .is_some_and(|(_, commit)| {
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
}

#[test]
fn every_action_is_pinned_to_a_commit() -> Result<()> {
    let mut seen = 0;
    for (path, text) in workflows()? {
        for line in text.lines() {
            let line = line.trim_start().trim_start_matches("- ");
            if let Some(uses) = line.strip_prefix("uses: ") {
                assert!(is_pinned(uses), "{}: {uses}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "no action was looked at");
    Ok(())
}

#[test]
fn a_tag_is_no_pin() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert!(is_pinned(&format!("actions/checkout@{commit} # v7.0.1")));
    assert!(is_pinned("./.github/workflows/ci.yml"));
    for uses in [
        "actions/checkout@v7 # v7.0.1",
        "actions/checkout@0123456 # v7.0.1",
        &format!("actions/checkout@{commit}"),
        "actions/checkout",
    ] {
        assert!(!is_pinned(uses), "{uses}");
    }
}

#[test]
fn a_workflow_has_no_permission_it_does_not_ask_for() -> Result<()> {
    for (path, text) in workflows()? {
        let begin = text.lines().any(|line| line == "permissions: {}");
        assert!(begin, "{} grants by default", path.display());
    }
    Ok(())
}

#[test]
fn nothing_from_outside_is_pasted_into_a_script() -> Result<()> {
    for (path, text) in workflows()? {
        for line in text.lines().filter(|line| line.contains("${{")) {
            // Into the environment of a step, the name of a runner or an input of an action it may
            // go; a script reads it from there.
            let (key, _) = line.trim_start().split_once(": ").unwrap_or_default();
            let is_key = !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_ascii_alphabetic() || "-_".contains(c));
            assert!(is_key && key != "run", "{}: {line}", path.display());
        }
    }
    Ok(())
}

/// A job that hangs costs hours, and hides what it should have found.
#[test]
fn every_job_has_a_time_limit() -> Result<()> {
    for (path, text) in workflows()? {
        let count = |key: &str| {
            let lines = text.lines().map(str::trim_start);
            lines.filter(|line| line.starts_with(key)).count()
        };
        let (jobs, limits) = (count("runs-on: "), count("timeout-minutes: "));
        assert!(jobs > 0, "{} has jobs", path.display());
        assert_eq!(jobs, limits, "{}", path.display());
    }
    Ok(())
}

#[test]
fn known_vulnerabilities_are_looked_for_every_night_and_before_a_release() -> Result<()> {
    let workflows = workflows()?;
    let text = |name: &str| {
        let found = workflows.iter().find(|(path, _)| path.ends_with(name));
        found.map(|(_, text)| text.as_str()).expect("a workflow")
    };
    let (nightly, release) = (text("nightly.yml"), text("release.yml"));
    for workflow in [nightly, release] {
        assert!(workflow.contains("run: .ci/advisories\n"));
    }
    assert!(nightly.contains("  schedule:\n    - cron: "));
    let (_, publish) = release.split_once("\n  publish:\n").expect("a job");
    let needs = publish.lines().find(|line| line.contains("needs: "));
    assert!(needs.is_some_and(|needs| needs.contains("advisories")));
    Ok(())
}
