//! Terraform's protocol 6 as Rust types.
