//! What the system tells of a process: `/proc` of Linux, and a C program that stands in for the provider.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tools::cargo;

/// The clock ticks of `/proc/PID/stat`: 100 a second on every Linux there is.
const TICK: Duration = Duration::from_millis(10);

/// The processor time a running process has used so far.
pub(super) fn cpu(pid: u32) -> Result<Duration> {
    let [user, system, ..] = times(&pid.to_string())?;
    // To the nanosecond, but without threads that have ended.
    let threads = fs::read_dir(format!("/proc/{pid}/task"))?;
    let exact: Duration = threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum();
    Ok(exact.max(user + system))
}

/// The processor time of all the processes that this one has started and seen end, and of theirs.
pub(super) fn cpu_of_ended() -> Result<Duration> {
    let [_, _, user, system] = times("self")?;
    Ok(user + system)
}

/// The most resident memory a running process has had, in MiB.
pub(super) fn peak_memory(pid: u32) -> Result<f64> {
    memory(pid, "VmHWM:")
}

/// The resident memory of a running process that is no file's, in MiB.
pub(super) fn own_memory(pid: u32) -> Result<f64> {
    memory(pid, "RssAnon:")
}

fn memory(pid: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = value.and_then(|value| value.split_whitespace().next());
    Ok(kib.context("/proc tells no memory")?.parse::<f64>()? / 1024.0)
}

/// Of the process, in user and system mode; of its children that have ended, in the same modes.
fn times(process: &str) -> Result<[Duration; 4]> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in parentheses, may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || Some(TICK * fields.next()?.parse().ok()?);
    let times = (|| Some([next()?, next()?, next()?, next()?]))();
    times.context("/proc tells no times")
}

/// Compiles a C program of `benches/` into `directory`.
pub(super) fn compile(source: &Path, directory: &Path) -> Result<PathBuf> {
    let name = source.file_stem().context("a program has a name")?;
    let program = directory.join(name);
    let mut compiler = Command::new("cc");
    compiler.arg("-O2").arg("-o").args([&program, source]);
    cargo::succeed(&mut compiler, "compile with cc")?;
    Ok(program)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_uses_time_and_memory() {
        let me = std::process::id();
        let before = cpu(me).expect("a figure");
        let begin = std::time::Instant::now();
        while begin.elapsed() < Duration::from_millis(30) {
            std::hint::black_box(before);
        }
        assert!(cpu(me).expect("a figure") >= before);
        assert!(peak_memory(me).expect("a figure") > 1.0);
        cpu_of_ended().expect("a figure");
    }
}
