//! The shape of what users write and of what Terraform keeps, and the validators that come with it.

mod collections;
mod model;
mod validation;
mod write_only;

use std::fmt;

use bytes::Bytes;

use crate::proto::tfplugin6::schema::{
    nested_block::NestingMode, object::NestingMode as ObjectNesting,
};
use crate::proto::tfplugin6::{self as wire, StringKind};

use super::value::{Type, Value};

pub use collections::Set;
pub use model::{Accessor, Annotated, AsKnown, Attr, AttrType, Model, Parts};

/// The name of an attribute, which in Rust may have to be `r#type`. For [`model!`](crate::model) alone.
#[doc(hidden)]
#[macro_export]
macro_rules! attribute_name {
    ($name:ident) => {
        $crate::terraform::schema::without_prefix(stringify!($name))
    };
}

/// The name without what makes a keyword a name in Rust.
#[doc(hidden)]
pub const fn without_prefix(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// A validator of one known value; the text says what is wrong with it and what is allowed.
type Validator = Box<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// The user must set it.
    Required,
    /// The user may set it.
    Optional,
    /// The user may set it; otherwise the provider does.
    OptionalComputed,
    /// Only the provider sets it.
    Computed,
}

/// The objects that an attribute holds: one, or a list or a map of them. For what the provider sets: what
/// users write stands in blocks.
#[derive(Debug)]
pub struct Nested {
    nesting: ObjectNesting,
    block: Block,
}

impl Nested {
    /// One object of a block.
    pub fn single(block: Block) -> Self {
        Self {
            nesting: ObjectNesting::Single,
            block,
        }
    }

    /// A collection of such objects.
    fn collected(self, nesting: ObjectNesting) -> Self {
        Self { nesting, ..self }
    }
}

impl From<&Nested> for wire::schema::Object {
    fn from(nested: &Nested) -> Self {
        Self {
            attributes: nested.block.attributes.iter().map(Into::into).collect(),
            nesting: nested.nesting.into(),
            ..Self::default()
        }
    }
}

/// One attribute of a block.
#[must_use]
pub struct Attribute {
    name: &'static str,
    ty: Type,
    nested: Option<Nested>,
    mode: Mode,
    sensitive: bool,
    write_only: bool,
    verbatim: bool,
    replaces: bool,
    missing: &'static str,
    description: String,
    validator: Option<Validator>,
}

impl Attribute {
    /// An attribute of `T` that users may set, described by the lines of a doc comment.
    pub fn new<T: AttrType>(name: &'static str, doc: &[&str]) -> Self {
        Self {
            name,
            ty: T::ty(),
            nested: T::nested(),
            mode: Mode::Optional,
            sensitive: false,
            write_only: false,
            verbatim: false,
            replaces: false,
            missing: "",
            description: paragraph(doc),
            validator: None,
        }
    }

    /// The user must set it.
    pub fn required(mut self) -> Self {
        self.mode = Mode::Required;
        self
    }

    /// The user may set it.
    pub fn optional(mut self) -> Self {
        self.mode = Mode::Optional;
        self
    }

    /// Only the provider sets it.
    pub fn computed(mut self) -> Self {
        self.mode = Mode::Computed;
        self
    }

    /// The user may set it; otherwise the provider does.
    pub fn optional_computed(mut self) -> Self {
        self.mode = Mode::OptionalComputed;
        self
    }

    /// Terraform keeps it out of what it prints.
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// It is used and never stored, which takes Terraform 1.11: an error in older versions. Its
    /// value is in the configuration alone, and null in every object that is planned, made or
    /// read. Only for attributes that users set.
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// White space around its text means nothing, and is taken off where the text is read. Around
    /// any other text it is an error.
    pub fn verbatim(mut self) -> Self {
        self.verbatim = true;
        self
    }

    /// A change from one set value to another makes a new object necessary. `""` is unset.
    pub fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// What to say beyond that it is required, where its value turns out null.
    pub fn missing(mut self, why: &'static str) -> Self {
        self.missing = why;
        self
    }

    /// Every known value the user writes must pass the validator.
    pub fn validator<T: AsKnown + ?Sized + 'static>(
        mut self,
        validator: impl Fn(&T) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.validator = Some(Box::new(move |value| {
            T::of(value).map_or(Ok(()), &validator)
        }));
        self
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Who sets it.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .field("ty", &self.ty)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl From<&Attribute> for wire::schema::Attribute {
    fn from(attribute: &Attribute) -> Self {
        Self {
            name: attribute.name.to_owned(),
            r#type: match attribute.nested {
                // One of the two: Terraform crashes on both.
                Some(_) => Bytes::new(),
                None => attribute.ty.to_json().into(),
            },
            nested_type: attribute.nested.as_ref().map(Into::into),
            description: attribute.description.clone(),
            description_kind: StringKind::Markdown.into(),
            required: attribute.mode == Mode::Required,
            optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
            computed: matches!(attribute.mode, Mode::Computed | Mode::OptionalComputed),
            sensitive: attribute.sensitive,
            write_only: attribute.write_only,
            ..Self::default()
        }
    }
}

/// A block inside a block, at most once.
#[derive(Debug)]
pub struct NestedBlock {
    name: &'static str,
    block: Block,
}

impl NestedBlock {
    /// A block that users may write once.
    pub fn new(name: &'static str, block: Block) -> Self {
        Self { name, block }
    }
}

/// A block of configuration: attributes and further blocks.
#[derive(Debug)]
pub struct Block {
    description: String,
    attributes: Vec<Attribute>,
    blocks: Vec<NestedBlock>,
}

impl Block {
    /// A block described by the lines of a doc comment.
    pub fn new(doc: &[&str], attributes: Vec<Attribute>, blocks: Vec<NestedBlock>) -> Self {
        Self {
            description: paragraph(doc),
            attributes,
            blocks,
        }
    }

    /// The type of the objects this block describes.
    pub fn ty(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|a| (a.name.into(), a.ty.clone()));
        let blocks = self.blocks.iter().map(|b| (b.name.into(), b.block.ty()));
        Type::Object(attributes.chain(blocks).collect())
    }

    /// Its attributes, in the order they were declared.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The attributes whose change from `prior` to `planned` makes a new object necessary.
    pub(super) fn replaced<'a>(
        &'a self,
        prior: &'a Value,
        planned: &'a Value,
    ) -> impl Iterator<Item = &'static str> + 'a {
        let set = |object: &'a Value, name| {
            let value = object.get(name);
            value.filter(|value| !value.is_null() && value.as_str() != Some(""))
        };
        let replaces = self
            .attributes
            .iter()
            .filter(|attribute| attribute.replaces);
        replaces.map(Attribute::name).filter(move |name| {
            let values = set(prior, name).zip(set(planned, name));
            values.is_some_and(|(prior, planned)| prior != planned)
        })
    }

    /// The configuration with every attribute that the provider sets, and the user did not,
    /// unknown.
    pub(super) fn with_computed_unknown(&self, mut config: Value) -> Value {
        if let Value::Map(object) = &mut config {
            for attribute in &self.attributes {
                if let (Mode::Computed | Mode::OptionalComputed, Some(value @ Value::Null)) =
                    (attribute.mode, object.get_mut(attribute.name))
                {
                    *value = Value::Unknown;
                }
            }
        }
        config
    }

    /// The configuration that would bring about `state`: what the user may set, and is set.
    pub(super) fn configuration_of(&self, state: &Value) -> Value {
        let kept = |attribute: &Attribute| match state.get(attribute.name) {
            None | Some(Value::Unknown) => Value::Null,
            Some(_) if attribute.mode == Mode::Computed || attribute.write_only => Value::Null,
            Some(Value::String(text)) if text.is_empty() && attribute.mode != Mode::Required => {
                Value::Null
            }
            Some(value) => value.clone(),
        };
        let attributes = self.attributes.iter().map(|a| (a.name.into(), kept(a)));
        let blocks = self.blocks.iter().map(|nested| {
            let value = match state.get(nested.name) {
                Some(object @ Value::Map(_)) => nested.block.configuration_of(object),
                _ => Value::Null,
            };
            (nested.name.into(), value)
        });
        Value::Map(attributes.chain(blocks).collect())
    }
}

impl From<&Block> for wire::schema::Block {
    fn from(block: &Block) -> Self {
        Self {
            attributes: block.attributes.iter().map(Into::into).collect(),
            block_types: block
                .blocks
                .iter()
                .map(|nested| wire::schema::NestedBlock {
                    type_name: nested.name.to_owned(),
                    block: Some((&nested.block).into()),
                    nesting: NestingMode::Single.into(),
                    ..Default::default()
                })
                .collect(),
            description: block.description.clone(),
            description_kind: StringKind::Markdown.into(),
            ..Self::default()
        }
    }
}

/// A block together with the version of the objects stored for it.
#[derive(Debug)]
pub struct Schema {
    version: i64,
    block: Block,
    ty: Type,
}

impl Schema {
    /// The schema of objects of `version`.
    pub fn new(version: i64, block: Block) -> Self {
        let ty = block.ty();
        Self { version, block, ty }
    }

    /// The outermost block.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// The type of the objects the schema describes.
    pub fn ty(&self) -> &Type {
        &self.ty
    }
}

impl From<&Schema> for wire::Schema {
    fn from(schema: &Schema) -> Self {
        Self {
            version: schema.version,
            block: Some((&schema.block).into()),
        }
    }
}

/// The text of a doc comment: lines joined, blank lines between paragraphs kept.
fn paragraph(doc: &[&str]) -> String {
    let mut text = String::new();
    for line in doc.iter().map(|line| line.trim()) {
        if line.is_empty() {
            text.push_str("\n\n");
            continue;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push(' ');
        }
        text.push_str(line);
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_comments_become_paragraphs() {
        assert_eq!(
            paragraph(&[" One", " line.", "", " Another."]),
            "One line.\n\nAnother."
        );
    }

    #[test]
    fn the_configuration_of_a_state_leaves_out_what_only_the_provider_sets() {
        let block = Block::new(
            &[],
            vec![
                Attribute::new::<String>("kind", &[]).required(),
                Attribute::new::<String>("route", &[]).optional_computed(),
                Attribute::new::<String>("order_id", &[]).computed(),
            ],
            vec![],
        );
        let text = |text: &str| Value::String(text.to_owned());
        let state = Value::object([
            ("kind", text("iot")),
            ("route", text("")),
            ("order_id", text("J-1")),
        ]);
        let config = block.configuration_of(&state);
        assert_eq!(config.get("kind"), Some(&text("iot")));
        assert_eq!(config.get("route"), Some(&Value::Null));
        assert_eq!(config.get("order_id"), Some(&Value::Null));
    }
}
