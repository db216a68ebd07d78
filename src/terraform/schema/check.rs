//! The rules that every configuration keeps, whatever it is of.
//!
//! They hold while validating and while planning, so that a value which is unknown at first is
//! judged as soon as it is known. No error repeats a value: it may be a secret.

use super::{Attribute, Block, Mode};
use crate::terraform::diagnostics::{Diagnostic, Diagnostics};
use crate::terraform::path::AttributePath;
use crate::terraform::texts;
use crate::terraform::value::{Type, Value, element_step};

impl Block {
    /// Applies every rule to a configuration. What is unknown is not judged yet.
    pub fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        self.validate_at(config, &AttributePath::root(), diagnostics);
    }

    fn validate_at(&self, config: &Value, path: &AttributePath, diagnostics: &mut Diagnostics) {
        for attribute in &self.attributes {
            if let Some(value) = config.get(attribute.name) {
                let path = path.clone().attribute(attribute.name);
                diagnostics.extend(attribute.problem(value, path));
            }
        }
        for nested in &self.blocks {
            if let Some(value) = config.get(nested.name) {
                let path = path.clone().attribute(nested.name);
                nested.block.validate_at(value, &path, diagnostics);
            }
        }
    }
}

impl Attribute {
    /// The first rule that the value breaks.
    fn problem(&self, value: &Value, path: AttributePath) -> Option<Diagnostic> {
        match (self.mode, value) {
            (Mode::Computed, Value::Null) => return None,
            (Mode::Computed, _) => return Some(texts::read_only(path)),
            (Mode::Required, Value::Null) => return Some(texts::required(path, self.missing)),
            (_, Value::Null | Value::Unknown) => return None,
            _ => {}
        }
        self.misshapen(value, &self.ty, &path).or_else(|| {
            let problem = self.check.as_ref()?(value).err()?;
            Some(texts::invalid(path, &problem))
        })
    }

    /// White space around a text, or an element of a collection that is null or empty.
    fn misshapen(&self, value: &Value, ty: &Type, path: &AttributePath) -> Option<Diagnostic> {
        match (ty, value) {
            (_, Value::String(text)) if !self.verbatim && text.trim() != text => {
                Some(texts::white_space(path.clone()))
            }
            (Type::List(ty), Value::List(elements)) => {
                let mut elements = elements.iter().enumerate();
                elements.find_map(|(index, element)| {
                    self.element(element, ty, &path.clone().then(element_step(index)))
                })
            }
            // What is inside a set has no address.
            (Type::Set(ty), Value::List(elements)) => elements
                .iter()
                .find_map(|element| self.element(element, ty, path)),
            _ => None,
        }
    }

    fn element(&self, value: &Value, ty: &Type, path: &AttributePath) -> Option<Diagnostic> {
        match value {
            Value::Null => Some(texts::element(path.clone(), "null")),
            Value::String(text) if text.is_empty() => Some(texts::element(path.clone(), "empty")),
            value => self.misshapen(value, ty, path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::schema::{Attr, Set};

    fn block() -> Block {
        let attributes = vec![
            Attribute::new::<String>("name", &[]).required(),
            Attribute::new::<String>("note", &[]).optional(),
            Attribute::new::<String>("token", &[])
                .optional()
                .write_only(),
            Attribute::new::<String>("code", &[]).optional().verbatim(),
            Attribute::new::<Set<String>>("addresses", &[]).optional(),
            Attribute::new::<Vec<Attr<String>>>("hops", &[]).optional(),
            Attribute::new::<String>("id", &[]).computed(),
        ];
        Block::new(&[], attributes, vec![])
    }

    /// The codes and places of what is wrong.
    fn problems(name: &str, value: Value) -> Vec<(&'static str, String)> {
        let mut config = std::collections::BTreeMap::from([("name".to_owned(), "a".into())]);
        config.insert(name.to_owned(), value);
        let mut diagnostics = Diagnostics::new();
        block().validate(&Value::Map(config), &mut diagnostics);
        let found = diagnostics.iter().map(|found| {
            let place = found.attribute().map(ToString::to_string);
            (found.code().unwrap_or_default(), place.unwrap_or_default())
        });
        found.collect()
    }

    #[test]
    fn white_space_around_any_text_is_an_error_that_shows_trimspace() {
        // All that Terraform's own trimspace takes off, and nothing else.
        for space in [
            " ", "\t", "\n", "\r\n", "\u{b}", "\u{85}", "\u{a0}", "\u{2003}",
        ] {
            for text in [format!("{space}a"), format!("a{space}"), space.to_owned()] {
                for name in ["name", "note", "token"] {
                    let found = problems(name, text.as_str().into());
                    assert_eq!(found, [("TF012", name.to_owned())], "{text:?}");
                }
                let set = Value::List(vec!["b".into(), text.as_str().into()]);
                assert_eq!(
                    problems("addresses", set.clone()),
                    [("TF012", "addresses".into())]
                );
                assert_eq!(problems("hops", set), [("TF012", "hops[1]".into())]);
                assert_eq!(problems("code", text.as_str().into()), []);
            }
        }
        for text in ["", "a b", "a\u{200b}"] {
            assert_eq!(problems("note", text.into()), [], "{text:?}");
        }
        let text = texts::white_space(AttributePath::root().attribute("name"));
        assert!(text.detail().contains("trimspace("));
    }

    #[test]
    fn an_element_is_neither_null_nor_empty_and_may_be_unknown() {
        for bad in [Value::Null, "".into()] {
            let elements = Value::List(vec![Value::Unknown, bad]);
            assert_eq!(
                problems("addresses", elements.clone()),
                [("TF013", "addresses".into())]
            );
            assert_eq!(problems("hops", elements), [("TF013", "hops[1]".into())]);
        }
        for valid in [vec![], vec![Value::Unknown, "a".into()]] {
            assert_eq!(problems("addresses", Value::List(valid)), []);
        }
    }

    #[test]
    fn what_is_required_is_not_null() {
        assert_eq!(problems("name", Value::Null), [("TF011", "name".into())]);
        assert_eq!(problems("name", Value::Unknown), []);
    }

    #[test]
    fn a_configured_read_only_attribute_is_an_error_even_before_its_value_is_known() {
        for value in ["x".into(), Value::Unknown] {
            assert_eq!(problems("id", value), [("TF010", "id".into())]);
        }
    }
}
