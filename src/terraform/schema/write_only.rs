//! Write-only attributes: configured, used, and never stored.
//!
//! Their values reach the provider in the configuration alone. Terraform refuses every other
//! object that holds one, and versions before 1.11 would store it: so it is an error to configure
//! one there, and none ever leaves.

use super::{Attribute, Block};
use crate::terraform::diagnostics::Diagnostics;
use crate::terraform::path::AttributePath;
use crate::terraform::texts;
use crate::terraform::value::Value;

impl Block {
    /// The object without the values of its write-only attributes.
    pub(in crate::terraform) fn without_write_only(&self, mut object: Value) -> Value {
        let Value::Map(values) = &mut object else {
            return object;
        };
        for attribute in self.attributes.iter().filter(|a| a.write_only) {
            if let Some(value) = values.get_mut(attribute.name) {
                *value = Value::Null;
            }
        }
        for nested in &self.blocks {
            if let Some(value) = values.get_mut(nested.name) {
                *value = nested
                    .block
                    .without_write_only(std::mem::replace(value, Value::Null));
            }
        }
        object
    }

    /// Says of each write-only attribute that is configured that this Terraform would store it.
    pub(in crate::terraform) fn refuse_write_only(
        &self,
        config: &Value,
        diagnostics: &mut Diagnostics,
    ) {
        self.refuse_write_only_at(config, &AttributePath::root(), diagnostics);
    }

    fn refuse_write_only_at(
        &self,
        config: &Value,
        path: &AttributePath,
        diagnostics: &mut Diagnostics,
    ) {
        let configured = |attribute: &&Attribute| {
            let value = config.get(attribute.name);
            attribute.write_only && value.is_some_and(|value| !value.is_null())
        };
        for attribute in self.attributes.iter().filter(configured) {
            let path = path.clone().attribute(attribute.name);
            diagnostics.push(texts::write_only(path));
        }
        for nested in &self.blocks {
            if let Some(value) = config.get(nested.name) {
                let path = path.clone().attribute(nested.name);
                nested.block.refuse_write_only_at(value, &path, diagnostics);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::NestedBlock;
    use super::*;

    fn block() -> Block {
        let secret = || Attribute::new::<String>("secret_wo", &[]).write_only();
        let plain = || Attribute::new::<String>("user", &[]);
        let nested = Block::new(&[], vec![plain(), secret()], vec![]);
        Block::new(
            &[],
            vec![plain(), secret()],
            vec![NestedBlock::new("login", nested)],
        )
    }

    fn object(secret: &Value, login: Value) -> Value {
        Value::object([
            ("user", Value::from("me")),
            ("secret_wo", secret.clone()),
            ("login", login),
        ])
    }

    fn login(secret: &Value) -> Value {
        Value::object([("user", Value::from("me")), ("secret_wo", secret.clone())])
    }

    #[test]
    fn the_values_of_write_only_attributes_go_and_the_others_stay() {
        for secret in ["hush".into(), Value::Unknown, Value::Null] {
            assert_eq!(
                block().without_write_only(object(&secret, login(&secret))),
                object(&Value::Null, login(&Value::Null))
            );
        }
        let without_block = object(&Value::Null, Value::Null);
        assert_eq!(
            block().without_write_only(without_block.clone()),
            without_block
        );
        assert_eq!(block().without_write_only(Value::Null), Value::Null);
    }

    #[test]
    fn each_that_is_configured_is_refused_where_it_stands() {
        for secret in ["hush".into(), Value::Unknown] {
            let mut diagnostics = Diagnostics::new();
            let config = object(&secret, login(&secret));
            block().refuse_write_only(&config, &mut diagnostics);
            let paths: Vec<_> = diagnostics
                .iter()
                .filter_map(|d| Some(d.attribute()?.to_string()))
                .collect();
            assert_eq!(paths, ["secret_wo", "login.secret_wo"]);
            assert!(diagnostics.iter().all(|d| !d.detail().contains("hush")));
        }
        let mut diagnostics = Diagnostics::new();
        let config = object(&Value::Null, login(&Value::Null));
        block().refuse_write_only(&config, &mut diagnostics);
        assert_eq!(diagnostics, Diagnostics::new());
    }
}
