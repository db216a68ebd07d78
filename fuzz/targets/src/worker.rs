//! Runs one target over and over, in a process that may die of it.
//!
//! Whatever is wrong ends the process: a panic, even one that is caught further up, as the
//! provider's RPCs do; a run that allocates more than it may, or takes too long; an abort or a
//! stack overflow. The input under way is written down before each run, and left for the
//! [`supervisor`](crate::supervisor).

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fastrand::Rng;

use crate::Target;
use crate::mutation::mutated;

/// How long one run may take: a busy machine counts as well.
const LONGEST_RUN: Duration = Duration::from_secs(20);

/// How much to run.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Ends after so many runs, those of the inputs that are kept apart.
    pub runs: u64,
    /// Ends after that long.
    pub time: Duration,
    /// What makes the inputs what they are.
    pub seed: u64,
}

/// Runs a target on every input that is kept, and then on new ones. `allocated` tells how many
/// bytes the process has allocated so far. How many runs there were, and the most that one
/// allocated.
///
/// # Errors
///
/// If the inputs cannot be read, or the one under way not written down in `under_way`.
pub fn work(
    target: &Target,
    effort: Effort,
    under_way: &Path,
    allocated: fn() -> usize,
) -> Result<(u64, usize)> {
    let kept = target.kept()?;
    // What is made once, on first use, is not part of any run.
    for input in &kept {
        (target.run)(input);
    }
    let mut trial = Trial {
        target,
        file: File::create(under_way).with_context(|| under_way.display().to_string())?,
        count: watch_over(target.name),
        allocated,
        most: 0,
    };
    for input in &kept {
        trial.run(input)?;
    }
    let end = Instant::now() + effort.time;
    let mut random = Rng::with_seed(effort.seed);
    for _ in 0..effort.runs {
        if Instant::now() >= end {
            break;
        }
        trial.run(&mutated(&kept, &mut random))?;
    }
    Ok((trial.count.load(Ordering::Relaxed), trial.most))
}

struct Trial<'a> {
    target: &'a Target,
    file: File,
    count: Arc<AtomicU64>,
    allocated: fn() -> usize,
    most: usize,
}

impl Trial<'_> {
    fn run(&mut self, input: &[u8]) -> Result<()> {
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(input)?;
        let before = (self.allocated)();
        (self.target.run)(input);
        let taken = (self.allocated)() - before;
        self.count.fetch_add(1, Ordering::Relaxed);
        self.most = self.most.max(taken);
        let allowed = self.target.allowance.of(input.len());
        if taken > allowed {
            die(&format!(
                "{}: {taken} bytes allocated for an input of {}, where {allowed} are allowed",
                self.target.name,
                input.len()
            ));
        }
        Ok(())
    }
}

/// Makes every panic the end of the process, once it has been reported.
pub fn die_of_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        process::abort();
    }));
}

/// Ends the process when the count of runs does not move any more.
fn watch_over(name: &'static str) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let watched = Arc::clone(&count);
    thread::spawn(move || {
        let mut last = (0, Instant::now());
        loop {
            thread::park_timeout(Duration::from_millis(500));
            let now = watched.load(Ordering::Relaxed);
            if now != last.0 {
                last = (now, Instant::now());
            } else if last.1.elapsed() > LONGEST_RUN {
                die(&format!("{name}: a run takes longer than {LONGEST_RUN:?}"));
            }
        }
    });
    count
}

#[expect(clippy::print_stderr, reason = "the last words of a process")]
fn die(why: &str) -> ! {
    eprintln!("{why}");
    process::abort();
}
