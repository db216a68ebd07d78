//! What Terraform proposes to a provider, and what it accepts in return: `ProposedNew` and
//! `AssertPlanValid` of Terraform's core, for blocks of attributes and single nested blocks.

use std::collections::BTreeMap;

use terraform_provider_joonto::proto::tfplugin6::schema::nested_block::NestingMode;
use terraform_provider_joonto::proto::tfplugin6::schema::{Attribute, Block};
use terraform_provider_joonto::terraform::path::Name;
use terraform_provider_joonto::terraform::value::Value;

/// Configuration merged with the prior object: what a provider is asked to start from.
pub(crate) fn proposed_new(block: &Block, prior: &Value, config: &Value) -> Value {
    let Value::Map(given) = config else {
        return config.clone();
    };
    let mut proposed = given.clone();
    for attribute in block.attributes.iter().filter(|a| a.computed) {
        if let (Some(value @ Value::Null), Some(prior)) = (
            proposed.get_mut(attribute.name.as_str()),
            prior.get(attribute.name.as_str()),
        ) {
            *value = prior.clone();
        }
    }
    for nested in &block.block_types {
        let inner = nested.block.as_ref().expect("a block");
        if let (Some(value), Some(prior)) = (
            proposed.get_mut(nested.type_name.as_str()),
            prior.get(nested.type_name.as_str()),
        ) {
            *value = proposed_new(inner, prior, value);
        }
    }
    Value::Map(proposed)
}

/// Where the planned object is not what Terraform allows.
pub(crate) fn breaches(
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Vec<String> {
    match (config, planned) {
        (Value::Null, Value::Null) => Vec::new(),
        (Value::Null, _) => vec!["planned for absence, but not null".to_owned()],
        (Value::Unknown, Value::Unknown) => Vec::new(),
        (Value::Unknown, _) => vec!["planned known while its config is unknown".to_owned()],
        (Value::Map(config), Value::Map(planned)) => in_objects(block, prior, config, planned),
        (_, other) => vec![format!("planned as {}", other.kind())],
    }
}

fn in_objects(
    block: &Block,
    prior: &Value,
    config: &BTreeMap<Name, Value>,
    planned: &BTreeMap<Name, Value>,
) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in &block.attributes {
        let (config, planned) = (
            &config[attribute.name.as_str()],
            &planned[attribute.name.as_str()],
        );
        let prior = prior.get(&attribute.name).unwrap_or(&Value::Null);
        if let Err(breach) = allowed(attribute, prior, config, planned) {
            found.push(format!("{}: {breach}", attribute.name));
        }
    }
    for nested in &block.block_types {
        assert_eq!(
            nested.nesting(),
            NestingMode::Single,
            "{}",
            nested.type_name
        );
        let inner = nested.block.as_ref().expect("a block");
        let name = &nested.type_name;
        let prior = prior.get(name).unwrap_or(&Value::Null);
        let inside = breaches(
            inner,
            prior,
            &config[name.as_str()],
            &planned[name.as_str()],
        );
        found.extend(inside.into_iter().map(|breach| format!("{name}: {breach}")));
    }
    found
}

fn allowed(
    attribute: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Result<(), &'static str> {
    if attribute.write_only {
        return require(planned.is_null(), "write-only, and not null");
    }
    let settable = attribute.required || attribute.optional;
    let as_before = !prior.is_null() && planned == prior;
    match config {
        _ if !settable => Ok(()),
        Value::Null if attribute.computed => Ok(()),
        Value::Null => require(planned.is_null(), "not configured, but planned"),
        Value::Unknown => require(
            planned.is_unknown() || as_before,
            "known, while its configuration is not",
        ),
        known => require(
            sorted(planned) == sorted(known) || as_before,
            "neither as configured nor as before",
        ),
    }
}

/// The value with its elements in one order. Of the collections, only sets have unknown elements
/// here, and sets have no order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::List(elements) => {
            let mut elements: Vec<_> = elements.iter().map(sorted).collect();
            elements
                .sort_by_key(|element| (element.is_unknown(), element.as_str().map(str::to_owned)));
            Value::List(elements)
        }
        other => other.clone(),
    }
}

fn require(holds: bool, breach: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(breach) }
}

#[test]
fn the_rule_is_terraforms() {
    let attribute = |required, optional, computed| Attribute {
        required,
        optional,
        computed,
        ..Attribute::default()
    };
    let required = attribute(true, false, false);
    let optional = attribute(false, true, false);
    let either = attribute(false, true, true);
    let computed = attribute(false, false, true);
    let (a, b, null, unknown) = (
        Value::from("a"),
        Value::from("b"),
        Value::Null,
        Value::Unknown,
    );
    for (attribute, prior, config, planned, holds) in [
        (&required, &null, &a, &a, true),
        (&required, &b, &a, &b, true),
        (&required, &null, &a, &b, false),
        (&required, &null, &a, &unknown, false),
        (&required, &null, &a, &null, false),
        (&required, &null, &unknown, &unknown, true),
        (&required, &b, &unknown, &b, true),
        (&required, &null, &unknown, &b, false),
        (&required, &null, &unknown, &null, false),
        (&optional, &b, &null, &null, true),
        (&optional, &b, &null, &b, false),
        (&optional, &null, &null, &unknown, false),
        (&either, &null, &null, &unknown, true),
        (&either, &b, &null, &a, true),
        (&either, &b, &a, &unknown, false),
        (&computed, &null, &null, &unknown, true),
        (&computed, &a, &null, &b, true),
    ] {
        let verdict = allowed(attribute, prior, config, planned).is_ok();
        assert_eq!(
            verdict, holds,
            "{attribute:?} {prior:?} {config:?} {planned:?}"
        );
    }
    let write_only = Attribute {
        optional: true,
        write_only: true,
        ..Attribute::default()
    };
    assert!(allowed(&write_only, &null, &a, &a).is_err());
    assert!(allowed(&write_only, &null, &a, &null).is_ok());
}
