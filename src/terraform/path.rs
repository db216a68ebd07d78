//! Where in an object something is: the address a diagnostic points at.

use std::fmt::{self, Write as _};

use crate::proto::tfplugin6 as proto;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into an attribute or a block of an object.
    Attribute(String),
    /// Into an element of a map.
    Key(String),
    /// Into an element of a list or a tuple.
    Index(i64),
}

/// The way from an object to a value inside it.
///
/// It displays as Terraform writes it: `timeouts.create`, `rules[0]`, `tags["owner"]`. The
/// elements of a set have no address: what concerns one of them has the path of the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AttributePath(Vec<Step>);

impl AttributePath {
    /// The whole object.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// This path, then into an attribute.
    #[must_use]
    pub fn attribute(self, name: impl Into<String>) -> Self {
        self.then(Step::Attribute(name.into()))
    }

    /// This path, then into an element of a map.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.then(Step::Key(key.into()))
    }

    /// This path, then into an element of a list.
    #[must_use]
    pub fn index(self, index: i64) -> Self {
        self.then(Step::Index(index))
    }

    /// This path, then one more step.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// The path that starts with `step` and goes on as this one.
    #[must_use]
    pub fn inside(mut self, step: Step) -> Self {
        self.0.insert(0, step);
        self
    }

    /// The steps, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the whole object.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Step>> for AttributePath {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write_key(f, key)?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Writes a map key as a quoted string of Terraform's language, on one line whatever it holds.
fn write_key(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    f.write_str("[\"")?;
    for character in key.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            other if other.is_control() => write!(f, "\\u{:04x}", u32::from(other))?,
            other => f.write_char(other)?,
        }
    }
    f.write_str("\"]")
}

impl From<&AttributePath> for proto::AttributePath {
    fn from(path: &AttributePath) -> Self {
        use proto::attribute_path::step::Selector;

        let steps = path.0.iter().map(|step| proto::attribute_path::Step {
            selector: Some(match step {
                Step::Attribute(name) => Selector::AttributeName(name.clone()),
                Step::Key(key) => Selector::ElementKeyString(key.clone()),
                Step::Index(index) => Selector::ElementKeyInt(*index),
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
        assert_eq!(root().attribute("a").index(0).to_string(), "a[0]");
        assert_eq!(root().attribute("m").key("k").to_string(), r#"m["k"]"#);
        assert_eq!(
            root()
                .attribute("rules")
                .index(2)
                .attribute("to")
                .to_string(),
            "rules[2].to"
        );
        assert_eq!(root().to_string(), "");
    }

    #[test]
    fn a_key_is_quoted_so_that_it_cannot_break_the_line() {
        let path = AttributePath::root().attribute("m").key("a\"b\\c\nd\u{1}");
        assert_eq!(path.to_string(), r#"m["a\"b\\c\nd\u0001"]"#);
    }

    #[test]
    fn an_error_found_deep_inside_gains_its_outer_steps_on_the_way_up() {
        let path = AttributePath::root()
            .inside(Step::Attribute("create".into()))
            .inside(Step::Attribute("timeouts".into()));
        assert_eq!(path.to_string(), "timeouts.create");
        assert!(!path.is_root());
    }

    #[test]
    fn each_kind_of_step_has_its_own_field_on_the_wire() {
        use proto::attribute_path::step::Selector;

        let path = AttributePath::root().attribute("a").key("k").index(-1);
        let wire = proto::AttributePath::from(&path);
        let selectors: Vec<_> = wire.steps.into_iter().map(|step| step.selector).collect();
        assert_eq!(
            selectors,
            [
                Some(Selector::AttributeName("a".into())),
                Some(Selector::ElementKeyString("k".into())),
                Some(Selector::ElementKeyInt(-1)),
            ]
        );
    }
}
