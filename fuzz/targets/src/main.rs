//! A fuzzer that needs nothing but a stable compiler: `cargo xtask fuzz`.
//!
//! Each target runs in a process of its own, which may die of it: of a panic, even one that is caught further up,
//! as the provider's RPCs do; of a run that allocates more than it may, or takes too long; of an abort or a stack
//! overflow. The input under way is written down before each run, and kept if the process dies.

use std::alloc::System;
use std::fs::{self, File};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser;
use fastrand::Rng;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use targets::mutation::mutated;
use targets::{TARGETS, Target};

/// Counts what is allocated.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How long one run may take: a busy machine counts as well.
const LONGEST_RUN: Duration = Duration::from_secs(20);

/// How many runs this process has behind it.
static RUNS: AtomicU64 = AtomicU64::new(0);

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
    #[arg(long, default_value_t = fastrand::u64(..), hide_default_value = true)]
    seed: u64,
    /// Only write the seeds in fuzz/corpus/ anew
    #[arg(long)]
    write_seeds: bool,
    /// Run one target in this very process, and write down here which input is under way
    #[arg(long, hide = true)]
    worker: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut targets = chosen(&arguments.targets)?.into_iter();
    if arguments.write_seeds {
        return targets.try_for_each(Target::write_seeds);
    }
    if let Some(under_way) = &arguments.worker {
        return targets.try_for_each(|target| work(target, &arguments, under_way));
    }
    let (waiting, found) = (Mutex::new(targets), AtomicU64::new(0));
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    thread::scope(|scope| {
        for _ in 0..arguments.jobs.max(1) {
            scope.spawn(|| {
                while let Some(target) = next() {
                    if let Err(error) = supervise(target, &arguments) {
                        found.fetch_add(1, Ordering::Relaxed);
                        say(&format!("{}: {error:#}", target.name));
                    }
                }
            });
        }
    });
    let found = found.into_inner();
    ensure!(found == 0, "targets that found something: {found}");
    Ok(())
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

/// Runs a target in a process of its own, and keeps the input that this dies of.
fn supervise(target: &Target, arguments: &Arguments) -> Result<()> {
    let name = format!("joonto-fuzz-{}-{}", process::id(), target.name);
    let under_way = std::env::temp_dir().join(name);
    let output = Command::new(std::env::current_exe()?)
        .args([target.name, "--worker"])
        .arg(&under_way)
        .args(["--runs", &arguments.runs.to_string()])
        .args(["--seconds", &arguments.seconds.to_string()])
        .args(["--seed", &arguments.seed.to_string()])
        .output()?;
    let input = fs::read(&under_way);
    // It may never have been there, and is in the way of nobody.
    let _ = fs::remove_file(&under_way);
    if output.status.success() {
        say(String::from_utf8_lossy(&output.stdout).trim());
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = format!("{}\n{}", output.status, said.trim());
    let kept = target.keep(&input.with_context(|| said.clone())?)?;
    bail!("{said}\nThe input is kept: {}", kept.display());
}

/// Runs a target on every input that is kept, and then on new ones.
fn work(target: &Target, arguments: &Arguments, under_way: &Path) -> Result<()> {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        process::abort();
    }));
    thread::spawn(end_when_stuck);
    let kept = target.kept()?;
    let mut file = File::create(under_way).with_context(|| under_way.display().to_string())?;
    let mut random = Rng::with_seed(arguments.seed);
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let (mut runs, mut most) = (0_u64, 0);
    let new = (0..arguments.runs).map_while(|_| (Instant::now() < end).then_some(None));
    let twice = kept.iter().chain(&kept).map(Some);
    for (place, input) in twice.chain(new).enumerate() {
        let input = input.map_or_else(|| mutated(&kept, &mut random), Vec::clone);
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(&input)?;
        let before = ALLOCATOR.stats().bytes_allocated;
        (target.run)(&input);
        RUNS.fetch_add(1, Ordering::Relaxed);
        // What is made once, on first use, is not part of any run.
        if place < kept.len() {
            continue;
        }
        let taken = ALLOCATOR.stats().bytes_allocated - before;
        let (length, allowed) = (input.len(), target.allowance.of(input.len()));
        ensure!(
            taken <= allowed,
            "{taken} bytes allocated for an input of {length}, where {allowed} are allowed"
        );
        (runs, most) = (runs + 1, most.max(taken));
    }
    let (name, seed) = (target.name, arguments.seed);
    say(&format!(
        "{name:16} {runs:>10} runs, at most {most} bytes allocated in one (seed {seed})"
    ));
    Ok(())
}

/// Ends the process once the count of runs does not move any more.
fn end_when_stuck() {
    let mut last = (0, Instant::now());
    loop {
        thread::park_timeout(Duration::from_millis(500));
        let now = RUNS.load(Ordering::Relaxed);
        if now != last.0 {
            last = (now, Instant::now());
        }
        // A panic ends the process.
        assert!(
            last.1.elapsed() < LONGEST_RUN,
            "a run takes longer than {LONGEST_RUN:?}"
        );
    }
}

fn say(text: &str) {
    // There is nobody else to tell.
    let _ = writeln!(io::stdout(), "{text}");
}
