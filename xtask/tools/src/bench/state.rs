//! Projects and state files, of numbers and of what they are compared with: both without waiting
//! for Terraform to write a state.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::Project;
use harness::cli::Product;
use joonto_sandbox::{Options, Sandbox};
use serde_json::{Map, Value as Json, json};

use super::Bench;
use super::driver::{self, Driver, Held, NUMBER};

const REFERENCE: &str = "terraform_data";

/// How long one command may take: growing fleets take Terraform minutes.
const TIME_LIMIT: Duration = Duration::from_secs(3600);

/// A project with `count` numbers to be, whose provider is `program`.
pub(super) fn project(bench: &Bench, program: &Path, count: usize) -> Result<Project> {
    configured(bench, program, NUMBER, count, driver::arguments())
}

/// Lets `project` own these numbers.
pub(super) fn write_numbers(
    bench: &Bench,
    project: &Project,
    driver: &Driver,
    numbers: &[Held],
) -> Result<()> {
    let host = match bench.cli.product() {
        Product::Terraform => "registry.terraform.io",
        Product::OpenTofu => "registry.opentofu.org",
    };
    // Where Terraform misses these, it takes every number for changed.
    let step = |name| json!([{ "type": "get_attr", "value": name }]);
    let sensitive: Vec<Json> = driver.sensitive.iter().map(step).collect();
    let instances = numbers.iter().map(|held| {
        Ok(json!({
            "attributes": held.attributes()?,
            "sensitive_attributes": sensitive,
            "private": STANDARD.encode(&held.private),
        }))
    });
    let provider = format!("{host}/joonto/joonto");
    let instances = instances.collect::<Result<_>>()?;
    write(bench, project, NUMBER, &provider, instances)
}

/// A resource of Terraform's own that holds what a number holds: every attribute once, as an
/// object. What it costs is Terraform's own cost.
pub(super) struct Reference(Map<String, Json>);

impl Reference {
    /// One that holds what a number that was just bought and read holds.
    pub(super) async fn new(bench: &Bench) -> Result<Self> {
        let sandbox = Sandbox::start(Options::default()).await?;
        let driver = Driver::start(bench, &sandbox).await?;
        let numbers = driver.refresh(driver.create(1).await?).await?;
        driver.shutdown().await?;
        Ok(Self(numbers.first().context("no number")?.attributes()?))
    }

    fn map(&self, of: impl Fn(&Json) -> Json) -> Map<String, Json> {
        let attributes = self.0.iter();
        attributes
            .map(|(name, value)| (name.clone(), of(value)))
            .collect()
    }

    /// A project with `count` of them to be.
    pub(super) fn project(&self, bench: &Bench, count: usize) -> Result<Project> {
        let literals = self.map(|value| match value {
            // Text is a template.
            Json::String(text) => text.replace("${", "$${").replace("%{", "%%{").into(),
            other => other.clone(),
        });
        let arguments = json!({ "triggers_replace": literals });
        let project = configured(bench, &bench.provider, REFERENCE, count, arguments)?;
        // Without the provider: nothing of it is to be waited for.
        project.write("versions.tf", "")?;
        Ok(project)
    }

    /// Lets `project` own `count` of them.
    pub(super) fn write(&self, bench: &Bench, project: &Project, count: usize) -> Result<()> {
        // What is null has no type of its own. Numbers hold no lists, and no objects but null.
        let types = self.map(|value| match value {
            Json::Bool(_) => "bool".into(),
            Json::Number(_) => "number".into(),
            Json::String(_) => "string".into(),
            Json::Null | Json::Array(_) | Json::Object(_) => "dynamic".into(),
        });
        let instances = (0..count).map(|index| {
            json!({
                "attributes": {
                    "id": format!("569223ed-044c-571f-1ef0-{index:012}"),
                    "input": null,
                    "output": null,
                    "triggers_replace": { "value": self.0, "type": ["object", types] },
                },
                "sensitive_attributes": [],
            })
        });
        let provider = "terraform.io/builtin/terraform";
        write(bench, project, REFERENCE, provider, instances.collect())
    }
}

/// A project with `count` resources of a type to be.
fn configured(
    bench: &Bench,
    program: &Path,
    resource_type: &str,
    count: usize,
    mut arguments: Json,
) -> Result<Project> {
    arguments["count"] = count.into();
    let main = json!({ "resource": { resource_type: { "fleet": arguments } } });
    let mut project = Project::new(&bench.cli, program)?;
    project.time_limit(TIME_LIMIT);
    project.write("main.tf.json", &main.to_string())?;
    Ok(project)
}

fn write(
    bench: &Bench,
    project: &Project,
    resource_type: &str,
    provider: &str,
    mut instances: Vec<Json>,
) -> Result<()> {
    for (index, instance) in instances.iter_mut().enumerate() {
        instance["index_key"] = index.into();
        instance["schema_version"] = 0.into();
    }
    let state = json!({
        "version": 4,
        "terraform_version": bench.cli.version().to_string(),
        "serial": 1,
        "lineage": "ab694767-517c-9730-3ebf-4c41e5192340",
        "outputs": {},
        "resources": [{
            "mode": "managed",
            "type": resource_type,
            "name": "fleet",
            "provider": format!("provider[{provider:?}]"),
            "instances": instances,
        }],
        "check_results": null,
    });
    project.write("terraform.tfstate", &state.to_string())?;
    Ok(())
}
