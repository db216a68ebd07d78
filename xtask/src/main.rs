//! The project's own commands: `cargo xtask <command>`.

mod bench;
mod build;
mod docs;
mod fuzz;
mod matrix;
mod quickstart;

use std::ffi::OsString;
use std::sync::Arc;

use anyhow::Result;
use clap::{Parser, Subcommand};
use terraform_provider_joonto::proto::tfplugin6::{
    get_provider_schema, provider_server::Provider as _,
};
use terraform_provider_joonto::provider::{Environment, Joonto, Runs};
use terraform_provider_joonto::terraform::Server;
use terraform_provider_joonto::wait::{Clock, SystemClock};
use tonic::Request;
use xtask::{dist, project, say};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Buy a number from the sandbox with Terraform, and give it back
    Quickstart(quickstart::Arguments),
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
    /// Feed the decoders with what nobody should send them
    #[command(disable_help_flag = true)]
    Fuzz {
        /// What the fuzzer is told: --help says what there is
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Build and pack a release
    Dist(dist::Arguments),
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Quickstart(arguments) => quickstart::run(&arguments),
        Command::Docs { check } => docs::run(project()?, &schema()?, check),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Matrix(arguments) => matrix::run(&arguments),
        Command::Fuzz { arguments } => fuzz::run(project()?, &arguments),
        Command::Dist(arguments) => dist::run(project()?, &arguments),
    }
}

/// The provider's schema, as it tells it to Terraform.
fn schema() -> Result<get_provider_schema::Response> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let provider = Joonto::new(Environment::default(), Arc::clone(&clock), Runs::Each);
    let server = Server::new(provider, clock);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let request = get_provider_schema::Request::default();
    let answer = runtime.block_on(server.get_provider_schema(Request::new(request)))?;
    Ok(answer.into_inner())
}
