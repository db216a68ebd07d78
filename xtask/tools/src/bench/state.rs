//! State files, of numbers and of what they are compared with, without waiting for Terraform to
//! write them.

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::cli::Product;
use harness::{Cli, Project};
use serde_json::{Map, Value as Json, json};
use terraform_provider_joonto::terraform::value::Value;

use super::Bench;
use super::driver::{Calls, Held};
use super::scene::TIME_LIMIT;

/// The file that Terraform reads.
const FILE: &str = "terraform.tfstate";

/// Lets `project` own these numbers.
pub(super) fn write_numbers(
    bench: &Bench,
    project: &Project,
    calls: &Calls,
    numbers: &[Held],
) -> Result<()> {
    let host = match bench.cli.product() {
        Product::Terraform => "registry.terraform.io",
        Product::OpenTofu => "registry.opentofu.org",
    };
    // Where Terraform misses these, it takes every number for changed.
    let step = |name| json!([{ "type": "get_attr", "value": name }]);
    let sensitive: Vec<Json> = calls.sensitive().map(step).collect();
    let mut instances = Vec::with_capacity(numbers.len());
    for (index, held) in numbers.iter().enumerate() {
        instances.push(json!({
            "index_key": index,
            "schema_version": 0,
            "attributes": calls.json(&held.state)?,
            "sensitive_attributes": sensitive,
            "private": STANDARD.encode(&held.private),
        }));
    }
    let address = format!("{host}/joonto/joonto");
    write(
        &bench.cli,
        project,
        ("joonto_number", "fleet", &address),
        instances,
    )
}

/// A resource of Terraform's own that holds what a number holds: every attribute once, as an
/// object. What it costs is Terraform's own cost.
pub(super) struct Reference {
    object: Map<String, Json>,
}

impl Reference {
    /// One that holds these attributes of a number in state.
    pub(super) fn to(attributes: Json) -> Result<Self> {
        match attributes {
            Json::Object(object) => Ok(Self { object }),
            other => bail!("a number in state is not {other}"),
        }
    }

    /// A project with `count` of them to be.
    pub(super) fn project(&self, bench: &Bench, count: usize) -> Result<Project> {
        let mut project = Project::new(&bench.cli, &bench.provider)?;
        project.time_limit(TIME_LIMIT);
        let literal = |value: &Json| match value {
            // Text is a template.
            Json::String(text) => text.replace("${", "$${").replace("%{", "%%{").into(),
            other => other.clone(),
        };
        let object: Map<String, Json> = self
            .object
            .iter()
            .map(|(name, value)| (name.clone(), literal(value)))
            .collect();
        let main = json!({ "resource": { "terraform_data": { "reference": {
            "count": count,
            "triggers_replace": object,
        }}}});
        // Without the provider: nothing of it is to be waited for.
        project.write("versions.tf", "")?;
        project.write("main.tf.json", &main.to_string())?;
        Ok(project)
    }

    /// Lets `project` own `count` of them.
    pub(super) fn write(&self, cli: &Cli, project: &Project, count: usize) -> Result<()> {
        let types: Map<String, Json> = self
            .object
            .iter()
            .map(|(name, value)| (name.clone(), type_of(value).into()))
            .collect();
        let instances = (0..count).map(|index| {
            json!({
                "index_key": index,
                "schema_version": 0,
                "attributes": {
                    "id": format!("569223ed-044c-571f-1ef0-{index:012}"),
                    "input": null,
                    "output": null,
                    "triggers_replace": { "value": self.object, "type": ["object", types] },
                },
                "sensitive_attributes": [],
            })
        });
        let resource = (
            "terraform_data",
            "reference",
            "terraform.io/builtin/terraform",
        );
        write(cli, project, resource, instances.collect())
    }
}

/// The type Terraform gives a value that is written down.
fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        // What is null has no type of its own. Numbers hold no lists, and no objects but null.
        Json::Null | Json::Array(_) | Json::Object(_) => "dynamic",
    }
}

/// A value as state files have it.
pub(super) fn json(value: &Value) -> Result<Json> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::String(text) => text.as_str().into(),
        Value::Map(attributes) => attributes
            .iter()
            .map(|(name, value)| Ok((name.clone(), json(value)?)))
            .collect::<Result<Map<_, _>>>()?
            .into(),
        other => bail!("no number holds {}", other.kind()),
    })
}

fn write(
    cli: &Cli,
    project: &Project,
    (kind, name, provider): (&str, &str, &str),
    instances: Vec<Json>,
) -> Result<()> {
    let state = json!({
        "version": 4,
        "terraform_version": cli.version().to_string(),
        "serial": 1,
        "lineage": "ab694767-517c-9730-3ebf-4c41e5192340",
        "outputs": {},
        "resources": [{
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider": format!("provider[{provider:?}]"),
            "instances": instances,
        }],
        "check_results": null,
    });
    project.write(FILE, &state.to_string())?;
    Ok(())
}
