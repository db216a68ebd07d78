//! Runs each target in a process of its own, and keeps the input that one of them died of.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::Target;
use crate::worker::Effort;

/// Runs the targets, so many at a time, with `program` as [`worker`](crate::worker). Tells `say`
/// how each went.
///
/// # Errors
///
/// If one found something; what it was is said, and kept among its regressions.
pub fn supervise(
    program: &Path,
    targets: &[&Target],
    jobs: usize,
    effort: Effort,
    say: fn(&str),
) -> Result<()> {
    let waiting = Mutex::new(targets.iter().rev().copied().collect::<Vec<_>>());
    let failures = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(target) = next() {
                    if let Err(error) = run(program, target, effort, say) {
                        say(&format!("{}: {error:#}", target.name));
                        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                        failures.push(target.name);
                    }
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if !failures.is_empty() {
        bail!("something was found by {}", failures.join(", "));
    }
    Ok(())
}

fn run(program: &Path, target: &Target, effort: Effort, say: fn(&str)) -> Result<()> {
    let under_way = under_way(target);
    let output = Command::new(program)
        .arg(target.name)
        .arg("--worker")
        .arg(&under_way)
        .arg("--runs")
        .arg(effort.runs.to_string())
        .arg("--seconds")
        .arg(effort.time.as_secs().to_string())
        .arg("--seed")
        .arg(effort.seed.to_string())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    let input = fs::read(&under_way).unwrap_or_default();
    // It may be gone already, and is in the way of nobody.
    let _ = fs::remove_file(&under_way);
    if output.status.success() {
        say(String::from_utf8_lossy(&output.stdout).trim());
        return Ok(());
    }
    let kept = keep(target, &input)?;
    bail!(
        "{}\n{}\nThe input is kept: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim(),
        kept.display()
    );
}

fn under_way(target: &Target) -> PathBuf {
    let name = format!("joonto-fuzz-{}-{}", std::process::id(), target.name);
    std::env::temp_dir().join(name)
}

fn keep(target: &Target, input: &[u8]) -> Result<PathBuf> {
    let directory = target.regressions();
    fs::create_dir_all(&directory)?;
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let path = directory.join(format!("found-{:016x}", hasher.finish()));
    fs::write(&path, input)?;
    Ok(path)
}
