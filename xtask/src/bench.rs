//! How long the provider takes to start, beside a program that does nothing but print.
//!
//! Terraform starts a provider several times per command and waits for its handshake line each
//! time, so this is what every user pays. The two are started in turn: whatever else the machine
//! is busy with slows both.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use harness::host::Launch;

/// How often each program is started.
const ROUNDS: usize = 200;

/// Builds the release binary, measures its start, and prints the figures.
///
/// # Errors
///
/// The provider cannot be built, or does not start.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in the workspace")?;
    let provider = build_provider(root)?;
    let directory = tempfile::tempdir()?;
    let yardstick = compile(&root.join("benches/print.c"), directory.path());
    let figures = measure(&provider, yardstick.as_deref(), directory.path())?;
    let mut out = io::stdout().lock();
    write!(out, "{figures}")?;
    let bytes = std::fs::metadata(&provider)?.len();
    writeln!(
        out,
        "binary, stripped               {:>7.2} MiB",
        mib(bytes)
    )?;
    Ok(())
}

fn build_provider(root: &Path) -> anyhow::Result<PathBuf> {
    const NAME: &str = "terraform-provider-joonto";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
        ])
        .args(["--package", NAME, "--bin", NAME])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    ensure!(built.status.success(), "the provider cannot be built");
    built
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok())
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .context("cargo does not say where the provider is")
}

/// Compiles the program to compare with, where there is a C compiler.
fn compile(source: &Path, directory: &Path) -> Option<PathBuf> {
    let program = directory.join("print");
    let compiled = Command::new("cc")
        .arg("-O2")
        .arg("-o")
        .args([&program, source])
        .status();
    compiled
        .is_ok_and(|status| status.success())
        .then_some(program)
}

/// What was measured.
struct Figures {
    provider: Sample,
    yardstick: Option<Sample>,
    resident: Option<u64>,
}

fn measure(provider: &Path, yardstick: Option<&Path>, directory: &Path) -> anyhow::Result<Figures> {
    let mut figures = Figures {
        provider: Sample::default(),
        yardstick: yardstick.map(|_| Sample::default()),
        resident: None,
    };
    let launch = Launch::new(provider).env("TMPDIR", directory);
    let mut resident = Vec::new();
    for _ in 0..ROUNDS {
        let started = start(launch.command())?;
        ensure!(
            started
                .line
                .split('|')
                .nth(5)
                .is_some_and(|certificate| certificate.len() > 50),
            "the provider serves without TLS: {:?}",
            started.line
        );
        figures.provider.0.push(started.after);
        resident.extend(resident_memory(started.child.0.id()));
        drop(started);
        if let (Some(program), Some(sample)) = (yardstick, &mut figures.yardstick) {
            sample.0.push(start(Command::new(program))?.after);
        }
    }
    resident.sort_unstable();
    figures.resident = resident.get(resident.len() / 2).copied();
    Ok(figures)
}

/// A program that has printed its line.
struct Started {
    child: Ended,
    after: Duration,
    line: String,
}

/// A process that ends with this value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Either it is gone already or it goes now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(mut command: Command) -> anyhow::Result<Started> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let start = Instant::now();
    let mut child = Ended(command.spawn().context("cannot start the program")?);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().context("no stdout")?).read_line(&mut line)?;
    let after = start.elapsed();
    if line.is_empty() {
        bail!("the program ended without printing its line");
    }
    Ok(Started { child, after, line })
}

/// What a process occupies, where the system tells.
fn resident_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

#[derive(Default)]
struct Sample(Vec<Duration>);

impl Sample {
    /// The value that `percent` of the sample do not exceed, in milliseconds.
    fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted
            .get(index)
            .map_or(f64::NAN, |duration| duration.as_secs_f64() * 1e3)
    }
}

impl std::fmt::Display for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>7.2} ms median   ({:.2} to {:.2} ms in 80 % of {} starts)",
            self.percentile(50),
            self.percentile(10),
            self.percentile(90),
            self.0.len()
        )
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "exec to handshake line, TLS on {}", self.provider)?;
        match &self.yardstick {
            Some(yardstick) => {
                writeln!(f, "a C program that only prints   {yardstick}")?;
                let ratio = self.provider.percentile(50) / yardstick.percentile(50);
                writeln!(f, "ratio                          {ratio:>7.2}")?;
            }
            None => writeln!(f, "no C compiler (cc) here, so nothing to compare with")?,
        }
        match self.resident {
            Some(bytes) => writeln!(f, "resident memory at that point  {:>7.2} MiB", mib(bytes)),
            None => writeln!(f, "this system does not tell a process' resident memory"),
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "two decimals are printed")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
