//! The project's own commands: `cargo xtask <command>` builds what the command needs, and hands over to it.
//!
//! This depends on nothing, so that it speaks within seconds of a fresh clone.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

const HELP: &str = "\
The project's own commands

Usage: cargo xtask <COMMAND> [OPTIONS]

Commands:
  quickstart  Buy a number from the sandbox with Terraform, and give it back
  docs        Write the registry's pages from the provider's schema
  bench       Measure what the provider costs: time, memory, requests
  matrix      Run the acceptance tests with each Terraform version
  fuzz        Feed the decoders with random input
  dist        Build and pack a release

`cargo xtask <COMMAND> --help` lists the options of each.";

const QUICKSTART_HELP: &str = "\
Buy a number from the sandbox with Terraform, and give it back

Usage: cargo xtask quickstart [OPTIONS]

Options:
      --keep     Keep the working directory and the sandbox, for experiments
      --release  Build with optimisations
  -h, --help     Print help";

/// The packages the quickstart consists of, each with a program.
const QUICKSTART: [&str; 3] = [
    "terraform-provider-joonto",
    "joonto-sandbox",
    "joonto-quickstart",
];

/// How long a build may be silent.
const SILENCE: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let asks_for_help = rest.iter().any(|one| one == "--help" || one == "-h");
    // Optimised, since the sandbox and the host are part of what is waited for, and since fuzzing counts on
    // numbers. Help is not worth the wait.
    let profile = |optimised| if asks_for_help { "dev" } else { optimised };
    let outcome = match command.to_str() {
        Some("quickstart") => quickstart(&rest),
        Some(name @ ("docs" | "matrix" | "dist")) => tools("dev", name, &rest),
        Some(name @ "bench") => tools(profile("bench"), name, &rest),
        Some("fuzz") => hand_over(run(profile("fuzz"), "joonto-fuzz-targets").args(&rest)),
        Some("help" | "--help" | "-h") => {
            say(HELP);
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(io::Error::other(HELP)),
    };
    outcome.unwrap_or_else(|error| {
        print_error(&error.to_string());
        ExitCode::FAILURE
    })
}

/// Builds the quickstart in one go, says that it lasts, and runs it.
fn quickstart(arguments: &[OsString]) -> io::Result<ExitCode> {
    let is_known = |one: &&OsString| *one == "--keep" || *one == "--release";
    if let Some(unknown) = arguments.iter().find(|one| !is_known(one)) {
        if unknown == "--help" || unknown == "-h" {
            say(QUICKSTART_HELP);
            return Ok(ExitCode::SUCCESS);
        }
        let unknown = unknown.display();
        return Err(io::Error::other(format!(
            "{QUICKSTART_HELP}\n\nThere is no {unknown}."
        )));
    }
    let has = |flag: &str| arguments.iter().any(|one| one == flag);
    say("\nJoonto quickstart: a phone number from a simulated API, with Terraform\n");
    say("Step 1 of 5: build the provider and the sandbox (two minutes or so the first time)");
    let begin = Instant::now();
    let mut build = cargo();
    build.args(["build", "--bins"]);
    build.args(QUICKSTART.iter().flat_map(|name| ["--package", name]));
    build.args(has("--release").then_some("--release"));
    let mut build = build.spawn()?;
    let mut reported = begin;
    let status = loop {
        if let Some(status) = build.try_wait()? {
            break status;
        }
        if reported.elapsed() > SILENCE {
            reported = Instant::now();
            // Over cargo's progress bar.
            let over = if io::stdout().is_terminal() {
                "\r\x1b[K"
            } else {
                ""
            };
            say(&format!(
                "{over}  step 1 of 5: building for {} s",
                begin.elapsed().as_secs()
            ));
        }
        thread::park_timeout(Duration::from_millis(50));
    };
    if !status.success() {
        return Err(io::Error::other("the quickstart cannot be built"));
    }
    let profile = if has("--release") { "release" } else { "debug" };
    let program = target()?
        .join(profile)
        .join(format!("joonto-quickstart{}", env::consts::EXE_SUFFIX));
    hand_over(Command::new(program).args(has("--keep").then_some("--keep")))
}

/// Runs a command that needs the provider or a heavy library.
fn tools(profile: &str, name: &str, arguments: &[OsString]) -> io::Result<ExitCode> {
    hand_over(run(profile, "joonto-tools").arg(name).args(arguments))
}

/// Builds a package of the workspace, and runs its program.
fn run(profile: &str, package: &str) -> Command {
    let mut command = cargo();
    command.args(["run", "--profile", profile, "--package", package, "--"]);
    command
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
}

/// The directory this program was built into, and everything else is.
fn target() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2);
    target
        .map(Path::to_owned)
        .ok_or_else(|| io::Error::other("there is no target directory"))
}

/// Becomes another program: the one that Ctrl-C reaches, and whose end is the command's.
#[cfg(unix)]
fn hand_over(command: &mut Command) -> io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> io::Result<ExitCode> {
    match command.status()?.success() {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

#[expect(clippy::print_stdout, reason = "a command prints to its terminal")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a command prints to its terminal")]
fn print_error(text: &str) {
    eprintln!("{text}");
}
