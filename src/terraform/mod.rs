//! Terraform's protocol 6 as Rust types.

pub mod consistency;
pub mod path;
pub mod value;
