//! Which Terraform command this process serves.
//!
//! Terraform starts several provider processes for one command. Purchases of one command never
//! concern each other, so a record names its run: the parent process, distinguished by its id, the
//! time it started, and the boot of the machine.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::context::Clock;

/// The name of a run: 12 lower-case letters and digits.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RunId(String);

impl RunId {
    /// Reads the name of a run, as records and the user write it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = text.len() == 12
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
        is_name.then(|| Self(text.to_owned()))
    }

    pub(super) fn of(parts: &[&str]) -> Self {
        Self(hash(parts, 6))
    }

    /// What records and the user's line call the part of a run that works with one account.
    #[must_use]
    pub fn of_account(&self, account: &str) -> Self {
        Self::of(&["account", &self.0, account])
    }

    /// What the user's line calls the run's unconfirmed purchases.
    #[must_use]
    pub fn unconfirmed(&self) -> Self {
        Self::of(&["unconfirmed", &self.0])
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A point in time that two processes of one machine can compare whatever its clock does.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Moment {
    /// By the machine's clock, in seconds since 1970.
    utc: i64,
    /// The boot of the machine and the milliseconds since, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    boot: Option<(String, u64)>,
}

impl Moment {
    /// Whether this is later than `other`; by the machine's uptime if both are of one boot.
    fn is_after(&self, other: &Self) -> bool {
        match (&self.boot, &other.boot) {
            (Some((this, at)), Some((that, then))) if this == that => at > then,
            _ => self.utc > other.utc,
        }
    }
}

/// One Terraform command.
#[derive(Clone, Debug)]
pub struct Run {
    id: RunId,
    began: Moment,
}

impl Run {
    /// A run of that name, which began then. For tests, and where no parent can be read.
    #[must_use]
    pub fn new(id: RunId, began: OffsetDateTime) -> Self {
        let began = Moment {
            utc: began.unix_timestamp(),
            boot: None,
        };
        Self { id, began }
    }

    /// The command whose process started this one. Without a readable parent, this process is a
    /// run of its own.
    #[must_use]
    pub fn of_parent(clock: &dyn Clock) -> Self {
        system::parent(clock.utc()).unwrap_or_else(|| Self::of_its_own(clock))
    }

    /// A run that nothing else belongs to.
    #[must_use]
    pub fn of_its_own(clock: &dyn Clock) -> Self {
        let now = clock.utc();
        let process = std::process::id().to_string();
        let nanoseconds = now.unix_timestamp_nanos().to_string();
        Self {
            began: Moment {
                utc: now.unix_timestamp(),
                boot: system::boot(),
            },
            ..Self::new(RunId::of(&["own", &process, &nanoseconds]), now)
        }
    }

    /// The part of the command that works with one account.
    pub(super) fn of_account(self, account: &str) -> Self {
        Self {
            id: self.id.of_account(account),
            ..self
        }
    }

    /// The run's name.
    #[must_use]
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Whether the command began after `moment`.
    pub(super) fn began_after(&self, moment: &Moment) -> bool {
        self.began.is_after(moment)
    }

    /// A time by the machine's clock alone.
    pub(super) fn at(&self, utc: OffsetDateTime) -> Moment {
        Moment {
            utc: utc.unix_timestamp(),
            boot: None,
        }
    }

    /// The present, comparable to when runs began.
    pub(super) fn now(&self, utc: OffsetDateTime) -> Moment {
        Moment {
            utc: utc.unix_timestamp(),
            // One process lives in one boot.
            boot: self
                .began
                .boot
                .as_ref()
                .and_then(|(boot, _)| Some((boot.clone(), system::uptime()?))),
        }
    }
}

/// Which run a configuration belongs to.
#[derive(Clone, Debug)]
pub enum Runs {
    /// Every configuration belongs to this one.
    One(Run),
    /// Each configuration is a run: in debug mode one process serves many commands.
    Each,
}

impl Runs {
    /// The run of a configuration that comes now.
    pub(in crate::provider) fn next(&self, clock: &dyn Clock) -> Run {
        match self {
            Self::One(run) => run.clone(),
            Self::Each => Run::of_its_own(clock),
        }
    }
}

/// The first bytes of a hash over `parts`, as hexadecimal digits.
pub(super) fn hash(parts: &[&str], bytes: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize();
    hash.iter()
        .take(bytes)
        .map(|b| format!("{b:02x}"))
        .collect()
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    use rustix::time::{ClockId, clock_gettime};

    use super::{Duration, Moment, OffsetDateTime, Run, RunId};

    /// The kernel counts process times in hundredths of a second, on every architecture.
    const TICK_MILLISECONDS: u64 = 10;

    pub(super) fn parent(now_utc: OffsetDateTime) -> Option<Run> {
        let parent = std::os::unix::process::parent_id();
        let started = started_at(&fs::read_to_string(format!("/proc/{parent}/stat")).ok()?)?;
        let (boot, now) = boot()?;
        let ago = Duration::from_millis(now.saturating_sub(started));
        let id = RunId::of(&[&parent.to_string(), &started.to_string(), &boot]);
        Some(Run {
            id,
            began: Moment {
                utc: (now_utc - ago).unix_timestamp(),
                boot: Some((boot, started)),
            },
        })
    }

    /// When a process started, in milliseconds since the boot: the 22nd field of its `stat`. The
    /// second, its name in parentheses, may hold anything.
    fn started_at(stat: &str) -> Option<u64> {
        let (_, behind_name) = stat.rsplit_once(')')?;
        let ticks: u64 = behind_name.split_ascii_whitespace().nth(19)?.parse().ok()?;
        Some(ticks * TICK_MILLISECONDS)
    }

    /// The boot of the machine, and the milliseconds since.
    pub(super) fn boot() -> Option<(String, u64)> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some((boot.trim().to_owned(), uptime()?))
    }

    /// The milliseconds since the boot: by the clock that process times are counted by, time that
    /// the machine was suspended included.
    pub(super) fn uptime() -> Option<u64> {
        let now = clock_gettime(ClockId::Boottime);
        let now = Duration::try_from(now).ok()?;
        u64::try_from(now.as_millis()).ok()
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn the_start_of_a_process_is_read_behind_any_name() {
            let stat = "42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 9876 20";
            assert_eq!(super::started_at(stat), Some(98_760));
            assert_eq!(super::started_at("42 (short) S 1"), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    use super::{Duration, OffsetDateTime, Run, RunId};

    pub(super) fn parent(_: OffsetDateTime) -> Option<Run> {
        let own = sysinfo::get_current_pid().ok()?;
        let parent = process(own, |process| process.parent())??;
        let started = process(parent, |process| process.start_time())?;
        let id = RunId::of(&[&parent.to_string(), &started.to_string()]);
        let began = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(started);
        Some(Run::new(id, began))
    }

    fn process<T>(pid: Pid, read: impl FnOnce(&sysinfo::Process) -> T) -> Option<T> {
        let mut system = System::new().ok()?;
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[pid]),
            false,
            ProcessRefreshKind::nothing(),
        );
        system.process(pid).map(read)
    }

    pub(super) fn boot() -> Option<(String, u64)> {
        None
    }

    pub(super) fn uptime() -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::SystemClock;

    #[test]
    fn all_processes_of_one_parent_are_one_run() {
        let (one, other) = (Run::of_parent(&SystemClock), Run::of_parent(&SystemClock));
        assert_eq!(one.id(), other.id());
        assert_eq!(RunId::parse(one.id().as_str()).as_ref(), Some(one.id()));
        assert_ne!(Run::of_its_own(&SystemClock).id(), one.id());
    }

    #[test]
    fn a_command_begins_before_what_is_written_during_it() {
        let run = Run::of_parent(&SystemClock);
        let now = run.now(SystemClock.utc());
        assert!(!run.began_after(&now));
    }

    #[test]
    fn uptime_decides_on_one_boot_and_the_clock_between_two() {
        let moment = |utc, boot: &str, at| Moment {
            utc,
            boot: Some((boot.to_owned(), at)),
        };
        assert!(moment(5, "a", 20).is_after(&moment(9, "a", 10)));
        assert!(!moment(9, "a", 10).is_after(&moment(5, "a", 20)));
        assert!(moment(9, "b", 10).is_after(&moment(5, "a", 20)));
    }

    #[test]
    fn the_name_of_a_run_is_twelve_letters_and_digits() {
        for text in [
            "",
            "abc",
            "ABCDEF012345",
            "abcdef01234",
            "abcdef0123456",
            "abcdef-12345",
        ] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
        assert!(RunId::parse("k3v9qx2m7t4b").is_some());
    }
}
