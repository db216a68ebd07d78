//! A fuzzer that needs nothing but a stable compiler: `cargo xtask fuzz`. Long runs are for cargo-fuzz.
//!
//! It ends at the first thing it finds: a panic, even one that is caught further up, as the provider's RPCs do; a run
//! that allocates more than it may, or takes too long; an abort or a stack overflow. The input under way is written
//! down before each run, and stays there when the process dies.

use std::alloc::System;
use std::fs::{self, File};
use std::io::{self, Seek as _, Write as _};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
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

/// Feed the decoders with random input
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
    /// Seed of the random inputs: the same number gives the same inputs
    #[arg(long, default_value_t = fastrand::u64(..), hide_default_value = true)]
    seed: u64,
    /// Only write the seeds in fuzz/corpus/ again
    #[arg(long)]
    write_seeds: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut targets = chosen(&arguments.targets)?.into_iter();
    if arguments.write_seeds {
        return targets.try_for_each(Target::write_seeds);
    }
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        process::abort();
    }));
    thread::spawn(end_when_stuck);
    targets.try_for_each(|target| fuzz(target, &arguments))
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

/// Runs a target on every input that is kept, and then on new ones.
fn fuzz(target: &Target, arguments: &Arguments) -> Result<()> {
    let (name, seed) = (target.name, arguments.seed);
    let under_way = std::env::temp_dir().join(format!("joonto-fuzz-{}-{name}", process::id()));
    say(&format!(
        "{name}: seed {seed}, the input under way is in {}",
        under_way.display()
    ));
    let kept = target.kept()?;
    let mut file = File::create(&under_way)?;
    let mut random = Rng::with_seed(seed);
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
    fs::remove_file(&under_way)?;
    say(&format!(
        "{name}: {runs} runs, at most {most} bytes allocated in one"
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
