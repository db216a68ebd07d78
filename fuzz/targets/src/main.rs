//! A fuzzer that needs nothing but a stable compiler: `cargo xtask fuzz`.

use std::alloc::System;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use targets::supervisor::supervise;
use targets::worker::{self, Effort};
use targets::{TARGETS, Target};

/// Counts what is allocated.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Feed decoders with what nobody should send them
#[derive(Parser)]
#[command(bin_name = "cargo xtask fuzz")]
struct Arguments {
    /// What to fuzz; without any, everything
    targets: Vec<String>,
    /// How long each target is run
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How often each target is run at most
    #[arg(long, default_value_t = u64::MAX)]
    runs: u64,
    /// How many targets are run at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// What makes the inputs what they are: the same again, for the same number
    #[arg(long)]
    seed: Option<u64>,
    /// Only write the seeds in fuzz/corpus/ anew
    #[arg(long)]
    write_seeds: bool,
    /// Run one target in this very process, and write down here which input is under way
    #[arg(long, hide = true)]
    worker: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let targets = chosen(&arguments.targets)?;
    if arguments.write_seeds {
        return targets.iter().try_for_each(|target| target.write_seeds());
    }
    let effort = Effort {
        runs: arguments.runs,
        time: Duration::from_secs(arguments.seconds),
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
    };
    match &arguments.worker {
        Some(under_way) => targets
            .iter()
            .try_for_each(|target| work(target, effort, under_way)),
        None => {
            let program = std::env::current_exe()?;
            supervise(&program, &targets, arguments.jobs, effort, say)
        }
    }
}

fn chosen(names: &[String]) -> Result<Vec<&'static Target>> {
    if names.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let known = TARGETS.map(|target| target.name).join(", ");
    let named =
        |name: &String| targets::named(name).with_context(|| format!("{name} is none of {known}"));
    names.iter().map(named).collect()
}

fn work(target: &Target, effort: Effort, under_way: &Path) -> Result<()> {
    worker::die_of_panics();
    let allocated = || ALLOCATOR.stats().bytes_allocated;
    let (runs, most) = worker::work(target, effort, under_way, allocated)?;
    say(&format!(
        "{:16} {runs:>10} runs, at most {most} bytes allocated in one (seed {})",
        target.name, effort.seed
    ));
    Ok(())
}

fn say(text: &str) {
    // There is nobody else to tell.
    let _ = writeln!(io::stdout(), "{text}");
}
