//! Resource identity: what names an object wherever it is kept, from Terraform 1.12 on.
//!
//! An identity here is one text, which is also what the object can be imported by. It is read
//! off the object itself, so it can neither be forgotten nor differ from it.

use super::diagnostics::Diagnostic;
use super::texts;
use super::value::{Type, Value, decode, encode, json};
use crate::proto::tfplugin6 as wire;
use wire::resource_identity_schema::IdentityAttribute;

/// What identifies the objects of a resource type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IdentitySchema {
    /// The name of its one attribute.
    pub attribute: &'static str,
    /// The attribute of the object that it is read off.
    pub of: &'static str,
    /// What that is.
    pub description: &'static str,
}

impl IdentitySchema {
    /// The identity of an object, once it has one.
    pub(super) fn of<'a>(&self, object: &'a Value) -> Option<&'a str> {
        let text = object.get(self.of).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    fn ty(&self) -> Type {
        Type::object([(self.attribute, Type::String)])
    }

    /// The schema as the wire has it.
    pub(super) fn schema(&self) -> wire::ResourceIdentitySchema {
        wire::ResourceIdentitySchema {
            version: 0,
            identity_attributes: vec![IdentityAttribute {
                name: self.attribute.to_owned(),
                r#type: Type::String.to_json().into(),
                required_for_import: true,
                optional_for_import: false,
                description: self.description.to_owned(),
            }],
        }
    }

    /// An identity as the wire has it.
    pub(super) fn write(&self, value: Value) -> Result<wire::ResourceIdentityData, Diagnostic> {
        let identity = Value::object([(self.attribute, value)]);
        Ok(wire::ResourceIdentityData {
            identity_data: Some(encode(&identity, &self.ty(), "identity")?),
        })
    }

    /// The text of an identity that Terraform sent.
    pub(super) fn read(&self, data: &wire::ResourceIdentityData) -> Result<String, Diagnostic> {
        let identity = decode(
            data.identity_data.as_ref(),
            &self.ty(),
            "identity",
            self.attribute,
        )?;
        match identity.get(self.attribute).and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => Err(texts::incomplete_identity(self.attribute)),
        }
    }

    /// An identity of the state file, in the form of the wire. Attributes that the schema does
    /// not have are dropped.
    pub(super) fn upgrade(&self, stored: &[u8]) -> Result<wire::ResourceIdentityData, Diagnostic> {
        let unreadable = |_| texts::unreadable_identity();
        let identity = json::decode_state(stored, &self.ty()).map_err(unreadable)?;
        let text = identity.get(self.attribute).cloned();
        self.write(text.unwrap_or(Value::Null))
    }
}
