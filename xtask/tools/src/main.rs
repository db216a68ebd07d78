//! What `cargo xtask` starts for the commands that need the provider or a heavy library.

mod bench;
mod docs;
mod matrix;

use std::sync::Arc;

use anyhow::Result;
use clap::Parser;
use terraform_provider_joonto::context::{Clock, SystemClock};
use terraform_provider_joonto::proto::tfplugin6::{
    get_provider_schema, provider_server::Provider as _,
};
use terraform_provider_joonto::provider::{Environment, Joonto, Runs};
use terraform_provider_joonto::terraform::TerraformService;
use tonic::Request;
use tools::{dist, project, say};

#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Command {
    /// Write the registry's pages from the provider's schema
    Docs {
        /// Only fail if a page would change
        #[arg(long)]
        check: bool,
    },
    /// Measure what the provider costs: time, memory, requests
    Bench(bench::Arguments),
    /// Run the acceptance tests with each Terraform version
    Matrix(matrix::Arguments),
    /// Build and pack a release
    Dist(dist::Arguments),
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Docs { check } => docs::run(project()?, &schema()?, check),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Matrix(arguments) => matrix::run(&arguments),
        Command::Dist(arguments) => dist::run(project()?, &arguments),
    }
}

/// The provider's schema, as it tells it to Terraform.
fn schema() -> Result<get_provider_schema::Response> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let provider = Joonto::new(Environment::default(), Arc::clone(&clock), Runs::Each);
    let server = TerraformService::new(provider, clock);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let request = get_provider_schema::Request::default();
    let response = runtime.block_on(server.get_provider_schema(Request::new(request)))?;
    Ok(response.into_inner())
}
