//! Where in an object something is: the address a diagnostic points at.

use std::borrow::Cow;
use std::fmt;

use crate::proto::tfplugin6 as proto;

/// The name of an attribute, or the key of a map. Those of a schema are borrowed, so values and
/// paths of its objects copy no names.
pub type Name = Cow<'static, str>;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// Into an attribute or a block of an object.
    Attribute(Name),
    /// Into an element of a list.
    Index(i64),
}

/// The way from an object to a value inside it.
///
/// It displays as Terraform writes it: `timeouts.create`, `rules[0]`. The elements of a set have no
/// address: what concerns one of them has the path of the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct AttributePath(Vec<PathStep>);

impl AttributePath {
    /// The whole object.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path, then into an attribute.
    pub fn attribute(self, name: impl Into<Name>) -> Self {
        self.then(PathStep::Attribute(name.into()))
    }

    /// This path, then one more step.
    pub fn then(mut self, step: PathStep) -> Self {
        self.0.push(step);
        self
    }

    /// The path that starts with `step` and goes on as this one.
    pub fn inside(mut self, step: PathStep) -> Self {
        self.0.insert(0, step);
        self
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// Whether this is the whole object.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<PathStep>> for AttributePath {
    fn from(steps: Vec<PathStep>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Attribute(name) if position == 0 => f.write_str(name)?,
                PathStep::Attribute(name) => write!(f, ".{name}")?,
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl From<&AttributePath> for proto::AttributePath {
    fn from(path: &AttributePath) -> Self {
        use proto::attribute_path::step::Selector;

        let steps = path.0.iter().map(|step| proto::attribute_path::Step {
            selector: Some(match step {
                PathStep::Attribute(name) => Selector::AttributeName(name.to_string()),
                PathStep::Index(index) => Selector::ElementKeyInt(*index),
            }),
        });
        Self {
            steps: steps.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_terraform_writes_it() {
        let root = AttributePath::root;
        assert_eq!(
            root().attribute("timeouts").attribute("create").to_string(),
            "timeouts.create"
        );
        let rule = root().attribute("rules").then(PathStep::Index(2));
        assert_eq!(rule.to_string(), "rules[2]");
        assert_eq!(rule.attribute("to").to_string(), "rules[2].to");
        assert_eq!(root().to_string(), "");
    }

    #[test]
    fn an_error_found_deep_inside_gains_its_outer_steps_on_the_way_up() {
        let path = AttributePath::root()
            .inside(PathStep::Attribute("create".into()))
            .inside(PathStep::Attribute("timeouts".into()));
        assert_eq!(path.to_string(), "timeouts.create");
        assert!(!path.is_root());
    }

    #[test]
    fn each_kind_of_step_has_its_own_field_on_the_wire() {
        use proto::attribute_path::step::Selector;

        let path = AttributePath::root()
            .attribute("a")
            .then(PathStep::Index(1));
        let wire = proto::AttributePath::from(&path);
        let selectors: Vec<_> = wire.steps.into_iter().map(|step| step.selector).collect();
        assert_eq!(
            selectors,
            [
                Some(Selector::AttributeName("a".into())),
                Some(Selector::ElementKeyInt(1)),
            ]
        );
    }
}
