//! What is written by hand, in `templates/`: the guides, and what pages say beyond the schema.
//!
//! A template is Markdown. Three things are put in for it, so that they cannot go stale:
//! `{{example guides/x/1-y.tf}}` becomes that file of `examples/`,
//! `{{attribute joonto_number.iccid}}` the description that the schema has of the attribute, as
//! does `{{attribute provider.base_url}}`, and `{{messages JN1}}` the table of the errors and
//! warnings whose codes begin so.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use terraform_provider_joonto::proto::tfplugin6::{get_provider_schema::Response, schema::Block};
use terraform_provider_joonto::provider::{self, Severity};

use super::example;

/// Fills in a template. No Terraform code stands in it: all is embedded, for what is embedded is
/// tested.
pub(super) fn fill(project: &Path, schema: &Response, template: &str) -> Result<String> {
    if template.contains("```terraform") {
        bail!("Terraform code belongs into examples/, where it is tested: embed it from there");
    }
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (what, after) = after.split_once("}}").context("{{ without }}")?;
        text += before;
        text += &match what.split_once(' ') {
            Some(("example", path)) => {
                let example = example::fenced(&project.join("examples").join(path))?;
                example.trim_end().to_owned()
            }
            Some(("attribute", path)) => description(schema, path)
                .with_context(|| format!("the schema has no {path}"))?
                .to_owned(),
            Some(("messages", prefix)) => messages(prefix)?,
            _ => bail!("nobody knows what to put in for {{{{{what}}}}}"),
        };
        rest = after;
    }
    Ok(text + rest)
}

/// The table of the messages whose codes begin with `prefix`.
fn messages(prefix: &str) -> Result<String> {
    let mut table = "| code | | message | cause | what to do |\n|---|---|---|---|---|".to_owned();
    let mut messages = provider::messages();
    messages.retain(|message| message.code.starts_with(prefix));
    ensure!(!messages.is_empty(), "no code begins with {prefix}");
    for message in messages {
        let severity = match message.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        table += &format!(
            "\n| {} | {severity} | `{}` | {} | {} |",
            message.code,
            without_names(message.summary),
            message.cause,
            message.cure
        );
    }
    Ok(table)
}

/// The summary with dots in place of `{name}` and the like.
fn without_names(summary: &str) -> String {
    let mut parts = summary.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += "…";
        text += part.split_once('}').map_or(part, |(_, after)| after);
    }
    text
}

/// The description of `joonto_number.iccid`, or of `joonto_number.timeouts.create`.
fn description<'a>(schema: &'a Response, path: &str) -> Option<&'a str> {
    let mut steps = path.split('.');
    let mut block: &Block = match steps.next()? {
        "provider" => schema.provider.as_ref()?,
        name => schema.resource_schemas.get(name)?,
    }
    .block
    .as_ref()?;
    let mut step = steps.next()?;
    for next in steps {
        let nested = block.block_types.iter().find(|one| one.type_name == step)?;
        (block, step) = (nested.block.as_ref()?, next);
    }
    let attribute = block.attributes.iter().find(|one| one.name == step)?;
    Some(attribute.description.trim())
}
