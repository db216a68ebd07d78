//! What the system tells of a process, where there is a `/proc`.

use std::fs;
use std::time::Duration;

/// The clock ticks of `/proc/PID/stat`: 100 a second on every Linux there is.
const TICK: Duration = Duration::from_millis(10);

/// The processor time a running process has used so far.
pub(super) fn cpu(pid: u32) -> Option<Duration> {
    let ticks = times(&pid.to_string())?;
    let whole = ticks[0] + ticks[1];
    // To the nanosecond, but without threads that have ended.
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let exact = threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum();
    Some(whole.max(exact))
}

/// The processor time of all the processes that this one has started and seen end, and of theirs.
pub(super) fn cpu_of_ended() -> Option<Duration> {
    let ticks = times("self")?;
    Some(ticks[2] + ticks[3])
}

/// The most resident memory a running process has had.
pub(super) fn peak_memory(pid: u32) -> Option<u64> {
    in_status(pid, "VmHWM:")
}

/// The resident memory a process has now.
pub(super) fn resident_memory(pid: u32) -> Option<u64> {
    in_status(pid, "VmRSS:")
}

fn in_status(pid: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Of the process, in user and system mode; of its children that have ended, in the same modes.
fn times(process: &str) -> Option<[Duration; 4]> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || Some(TICK * fields.next()?.parse().ok()?);
    Some([next()?, next()?, next()?, next()?])
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
        assert!(peak_memory(me) >= resident_memory(me).map(|now| now / 2));
        assert!(cpu_of_ended().is_some());
    }
}
