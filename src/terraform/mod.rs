//! Terraform's provider protocol, version 6, as Rust types.
//!
//! A provider is written against [`Provider`], [`Resource`], [`DataSource`], [`ListResource`],
//! [`Action`] and [`Function`], which deal in typed objects declared with [`model!`](crate::model). Everything between those and the wire happens here:
//! decoding, the checks a schema implies, the rules Terraform holds a response to, panics.
//! This room knows nothing of Joonto.

pub mod action;
pub mod consistency;
pub mod data_source;
pub mod diagnostics;
pub mod duration;
pub mod failure;
pub mod function;
pub mod identity;
pub mod invocation;
pub mod list_resource;
pub mod object;
pub mod offered;
pub mod path;
pub mod provider;
mod registry;
pub mod resource;
pub mod schema;
mod server;
mod texts;
pub mod value;

pub use action::Action;
pub use data_source::DataSource;
pub use diagnostics::{Diagnostic, Diagnostics};
pub use function::Function;
pub use invocation::Invocation;
pub use list_resource::ListResource;
pub use path::AttributePath;
pub use provider::{Configuration, Provider};
pub use resource::Resource;
pub use schema::Attr;
pub use server::{MAX_MESSAGE_SIZE, TerraformService};
pub use value::{Type, Value};
