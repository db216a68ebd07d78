//! What the tests and xtask share: a plugin host in Rust, and the Terraform command line.

pub mod host;
