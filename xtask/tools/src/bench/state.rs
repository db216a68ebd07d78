//! State files, of numbers and of what they are compared with, without waiting for Terraform to
//! write them.

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::Project;
use harness::cli::Product;
use serde_json::{Map, Value as Json, json};
use terraform_provider_joonto::terraform::value::Value;

use super::Bench;
use super::driver::{Calls, Held};
use super::scene::TIME_LIMIT;

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
    for held in numbers {
        instances.push(json!({
            "attributes": calls.json(&held.state)?,
            "sensitive_attributes": sensitive,
            "private": STANDARD.encode(&held.private),
        }));
    }
    let provider = format!("{host}/joonto/joonto");
    write(
        bench,
        project,
        ["joonto_number", "fleet", &provider],
        instances,
    )
}

/// A resource of Terraform's own that holds what a number holds: every attribute once, as an
/// object. What it costs is Terraform's own cost.
pub(super) struct Reference(Map<String, Json>);

impl Reference {
    /// One that holds these attributes of a number in state.
    pub(super) fn to(attributes: Json) -> Result<Self> {
        match attributes {
            Json::Object(object) => Ok(Self(object)),
            other => bail!("a number in state is not {other}"),
        }
    }

    fn map(&self, of: impl Fn(&Json) -> Json) -> Map<String, Json> {
        let attributes = self.0.iter();
        attributes
            .map(|(name, value)| (name.clone(), of(value)))
            .collect()
    }

    /// A project with `count` of them to be.
    pub(super) fn project(&self, bench: &Bench, count: usize) -> Result<Project> {
        let mut project = Project::new(&bench.cli, &bench.provider)?;
        project.time_limit(TIME_LIMIT);
        let literals = self.map(|value| match value {
            // Text is a template.
            Json::String(text) => text.replace("${", "$${").replace("%{", "%%{").into(),
            other => other.clone(),
        });
        let main = json!({ "resource": { "terraform_data": { "reference": {
            "count": count,
            "triggers_replace": literals,
        }}}});
        // Without the provider: nothing of it is to be waited for.
        project.write("versions.tf", "")?;
        project.write("main.tf.json", &main.to_string())?;
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
        let resource = [
            "terraform_data",
            "reference",
            "terraform.io/builtin/terraform",
        ];
        write(bench, project, resource, instances.collect())
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
    bench: &Bench,
    project: &Project,
    [kind, name, provider]: [&str; 3],
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
            "type": kind,
            "name": name,
            "provider": format!("provider[{provider:?}]"),
            "instances": instances,
        }],
        "check_results": null,
    });
    project.write("terraform.tfstate", &state.to_string())?;
    Ok(())
}
