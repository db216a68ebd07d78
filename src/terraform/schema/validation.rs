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
            let problem = self.validator.as_ref()?(value).err()?;
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
mod tests;
