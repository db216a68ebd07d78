//! The command line: hands the provider to the plugin server.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use terraform_provider_joonto::context::SystemClock;
use terraform_provider_joonto::plugin::{
    self, HostEnvironment, MagicCookie, Plugin, PluginInfo, ServeError, ShutdownReason,
};
use terraform_provider_joonto::provider::{self, Joonto, Run, Runs};
use terraform_provider_joonto::terraform::TerraformService;
use tonic::service::Routes;

const INFO: PluginInfo = PluginInfo {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    address: "registry.terraform.io/joonto/joonto",
    app_protocol: 6,
    // Terraform and OpenTofu use the same one for every provider.
    cookie: MagicCookie {
        name: "TF_PLUGIN_MAGIC_COOKIE",
        value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    },
    log_variables: &["TF_LOG_PROVIDER_JOONTO", "TF_LOG_PROVIDER", "TF_LOG"],
};

const BY_HAND: &str = concat!(
    env!("CARGO_PKG_NAME"),
    " ",
    env!("CARGO_PKG_VERSION"),
    ": ",
    env!("CARGO_PKG_DESCRIPTION"),
    "

This program is a plugin that Terraform and OpenTofu start. To install it, add this to your
configuration and run `terraform init`:

    terraform {
      required_providers {
        joonto = {
          source = \"joonto/joonto\"
        }
      }
    }
"
);

const OPTIONS: &str = "
Options:
    --debug                serve until Ctrl-C, and print how to make Terraform use this process
    --purchases [PLACE]    list open purchases with the lines that resolve them; PLACE is a
                           directory, or a bucket as in purchase_journal; by default that of
                           the environment or the working directory
    --version              print the version
    --help                 print this
";

/// What the arguments ask for.
enum Command {
    Serve,
    Debug,
    Purchases(Option<OsString>),
    Version,
    Help,
    Unknown(OsString),
}

impl Command {
    fn parse(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut arguments = arguments.into_iter();
        let Some(first) = arguments.next() else {
            return Self::Serve;
        };
        match (first.to_str(), arguments.next()) {
            (Some("--debug" | "-debug"), None) => Self::Debug,
            (Some("--version" | "-version" | "-V"), None) => Self::Version,
            (Some("--help" | "-help" | "-h"), None) => Self::Help,
            (Some("--purchases" | "-purchases"), place) if arguments.next().is_none() => {
                Self::Purchases(place)
            }
            (_, second) => Self::Unknown(second.unwrap_or(first)),
        }
    }
}

fn main() -> ExitCode {
    plugin::report_panics();
    match Command::parse(env::args_os().skip(1)) {
        Command::Serve => run(plugin::serve, Runs::One(Run::of_parent(&SystemClock))),
        Command::Debug => run(plugin::debug, Runs::Each),
        Command::Purchases(place) => purchases(place),
        Command::Version => print(&format!("{} {}\n", INFO.name, INFO.version)),
        Command::Help => print(&format!("{BY_HAND}{OPTIONS}")),
        Command::Unknown(argument) => {
            let argument = argument.to_string_lossy();
            print_error(&format!("unknown argument: {argument}\n{OPTIONS}"));
            ExitCode::from(2)
        }
    }
}

/// Serves the provider until it ends.
fn run(
    serve: impl FnOnce(Plugin, &HostEnvironment) -> Result<ShutdownReason, ServeError>,
    runs: Runs,
) -> ExitCode {
    let environment = match HostEnvironment::parse(&INFO, env::vars_os()) {
        Ok(environment) => environment,
        Err(error) => return fail(error),
    };
    environment.verbosity().start();
    match serve(the_plugin(runs), &environment) {
        Ok(_) => ExitCode::SUCCESS,
        Err(ServeError::NotStartedByHost) => {
            print_error(BY_HAND);
            ExitCode::FAILURE
        }
        Err(error) => fail(error),
    }
}

/// Returns the provider as a plugin: its services, and what to do when the process ends.
fn the_plugin(runs: Runs) -> Plugin {
    let clock = Arc::new(SystemClock);
    let joonto = Joonto::new(variables(), clock.clone(), runs);
    let server = TerraformService::new(joonto, clock);
    let canceller = server.canceller();
    let on_signal = canceller.clone();
    Plugin::new(INFO, move || Routes::new(server.into_service()))
        .on_signal(move || on_signal.stop_for_good())
        .on_shutdown(move || canceller.stop())
}

/// Returns the variables that the provider reads.
fn variables() -> provider::Environment {
    provider::Environment::capture(
        env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

/// Lists the open purchases of a place, or of the default one.
fn purchases(place: Option<OsString>) -> ExitCode {
    let place = place.as_ref().map(|place| place.to_string_lossy());
    let variables = variables();
    let listing = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| {
            runtime.block_on(provider::open_purchases(&variables, place.as_deref()))
        });
    match listing {
        Ok(listing) => print(&listing),
        Err(error) => fail(format_args!("cannot read the place: {error}")),
    }
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(why: impl Display) -> ExitCode {
    print_error(&format!("{}: {why}\n", INFO.name));
    ExitCode::FAILURE
}

fn print_error(text: &str) {
    // There is no other place to print to.
    let _ = io::stderr().write_all(text.as_bytes());
}
